"""Words for moments in the life of a signed message, and for time-stamps."""

_ASK = (
    "The signature is judged as if the time-stamp were not there.",
    "Die Signatur wird beurteilt, als gäbe es den Zeitstempel nicht.",
)

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # --- Moments: a label, and what it is worth ---
    "moment_signed": {
        "en": ("Signed", "by the signer's own clock"),
        "de": ("Signiert", "nach der Uhr des Unterzeichners"),
    },
    "moment_time_stamped": {
        "en": ("Time-stamped", "confirmed by {by}"),
        "de": ("Zeitstempel", "bestätigt von {by}"),
    },
    "moment_time_stamp_refused": {
        "en": ("Time-stamp", "not confirmed"),
        "de": ("Zeitstempel", "nicht bestätigt"),
    },
    "moment_received": {
        "en": ("Received", "says a mail server"),
        "de": ("Empfangen", "sagt ein Mailserver"),
    },
    "moment_first_opened": {
        "en": ("First opened on this computer", ""),
        "de": ("Auf diesem Rechner zum ersten Mal geöffnet", ""),
    },
    "moment_checked": {
        "en": ("Checked", ""),
        "de": ("Geprüft", ""),
    },
    # --- Time-stamps that prove nothing ---
    "time_stamp_malformed": {
        "en": ("A time-stamp beside the signature cannot be read ({part}).", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur ist nicht lesbar ({part}).", _ASK[1]),
    },
    "time_stamp_for_other": {
        "en": ("A time-stamp beside the signature was made for something else.", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur wurde für etwas anderes ausgestellt.", _ASK[1]),
    },
    "time_stamp_broken": {
        "en": ("A time-stamp beside the signature is damaged or forged ({why}).", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur ist beschädigt oder gefälscht ({why}).", _ASK[1]),
    },
    "time_stamp_not_checked": {
        "en": ("A time-stamp beside the signature cannot be checked here ({why}).", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur lässt sich hier nicht prüfen ({why}).", _ASK[1]),
    },
    "time_stamp_weak": {
        "en": ("A time-stamp beside the signature is made with {algorithms}, which can be forged.", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur ist mit {algorithms} gemacht; das lässt sich fälschen.", _ASK[1]),
    },
    "time_stamp_authority_missing": {
        "en": ("A time-stamp beside the signature comes without its authority's certificate.", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur kommt ohne das Zertifikat seiner Stelle.", _ASK[1]),
    },
    "time_stamp_authority_not_named": {
        "en": ("A time-stamp beside the signature does not say with which certificate it was made.", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur sagt nicht, mit welchem Zertifikat er gemacht ist.", _ASK[1]),
    },
    "time_stamp_purpose_wrong": {
        "en": ("A time-stamp beside the signature is by {authority}, whose certificate is not one for that.", _ASK[0]),
        "de": ("Ein Zeitstempel bei der Signatur ist von {authority}, deren Zertifikat nicht dafür ist.", _ASK[1]),
    },
    "time_stamp_authority_not_trusted": {
        "en": (
            "A time-stamp beside the signature ({time}) is by {authority}, whom nobody you chose vouches for ({why}).",
            "The signature is judged as if it were not there. If your organisation uses this authority, ask for its "
            "certificate and add it.",
        ),
        "de": (
            "Ein Zeitstempel bei der Signatur ({time}) ist von {authority}, für die niemand bürgt, den Sie gewählt "
            "haben ({why}).",
            "Die Signatur wird beurteilt, als gäbe es ihn nicht. Wenn Ihre Organisation diese Stelle verwendet, bitten "
            "Sie um deren Zertifikat und fügen es hinzu.",
        ),
    },
    "time_stamp_authority_revoked": {
        "en": (
            "A time-stamp beside the signature proves nothing: the certificate of {authority} was withdrawn on "
            "{revoked_at} ({reason}), so others may have its key.",
            _ASK[0],
        ),
        "de": (
            "Ein Zeitstempel bei der Signatur beweist nichts: Das Zertifikat von {authority} wurde am {revoked_at} "
            "zurückgezogen ({reason}); andere können den Schlüssel haben.",
            _ASK[1],
        ),
    },
    "time_stamp_in_future": {
        "en": (
            "A time-stamp beside the signature names a time that has not come ({time}; it is {now} here).",
            "Look whether the clock of this computer is right.",
        ),
        "de": (
            "Ein Zeitstempel bei der Signatur nennt eine Zeit, die noch kommt ({time}; hier ist es {now}).",
            "Sehen Sie nach, ob die Uhr dieses Rechners richtig geht.",
        ),
    },
    "too_many_time_stamps": {
        "en": ("The message has more than {limit} time-stamps; the others were not looked at.", ""),
        "de": ("Die Nachricht hat mehr als {limit} Zeitstempel; die übrigen wurden nicht angesehen.", ""),
    },
    "time_stamp_refused": {
        "en": (
            "The time-stamping authority made no time-stamp (status {status}: {text}).",
            "Ask whoever runs the authority.",
        ),
        "de": (
            "Die Zeitstempelstelle hat keinen Zeitstempel ausgestellt (Status {status}: {text}).",
            "Fragen Sie beim Betreiber der Stelle nach.",
        ),
    },
    "time_stamp_not_now": {
        "en": (
            "The time-stamping authority gave {time} as the time; it is {now} here.",
            "Look whether the clock of this computer is right; if it is, tell whoever runs the authority.",
        ),
        "de": (
            "Die Zeitstempelstelle nennt {time} als Zeit; hier ist es {now}.",
            "Sehen Sie nach, ob die Uhr dieses Rechners richtig geht; wenn ja, sagen Sie es dem Betreiber der Stelle.",
        ),
    },
    "time_stamp_other_policy": {
        "en": (
            "The time-stamping authority was asked for the policy {asked} and stamped under {policy}.",
            "Ask whoever runs the authority which policy to ask for.",
        ),
        "de": (
            "Die Zeitstempelstelle wurde um die Richtlinie {asked} gebeten und hat nach {policy} gestempelt.",
            "Fragen Sie beim Betreiber der Stelle nach, welche Richtlinie zu verlangen ist.",
        ),
    },
    "time_stamp_policy_wrong": {
        "en": ("“{text}” is no policy of a time-stamping authority.", "It looks like 1.2.3.4.1: numbers and dots."),
        "de": ("„{text}“ ist keine Richtlinie einer Zeitstempelstelle.", "Sie sieht so aus: 1.2.3.4.1."),
    },
    "no_time_stamp": {
        "en": (
            "No time-stamp could be had from {servers} ({codes}).",
            "Try again later, or look at `letterlock timestamps`: another authority can be added there.",
        ),
        "de": (
            "Von {servers} war kein Zeitstempel zu bekommen ({codes}).",
            "Versuchen Sie es später wieder, oder fügen Sie mit `letterlock timestamps` eine weitere Stelle hinzu.",
        ),
    },
}
