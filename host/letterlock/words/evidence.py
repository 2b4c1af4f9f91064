"""Words for evidence bundles: why one cannot be read, what was altered, what it shows, and what it does not."""

_ANOTHER = (
    "Ask whoever gave you the file for it again; do not rely on this one.",
    "Lassen Sie sich die Datei noch einmal geben; verlassen Sie sich nicht auf diese.",
)
_ALTERED = (
    "Do not rely on this file. Look for another copy of it.",
    "Verlassen Sie sich nicht auf diese Datei. Suchen Sie eine andere Kopie davon.",
)

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # --- No bundle ---
    "bundle_not_recognised": {
        "en": ("This is no evidence bundle, or a damaged one ({why}).", _ANOTHER[0]),
        "de": ("Das ist kein Beweispaket, oder ein beschädigtes ({why}).", _ANOTHER[1]),
    },
    "bundle_name_escapes": {
        "en": ("The file holds an object with a name that could write elsewhere: {name}.", _ANOTHER[0]),
        "de": ("Die Datei enthält ein Objekt, dessen Name woandershin schreiben könnte: {name}.", _ANOTHER[1]),
    },
    "bundle_entry_twice": {
        "en": ("The file holds two objects named {name}.", _ANOTHER[0]),
        "de": ("Die Datei enthält zwei Objekte namens {name}.", _ANOTHER[1]),
    },
    "bundle_entry_encrypted": {
        "en": ("The object {name} is encrypted, so nobody can check it.", _ANOTHER[0]),
        "de": ("Das Objekt {name} ist verschlüsselt; niemand kann es prüfen.", _ANOTHER[1]),
    },
    "bundle_entry_compressed": {
        "en": (
            "The object {name} is compressed. Evidence bundles are not, so that nothing can expand when it is read.",
            "If somebody packed the file anew, ask for it as it was saved.",
        ),
        "de": (
            "Das Objekt {name} ist komprimiert. Beweispakete sind es nicht, damit sich beim Lesen nichts aufbläht.",
            "Hat jemand die Datei neu gepackt, so verlangen Sie sie, wie sie gesichert wurde.",
        ),
    },
    "bundle_entry_special": {
        "en": ("The object {name} is no ordinary file.", _ANOTHER[0]),
        "de": ("Das Objekt {name} ist keine gewöhnliche Datei.", _ANOTHER[1]),
    },
    "bundle_headers_differ": {
        "en": ("The file says two different things about the object {name}.", _ANOTHER[0]),
        "de": ("Die Datei sagt zwei verschiedene Dinge über das Objekt {name}.", _ANOTHER[1]),
    },
    "bundle_octets_between": {
        "en": ("The file holds something that belongs to no object, at octet {offset}.", _ANOTHER[0]),
        "de": ("Die Datei enthält ab Oktett {offset} etwas, das zu keinem Objekt gehört.", _ANOTHER[1]),
    },
    "bundle_zip64": {
        "en": ("The file is written in a form for more than 4 GB, which no evidence bundle needs.", _ANOTHER[0]),
        "de": ("Die Datei hat eine Form für mehr als 4 GB, die kein Beweispaket braucht.", _ANOTHER[1]),
    },
    "bundle_too_many_entries": {
        "en": ("The file holds more than {limit} objects.", _ANOTHER[0]),
        "de": ("Die Datei enthält mehr als {limit} Objekte.", _ANOTHER[1]),
    },
    "bundle_entry_too_large": {
        "en": ("The object {name} is larger than {limit} octets.", _ANOTHER[0]),
        "de": ("Das Objekt {name} ist größer als {limit} Oktette.", _ANOTHER[1]),
    },
    "bundle_object_unexpected": {
        "en": ("The file holds {name}, which no evidence bundle has.", _ANOTHER[0]),
        "de": ("Die Datei enthält {name}; das hat kein Beweispaket.", _ANOTHER[1]),
    },
    "bundle_manifest_malformed": {
        "en": ("The list of digests {name} cannot be read ({part}).", _ANOTHER[0]),
        "de": ("Die Liste der Prüfsummen {name} ist nicht lesbar ({part}).", _ANOTHER[1]),
    },
    # --- Making one ---
    "bundle_no_authority": {
        "en": (
            "Nobody is named who could time-stamp the evidence.",
            "Choose a time-stamping authority with `letterlock timestamps add`, or name one with --tsa.",
        ),
        "de": (
            "Es ist niemand benannt, der einen Zeitstempel geben könnte.",
            "Wählen Sie eine Zeitstempelstelle mit `letterlock timestamps add`, oder nennen Sie eine mit --tsa.",
        ),
    },
    "bundle_renewal_refused": {
        "en": (
            "The bundle is not renewed, because it is altered: {why}.",
            "A new time-stamp would only say that it was altered before. Look for another copy.",
        ),
        "de": (
            "Das Paket wird nicht erneuert, weil es verändert ist: {why}.",
            "Ein neuer Zeitstempel würde nur sagen, dass es vorher verändert wurde. Suchen Sie eine andere Kopie.",
        ),
    },
    "bundle_report_needs_library": {
        "en": ("A PDF needs the library fpdf2.", "Install letterlock[report], or ask for .html."),
        "de": (
            "Für ein PDF wird die Bibliothek fpdf2 gebraucht.",
            "Installieren Sie letterlock[report], oder nehmen Sie .html.",
        ),
    },
    "evidence_sender_wrong": {
        "en": ("{text} is neither an address nor “@” with a domain.", "Write anna@muster.example, or @muster.example."),
        "de": (
            "{text} ist weder eine Adresse noch „@“ mit einer Domain.",
            "Etwa anna@muster.example oder @muster.example.",
        ),
    },
    "writing_defaults_too_many": {
        "en": (
            "No more than {most} addresses can have settings of their own for new mail.",
            "Remove one that you do not need, or change what holds for all others.",
        ),
        "de": (
            "Höchstens {most} Adressen können eigene Vorgaben für neue Mails haben.",
            "Entfernen Sie eine, die Sie nicht brauchen, oder ändern Sie, was für alle anderen gilt.",
        ),
    },
    "evidence_kept": {
        "en": ("Saved as evidence: {file}.", ""),
        "de": ("Als Beweis gesichert: {file}.", ""),
    },
    "evidence_not_kept": {
        "en": (
            "This mail should have been saved as evidence, and was not ({why}).",
            "Open it again later, or save the proof from the details.",
        ),
        "de": (
            "Diese Mail sollte als Beweis gesichert werden und wurde es nicht ({why}).",
            "Öffnen Sie sie später noch einmal, oder sichern Sie die Beweise aus den Einzelheiten.",
        ),
    },
    # --- Altered ---
    "bundle_object_damaged": {
        "en": ("The object {name} was altered or damaged.", _ALTERED[0]),
        "de": ("Das Objekt {name} wurde verändert oder beschädigt.", _ALTERED[1]),
    },
    "bundle_object_changed": {
        "en": ("The object {name} is not the one that {manifest} was made for.", _ALTERED[0]),
        "de": ("Das Objekt {name} ist nicht das, für das {manifest} gemacht wurde.", _ALTERED[1]),
    },
    "bundle_object_missing": {
        "en": ("The object {name}, which {manifest} names, is missing.", _ALTERED[0]),
        "de": ("Das Objekt {name}, das {manifest} nennt, fehlt.", _ALTERED[1]),
    },
    "bundle_object_not_covered": {
        "en": ("The object {name} was added or altered: no time-stamp is about it.", _ALTERED[0]),
        "de": ("Das Objekt {name} wurde hinzugefügt oder verändert: Kein Zeitstempel betrifft es.", _ALTERED[1]),
    },
    "bundle_renewal_incomplete": {
        "en": ("The renewal {manifest} leaves out {name}.", _ALTERED[0]),
        "de": ("Die Erneuerung {manifest} lässt {name} aus.", _ALTERED[1]),
    },
    "bundle_time_stamp_broken": {
        "en": ("The time-stamp {name} is damaged, forged, or about something else ({why}).", _ALTERED[0]),
        "de": ("Der Zeitstempel {name} ist beschädigt, gefälscht oder für etwas anderes ({why}).", _ALTERED[1]),
    },
    # --- Not proven, or less ---
    "bundle_no_time_stamp": {
        "en": (
            "No time-stamp can be relied upon, so nobody says when this message existed.",
            "A certificate that has run out or was withdrawn since proves nothing without that.",
        ),
        "de": (
            "Auf keinen Zeitstempel ist Verlass; niemand sagt also, wann es diese Nachricht gab.",
            "Ein seither abgelaufenes oder gesperrtes Zertifikat beweist ohne das nichts.",
        ),
    },
    "bundle_time_stamp_not_trusted": {
        "en": (
            "The time-stamp {name} cannot be relied upon ({why}).",
            "If you trust its authority about time, give the certificate of its root as an anchor.",
        ),
        "de": (
            "Auf den Zeitstempel {name} ist kein Verlass ({why}).",
            "Vertrauen Sie seiner Stelle, was die Zeit angeht, so geben Sie ihr Wurzelzertifikat als Anker an.",
        ),
    },
    "bundle_time_stamp_aged": {
        "en": (
            "The time-stamp {name} stopped proving anything on {ended}, when the certificate of {certificate} ran out. "
            "It had to hold until {needed}.",
            "It should have been renewed before. Look for a copy that was.",
        ),
        "de": (
            "Der Zeitstempel {name} beweist seit {ended} nichts mehr: Da lief das Zertifikat von {certificate} ab. "
            "Er hätte bis {needed} halten müssen.",
            "Er hätte vorher erneuert werden müssen. Suchen Sie eine Kopie, bei der das geschehen ist.",
        ),
    },
    "bundle_algorithm_ended": {
        "en": (
            "{name} rests on {algorithm}, which cannot be relied upon after {ended} ({source}); it had to hold until "
            "{needed}.",
            "A time-stamp with something stronger would have had to secure it before. Look for a copy that has one.",
        ),
        "de": (
            "{name} beruht auf {algorithm}; darauf ist nach dem {ended} kein Verlass ({source}), und es hätte bis "
            "{needed} halten müssen.",
            "Ein Zeitstempel mit etwas Stärkerem hätte es vorher sichern müssen. Suchen Sie eine Kopie, die ihn hat.",
        ),
    },
    "bundle_revocation_unknown": {
        "en": (
            "Nothing in the bundle says whether the certificate of {subject} had been withdrawn.",
            "A list or an answer of its authority about that time, if you have one, can be given with --evidence.",
        ),
        "de": (
            "Nichts in dem Paket sagt, ob das Zertifikat von {subject} gesperrt war.",
            "Eine Sperrliste oder Auskunft der Stelle über diese Zeit lässt sich mit --evidence angeben.",
        ),
    },
    "bundle_signature_not_valid": {
        "en": (
            "Opened as of that time, the message's signature is “{status}”.",
            "The verdict in this answer says why.",
        ),
        "de": (
            "Für diese Zeit geöffnet, ist die Signatur der Nachricht „{status}“.",
            "Das Urteil in dieser Antwort sagt, warum.",
        ),
    },
    "bundle_signer_not_sender": {
        "en": ("It was signed with the key of {signer}; in From stands {sender}.", ""),
        "de": ("Signiert ist mit dem Schlüssel von {signer}; als Absender steht {sender}.", ""),
    },
    # --- The one line ---
    "evidence_holds": {
        "en": (
            "The evidence holds: the signature was there and good at {time}.",
            "Read also what it does not prove.",
        ),
        "de": (
            "Die Beweise halten stand: Die Signatur war am {time} da und gut.",
            "Lesen Sie auch, was sie nicht beweisen.",
        ),
    },
    "evidence_limited": {
        "en": (
            "The signature was there at {time}; the evidence has limits.",
            "Read the reasons, and what it does not prove.",
        ),
        "de": (
            "Die Signatur war am {time} da; die Beweise haben Grenzen.",
            "Lesen Sie die Gründe, und was sie nicht beweisen.",
        ),
    },
    "evidence_not_proven": {
        "en": ("This bundle does not prove who signed, or when.", "The reasons say what is missing."),
        "de": ("Dieses Paket beweist nicht, wer wann signiert hat.", "Die Gründe sagen, was fehlt."),
    },
    "evidence_altered": {
        "en": ("This bundle was altered or damaged after it was saved. It proves nothing.", _ALTERED[0]),
        "de": ("Dieses Paket wurde nach dem Sichern verändert oder beschädigt. Es beweist nichts.", _ALTERED[1]),
    },
    "evidence_saved": {
        "en": (
            "What was known when this bundle was saved.",
            "The time-stamps came after this page. What they prove, `letterlock evidence verify` says.",
        ),
        "de": (
            "Was bekannt war, als dieses Paket gesichert wurde.",
            "Die Zeitstempel kamen nach dieser Seite. Was sie beweisen, sagt `letterlock evidence verify`.",
        ),
    },
    # --- What it shows ---
    "evidence_intact": {
        "en": ("The message of {octets} octets is the one that was saved (SHA-256 {sha256}).", ""),
        "de": ("Die Nachricht von {octets} Oktetten ist die gesicherte (SHA-256 {sha256}).", ""),
    },
    "evidence_existed": {
        "en": ("It existed by {time}, by the word of {authority}.", ""),
        "de": ("Es gab sie spätestens am {time}, nach dem Wort von {authority}.", ""),
    },
    "evidence_renewed": {
        "en": ("All of that was there unchanged by {time}, by the word of {authority}.", ""),
        "de": ("All das war spätestens am {time} unverändert da, nach dem Wort von {authority}.", ""),
    },
    "evidence_signed": {
        "en": (
            "It bears a signature that fits its content and the key of {name} ({addresses}), certificate SHA-256 "
            "{sha256}.",
            "",
        ),
        "de": (
            "Sie trägt eine Signatur, die zum Inhalt und zum Schlüssel von {name} ({addresses}) passt, Zertifikat "
            "SHA-256 {sha256}.",
            "",
        ),
    },
    "evidence_signature_stamped": {
        "en": ("The signature itself bears a time-stamp of {time}, by the word of {authority}.", ""),
        "de": ("Die Signatur selbst trägt einen Zeitstempel vom {time}, nach dem Wort von {authority}.", ""),
    },
    "evidence_certificate_good": {
        "en": ("At {time} the certificate of {name}, issued by {issuer}, was in force and led to {anchor}.", ""),
        "de": ("Am {time} war das Zertifikat von {name}, ausgestellt von {issuer}, gültig und führte zu {anchor}.", ""),
    },
    "evidence_not_withdrawn": {
        "en": ("Its authorities did not say that a certificate from {name} upwards was withdrawn by {time}.", ""),
        "de": ("Ihre Stellen sagten von keinem Zertifikat ab {name} aufwärts, es sei am {time} gesperrt gewesen.", ""),
    },
    "evidence_withdrawn_later": {
        "en": ("The certificate of {name} was withdrawn on {revoked}, after the time that counts ({time}).", ""),
        "de": ("Das Zertifikat von {name} wurde am {revoked} gesperrt, nach der Zeit, die zählt ({time}).", ""),
    },
    # --- What it does not prove ---
    "not_proven_signing_time": {
        "en": (
            "When it was signed: the signer's own clock says {claimed}; only that it was by the time-stamp is sure.",
            "",
        ),
        "de": (
            "Wann signiert wurde: Die Uhr des Unterzeichners sagt {claimed}; sicher ist nur „bis zum Zeitstempel“.",
            "",
        ),
    },
    "not_proven_person": {
        "en": ("Who used the key: its holder may have shared it, or lost it without noticing.", ""),
        "de": ("Wer den Schlüssel benutzt hat: Der Inhaber kann ihn geteilt oder unbemerkt verloren haben.", ""),
    },
    "not_proven_withdrawal_after": {
        "en": ("That the key was in nobody else's hands: the latest word about its withdrawal is of {known}.", ""),
        "de": ("Dass niemand sonst den Schlüssel hatte: Die letzte Auskunft über eine Sperrung ist vom {known}.", ""),
    },
    "not_proven_header": {
        "en": ("Subject, date and recipients: the signature does not cover the header of this message.", ""),
        "de": ("Betreff, Datum und Empfänger: Die Signatur deckt die Kopfzeilen dieser Nachricht nicht.", ""),
    },
    "not_proven_content": {
        "en": ("That what the message says is true, or that anybody has read it.", ""),
        "de": ("Dass wahr ist, was in der Nachricht steht, oder dass jemand sie gelesen hat.", ""),
    },
    # --- Labels of the report ---
    "report_title": {"en": ("Evidence of a signed message", ""), "de": ("Beweise zu einer signierten Nachricht", "")},
    "report_message": {
        "en": ("The message, by its own header", ""),
        "de": ("Die Nachricht, nach ihren eigenen Kopfzeilen", ""),
    },
    "report_from": {"en": ("From", ""), "de": ("Von", "")},
    "report_to": {"en": ("To", ""), "de": ("An", "")},
    "report_subject": {"en": ("Subject", ""), "de": ("Betreff", "")},
    "report_date": {"en": ("Date (claimed)", ""), "de": ("Datum (behauptet)", "")},
    "report_size": {"en": ("Octets", ""), "de": ("Oktette", "")},
    "report_shown": {"en": ("What the evidence shows", ""), "de": ("Was die Beweise zeigen", "")},
    "report_not_proven": {"en": ("What it does not prove", ""), "de": ("Was sie nicht beweisen", "")},
    "report_reasons": {"en": ("Reasons and remarks", ""), "de": ("Gründe und Anmerkungen", "")},
    "report_verdict": {"en": ("The message, opened", ""), "de": ("Die Nachricht, geöffnet", "")},
    "report_signer": {"en": ("Signer", ""), "de": ("Unterzeichner", "")},
    "report_algorithms": {"en": ("Algorithms", ""), "de": ("Verfahren", "")},
    "report_claimed": {"en": ("Signed (claimed)", ""), "de": ("Signiert (behauptet)", "")},
    "report_certificate": {"en": ("Certificate", ""), "de": ("Zertifikat", "")},
    "report_time_stamp": {"en": ("Time-stamp", ""), "de": ("Zeitstempel", "")},
    "report_time": {"en": ("Time", ""), "de": ("Zeit", "")},
    "report_authority": {"en": ("Authority", ""), "de": ("Stelle", "")},
    "report_relied_on": {"en": ("Relied upon", ""), "de": ("Verlass darauf", "")},
    "report_yes": {"en": ("yes", ""), "de": ("ja", "")},
    "report_no": {"en": ("no", ""), "de": ("nein", "")},
    "report_objects": {"en": ("Objects in the bundle", ""), "de": ("Objekte im Paket", "")},
    "report_check": {"en": ("About this check", ""), "de": ("Zu dieser Prüfung", "")},
    "report_checked_at": {"en": ("Checked as of", ""), "de": ("Geprüft für", "")},
    "report_existed_by": {"en": ("Existed by", ""), "de": ("Vorhanden spätestens", "")},
    "report_renew_by": {"en": ("Renew before", ""), "de": ("Erneuern vor", "")},
}
