"""Words for headlines: the one line a person reads first."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "signature_none": {
        "en": ("Not signed.", ""),
        "de": ("Nicht signiert.", ""),
    },
    "signature_valid": {
        "en": ("Signed by {name} ‹{address}› · unchanged · confirmed by {anchor}", ""),
        "de": ("Signiert von {name} ‹{address}› · unverändert · bestätigt von {anchor}", ""),
    },
    "signature_mismatch": {
        "en": (
            "Signed by somebody other than the sender: sent as ‹{sender}›, signed by ‹{signer}›",
            "Do not act on it before you have asked the sender another way.",
        ),
        "de": (
            "Von jemand anderem als dem Absender signiert: gesendet als ‹{sender}›, signiert von ‹{signer}›",
            "Handeln Sie nicht danach, bevor Sie den Absender auf anderem Weg gefragt haben.",
        ),
    },
    "signature_untrusted": {
        "en": (
            "Unchanged, but nobody you trust says who signed it · {reason}",
            "Read it like an unsigned mail until that is settled.",
        ),
        "de": (
            "Unverändert, aber niemand, dem Sie vertrauen, sagt, wer signiert hat · {reason}",
            "Lesen Sie sie wie eine unsignierte Nachricht, bis das geklärt ist.",
        ),
    },
    "signature_unchecked": {
        "en": ("The signature could not be checked · {reason}", "Read it like an unsigned mail."),
        "de": (
            "Die Signatur konnte nicht geprüft werden · {reason}",
            "Lesen Sie sie wie eine unsignierte Nachricht.",
        ),
    },
    "signature_partial": {
        "en": (
            "Only a part of this mail is signed",
            "Treat everything outside the signed part like an unsigned mail.",
        ),
        "de": (
            "Nur ein Teil dieser Nachricht ist signiert",
            "Behandeln Sie alles außerhalb des signierten Teils wie eine unsignierte Nachricht.",
        ),
    },
    "signature_invalid": {
        "en": (
            "Changed on the way, or forged",
            "Do not act on it; ask the sender another way.",
        ),
        "de": (
            "Unterwegs verändert oder gefälscht",
            "Handeln Sie nicht danach; fragen Sie den Absender auf anderem Weg.",
        ),
    },
    "encryption_decrypted": {
        "en": ("Encrypted for you. Not signed.", "Anybody can have written it: encrypted is not signed."),
        "de": (
            "Für Sie verschlüsselt. Nicht signiert.",
            "Jeder kann sie geschrieben haben: Verschlüsselt heißt nicht signiert.",
        ),
    },
    "encryption_undecryptable": {
        "en": ("This mail was encrypted for a certificate you do not have here", "Open it where that certificate is."),
        "de": (
            "Diese Nachricht wurde für ein Zertifikat verschlüsselt, das Sie hier nicht haben",
            "Öffnen Sie sie dort, wo dieses Zertifikat liegt.",
        ),
    },
    "encryption_locked": {
        "en": (
            "This mail is encrypted for you, and your keys are locked",
            "Unlock them with your passphrase, then do it again.",
        ),
        "de": (
            "Diese Nachricht ist für Sie verschlüsselt, und Ihre Schlüssel sind gesperrt",
            "Entsperren Sie sie mit Ihrer Passphrase und tun Sie es dann noch einmal.",
        ),
    },
    "encryption_card_locked": {
        "en": (
            "This mail is encrypted for your smart card, which wants its PIN",
            "",
        ),
        "de": (
            "Diese Nachricht ist für Ihre Chipkarte verschlüsselt, und die verlangt ihre PIN",
            "",
        ),
    },
    "encryption_failed": {
        "en": ("This mail is encrypted and could not be opened", "Ask the sender to send it again."),
        "de": (
            "Diese Nachricht ist verschlüsselt und ließ sich nicht öffnen",
            "Bitten Sie den Absender, sie erneut zu senden.",
        ),
    },
    "encryption_refused": {
        "en": (
            "The encrypted part of this mail was not opened, because that would be unsafe",
            "Ask the sender about it.",
        ),
        "de": (
            "Der verschlüsselte Teil dieser Nachricht wurde nicht geöffnet, weil das unsicher wäre",
            "Fragen Sie den Absender danach.",
        ),
    },
}
