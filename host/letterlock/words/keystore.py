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
            "The key file is protected in a way, or holds a kind of key, that Letterlock does not read ({what}).",
            "Import it into the program it comes from and export it again, with AES-256 as encryption.",
        ),
        "de": (
            "Die Schlüsseldatei ist auf eine Art geschützt oder enthält eine Art von Schlüssel, die Letterlock nicht "
            "liest ({what}).",
            "Importieren Sie sie in das Programm, aus dem sie stammt, und exportieren Sie sie erneut, mit AES-256 als "
            "Verschlüsselung.",
        ),
    },
    "key_file_too_costly": {
        "en": (
            "Opening this file would take more than {limit} steps of computation; no honest key file asks for that.",
            "Do not use the file. If you made it yourself, export it again with the program's default settings.",
        ),
        "de": (
            "Diese Datei zu öffnen würde mehr als {limit} Rechenschritte kosten; keine ehrliche Schlüsseldatei "
            "verlangt das.",
            "Verwenden Sie die Datei nicht. Wenn Sie sie selbst erstellt haben, exportieren Sie sie mit den "
            "Voreinstellungen des Programms erneut.",
        ),
    },
    "key_file_altered": {
        "en": (
            "The passphrase is right, but the file's checksum does not fit: it is damaged or was changed.",
            "Fetch the file again from where it was made, or export it again.",
        ),
        "de": (
            "Die Passphrase stimmt, aber die Prüfsumme der Datei passt nicht: Sie ist beschädigt oder wurde verändert.",
            "Holen Sie die Datei erneut von dort, wo sie entstand, oder exportieren Sie sie erneut.",
        ),
    },
    "key_file_inner_passphrase": {
        "en": (
            "The passphrase opens the file, but the private key in it is protected with another one.",
            "Import the file into the program it comes from and export it again, with one passphrase for everything.",
        ),
        "de": (
            "Die Passphrase öffnet die Datei, aber der private Schlüssel darin ist mit einer anderen geschützt.",
            "Importieren Sie die Datei in das Programm, aus dem sie stammt, und exportieren Sie sie erneut, mit einer "
            "einzigen Passphrase für alles.",
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
    "passphrase_needed": {
        "en": (
            "A file with private keys needs a passphrase; without one they would be anybody's.",
            "Choose a passphrase, and tell it to nobody on the same way as the file.",
        ),
        "de": (
            "Eine Datei mit privaten Schlüsseln braucht eine Passphrase; ohne sie gehörten sie jedem.",
            "Wählen Sie eine Passphrase, und geben Sie sie niemandem auf demselben Weg wie die Datei.",
        ),
    },
}
