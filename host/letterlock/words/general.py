"""Words for failures that no single package owns."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "internal_error": {
        "en": (
            "Letterlock made a mistake (in {where}). Nothing was decided about this message.",
            "Please report it with the steps that led here. The message itself is not needed.",
        ),
        "de": (
            "Letterlock hat einen Fehler gemacht (in {where}). Über diese Nachricht wurde nichts entschieden.",
            "Bitte melden Sie ihn mit den Schritten, die dazu führten. Die Nachricht selbst wird nicht gebraucht.",
        ),
    },
    "cancelled": {
        "en": ("The operation was cancelled.", ""),
        "de": ("Der Vorgang wurde abgebrochen.", ""),
    },
    "not_a_message": {
        "en": (
            "This is not an e-mail message: it has no header section.",
            "Choose the message's source (often “Show original” or “Download message”, a file ending in .eml).",
        ),
        "de": (
            "Das ist keine E-Mail: Der Kopf der Nachricht fehlt.",
            "Wählen Sie den Quelltext der Nachricht (oft „Original anzeigen“ oder „Nachricht herunterladen“, "
            "eine Datei mit der Endung .eml).",
        ),
    },
    "message_too_large": {
        "en": (
            "The message is larger than {limit} octets, the most Letterlock opens.",
            "Ask the sender to pass large files another way.",
        ),
        "de": (
            "Die Nachricht ist größer als {limit} Oktette; mehr öffnet Letterlock nicht.",
            "Bitten Sie den Absender, große Dateien anders zu übergeben.",
        ),
    },
    "unknown_part": {
        "en": ("The message has no part {part}.", "Open the message again and choose one of its parts."),
        "de": ("Die Nachricht hat keinen Teil {part}.", "Öffnen Sie die Nachricht erneut und wählen Sie einen Teil."),
    },
}
