"""Words for the vault, in which the private keys of the person at this computer lie, and for its backups."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "vault_missing": {
        "en": (
            "There is no vault for your keys on this computer yet.",
            "Create or import a key; the vault is made with it: “letterlock keys --help”.",
        ),
        "de": (
            "Auf diesem Computer gibt es noch keinen Tresor für Ihre Schlüssel.",
            "Erzeugen oder importieren Sie einen Schlüssel; der Tresor entsteht dabei: „letterlock keys --help“.",
        ),
    },
    "vault_exists": {
        "en": ("There is a vault for your keys already; it stays as it is.", "Unlock it with its passphrase."),
        "de": (
            "Es gibt schon einen Tresor für Ihre Schlüssel; er bleibt, wie er ist.",
            "Entsperren Sie ihn mit seiner Passphrase.",
        ),
    },
    "vault_replaced": {
        "en": (
            "Meanwhile another vault was put in the place of the one you unlocked; nothing was written.",
            "Lock, and unlock again with the passphrase of the vault that is there now.",
        ),
        "de": (
            "Inzwischen liegt ein anderer Tresor an der Stelle dessen, den Sie entsperrt haben; es wurde nichts "
            "geschrieben.",
            "Sperren Sie und entsperren Sie erneut, mit der Passphrase des Tresors, der jetzt da ist.",
        ),
    },
    "vault_locked": {
        "en": (
            "Your keys are locked.",
            "Unlock them with your passphrase, then do it again.",
        ),
        "de": (
            "Ihre Schlüssel sind gesperrt.",
            "Entsperren Sie sie mit Ihrer Passphrase und tun Sie es dann noch einmal.",
        ),
    },
    "vault_locked_may_match": {
        "en": (
            "Your keys are locked, and one of them may be meant all the same: this message names its recipients in a "
            "way that does not tell.",
            "Unlock your keys and open the message again; then each of them is tried.",
        ),
        "de": (
            "Ihre Schlüssel sind gesperrt, und einer davon kann trotzdem gemeint sein: Diese Nachricht nennt ihre "
            "Empfänger so, dass man es nicht erkennt.",
            "Entsperren Sie Ihre Schlüssel und öffnen Sie die Nachricht erneut; dann wird jeder davon probiert.",
        ),
    },
    "vault_passphrase_wrong": {
        "en": (
            "Your keys do not open with this.",
            "Mind capital letters and the keyboard's language. Nobody can reset a forgotten passphrase; a printed "
            "recovery code opens the keys, if you made one.",
        ),
        "de": (
            "Damit lassen sich Ihre Schlüssel nicht öffnen.",
            "Achten Sie auf Großschreibung und Tastatursprache. Eine vergessene Passphrase kann niemand zurücksetzen; "
            "ein gedruckter Wiederherstellungscode öffnet die Schlüssel, wenn Sie einen angelegt haben.",
        ),
    },
    "vault_recovery_not_set": {
        "en": (
            "No recovery code was made for these keys.",
            "Use the passphrase. While the keys are unlocked, “letterlock keys recovery” makes a code to print.",
        ),
        "de": (
            "Für diese Schlüssel wurde kein Wiederherstellungscode angelegt.",
            "Verwenden Sie die Passphrase. Sind die Schlüssel entsperrt, legt „letterlock keys recovery“ einen Code "
            "zum Ausdrucken an.",
        ),
    },
    "vault_keychain_not_set": {
        "en": (
            "The desktop's keychain was not asked to unlock your keys.",
            "Use the passphrase, or let it: “letterlock keys keychain on”.",
        ),
        "de": (
            "Der Schlüsselbund des Desktops soll Ihre Schlüssel bisher nicht entsperren.",
            "Verwenden Sie die Passphrase, oder erlauben Sie es: „letterlock keys keychain on“.",
        ),
    },
    "vault_keychain_unavailable": {
        "en": (
            "The desktop's keychain could not be used ({detail}).",
            "Use the passphrase. The keychain needs a desktop session, and the package “keyring”: pip install "
            "'letterlock[keychain]'.",
        ),
        "de": (
            "Der Schlüsselbund des Desktops ließ sich nicht verwenden ({detail}).",
            "Verwenden Sie die Passphrase. Der Schlüsselbund braucht eine Desktop-Sitzung und das Paket „keyring“: "
            "pip install 'letterlock[keychain]'.",
        ),
    },
    "passphrase_too_short": {
        "en": (
            "This passphrase is too short: it needs at least {least} characters.",
            "Four or five random words are easy to keep in mind and hard to guess.",
        ),
        "de": (
            "Diese Passphrase ist zu kurz: Sie braucht mindestens {least} Zeichen.",
            "Vier oder fünf zufällige Wörter sind leicht zu merken und schwer zu erraten.",
        ),
    },
    "passphrase_too_long": {
        "en": ("This passphrase has more than {most} characters.", "Choose a shorter one; was it the wrong file?"),
        "de": (
            "Diese Passphrase hat mehr als {most} Zeichen.",
            "Wählen Sie eine kürzere; war es die falsche Datei?",
        ),
    },
    "vault_damaged": {
        "en": (
            "The vault is damaged ({what}): this way does not lead to your keys any more.",
            "Try the recovery code, if you have one; else restore your backup: “letterlock keys restore FILE”.",
        ),
        "de": (
            "Der Tresor ist beschädigt ({what}): Dieser Weg führt nicht mehr zu Ihren Schlüsseln.",
            "Versuchen Sie den Wiederherstellungscode, wenn Sie einen haben; sonst stellen Sie Ihre Sicherung wieder "
            "her: „letterlock keys restore DATEI“.",
        ),
    },
    "key_not_kept": {
        "en": ("You have no key {key}.", "“letterlock keys list” shows those you have."),
        "de": ("Sie haben keinen Schlüssel {key}.", "„letterlock keys list“ zeigt, welche Sie haben."),
    },
    "key_ambiguous": {
        "en": ("{found} of your keys begin with {key}; nothing was done.", "Give more digits."),
        "de": ("{found} Ihrer Schlüssel beginnen mit {key}; es wurde nichts getan.", "Geben Sie mehr Ziffern an."),
    },
    "key_damaged": {
        "en": (
            "The private key {key} is damaged and cannot be used; the other keys are not touched by it.",
            "Restore your backup, which puts the whole key back: “letterlock keys restore FILE”.",
        ),
        "de": (
            "Der private Schlüssel {key} ist beschädigt und unbrauchbar; die anderen Schlüssel betrifft das nicht.",
            "Stellen Sie Ihre Sicherung wieder her, die den ganzen Schlüssel zurückbringt: „letterlock keys restore "
            "DATEI“.",
        ),
    },
    "derivation_too_costly": {
        "en": (
            "This would take {memory_kib} KiB of memory {iterations} times over just to try a passphrase; no honest "
            "vault or backup asks for that.",
            "Somebody changed the file, or it is damaged. Use another copy.",
        ),
        "de": (
            "Schon um eine Passphrase zu versuchen, bräuchte das {iterations}-mal {memory_kib} KiB Speicher; so viel "
            "verlangt kein ehrlicher Tresor und keine Sicherung.",
            "Jemand hat die Datei verändert, oder sie ist beschädigt. Nehmen Sie eine andere Kopie.",
        ),
    },
    "secret_damaged": {
        "en": (
            "A stored secret ({purpose}) cannot be opened: it is damaged, or another vault sealed it.",
            "Enter it again where it is needed.",
        ),
        "de": (
            "Ein gespeichertes Geheimnis ({purpose}) lässt sich nicht öffnen: Es ist beschädigt, oder ein anderer "
            "Tresor hat es versiegelt.",
            "Geben Sie es dort neu ein, wo es gebraucht wird.",
        ),
    },
    "not_a_backup": {
        "en": (
            "This file is no backup of keys made by Letterlock.",
            "A file that ends in .p12 or .pfx is imported: “letterlock keys import FILE”.",
        ),
        "de": (
            "Diese Datei ist keine von Letterlock gemachte Sicherung von Schlüsseln.",
            "Eine Datei, die auf .p12 oder .pfx endet, wird importiert: „letterlock keys import DATEI“.",
        ),
    },
    "backup_newer": {
        "en": ("A newer Letterlock made this backup (format {version}).", "Update Letterlock, then restore it."),
        "de": (
            "Diese Sicherung stammt von einem neueren Letterlock (Format {version}).",
            "Aktualisieren Sie Letterlock und stellen Sie sie dann wieder her.",
        ),
    },
    "backup_too_large": {
        "en": ("This file has more than {limit} octets; no backup of keys is that large.", "Choose another file."),
        "de": (
            "Diese Datei hat mehr als {limit} Oktette; so groß ist keine Sicherung von Schlüsseln.",
            "Wählen Sie eine andere Datei.",
        ),
    },
    "backup_damaged": {
        "en": (
            "Both heads of this backup are damaged; without one of them nothing in it can be opened.",
            "Use another copy of the backup.",
        ),
        "de": (
            "Beide Köpfe dieser Sicherung sind beschädigt; ohne einen davon lässt sich nichts darin öffnen.",
            "Nehmen Sie eine andere Kopie der Sicherung.",
        ),
    },
    "backup_passphrase_wrong": {
        "en": (
            "Nothing in this backup opens with this passphrase.",
            "A backup keeps the passphrase that was given when it was made, whatever the vault's is today.",
        ),
        "de": (
            "Mit dieser Passphrase lässt sich nichts in dieser Sicherung öffnen.",
            "Eine Sicherung behält die Passphrase, die bei ihrer Anlage galt, wie auch immer die des Tresors heute "
            "lautet.",
        ),
    },
}
