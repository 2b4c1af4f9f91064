"""Words about other people's certificates, and about who can be encrypted to."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "certificate_names_nobody": {
        "en": (
            "The certificate of {name} names no mail address, so nobody can be written to with it.",
            "Ask its owner for a certificate for mail.",
        ),
        "de": (
            "Das Zertifikat von {name} nennt keine Mailadresse; mit ihm lässt sich niemandem schreiben.",
            "Bitten Sie den Inhaber um ein Zertifikat für Mail.",
        ),
    },
    "person_unknown": {
        "en": (
            "No certificate of {address} is kept here.",
            "See letterlock people list for those that are.",
        ),
        "de": (
            "Hier ist kein Zertifikat von {address} aufbewahrt.",
            "letterlock people list zeigt, welche es sind.",
        ),
    },
    "address_book_too_large": {
        "en": (
            "This file has more than {limit} octets; that is more than is imported at once.",
            "Export a part of the address book, or only the certificates.",
        ),
        "de": (
            "Diese Datei hat mehr als {limit} Oktette; das ist mehr, als auf einmal importiert wird.",
            "Exportieren Sie einen Teil des Adressbuchs oder nur die Zertifikate.",
        ),
    },
    "recipient_without_certificate": {
        "en": (
            "No certificate of {address} is known, so nothing can be encrypted to it.",
            "Ask for a signed mail from {address}, import the certificate, or look it up.",
        ),
        "de": (
            "Von {address} ist kein Zertifikat bekannt; dorthin lässt sich nichts verschlüsseln.",
            "Bitten Sie um eine signierte Mail von {address}, importieren Sie das Zertifikat oder suchen Sie danach.",
        ),
    },
    "recipient_not_usable": {
        "en": (
            "None of the certificates of {address} may be used for encryption now.",
            "The reasons beside each certificate say what would help.",
        ),
        "de": (
            "Von den Zertifikaten von {address} darf jetzt keines zum Verschlüsseln benutzt werden.",
            "Die Gründe bei jedem Zertifikat sagen, was helfen würde.",
        ),
    },
    "recipient_key_changed": {
        "en": (
            "Mail to {address} is encrypted to another key since {since}; before it was another one.",
            "If that surprises you, ask {address} another way before you send something delicate.",
        ),
        "de": (
            "Mail an {address} wird seit {since} zu einem anderen Schlüssel verschlüsselt als zuvor.",
            "Wenn Sie das überrascht, fragen Sie {address} auf anderem Weg, bevor Sie Heikles senden.",
        ),
    },
    "address_not_an_address": {
        "en": (
            "“{address}” is no mail address.",
            "Write it as name@domain.",
        ),
        "de": (
            "„{address}“ ist keine Mailadresse.",
            "Schreiben Sie sie als Name@Domain.",
        ),
    },
    "everybody_reads_gcm": {
        "en": ("Everybody has said that they read {algorithm}, which also protects against changes.", ""),
        "de": ("Alle haben gesagt, dass sie {algorithm} lesen; das schützt auch vor Änderungen.", ""),
    },
    "somebody_may_not_read_gcm": {
        "en": (
            "{algorithm}, because it is not known of {addresses} that they read the newer AES-256-GCM.",
            "A signed mail from them would tell.",
        ),
        "de": (
            "{algorithm}, weil von {addresses} nicht bekannt ist, ob sie das neuere AES-256-GCM lesen.",
            "Eine signierte Mail von dort würde es sagen.",
        ),
    },
}
