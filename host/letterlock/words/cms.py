"""Words for what is wrong with a CMS object or a signature in it: what happened, why, what to do."""

_ASK_AGAIN = "Ask the sender to send the message again."
_ASK_AGAIN_DE = "Bitten Sie den Absender, die Nachricht erneut zu senden."
_DO_NOT_ACT = "Do not act on it; ask the sender another way."
_DO_NOT_ACT_DE = "Handeln Sie nicht danach; fragen Sie den Absender auf anderem Weg."
_REPORT = "If the sender's mails always look like this, their mail program signs wrongly: tell them."
_REPORT_DE = "Wenn Nachrichten dieses Absenders immer so aussehen, signiert sein Mailprogramm falsch: Sagen Sie es ihm."
_UNCHECKED = "Ask the sender to sign with a common algorithm."
_UNCHECKED_DE = "Bitten Sie den Absender, mit einem üblichen Verfahren zu signieren."

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # The object cannot be read.
    "cms_truncated": {
        "en": (
            "The signature or encryption data stops in the middle: it was cut off on the way after {octets} octets.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten brechen mittendrin ab: Sie wurden unterwegs nach {octets} "
            "Oktetten abgeschnitten.",
            _ASK_AGAIN_DE,
        ),
    },
    "cms_bad_length": {
        "en": (
            "The signature or encryption data is damaged: at octet {offset} it states a length that cannot be.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten sind beschädigt: Bei Oktett {offset} steht eine falsche Länge.",
            _ASK_AGAIN_DE,
        ),
    },
    "cms_bad_tag": {
        "en": (
            "The signature or encryption data is damaged: at octet {offset} stands something that cannot stand there.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten sind beschädigt: Bei Oktett {offset} steht etwas, das dort nicht "
            "stehen kann.",
            _ASK_AGAIN_DE,
        ),
    },
    "cms_too_deep": {
        "en": (
            "The signature or encryption data is nested more than {limit} levels deep. No mail program writes that.",
            "It was probably made to cause trouble. Leave it unopened.",
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten sind mehr als {limit} Ebenen tief verschachtelt. Kein "
            "Mailprogramm schreibt so etwas.",
            "Vermutlich soll die Nachricht Schaden anrichten. Lassen Sie sie ungeöffnet.",
        ),
    },
    "cms_too_many_values": {
        "en": (
            "The signature or encryption data consists of more than {limit} pieces. No mail program writes that.",
            "It was probably made to cause trouble. Leave it unopened.",
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten bestehen aus mehr als {limit} Teilen. Kein Mailprogramm schreibt "
            "so etwas.",
            "Vermutlich soll die Nachricht Schaden anrichten. Lassen Sie sie ungeöffnet.",
        ),
    },
    "cms_too_large": {
        "en": (
            "The certificates and signatures in this message take more than {limit} octets, the most Letterlock reads.",
            "Ask the sender to send fewer certificates or revocation lists along.",
        ),
        "de": (
            "Zertifikate und Signaturen dieser Nachricht haben mehr als {limit} Oktette; mehr liest Letterlock nicht.",
            "Bitten Sie den Absender, weniger Zertifikate oder Sperrlisten mitzusenden.",
        ),
    },
    "cms_trailing_data": {
        "en": (
            "After the end of the signature or encryption data, at octet {offset}, follows something that does not "
            "belong there.",
            _ASK_AGAIN,
        ),
        "de": (
            "Hinter dem Ende der Signatur- oder Verschlüsselungsdaten, bei Oktett {offset}, folgt etwas, das nicht "
            "dorthin gehört.",
            _ASK_AGAIN_DE,
        ),
    },
    "cms_malformed": {
        "en": (
            "The signature or encryption data is not what S/MIME defines (wrong in: {where}).",
            "Ask the sender to send the message again. If it stays like this, their mail program is at fault.",
        ),
        "de": (
            "Die Signatur- oder Verschlüsselungsdaten entsprechen nicht S/MIME (falsch in: {where}).",
            "Bitten Sie den Absender, die Nachricht erneut zu senden. Bleibt es dabei, liegt der Fehler in seinem "
            "Mailprogramm.",
        ),
    },
    "cms_content_type_not_supported": {
        "en": (
            "This part is of the S/MIME kind “{name}”, which cannot be read here.",
            "Open it with the program it was made for.",
        ),
        "de": (
            "Dieser Teil ist von der S/MIME-Art „{name}“, die hier nicht gelesen werden kann.",
            "Öffnen Sie ihn mit dem Programm, für das er gemacht ist.",
        ),
    },
    "compression_algorithm_not_supported": {
        "en": (
            "This part is compressed with {algorithm}, which Letterlock does not unpack.",
            "Ask the sender to send it uncompressed.",
        ),
        "de": (
            "Dieser Teil ist mit {algorithm} komprimiert, was Letterlock nicht entpackt.",
            "Bitten Sie den Absender, ihn unkomprimiert zu senden.",
        ),
    },
    "content_not_decompressed": {
        "en": ("This part is compressed and cannot be unpacked: it was damaged on the way.", _ASK_AGAIN),
        "de": (
            "Dieser Teil ist komprimiert und lässt sich nicht entpacken: Er wurde unterwegs beschädigt.",
            _ASK_AGAIN_DE,
        ),
    },
    "content_expands_too_far": {
        "en": (
            "This part is compressed and would unpack to more than {limit} octets. Genuine mail does not.",
            "It was probably made to cause trouble. Leave it unopened.",
        ),
        "de": (
            "Dieser Teil ist komprimiert und würde entpackt mehr als {limit} Oktette haben. Echte Nachrichten "
            "schrumpfen nicht so stark.",
            "Vermutlich soll die Nachricht Schaden anrichten. Lassen Sie sie ungeöffnet.",
        ),
    },
    "too_many_signers": {
        "en": (
            "The message claims more than {limit} signatures; they are not checked.",
            "Treat it like an unsigned mail.",
        ),
        "de": (
            "Die Nachricht behauptet mehr als {limit} Signaturen; sie werden nicht geprüft.",
            "Behandeln Sie sie wie eine unsignierte Nachricht.",
        ),
    },
    "too_many_certificates": {
        "en": (
            "The message carries more than {limit} certificates; its signature is not checked.",
            "Ask the sender to send only the certificates that lead to their own.",
        ),
        "de": (
            "Die Nachricht enthält mehr als {limit} Zertifikate; ihre Signatur wird nicht geprüft.",
            "Bitten Sie den Absender, nur die Zertifikate mitzusenden, die zu seinem eigenen führen.",
        ),
    },
    # The signature cannot be checked here.
    "digest_algorithm_not_supported": {
        "en": ("The signature uses the digest algorithm {algorithm}, which Letterlock cannot check.", _UNCHECKED),
        "de": (
            "Die Signatur verwendet das Prüfsummenverfahren {algorithm}, das Letterlock nicht prüfen kann.",
            _UNCHECKED_DE,
        ),
    },
    "signature_algorithm_not_supported": {
        "en": ("The signature uses {algorithm}, which Letterlock cannot check.", _UNCHECKED),
        "de": ("Die Signatur verwendet {algorithm}, das Letterlock nicht prüfen kann.", _UNCHECKED_DE),
    },
    "signature_algorithm_refused": {
        "en": (
            "The signature uses {algorithm}, which has been broken for years: anybody can forge it, so it was not "
            "checked.",
            "Tell the sender that their mail program signs in an unsafe way.",
        ),
        "de": (
            "Die Signatur verwendet {algorithm}, das seit Jahren gebrochen ist: Jeder kann sie fälschen, deshalb wurde "
            "sie nicht geprüft.",
            "Sagen Sie dem Absender, dass sein Mailprogramm unsicher signiert.",
        ),
    },
    "signature_content_too_large": {
        "en": (
            "The content is larger than {limit} octets, and a signature with {algorithm} made in this way can only be "
            "checked in one piece.",
            "Ask the sender to pass large files another way.",
        ),
        "de": (
            "Der Inhalt ist größer als {limit} Oktette, und eine so gebildete Signatur mit {algorithm} kann nur am "
            "Stück geprüft werden.",
            "Bitten Sie den Absender, große Dateien anders zu übergeben.",
        ),
    },
    # The signature is worth nothing.
    "content_changed": {
        "en": (
            "The content is not what was signed: it was changed afterwards (its {digest} checksum differs).",
            _DO_NOT_ACT,
        ),
        "de": (
            "Der Inhalt ist nicht der signierte: Er wurde danach verändert (seine {digest}-Prüfsumme weicht ab).",
            _DO_NOT_ACT_DE,
        ),
    },
    "signature_broken": {
        "en": (
            "The signature ({algorithm}) was not made with the key of the certificate it names, or was changed "
            "afterwards.",
            _DO_NOT_ACT,
        ),
        "de": (
            "Die Signatur ({algorithm}) wurde nicht mit dem Schlüssel des genannten Zertifikats gebildet oder danach "
            "verändert.",
            _DO_NOT_ACT_DE,
        ),
    },
    "signature_key_mismatch": {
        "en": (
            "The signature claims {algorithm}, but the key in the certificate ({key}) cannot make such a signature.",
            _DO_NOT_ACT,
        ),
        "de": (
            "Die Signatur gibt {algorithm} an, aber der Schlüssel im Zertifikat ({key}) kann keine solche Signatur "
            "bilden.",
            _DO_NOT_ACT_DE,
        ),
    },
    "signature_key_unusable": {
        "en": (
            "The key in the signer's certificate ({key}) cannot be used: it is damaged, absurdly small or large, or of "
            "an unknown kind.",
            "The sender needs another certificate.",
        ),
        "de": (
            "Der Schlüssel im Zertifikat des Unterzeichners ({key}) ist nicht verwendbar: beschädigt, viel zu klein "
            "oder zu groß, oder von unbekannter Art.",
            "Der Absender braucht ein anderes Zertifikat.",
        ),
    },
    "signature_parameters_malformed": {
        "en": ("The signature does not say correctly how {algorithm} was used, so it proves nothing.", _REPORT),
        "de": (
            "Die Signatur gibt nicht richtig an, wie {algorithm} verwendet wurde, und beweist deshalb nichts.",
            _REPORT_DE,
        ),
    },
    "signature_hash_mismatch": {
        "en": (
            "The signature contradicts itself: it names {algorithm}, but also {digest} as its checksum.",
            _REPORT,
        ),
        "de": (
            "Die Signatur widerspricht sich: Sie nennt {algorithm}, aber zugleich {digest} als Prüfsumme.",
            _REPORT_DE,
        ),
    },
    "signed_attribute_missing": {
        "en": ("The signature lacks the statement “{attribute}”, without which it says nothing definite.", _REPORT),
        "de": (
            "Der Signatur fehlt die Angabe „{attribute}“, ohne die sie nichts Eindeutiges aussagt.",
            _REPORT_DE,
        ),
    },
    "signed_attribute_duplicate": {
        "en": ("The signature makes the statement “{attribute}” more than once; which one counts is unclear.", _REPORT),
        "de": (
            "Die Signatur enthält die Angabe „{attribute}“ mehrfach; welche gilt, ist unklar.",
            _REPORT_DE,
        ),
    },
    "signed_attribute_empty": {
        "en": ("The statement “{attribute}” in the signature is empty.", _REPORT),
        "de": ("Die Angabe „{attribute}“ in der Signatur ist leer.", _REPORT_DE),
    },
    "signed_attribute_multivalued": {
        "en": (
            "The statement “{attribute}” in the signature has several values; which one counts is unclear.",
            _REPORT,
        ),
        "de": (
            "Die Angabe „{attribute}“ in der Signatur hat mehrere Werte; welcher gilt, ist unklar.",
            _REPORT_DE,
        ),
    },
    "signed_attribute_malformed": {
        "en": ("The statement “{attribute}” in the signature cannot be read.", _REPORT),
        "de": ("Die Angabe „{attribute}“ in der Signatur ist nicht lesbar.", _REPORT_DE),
    },
    "signed_attribute_forbidden": {
        "en": (
            "This confirmation of a signature makes the statement “{attribute}”, which belongs to a message: it was "
            "taken from elsewhere.",
            _REPORT,
        ),
        "de": (
            "Diese Bestätigung einer Unterschrift enthält die Angabe „{attribute}“, die zu einer Nachricht gehört: Sie "
            "wurde anderswo entnommen.",
            _REPORT_DE,
        ),
    },
    "attribute_not_signed": {
        "en": ("The statement “{attribute}” stands outside what was signed: anybody can have added it.", _REPORT),
        "de": (
            "Die Angabe „{attribute}“ steht außerhalb dessen, was signiert wurde: Jeder kann sie hinzugefügt haben.",
            _REPORT_DE,
        ),
    },
    "signed_attributes_missing": {
        "en": (
            "The signature does not state what it signs, which it must for content of the kind “{content_type}”.",
            _REPORT,
        ),
        "de": (
            "Die Signatur gibt nicht an, was sie signiert; bei Inhalt der Art „{content_type}“ muss sie das.",
            _REPORT_DE,
        ),
    },
    "signed_content_type_differs": {
        "en": (
            "Content of the kind {signed} was signed, but this message presents it as {content_type}.",
            _DO_NOT_ACT,
        ),
        "de": (
            "Signiert wurde Inhalt der Art {signed}, aber diese Nachricht gibt ihn als {content_type} aus.",
            _DO_NOT_ACT_DE,
        ),
    },
    "signed_attributes_as_content": {
        "en": (
            "The signature was taken from another message and put around data that nobody meant to sign as a message.",
            "This is an attack. Tell the supposed sender.",
        ),
        "de": (
            "Die Signatur wurde einer anderen Nachricht entnommen und um Daten gelegt, die niemand als Nachricht "
            "signieren wollte.",
            "Das ist ein Angriff. Sagen Sie es dem angeblichen Absender.",
        ),
    },
    "signature_algorithm_substituted": {
        "en": (
            "Somebody changed which algorithms this signature claims to use; the signer used {algorithm}.",
            _DO_NOT_ACT,
        ),
        "de": (
            "Jemand hat geändert, welche Verfahren diese Signatur angibt; der Unterzeichner verwendete {algorithm}.",
            _DO_NOT_ACT_DE,
        ),
    },
    "signing_certificate_substituted": {
        "en": (
            "The signer meant another certificate than the one that came with the message: somebody exchanged it.",
            _DO_NOT_ACT,
        ),
        "de": (
            "Der Unterzeichner meinte ein anderes Zertifikat als das mitgesandte: Jemand hat es ausgetauscht.",
            _DO_NOT_ACT_DE,
        ),
    },
    # The content cannot be decrypted.
    "too_many_recipients": {
        "en": (
            "The message is encrypted to more than {limit} recipients, the most Letterlock reads.",
            "Ask the sender to send it to fewer people at once.",
        ),
        "de": (
            "Die Nachricht ist für mehr als {limit} Empfänger verschlüsselt; mehr liest Letterlock nicht.",
            "Bitten Sie den Absender, sie an weniger Personen auf einmal zu senden.",
        ),
    },
    "no_recipient_key": {
        "en": (
            "The message is encrypted, and none of your keys is among the {count} it was encrypted to.",
            "If you have had a certificate before, or have one on another device, import it with its key. Otherwise "
            "send the sender your current certificate and ask for the message again. It was encrypted to: "
            "{recipients}.",
        ),
        "de": (
            "Die Nachricht ist verschlüsselt, und keiner Ihrer Schlüssel gehört zu den {count}, für die sie "
            "verschlüsselt wurde.",
            "Wenn Sie früher ein Zertifikat hatten oder eines auf einem anderen Gerät haben, importieren Sie es mit "
            "dem Schlüssel. Sonst senden Sie dem Absender Ihr jetziges Zertifikat und bitten ihn, die Nachricht erneut "
            "zu senden. Verschlüsselt wurde für: {recipients}.",
        ),
    },
    "content_not_decrypted": {
        "en": (
            "The message is encrypted to you but does not decrypt: it was changed or damaged on the way, or encrypted "
            "wrongly.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Nachricht ist für Sie verschlüsselt, lässt sich aber nicht entschlüsseln: Sie wurde unterwegs "
            "verändert oder beschädigt, oder falsch verschlüsselt.",
            _ASK_AGAIN_DE,
        ),
    },
    "encryption_algorithm_not_supported": {
        "en": (
            "The message is encrypted with {algorithm}, which Letterlock does not decrypt.",
            "Ask the sender to encrypt with a common algorithm, such as AES.",
        ),
        "de": (
            "Die Nachricht ist mit {algorithm} verschlüsselt, was Letterlock nicht entschlüsselt.",
            "Bitten Sie den Absender, mit einem üblichen Verfahren wie AES zu verschlüsseln.",
        ),
    },
    "encryption_parameters_malformed": {
        "en": (
            "The message is encrypted with {algorithm}, but what it says about how is malformed.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Nachricht ist mit {algorithm} verschlüsselt, aber die Angaben dazu sind fehlerhaft.",
            _ASK_AGAIN_DE,
        ),
    },
    "encrypted_content_missing": {
        "en": (
            "The message says that it is encrypted but holds no encrypted text.",
            _ASK_AGAIN,
        ),
        "de": (
            "Die Nachricht gibt an, verschlüsselt zu sein, enthält aber keinen verschlüsselten Text.",
            _ASK_AGAIN_DE,
        ),
    },
    "encrypted_content_too_large": {
        "en": (
            "The message is encrypted with {algorithm} and larger than {limit} octets, the most Letterlock decrypts "
            "with it.",
            "Ask the sender to send it in smaller pieces, or encrypted with AES-GCM.",
        ),
        "de": (
            "Die Nachricht ist mit {algorithm} verschlüsselt und größer als {limit} Oktette; mehr entschlüsselt "
            "Letterlock damit nicht.",
            "Bitten Sie den Absender, sie in kleineren Teilen oder mit AES-GCM verschlüsselt zu senden.",
        ),
    },
    # What is to be made cannot be made.
    "signing_not_supported": {
        "en": (
            "Letterlock does not sign with {algorithm}.",
            "Sign with another certificate: RSA with 2048 bits or more, a common elliptic curve, or ML-DSA.",
        ),
        "de": (
            "Letterlock signiert nicht mit {algorithm}.",
            "Signieren Sie mit einem anderen Zertifikat: RSA mit mindestens 2048 Bit, einer gängigen elliptischen "
            "Kurve oder ML-DSA.",
        ),
    },
    "encrypting_not_supported": {
        "en": (
            "Letterlock does not encrypt with {algorithm}.",
            "Ask the recipient for another certificate: RSA with 2048 bits or more, or a common elliptic curve.",
        ),
        "de": (
            "Letterlock verschlüsselt nicht mit {algorithm}.",
            "Bitten Sie den Empfänger um ein anderes Zertifikat: RSA mit mindestens 2048 Bit oder eine übliche "
            "elliptische Kurve.",
        ),
    },
    "content_too_large_to_encrypt": {
        "en": (
            "Letterlock encrypts at most {limit} octets with {algorithm}.",
            "Encrypt with AES-GCM, or send less at once.",
        ),
        "de": (
            "Letterlock verschlüsselt mit {algorithm} höchstens {limit} Oktette.",
            "Verschlüsseln Sie mit AES-GCM, oder senden Sie weniger auf einmal.",
        ),
    },
}
