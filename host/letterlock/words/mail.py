"""Words for what is wrong with a message, or worth knowing about it."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "header_too_large": {
        "en": (
            "The message's header is too large to be an ordinary mail (limit: {limit}).",
            "Ask the sender or your mail administrator to send it again.",
        ),
        "de": (
            "Der Kopf der Nachricht ist zu groß für eine gewöhnliche E-Mail (Grenze: {limit}).",
            "Bitten Sie den Absender oder Ihre Mail-Administration, sie erneut zu senden.",
        ),
    },
    "too_many_parts": {
        "en": (
            "The message has more than {limit} parts; it may have been built to exhaust mail readers.",
            "Do not open it elsewhere; ask the sender.",
        ),
        "de": (
            "Die Nachricht hat mehr als {limit} Teile; sie kann gebaut sein, um Mailprogramme zu überlasten.",
            "Öffnen Sie sie auch anderswo nicht; fragen Sie den Absender.",
        ),
    },
    "bad_address": {
        "en": ("“{text}” is not a mail address.", "Check the spelling."),
        "de": ("„{text}“ ist keine E-Mail-Adresse.", "Prüfen Sie die Schreibweise."),
    },
    "signature_part_missing": {
        "en": (
            "The message says it is signed, but its signature is missing or not where it belongs ({parts} parts).",
            "Mail gateways and mailing lists sometimes damage signatures. Ask the sender to send it again.",
        ),
        "de": (
            "Die Nachricht gibt an, signiert zu sein, aber die Signatur fehlt oder steht nicht an ihrem Platz "
            "({parts} Teile).",
            "Mail-Gateways und Mailinglisten beschädigen manchmal Signaturen. Bitten Sie den Absender, sie erneut zu "
            "senden.",
        ),
    },
    "signed_content_twice": {
        "en": (
            "The signature belongs to another text than the one shown: it brings a text of its own.",
            "This is how a signature is moved to a forged mail.",
        ),
        "de": (
            "Die Signatur gehört zu einem anderen Text als dem gezeigten: Sie bringt einen eigenen Text mit.",
            "So wird eine Signatur an eine gefälschte Nachricht gehängt.",
        ),
    },
    "no_signers": {
        "en": ("The message says it is signed, but nobody signed it.", ""),
        "de": (
            "Die Nachricht gibt an, signiert zu sein, aber niemand hat sie signiert.",
            "",
        ),
    },
    "signer_certificate_missing": {
        "en": (
            "The signer's certificate is not in the message, so the signature cannot be checked.",
            "Ask the sender to switch on “include my certificate” in their mail program.",
        ),
        "de": (
            "Das Zertifikat des Unterzeichners fehlt in der Nachricht; die Signatur lässt sich nicht prüfen.",
            "Bitten Sie den Absender, in seinem Mailprogramm „Zertifikat mitsenden“ einzuschalten.",
        ),
    },
    "signature_weak": {
        "en": (
            "The signature is unchanged but made with methods that no longer protect against forgery: {algorithms}.",
            "Ask the sender to update their mail program or certificate.",
        ),
        "de": (
            "Die Signatur ist unverändert, aber mit Verfahren gemacht, die nicht mehr vor Fälschung schützen: "
            "{algorithms}.",
            "Bitten Sie den Absender, Mailprogramm oder Zertifikat zu erneuern.",
        ),
    },
    "signature_covers_part": {
        "en": (
            "Something in this mail stands outside the signed part; anybody on the way can have added it.",
            "Mailing lists add such footers.",
        ),
        "de": (
            "Etwas in dieser Nachricht steht außerhalb des signierten Teils; unterwegs kann es jeder angefügt haben.",
            "Mailinglisten fügen solche Fußzeilen an.",
        ),
    },
    "signature_covers_ciphertext": {
        "en": (
            "The signature is around the encrypted text: whoever signed need not know what is inside.",
            "Ask the sender to sign first and then encrypt.",
        ),
        "de": (
            "Die Signatur umschließt den verschlüsselten Text: Wer signiert hat, muss den Inhalt nicht kennen.",
            "Bitten Sie den Absender, zuerst zu signieren und dann zu verschlüsseln.",
        ),
    },
    "structure_ambiguous": {
        "en": (
            "Mail programs may show different texts of this message; the signature does not say which one was meant.",
            "Do not act on it; ask the sender to send it again. (Found: {oddities})",
        ),
        "de": (
            "Mailprogramme können diese Nachricht verschieden anzeigen; die Signatur sagt nicht, welcher Text gemeint "
            "war.",
            "Handeln Sie nicht danach; bitten Sie den Absender, sie erneut zu senden. (Gefunden: {oddities})",
        ),
    },
    "outer_signature_broken": {
        "en": (
            "Another signature around this one is broken: the message was changed after it was put on.",
            "The inner signature is what counts. Tell the sender if this happens often.",
        ),
        "de": (
            "Eine weitere Signatur außen herum ist ungültig: Die Nachricht wurde nach ihr verändert.",
            "Es zählt die innere Signatur. Sagen Sie es dem Absender, wenn das öfter geschieht.",
        ),
    },
    "outer_signature_present": {
        "en": ("There is another signature around this one; the inner one counts.", ""),
        "de": ("Außen herum liegt eine weitere Signatur; es zählt die innere.", ""),
    },
    "from_missing": {
        "en": (
            "The message names no sender, so there is nobody whom the certificate could confirm.",
            "Treat the mail as one from a stranger.",
        ),
        "de": (
            "Die Nachricht nennt keinen Absender; das Zertifikat kann niemanden bestätigen.",
            "Behandeln Sie sie wie Post von einem Fremden.",
        ),
    },
    "from_unreadable": {
        "en": (
            "The sender's address is written in a way that cannot be read with certainty.",
            "Treat the mail as one from a stranger; ask the sender to check their address settings.",
        ),
        "de": (
            "Die Absenderadresse ist so geschrieben, dass sie nicht eindeutig lesbar ist.",
            "Behandeln Sie die Nachricht wie Post von einem Fremden; bitten Sie den Absender, seine Einstellungen zu "
            "prüfen.",
        ),
    },
    "from_several_fields": {
        "en": (
            "The message names several senders in separate fields ({addresses}); mail programs show only one of them.",
            "Do not act on it before you have asked the sender another way.",
        ),
        "de": (
            "Die Nachricht nennt mehrere Absender in getrennten Feldern ({addresses}); Mailprogramme zeigen nur einen.",
            "Handeln Sie nicht danach, bevor Sie den Absender auf anderem Weg gefragt haben.",
        ),
    },
    "name_looks_like_address": {
        "en": (
            "The sender's name is written like an address, ‹{name}›; the mail is from ‹{address}›.",
            "Go by the address, not by the name.",
        ),
        "de": (
            "Der Absendername ist wie eine Adresse geschrieben, ‹{name}›; die Nachricht ist von ‹{address}›.",
            "Richten Sie sich nach der Adresse, nicht nach dem Namen.",
        ),
    },
    "from_differs": {
        "en": (
            "Outside, this mail says it is from ‹{outer}›; inside its signature or encryption, from ‹{protected}›.",
            "Mailing lists write their own address outside. If none did, somebody may want to pass for somebody else: "
            "ask before you act on it.",
        ),
        "de": (
            "Außen gibt diese Nachricht an, von ‹{outer}› zu sein; innerhalb ihrer Signatur oder Verschlüsselung, von "
            "‹{protected}›.",
            "Mailinglisten schreiben außen ihre eigene Adresse. War es keine, gibt sich vielleicht jemand für jemand "
            "anderen aus: Fragen Sie nach, bevor Sie danach handeln.",
        ),
    },
    "headers_changed": {
        "en": (
            "Outside, the mail's header is not as the sender wrote it: {fields}.",
            "Go by what is shown here, not by the list of your mail program.",
        ),
        "de": (
            "Außen ist der Kopf der Nachricht nicht so, wie der Absender ihn geschrieben hat: {fields}.",
            "Richten Sie sich nach dem, was hier steht, nicht nach der Liste Ihres Mailprogramms.",
        ),
    },
    "encryption_removed": {
        "en": (
            "The sender encrypted this mail; it arrived without encryption.",
            "If no mail gateway of yours opens encrypted mail, somebody else who got it has passed it on to you.",
        ),
        "de": (
            "Der Absender hat diese Nachricht verschlüsselt; angekommen ist sie unverschlüsselt.",
            "Wenn bei Ihnen kein Mail-Gateway verschlüsselte Nachrichten öffnet, hat sie Ihnen ein anderer Empfänger "
            "weitergereicht.",
        ),
    },
    "subject_readable": {
        "en": ("The subject was not encrypted: others could read it.", ""),
        "de": ("Der Betreff war nicht verschlüsselt: Andere konnten ihn lesen.", ""),
    },
    "sent_by_another": {
        "en": ("It was sent by {sender} for the person in From.", "Mailing lists and secretaries do that."),
        "de": (
            "Gesendet hat sie {sender} für die Person im Absenderfeld.",
            "Das tun Mailinglisten und Sekretariate.",
        ),
    },
    "replies_go_elsewhere": {
        "en": (
            "Replies go to {reply_to}, not to the sender; the signature does not cover that.",
            "Look at the address before you answer with anything confidential.",
        ),
        "de": (
            "Antworten gehen an {reply_to}, nicht an den Absender; die Signatur deckt das nicht ab.",
            "Sehen Sie die Adresse an, bevor Sie mit Vertraulichem antworten.",
        ),
    },
    "pec_envelope": {
        "en": (
            "This is Italian certified mail (PEC): the signature is that of the mail provider.",
            "The sender's own mail is the attachment postacert.eml; a signature of the sender would be in it.",
        ),
        "de": (
            "Das ist italienische zertifizierte Post (PEC): Die Signatur ist die des Mailanbieters.",
            "Die Nachricht des Absenders selbst ist der Anhang postacert.eml; eine Signatur des Absenders wäre darin.",
        ),
    },
    "as2_message": {
        "en": (
            "This message was exchanged between companies' programs (AS2).",
            "The program that it was meant for opens it and files its receipt.",
        ),
        "de": (
            "Diese Nachricht wurde zwischen den Programmen von Unternehmen ausgetauscht (AS2).",
            "Das Programm, für das sie bestimmt war, öffnet sie und verwahrt die Quittung.",
        ),
    },
    "tnef_attachment": {
        "en": (
            "The sender's Outlook packed the attachments into a file that only Outlook opens (winmail.dat).",
            "Ask the sender to send the mail as HTML or plain text; programs for TNEF files open it as well.",
        ),
        "de": (
            "Das Outlook des Absenders hat die Anhänge in eine Datei gepackt, die nur Outlook öffnet (winmail.dat).",
            "Bitten Sie den Absender, als HTML oder Nur-Text zu senden; Programme für TNEF-Dateien öffnen sie auch.",
        ),
    },
    "revocation_pending": {
        "en": (
            "Whether the certificate was withdrawn is being found out.",
            "It takes some seconds; then the verdict is renewed by itself.",
        ),
        "de": (
            "Ob das Zertifikat zurückgezogen wurde, wird gerade geprüft.",
            "Das dauert einige Sekunden; dann erneuert sich das Urteil von selbst.",
        ),
    },
    "issuer_published": {
        "en": (
            "The missing certificate can be fetched from {server}.",
            "Fetch it if the sender may learn that you read this mail: the server can be the sender's.",
        ),
        "de": (
            "Das fehlende Zertifikat lässt sich von {server} holen.",
            "Holen Sie es, wenn der Absender erfahren darf, dass Sie diese Mail lesen: Der Server kann seiner sein.",
        ),
    },
    "first_contact": {
        "en": ("This is the first signed message from ‹{address}› that was opened here.", ""),
        "de": ("Das ist die erste signierte Nachricht von ‹{address}›, die hier geöffnet wurde.", ""),
    },
    "signer_known": {
        "en": ("‹{address}› signs with the same key as always (known since {since}).", ""),
        "de": ("‹{address}› signiert mit demselben Schlüssel wie immer (bekannt seit {since}).", ""),
    },
    "signer_renewed": {
        "en": ("‹{address}› signs with a new key, certified by the same authority as before ({issuer}).", ""),
        "de": ("‹{address}› signiert mit einem neuen Schlüssel; bescheinigt hat ihn dieselbe Stelle ({issuer}).", ""),
    },
    "signer_new_authority": {
        "en": ("‹{address}› signs with the known key, now certified by another authority ({issuer}).", ""),
        "de": (
            "‹{address}› signiert mit dem bekannten Schlüssel, jetzt von einer anderen Stelle bescheinigt ({issuer}).",
            "",
        ),
    },
    "signer_key_changed": {
        "en": (
            "‹{address}› signs with another key than before, certified by another authority ({issuer}).",
            "If much depends on it, ask the sender another way whether that is so.",
        ),
        "de": (
            "‹{address}› signiert mit einem anderen Schlüssel als bisher, bescheinigt von einer anderen Stelle "
            "({issuer}).",
            "Wenn viel davon abhängt, fragen Sie den Absender auf anderem Weg, ob das stimmt.",
        ),
    },
    "certificate_expired_since": {
        "en": (
            "The certificate of {subject} was good when this message was first opened here ({first_opened}), and "
            "expired on {not_after}.",
            "",
        ),
        "de": (
            "Das Zertifikat von {subject} war gültig, als diese Nachricht hier zum ersten Mal geöffnet wurde "
            "({first_opened}), und ist am {not_after} abgelaufen.",
            "",
        ),
    },
    "certificate_expired_since_time_stamp": {
        "en": (
            "The certificate of {subject} was good when the signature was time-stamped ({time_stamped}, by "
            "{authority}), and expired on {not_after}.",
            "",
        ),
        "de": (
            "Das Zertifikat von {subject} war gültig, als die Signatur einen Zeitstempel bekam ({time_stamped}, von "
            "{authority}), und ist am {not_after} abgelaufen.",
            "",
        ),
    },
    "revocation_not_checked": {
        "en": ("Whether the certificate has been withdrawn was not checked.", ""),
        "de": ("Ob das Zertifikat zurückgezogen wurde, wurde nicht geprüft.", ""),
    },
    "signing_time_differs": {
        "en": (
            "The signer's clock says {signing_time}, the message's date is {date}.",
            "That is normal for a draft sent later. If it surprises you, an old mail may have been sent again.",
        ),
        "de": (
            "Die Uhr des Unterzeichners sagt {signing_time}, das Datum der Nachricht ist {date}.",
            "Das ist normal bei später gesendeten Entwürfen. Wundert es Sie, kann eine alte Nachricht erneut gesendet "
            "worden sein.",
        ),
    },
    "encrypted_part": {
        "en": (
            "A part of this message is encrypted, the rest is not. Parts are not decrypted by themselves.",
            "This can be an attempt to get at the encrypted text. Ask the sender before you do anything with it.",
        ),
        "de": (
            "Ein Teil dieser Nachricht ist verschlüsselt, der Rest nicht. Teile werden nicht von selbst entschlüsselt.",
            "Das kann ein Versuch sein, an den verschlüsselten Text zu kommen. Fragen Sie den Absender, bevor Sie "
            "etwas damit tun.",
        ),
    },
    "encryption_weak": {
        "en": (
            "The message is encrypted with methods that others may be able to break: {algorithms}.",
            "Ask the sender to update their mail program.",
        ),
        "de": (
            "Die Nachricht ist mit Verfahren verschlüsselt, die andere brechen könnten: {algorithms}.",
            "Bitten Sie den Absender, sein Mailprogramm zu erneuern.",
        ),
    },
    "encryption_not_authenticated": {
        "en": (
            "Nobody signed the encrypted text, and nothing shows whether it was changed on the way.",
            "For anything important, ask the sender to sign as well.",
        ),
        "de": (
            "Niemand hat den verschlüsselten Text signiert, und nichts zeigt, ob er unterwegs verändert wurde.",
            "Bitten Sie den Absender bei Wichtigem, auch zu signieren.",
        ),
    },
    "content_not_supported": {
        "en": (
            "The message holds S/MIME content of a kind this version does not open: {content_type}.",
            "Ask the sender to send it as a signed or plain mail.",
        ),
        "de": (
            "Die Nachricht enthält S/MIME-Inhalt einer Art, die diese Version nicht öffnet: {content_type}.",
            "Bitten Sie den Absender, sie signiert oder einfach zu senden.",
        ),
    },
    "certificates_only": {
        "en": ("The message carries certificates, and no signature.", ""),
        "de": ("Die Nachricht überbringt Zertifikate und keine Signatur.", ""),
    },
    "openpgp_message": {
        "en": (
            "This message uses OpenPGP, not S/MIME.",
            "A mail program with OpenPGP opens it, for example Thunderbird or Mailvelope.",
        ),
        "de": (
            "Diese Nachricht verwendet OpenPGP, nicht S/MIME.",
            "Ein Mailprogramm mit OpenPGP öffnet sie, zum Beispiel Thunderbird oder Mailvelope.",
        ),
    },
    "too_many_layers": {
        "en": (
            "The message has more than {limit} signed or encrypted layers inside each other.",
            "It may have been built to exhaust mail readers; ask the sender.",
        ),
        "de": (
            "Die Nachricht hat mehr als {limit} ineinanderliegende signierte oder verschlüsselte Hüllen.",
            "Sie kann gebaut sein, um Mailprogramme zu überlasten; fragen Sie den Absender.",
        ),
    },
}
