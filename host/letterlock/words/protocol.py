"""Words for protocol codes.

Nobody should ever read most of these: they say that an extension, or somebody in its name, broke the protocol. They
are written for the person who does read one, and for the developer the person sends it to.
"""

_UPDATE = {
    "en": "Update the extension and Letterlock on this computer. If it happens again, please report it.",
    "de": "Aktualisieren Sie die Erweiterung und Letterlock auf diesem Computer. Kommt es wieder vor, melden Sie es.",
}


def _broken(english: str, german: str) -> dict[str, tuple[str, str]]:
    return {"en": (english, _UPDATE["en"]), "de": (german, _UPDATE["de"])}


WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "frame_empty": _broken(
        "The extension sent an empty frame.",
        "Die Erweiterung hat einen leeren Rahmen gesendet.",
    ),
    "frame_too_large": _broken(
        "The extension sent a frame of {octets} octets; {limit} are allowed.",
        "Die Erweiterung hat einen Rahmen von {octets} Oktetten gesendet; erlaubt sind {limit}.",
    ),
    "frame_truncated": _broken(
        "The connection ended inside a frame; {missing} octets are missing.",
        "Die Verbindung endete mitten in einem Rahmen; es fehlen {missing} Oktette.",
    ),
    "frame_not_utf8": _broken(
        "The extension sent a frame that is not UTF-8.",
        "Die Erweiterung hat einen Rahmen gesendet, der kein UTF-8 ist.",
    ),
    "frame_not_json": _broken(
        "The extension sent a frame that is not JSON.",
        "Die Erweiterung hat einen Rahmen gesendet, der kein JSON ist.",
    ),
    "frame_too_deep": _broken(
        "The extension sent a frame nested more than {limit} deep.",
        "Die Erweiterung hat einen Rahmen gesendet, der mehr als {limit}-fach verschachtelt ist.",
    ),
    "field_repeated": _broken(
        "The extension sent a frame that has the field “{field}” twice.",
        "Die Erweiterung hat einen Rahmen gesendet, in dem das Feld „{field}“ zweimal vorkommt.",
    ),
    "frame_not_an_object": _broken(
        "The extension sent a frame that is not a JSON object.",
        "Die Erweiterung hat einen Rahmen gesendet, der kein JSON-Objekt ist.",
    ),
    "unknown_frame_type": _broken(
        "The extension sent a frame of the unknown type “{type}”.",
        "Die Erweiterung hat einen Rahmen der unbekannten Art „{type}“ gesendet.",
    ),
    "unknown_field": _broken(
        "The extension sent the unknown field “{field}”.",
        "Die Erweiterung hat das unbekannte Feld „{field}“ gesendet.",
    ),
    "missing_field": _broken(
        "The extension left out the field “{field}”.",
        "Die Erweiterung hat das Feld „{field}“ weggelassen.",
    ),
    "wrong_type": _broken(
        "The extension sent a wrong value in the field “{field}”: {expected}.",
        "Die Erweiterung hat einen falschen Wert im Feld „{field}“ gesendet: {expected}.",
    ),
    "unknown_operation": _broken(
        "The extension asked for “{operation}”, which Letterlock on this computer cannot do.",
        "Die Erweiterung hat „{operation}“ verlangt; das kann Letterlock auf diesem Computer nicht.",
    ),
    "hello_expected": _broken(
        "The extension asked for something before it said hello.",
        "Die Erweiterung hat etwas verlangt, bevor sie sich vorgestellt hat.",
    ),
    "hello_repeated": _broken(
        "The extension said hello twice.",
        "Die Erweiterung hat sich zweimal vorgestellt.",
    ),
    "protocol_mismatch": _broken(
        "The extension speaks protocol {client} and Letterlock on this computer speaks {host}.",
        "Die Erweiterung spricht Protokoll {client}, Letterlock auf diesem Computer spricht {host}.",
    ),
    "protocol_mismatch_host": {
        "en": (
            "Letterlock on this computer is older than the extension (protocol {host}, the extension has {client}).",
            "Update Letterlock on this computer (pip install --upgrade letterlock), then run: letterlock setup",
        ),
        "de": (
            "Letterlock auf diesem Computer ist älter als die Erweiterung (Protokoll {host}, die Erweiterung hat "
            "{client}).",
            "Aktualisieren Sie Letterlock auf diesem Computer (pip install --upgrade letterlock), dann: "
            "letterlock setup",
        ),
    },
    "protocol_mismatch_extension": {
        "en": (
            "The extension is older than Letterlock on this computer (protocol {client}, this computer has {host}).",
            "Update the Letterlock extension on the add-ons page of your browser or mail program, then restart it.",
        ),
        "de": (
            "Die Erweiterung ist älter als Letterlock auf diesem Computer (Protokoll {client}, dieser Computer hat "
            "{host}).",
            "Aktualisieren Sie die Letterlock-Erweiterung auf der Add-ons-Seite Ihres Browsers oder Mailprogramms "
            "und starten Sie es neu.",
        ),
    },
    "caller_not_allowed": {
        "en": (
            "Letterlock does not serve this caller: {caller}",
            "Letterlock is started by its own extension, not by hand. If you built that extension yourself, add its "
            "id to callers.json (see host/PROTOCOL.md).",
        ),
        "de": (
            "Letterlock bedient diesen Aufrufer nicht: {caller}",
            "Letterlock wird von seiner eigenen Erweiterung gestartet, nicht von Hand. Wenn Sie diese Erweiterung "
            "selbst gebaut haben, tragen Sie ihre Kennung in callers.json ein (siehe host/PROTOCOL.md).",
        ),
    },
    "duplicate_id": _broken(
        "The extension used the id “{request}” for two requests at once.",
        "Die Erweiterung hat die Kennung „{request}“ für zwei Anfragen zugleich benutzt.",
    ),
    "too_many_requests": {
        "en": (
            "The extension has {limit} requests unanswered and sent one more.",
            "Wait for an answer, then try again.",
        ),
        "de": (
            "{limit} Anfragen der Erweiterung sind noch offen, und sie hat eine weitere gesendet.",
            "Warten Sie eine Antwort ab und versuchen Sie es erneut.",
        ),
    },
    "unknown_stream": _broken(
        "The extension sent something for a request that does not exist, or no longer.",
        "Die Erweiterung hat etwas für eine Anfrage gesendet, die es nicht oder nicht mehr gibt.",
    ),
    "wrong_direction": _broken(
        "The extension treated an upload as a download, or the other way round.",
        "Die Erweiterung hat Senden und Empfangen verwechselt.",
    ),
    "chunk_after_last": _broken(
        "The extension went on sending after the end.",
        "Die Erweiterung hat nach dem Ende weiter gesendet.",
    ),
    "chunk_too_large": _broken(
        "The extension sent a chunk of {octets} octets; {limit} are allowed.",
        "Die Erweiterung hat ein Stück von {octets} Oktetten gesendet; erlaubt sind {limit}.",
    ),
    "credit_exceeded": _broken(
        "The extension sent {octets} octets, but only {granted} were granted.",
        "Die Erweiterung hat {octets} Oktette gesendet; zugesagt waren nur {granted}.",
    ),
    "bad_base64": _broken(
        "The extension sent data that is not base64.",
        "Die Erweiterung hat Daten gesendet, die kein Base64 sind.",
    ),
    "size_differs": _broken(
        "The extension announced {announced} octets and sent {received}: a part of the message was lost.",
        "Die Erweiterung hat {announced} Oktette angekündigt und {received} gesendet: Ein Teil der Nachricht ging "
        "verloren.",
    ),
    "unknown_message": {
        "en": ("Letterlock no longer has this message open.", "Open the message again."),
        "de": ("Letterlock hat diese Nachricht nicht mehr geöffnet.", "Öffnen Sie die Nachricht erneut."),
    },
    "reply_too_large": {
        "en": (
            "What there is to say about this message is too long to be shown ({octets} octets; {limit} are allowed).",
            "The message is built unusually, perhaps on purpose. Open it with: letterlock open FILE",
        ),
        "de": (
            "Was über diese Nachricht zu sagen ist, ist zu lang zum Anzeigen ({octets} Oktette; erlaubt sind {limit}).",
            "Die Nachricht ist ungewöhnlich gebaut, vielleicht mit Absicht. Öffnen Sie sie mit: letterlock open DATEI",
        ),
    },
}
