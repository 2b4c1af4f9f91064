"""Words for signing and encrypting a finished message."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "message_not_seven_bit": {
        "en": (
            "The message has 8-bit text or very long lines in one of several parts; a signature over it could break.",
            "Write the parts in quoted-printable or base64.",
        ),
        "de": (
            "Die Nachricht hat 8-Bit-Text oder sehr lange Zeilen in einem von mehreren Teilen; eine Signatur darüber "
            "könnte unterwegs brechen.",
            "Schreiben Sie die Teile in quoted-printable oder base64.",
        ),
    },
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
    "recipients_not_reachable": {
        "en": (
            "{addresses} cannot be encrypted to ({reasons}); nothing was encrypted.",
            "Get their certificates (--certificate, “letterlock people”), or leave them out.",
        ),
        "de": (
            "An {addresses} lässt sich nicht verschlüsseln ({reasons}); nichts wurde verschlüsselt.",
            "Besorgen Sie die Zertifikate (--certificate, „letterlock people“), oder lassen Sie sie weg.",
        ),
    },
    "nobody_to_encrypt_to": {
        "en": ("The message names no recipient in To or Cc.", "Write at least one address into To."),
        "de": ("Die Nachricht nennt in To und Cc keinen Empfänger.", "Schreiben Sie mindestens eine Adresse in To."),
    },
    "blind_copies_not_encrypted": {
        "en": (
            "The message has blind copies (Bcc). Whoever opens it could see that somebody more can open it.",
            "Take Bcc out, and send those people a message of their own.",
        ),
        "de": (
            "Die Nachricht hat Blindkopien (Bcc). Wer sie öffnet, könnte sehen, dass noch jemand sie öffnen kann.",
            "Nehmen Sie Bcc heraus und schicken Sie diesen Leuten eine eigene Nachricht.",
        ),
    },
}
