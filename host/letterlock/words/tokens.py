"""Words for smart cards and other tokens."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "token_support_missing": {
        "en": (
            "This installation cannot speak to smart cards: the package python-pkcs11 is not there.",
            "Install Letterlock with its extra “tokens”: pip install 'letterlock[tokens]'.",
        ),
        "de": (
            "Diese Installation kann nicht mit Chipkarten sprechen: Das Paket python-pkcs11 fehlt.",
            "Installieren Sie Letterlock mit dem Zusatz „tokens“: pip install 'letterlock[tokens]'.",
        ),
    },
    "token_library_unusable": {
        "en": (
            "The smart-card library {library} cannot be used: {detail}.",
            "Give the full path of the PKCS#11 library that came with the card, or install OpenSC.",
        ),
        "de": (
            "Die Chipkarten-Bibliothek {library} ist nicht zu gebrauchen: {detail}.",
            "Geben Sie den vollen Pfad der PKCS#11-Bibliothek an, die zur Karte gehört, oder installieren Sie OpenSC.",
        ),
    },
    "token_absent": {
        "en": (
            "The smart card “{token}” is not there.",
            "Put it into the reader, wait a moment, and try again.",
        ),
        "de": (
            "Die Chipkarte „{token}“ ist nicht da.",
            "Stecken Sie sie in den Leser, warten Sie einen Augenblick und versuchen Sie es noch einmal.",
        ),
    },
    "token_ambiguous": {
        "en": (
            "Several smart cards are called “{token}”; their serial numbers are {serials}.",
            "Name the card by its serial number.",
        ),
        "de": (
            "Mehrere Chipkarten heißen „{token}“; ihre Seriennummern sind {serials}.",
            "Nennen Sie die Karte bei ihrer Seriennummer.",
        ),
    },
    "token_pin_wrong": {
        "en": (
            "The smart card “{token}” refuses this PIN.",
            "Mind that each wrong PIN counts, and that the card locks itself after a few.",
        ),
        "de": (
            "Die Chipkarte „{token}“ lehnt diese PIN ab.",
            "Beachten Sie, dass jede falsche PIN zählt und sich die Karte nach wenigen sperrt.",
        ),
    },
    "token_pin_locked": {
        "en": (
            "The smart card “{token}” has locked itself after too many wrong PINs.",
            "Unlock it with the PUK in the card maker's program, or ask whoever gave you the card.",
        ),
        "de": (
            "Die Chipkarte „{token}“ hat sich nach zu vielen falschen PINs gesperrt.",
            "Entsperren Sie sie mit der PUK im Programm des Herstellers, oder fragen Sie den, der sie ausgegeben hat.",
        ),
    },
    "token_pin_not_set": {
        "en": (
            "The smart card “{token}” has no PIN yet, or wants a new one before it works.",
            "Set the PIN in the card maker's program.",
        ),
        "de": (
            "Die Chipkarte „{token}“ hat noch keine PIN oder verlangt vor der Arbeit eine neue.",
            "Setzen Sie die PIN im Programm des Herstellers.",
        ),
    },
    "token_pin_needed": {
        "en": (
            "The smart card “{token}” wants its PIN.",
            "Enter the PIN; it goes to the card and is kept nowhere.",
        ),
        "de": (
            "Die Chipkarte „{token}“ verlangt ihre PIN.",
            "Geben Sie die PIN ein; sie geht an die Karte und wird nirgends aufbewahrt.",
        ),
    },
    "token_cannot": {
        "en": (
            "The smart card “{token}” does not offer {mechanism}, which would be needed here.",
            "Ask the sender for another algorithm, or use a newer card or a newer library for it.",
        ),
        "de": (
            "Die Chipkarte „{token}“ bietet {mechanism} nicht an, das hier nötig wäre.",
            "Bitten Sie den Absender um ein anderes Verfahren, oder nehmen Sie eine neuere Karte oder Bibliothek.",
        ),
    },
    "token_key_absent": {
        "en": (
            "The smart card “{token}” has no key called “{key}” that could be used here.",
            "“pkcs11-tool --list-objects --login” shows what is on it: give the label, or the ID.",
        ),
        "de": (
            "Die Chipkarte „{token}“ hat keinen Schlüssel „{key}“, der hier zu gebrauchen wäre.",
            "„pkcs11-tool --list-objects --login“ zeigt, was darauf ist: Geben Sie das Label oder die ID an.",
        ),
    },
    "token_key_ambiguous": {
        "en": (
            "The smart card “{token}” has several keys called “{key}”.",
            "Name the key by its ID, which “pkcs11-tool --list-objects --login” shows.",
        ),
        "de": (
            "Die Chipkarte „{token}“ hat mehrere Schlüssel „{key}“.",
            "Nennen Sie den Schlüssel bei seiner ID, die „pkcs11-tool --list-objects --login“ zeigt.",
        ),
    },
    "token_key_leaves": {
        "en": (
            "The smart card “{token}” would hand out the key “{key}”, so it does not protect it.",
            "Make a key on the card that cannot be taken out of it.",
        ),
        "de": (
            "Die Chipkarte „{token}“ würde den Schlüssel „{key}“ herausgeben und schützt ihn also nicht.",
            "Erzeugen Sie auf der Karte einen Schlüssel, der sich nicht herausholen lässt.",
        ),
    },
    "token_failed": {
        "en": (
            "The smart card “{token}” gave up ({detail}).",
            "Take it out, put it in again and try once more; if that does not help, ask the card's maker.",
        ),
        "de": (
            "Die Chipkarte „{token}“ hat aufgegeben ({detail}).",
            "Nehmen Sie sie heraus, stecken Sie sie wieder ein und versuchen Sie es erneut; hilft das nicht, fragen "
            "Sie den Hersteller.",
        ),
    },
}
