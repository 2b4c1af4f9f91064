"""Words for what is wrong with the keys of the person at this computer."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "wrong_passphrase": {
        "en": (
            "The key file does not open with this passphrase.",
            "Mind capital letters and the keyboard's language. If you are sure of the passphrase, the file may be "
            "damaged: export it again.",
        ),
        "de": (
            "Die Schlüsseldatei lässt sich mit dieser Passphrase nicht öffnen.",
            "Achten Sie auf Großschreibung und Tastatursprache. Wenn Sie sicher sind, ist vielleicht die Datei "
            "beschädigt: Exportieren Sie sie erneut.",
        ),
    },
    "key_file_damaged": {
        "en": (
            "This is no key file, or only a part of one.",
            "Choose a file that ends in .p12 or .pfx, or export it again.",
        ),
        "de": (
            "Das ist keine Schlüsseldatei oder nur ein Teil einer solchen.",
            "Wählen Sie eine Datei, die auf .p12 oder .pfx endet, oder exportieren Sie sie erneut.",
        ),
    },
    "key_file_too_large": {
        "en": (
            "This file has more than {limit} octets; no key file is that large.",
            "Choose a file that ends in .p12 or .pfx.",
        ),
        "de": (
            "Diese Datei hat mehr als {limit} Oktette; so groß ist keine Schlüsseldatei.",
            "Wählen Sie eine Datei, die auf .p12 oder .pfx endet.",
        ),
    },
    "key_file_not_supported": {
        "en": (
            "The key file is protected in a way, or holds a kind of key, that Letterlock does not read.",
            "Import it into the program it comes from and export it again, with AES-256 as encryption.",
        ),
        "de": (
            "Die Schlüsseldatei ist auf eine Art geschützt oder enthält eine Art von Schlüssel, die Letterlock nicht "
            "liest.",
            "Importieren Sie sie in das Programm, aus dem sie stammt, und exportieren Sie sie erneut, mit AES-256 als "
            "Verschlüsselung.",
        ),
    },
    "key_missing": {
        "en": (
            "The file holds a certificate but not its private key, without which nothing can be decrypted.",
            "Export it again with the private key, on the device where the certificate was made.",
        ),
        "de": (
            "Die Datei enthält ein Zertifikat, aber nicht den privaten Schlüssel dazu, ohne den sich nichts "
            "entschlüsseln lässt.",
            "Exportieren Sie sie erneut mit dem privaten Schlüssel, auf dem Gerät, auf dem das Zertifikat entstand.",
        ),
    },
    "certificate_missing": {
        "en": (
            "The file holds a private key but no certificate for it.",
            "Export it again together with the certificate.",
        ),
        "de": (
            "Die Datei enthält einen privaten Schlüssel, aber kein Zertifikat dazu.",
            "Exportieren Sie sie erneut zusammen mit dem Zertifikat.",
        ),
    },
}
