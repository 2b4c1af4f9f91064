"""Words about Outlook on the web."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "owa_not_base64": {
        "en": (
            "What Outlook on the web handed over is not in the form that was agreed.",
            "Reload Outlook. If it stays, tell us: Microsoft may have changed something.",
        ),
        "de": (
            "Was Outlook im Web übergeben hat, hat nicht die vereinbarte Form.",
            "Laden Sie Outlook neu. Bleibt es dabei, sagen Sie es uns: Microsoft kann etwas geändert haben.",
        ),
    },
    "owa_nobody_to_ask": {
        "en": (
            "The keys are locked, and there is no program here that asks for the passphrase in a window.",
            "Install pinentry (Debian: apt-get install pinentry-gnome3; macOS: brew install pinentry-mac), or let the "
            "desktop's keychain unlock them: letterlock keys vault keychain.",
        ),
        "de": (
            "Die Schlüssel sind gesperrt, und hier ist kein Programm, das in einem Fenster nach der Passphrase fragt.",
            "Installieren Sie pinentry (Debian: apt-get install pinentry-gnome3; macOS: brew install pinentry-mac), "
            "oder lassen Sie den Schlüsselbund des Schreibtischs entsperren: letterlock keys vault keychain.",
        ),
    },
    "owa_not_answered": {
        "en": (
            "The keys stayed locked: the question for the passphrase or PIN was not answered.",
            "Open the message again and answer the question in Letterlock's window.",
        ),
        "de": (
            "Die Schlüssel blieben gesperrt: Die Frage nach Passphrase oder PIN wurde nicht beantwortet.",
            "Öffnen Sie die Nachricht noch einmal und beantworten Sie die Frage im Fenster von Letterlock.",
        ),
    },
    "owa_nothing_wanted": {
        "en": (
            "Outlook on the web asked for a message that is neither signed nor encrypted.",
            "Choose signing or encrypting in Outlook, and check that your certificate is there: letterlock keys list.",
        ),
        "de": (
            "Outlook im Web wollte eine Nachricht, die weder signiert noch verschlüsselt ist.",
            "Wählen Sie in Outlook Signieren oder Verschlüsseln, und prüfen Sie, ob Ihr Zertifikat da ist: "
            "letterlock keys list.",
        ),
    },
    "owa_blind_seen": {
        "en": (
            "Encrypted in one message, everybody could see how many others read it, those in Bcc too.",
            "Send those in Bcc a message of their own, or let the administrator allow one message for all "
            "(Set-SmimeConfig -OWABCCEncryptedEmailForking 2).",
        ),
        "de": (
            "In einer einzigen verschlüsselten Nachricht sähe jeder, wie viele andere sie lesen, auch die in Bcc.",
            "Schicken Sie denen in Bcc eine eigene Nachricht, oder lassen Sie die Verwaltung eine Nachricht für alle "
            "erlauben (Set-SmimeConfig -OWABCCEncryptedEmailForking 2).",
        ),
    },
    "owa_sites_unreadable": {
        "en": (
            "{file} is damaged: it does not list the sites of Outlook on the web in the way Letterlock expects.",
            "Mend it by hand (docs/owa.md shows how it looks), or delete it.",
        ),
        "de": (
            "{file} ist beschädigt: Die Adressen von Outlook im Web stehen nicht so darin, wie Letterlock es erwartet.",
            "Berichtigen Sie die Datei von Hand (docs/owa.md zeigt, wie sie aussieht), oder löschen Sie sie.",
        ),
    },
    "owa_not_a_site": {
        "en": ("“{given}” is not the name of a server.", "Give the name alone, such as mail.example.org."),
        "de": ("„{given}“ ist kein Name eines Servers.", "Geben Sie nur den Namen an, etwa mail.example.org."),
    },
    "owa_needs": {
        "en": (
            "Outlook on the web needs the library {library}, which is not installed.",
            "Install Letterlock with it: pip install 'letterlock[owa]'.",
        ),
        "de": (
            "Outlook im Web braucht die Bibliothek {library}, und sie ist nicht installiert.",
            "Installieren Sie Letterlock mit ihr: pip install 'letterlock[owa]'.",
        ),
    },
    "owa_raised": {
        "en": (
            "The Exchange server asks for {algorithms}, which is too weak; something stronger is used.",
            "Ask the administrator to set Set-SmimeConfig -OWASigningAlgorithms 800C -OWAEncryptionAlgorithms 6610.",
        ),
        "de": (
            "Der Exchange-Server verlangt {algorithms}; das ist zu schwach, und etwas Stärkeres wird benutzt.",
            "Bitten Sie die Verwaltung um Set-SmimeConfig -OWASigningAlgorithms 800C -OWAEncryptionAlgorithms 6610.",
        ),
    },
    "owa_host_not_answering": {
        "en": (
            "{launcher} was started as Microsoft's extension would, and did not answer as it should ({said}).",
            "Run letterlock setup --owa again.",
        ),
        "de": (
            "{launcher} wurde gestartet, wie es die Erweiterung von Microsoft täte, und antwortete nicht, wie es soll "
            "({said}).",
            "Führen Sie letterlock setup --owa noch einmal aus.",
        ),
    },
    "owa_not_opened": {
        "en": ("The message could not be opened for Outlook on the web ({why}).", "Open it with letterlock open."),
        "de": (
            "Die Nachricht ließ sich für Outlook im Web nicht öffnen ({why}).",
            "Öffnen Sie sie mit letterlock open.",
        ),
    },
    "owa_only_cards": {
        "en": (
            "The Exchange server wants keys on smart cards alone, and no card here is yours for this address.",
            "Put the card in, and check that it is seen: letterlock tokens list.",
        ),
        "de": (
            "Der Exchange-Server will nur Schlüssel auf Smartcards, und keine Karte hier ist Ihre für diese Adresse.",
            "Stecken Sie die Karte ein, und prüfen Sie, ob sie gesehen wird: letterlock tokens list.",
        ),
    },
    "owa_no_signing_certificate": {
        "en": (
            "No own certificate that signs is in force.",
            "Import it (letterlock keys import) or put the card in.",
        ),
        "de": (
            "Kein eigenes Zertifikat, das signiert, ist in Kraft.",
            "Importieren Sie es (letterlock keys import), oder stecken Sie die Karte ein.",
        ),
    },
    "owa_certificates_unreadable": {
        "en": (
            "A certificate that Outlook on the web handed over cannot be read.",
            "Ask the administrator to look at the certificates in the address list.",
        ),
        "de": (
            "Ein Zertifikat, das Outlook im Web übergeben hat, lässt sich nicht lesen.",
            "Bitten Sie die Verwaltung, die Zertifikate in der Adressliste anzusehen.",
        ),
    },
}
"""Each code in each language: the sentence, and what to do."""

LINES: dict[str, dict[str, str]] = {
    "passphrase_for_owa": {
        "en": "Outlook on the web needs your keys. Type the passphrase of your Letterlock vault.",
        "de": "Outlook im Web braucht Ihre Schlüssel. Geben Sie die Passphrase Ihres Letterlock-Tresors ein.",
    },
    "passphrase": {"en": "Passphrase:", "de": "Passphrase:"},
    "passphrase_wrong": {"en": "That was not the passphrase.", "de": "Das war nicht die Passphrase."},
    "pin_for_owa": {
        "en": "Outlook on the web needs the key on “{token}”. Type its PIN.",
        "de": "Outlook im Web braucht den Schlüssel auf „{token}“. Geben Sie die PIN ein.",
    },
    "pin": {"en": "PIN:", "de": "PIN:"},
    "pin_wrong": {"en": "That was not the PIN.", "de": "Das war nicht die PIN."},
}
"""What the window says that asks."""


def line(name: str, language: str, **facts: str) -> str:
    """A line of the window, in `language` if it is spoken, else in English."""
    texts = LINES[name]
    return texts.get(language, texts["en"]).format_map(facts)
