"""Words for writing, signing and encrypting messages."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "sender_not_one": {
        "en": ("The message has {found} senders in From, not one.", "Write exactly one address into From."),
        "de": ("Die Nachricht hat {found} Absender in From, nicht einen.", "Schreiben Sie genau eine Adresse in From."),
    },
    "sender_without_key": {
        "en": (
            "None of your keys signs for {address} now.",
            "“letterlock keys list” shows them; “letterlock keys create” makes one.",
        ),
        "de": (
            "Keiner Ihrer Schlüssel signiert zurzeit für {address}.",
            "„letterlock keys list“ zeigt sie, „letterlock keys create“ macht einen.",
        ),
    },
    "nobody_to_encrypt_to": {
        "en": ("The message names no recipient in To, Cc or Bcc.", "Write at least one address into To."),
        "de": (
            "Die Nachricht nennt in To, Cc und Bcc keinen Empfänger.",
            "Schreiben Sie mindestens eine Adresse in To.",
        ),
    },
    "nothing_leaves": {
        "en": ("Nothing was made: something is missing ({codes}).", "Mend all of it, or take it out."),
        "de": (
            "Nichts wurde erstellt: Es fehlt etwas ({codes}).",
            "Ergänzen Sie alles davon, oder nehmen Sie es heraus.",
        ),
    },
    "more_recipients_than_one_message": {
        "en": (
            "The message has {found} recipients; one message can be encrypted to {limit}.",
            "Send it to a part of them at a time.",
        ),
        "de": (
            "Die Nachricht hat {found} Empfänger; eine Nachricht kann an {limit} verschlüsselt werden.",
            "Schicken Sie sie in Teilen.",
        ),
    },
    "decrypted_text_in_clear": {
        "en": (
            "The message quotes one that was encrypted, and is not encrypted itself: anybody on the way could read it.",
            "Encrypt it, or take the quotation out.",
        ),
        "de": (
            "Die Nachricht zitiert eine verschlüsselte und ist selbst nicht verschlüsselt: Unterwegs könnte sie jeder "
            "lesen.",
            "Verschlüsseln Sie sie, oder nehmen Sie das Zitat heraus.",
        ),
    },
    "subject_hidden_in_reply": {
        "en": (
            "The message answers one that was encrypted; its subject would tell others what that one was about, so it "
            "stands inside of the encryption alone.",
            "",
        ),
        "de": (
            "Die Nachricht antwortet auf eine verschlüsselte; ihr Betreff verriete anderen, worum es dort ging. Darum "
            "steht er nur innerhalb der Verschlüsselung.",
            "",
        ),
    },
    "signed_opaque": {
        "en": (
            "A part that may not be changed would not survive every mail server, so the message is signed in one "
            "piece; programs without S/MIME cannot show it.",
            "",
        ),
        "de": (
            "Ein Teil, der nicht geändert werden darf, überstünde nicht jeden Mailserver. Darum ist die Nachricht in "
            "einem Stück signiert; Programme ohne S/MIME können sie nicht zeigen.",
            "",
        ),
    },
    "attachment_unreadable": {
        "en": ("The file “{name}” cannot be read ({why}).", "Check its name and whether you may read it."),
        "de": ("Die Datei „{name}“ lässt sich nicht lesen ({why}).", "Prüfen Sie den Namen und Ihre Rechte daran."),
    },
    "inline_image_missing": {
        "en": ("The HTML shows an image “{content_id}” that is not sent along.", "Add it (--inline), or take it out."),
        "de": (
            "Das HTML zeigt ein Bild „{content_id}“, das nicht mitgeschickt wird.",
            "Fügen Sie es hinzu (--inline), oder nehmen Sie es heraus.",
        ),
    },
}
