"""Words for certificates, paths, the mail profile, anchors and the store."""

_CA_MENDS = (
    "Only the authority that issued it can mend this. Ask the sender for a certificate from another one.",
    "Das kann nur die ausstellende Stelle beheben. Bitten Sie den Absender um ein Zertifikat einer anderen.",
)
_RENEW = (
    "Ask the sender to get a new certificate.",
    "Bitten Sie den Absender, sich ein neues Zertifikat zu holen.",
)

_WAIT = (
    "Nothing speaks against it; whoever must be sure asks the authority.",
    "Nichts spricht dagegen; wer sichergehen muss, fragt bei der Stelle nach.",
)

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # --- Forged or damaged ---
    "issuer_signature_broken": {
        "en": (
            "The certificate of {subject} claims to come from {issuer}, but {issuer} did not sign it.",
            "It is forged or damaged. Do not rely on it; ask the sender another way.",
        ),
        "de": (
            "Das Zertifikat von {subject} gibt an, von {issuer} zu stammen, aber {issuer} hat es nicht signiert.",
            "Es ist gefälscht oder beschädigt. Verlassen Sie sich nicht darauf; fragen Sie den Absender auf "
            "anderem Weg.",
        ),
    },
    "certificate_malformed": {
        "en": (
            "The certificate of {subject} is malformed ({part}), so what it allows cannot be told.",
            _CA_MENDS[0],
        ),
        "de": (
            "Das Zertifikat von {subject} ist fehlerhaft ({part}); was es erlaubt, ist nicht zu erkennen.",
            _CA_MENDS[1],
        ),
    },
    "certificate_signature_algorithm_broken": {
        "en": (
            "The certificate of {subject} is signed with {algorithm}, which anybody can forge today.",
            "Do not rely on it. " + _RENEW[0],
        ),
        "de": (
            "Das Zertifikat von {subject} ist mit {algorithm} signiert; das kann heute jeder fälschen.",
            "Verlassen Sie sich nicht darauf. " + _RENEW[1],
        ),
    },
    "certificate_undecodable": {
        "en": (
            "A certificate cannot be read ({where}).",
            "It is damaged, or it is no certificate. Ask for it again, as a .pem, .cer or .p7c file.",
        ),
        "de": (
            "Ein Zertifikat ist nicht lesbar ({where}).",
            "Es ist beschädigt oder kein Zertifikat. Bitten Sie noch einmal darum, als Datei .pem, .cer oder .p7c.",
        ),
    },
    "public_key_unusable": {
        "en": ("The key in the certificate of {subject} ({key}) cannot be used here.", _RENEW[0]),
        "de": ("Der Schlüssel im Zertifikat von {subject} ({key}) ist hier nicht verwendbar.", _RENEW[1]),
    },
    # --- Withdrawn ---
    "certificate_revoked": {
        "en": (
            "{issuer} withdrew the certificate of {subject} on {revoked_at} ({reason}).",
            "Do not rely on it; ask the sender another way.",
        ),
        "de": (
            "{issuer} hat das Zertifikat von {subject} am {revoked_at} widerrufen ({reason}).",
            "Verlassen Sie sich nicht darauf; fragen Sie den Absender auf anderem Weg.",
        ),
    },
    "certificate_revoked_later": {
        "en": (
            "{issuer} withdrew the certificate of {subject} on {revoked_at} ({reason}), after the time that counts "
            "here ({checked_at}).",
            "This message was signed before. Do not rely on new ones.",
        ),
        "de": (
            "{issuer} hat das Zertifikat von {subject} am {revoked_at} widerrufen ({reason}), nach dem Zeitpunkt, "
            "der hier zählt ({checked_at}).",
            "Diese Nachricht wurde vorher signiert. Verlassen Sie sich nicht auf neue.",
        ),
    },
    "revocation_evidence_unsigned": {
        "en": (
            "What is at hand about a withdrawal of the certificate of {subject} is not signed by {issuer} or by "
            "anybody it appointed.",
            "It is damaged or forged, and proves nothing.",
        ),
        "de": (
            "Was über einen Widerruf des Zertifikats von {subject} vorliegt, ist weder von {issuer} noch von jemand "
            "Beauftragtem signiert.",
            "Es ist beschädigt oder gefälscht und beweist nichts.",
        ),
    },
    "revocation_evidence_not_understood": {
        "en": (
            "What is at hand about a withdrawal of the certificate of {subject} has a part ({part}) that must be "
            "understood and is not.",
            _CA_MENDS[0],
        ),
        "de": (
            "Was über einen Widerruf des Zertifikats von {subject} vorliegt, hat einen Teil ({part}), der verstanden "
            "werden muss und unbekannt ist.",
            _CA_MENDS[1],
        ),
    },
    "revocation_answer_unknown": {
        "en": ("Asked about the certificate of {subject}, {issuer} answered that it does not know it.", _RENEW[0]),
        "de": ("Auf die Frage nach dem Zertifikat von {subject} antwortete {issuer}, es nicht zu kennen.", _RENEW[1]),
    },
    "revocation_evidence_stale": {
        "en": (
            "What {issuer} says about withdrawals was good only until {next_update}; checked at {checked_at}.",
            "Get the newest list of {issuer}. " + _WAIT[0],
        ),
        "de": (
            "Was {issuer} über Widerrufe sagt, galt nur bis {next_update}; geprüft zum Zeitpunkt {checked_at}.",
            "Besorgen Sie die neueste Liste von {issuer}. " + _WAIT[1],
        ),
    },
    "revocation_reasons_incomplete": {
        "en": (
            "The lists at hand do not say whether the certificate of {subject} was withdrawn for: {missing}.",
            _WAIT[0],
        ),
        "de": (
            "Die vorliegenden Listen sagen nicht, ob das Zertifikat von {subject} aus diesen Gründen widerrufen wurde: "
            "{missing}.",
            _WAIT[1],
        ),
    },
    "revocation_evidence_missing": {
        "en": (
            "Nothing at hand tells whether {issuer} has withdrawn the certificate of {subject}.",
            _WAIT[0],
        ),
        "de": (
            "Nichts Vorliegendes sagt, ob {issuer} das Zertifikat von {subject} widerrufen hat.",
            _WAIT[1],
        ),
    },
    "evidence_undecodable": {
        "en": ("A revocation list or OCSP answer cannot be read ({where}).", "Get it again from its issuer."),
        "de": (
            "Eine Widerrufsliste oder OCSP-Antwort ist nicht lesbar ({where}).",
            "Besorgen Sie sie noch einmal bei ihrem Aussteller.",
        ),
    },
    "no_evidence_in_folder": {
        "en": (
            "The folder {name} contains no revocation list and no OCSP answer.",
            "Put CRLs (.crl, .pem) or OCSP answers (.ors, .ocsp, DER) into it.",
        ),
        "de": (
            "Der Ordner {name} enthält keine Widerrufsliste und keine OCSP-Antwort.",
            "Legen Sie Widerrufslisten (.crl, .pem) oder OCSP-Antworten (.ors, .ocsp, DER) hinein.",
        ),
    },
    # --- Missing ---
    "issuer_unknown": {
        "en": (
            "The certificate of {subject} comes from {issuer}, whose certificate is not known here.",
            "Ask the sender to send the whole chain, or add the certificate of {issuer} if you trust it.",
        ),
        "de": (
            "Das Zertifikat von {subject} stammt von {issuer}; dessen Zertifikat ist hier nicht bekannt.",
            "Bitten Sie den Absender, die ganze Kette mitzusenden, oder nehmen Sie das Zertifikat von {issuer} auf, "
            "wenn Sie ihm vertrauen.",
        ),
    },
    "certificate_self_signed": {
        "en": (
            "{subject} has made this certificate without any authority: nobody else says who that is.",
            "If you know the person, compare the certificate's fingerprint by telephone and then accept it.",
        ),
        "de": (
            "{subject} hat dieses Zertifikat ohne jede Stelle selbst gemacht: Niemand sonst sagt, wer das ist.",
            "Wenn Sie die Person kennen, vergleichen Sie den Fingerabdruck des Zertifikats am Telefon und erkennen "
            "Sie es dann an.",
        ),
    },
    "root_not_trusted": {
        "en": (
            "The certificate comes from {root}, which you have not accepted yet.",
            "Accept it only if you know who {root} is and got its certificate from there.",
        ),
        "de": (
            "Das Zertifikat stammt von {root}; diese Stelle haben Sie noch nicht anerkannt.",
            "Erkennen Sie sie nur an, wenn Sie wissen, wer {root} ist, und deren Zertifikat von dort haben.",
        ),
    },
    "path_loops": {
        "en": ("The authorities above {subject} only certify each other, and nobody you trust is among them.", ""),
        "de": (
            "Die Stellen über {subject} bescheinigen sich nur gegenseitig; niemand, dem Sie vertrauen, ist darunter.",
            "",
        ),
    },
    "path_too_long": {
        "en": ("More than {limit} certificates lie between the signer and anybody you trust.", _CA_MENDS[0]),
        "de": (
            "Zwischen dem Unterzeichner und jemandem, dem Sie vertrauen, liegen mehr als {limit} Zertifikate.",
            _CA_MENDS[1],
        ),
    },
    "path_search_exhausted": {
        "en": (
            "The certificates sent along are so entangled that the search was stopped (limit: {limit}).",
            "That is unusual and may be an attack. Ask the sender for a message with a simple chain.",
        ),
        "de": (
            "Die mitgesandten Zertifikate sind so verschlungen, dass die Suche abgebrochen wurde (Grenze: {limit}).",
            "Das ist ungewöhnlich und kann ein Angriff sein. Bitten Sie den Absender um eine Nachricht mit "
            "einfacher Kette.",
        ),
    },
    "certificate_signature_algorithm_unknown": {
        "en": ("The certificate of {subject} is signed with {algorithm}, which cannot be checked here.", _RENEW[0]),
        "de": (
            "Das Zertifikat von {subject} ist mit {algorithm} signiert; das kann hier nicht geprüft werden.",
            _RENEW[1],
        ),
    },
    "certificate_key_unusable": {
        "en": ("The key in the certificate of {subject} ({key}) cannot be used here.", _RENEW[0]),
        "de": ("Der Schlüssel im Zertifikat von {subject} ({key}) ist hier nicht verwendbar.", _RENEW[1]),
    },
    # --- Forbidden ---
    "issuer_not_a_ca": {
        "en": (
            "The certificate of {subject} was issued with the certificate of {issuer}, which is no authority.",
            "Do not rely on it: whoever holds an ordinary certificate could have made it.",
        ),
        "de": (
            "Das Zertifikat von {subject} wurde mit dem Zertifikat von {issuer} ausgestellt; das ist keine "
            "Zertifizierungsstelle.",
            "Verlassen Sie sich nicht darauf: Jeder mit einem gewöhnlichen Zertifikat kann es gemacht haben.",
        ),
    },
    "issuer_may_not_certify": {
        "en": ("{issuer} issued the certificate of {subject} with a key that may not sign certificates.", _CA_MENDS[0]),
        "de": (
            "{issuer} hat das Zertifikat von {subject} mit einem Schlüssel ausgestellt, der keine Zertifikate "
            "signieren darf.",
            _CA_MENDS[1],
        ),
    },
    "path_length_exceeded": {
        "en": ("{issuer} allows at most {allowed} further authorities below it, and here are more.", _CA_MENDS[0]),
        "de": ("{issuer} erlaubt höchstens {allowed} weitere Stellen unter sich; hier sind es mehr.", _CA_MENDS[1]),
    },
    "name_excluded": {
        "en": (
            "{issuer} forbids certificates for {name}, and the certificate of {subject} has that name.",
            "Do not rely on it; tell the authority.",
        ),
        "de": (
            "{issuer} verbietet Zertifikate für {name}, und das Zertifikat von {subject} trägt diesen Namen.",
            "Verlassen Sie sich nicht darauf; sagen Sie der Stelle Bescheid.",
        ),
    },
    "name_not_permitted": {
        "en": (
            "{issuer} permits other names only, and the certificate of {subject} names {name}.",
            "Do not rely on it; tell the authority.",
        ),
        "de": (
            "{issuer} erlaubt nur andere Namen, und das Zertifikat von {subject} nennt {name}.",
            "Verlassen Sie sich nicht darauf; sagen Sie der Stelle Bescheid.",
        ),
    },
    "name_constraint_unsupported": {
        "en": (
            "{issuer} restricts names of a kind ({form}) that cannot be compared, and {subject} has one.",
            _CA_MENDS[0],
        ),
        "de": (
            "{issuer} beschränkt Namen einer Art ({form}), die nicht verglichen werden kann, und {subject} hat einen.",
            _CA_MENDS[1],
        ),
    },
    "unknown_critical_extension": {
        "en": (
            "The certificate of {subject} contains a condition ({extension}) that must be understood and is not.",
            _CA_MENDS[0],
        ),
        "de": (
            "Das Zertifikat von {subject} enthält eine Bedingung ({extension}), die verstanden werden muss und "
            "unbekannt ist.",
            _CA_MENDS[1],
        ),
    },
    "policy_mapping_of_any": {
        "en": ("{issuer} equates its policies with any other, which is forbidden.", _CA_MENDS[0]),
        "de": ("{issuer} setzt seine Richtlinien mit beliebigen gleich; das ist verboten.", _CA_MENDS[1]),
    },
    "policy_not_acceptable": {
        "en": (
            "The authorities require a certificate policy, and none holds for the whole way to {subject}.",
            _CA_MENDS[0],
        ),
        "de": (
            "Die Stellen verlangen eine Zertifizierungsrichtlinie, und keine gilt auf dem ganzen Weg zu {subject}.",
            _CA_MENDS[1],
        ),
    },
    "key_usage_not_signing": {
        "en": (
            "The certificate of {subject} is not for signing, only for: {usages}.",
            "Ask the sender to sign with the certificate made for it.",
        ),
        "de": (
            "Das Zertifikat von {subject} ist nicht zum Signieren, nur für: {usages}.",
            "Bitten Sie den Absender, mit dem dafür vorgesehenen Zertifikat zu signieren.",
        ),
    },
    "key_cannot_sign": {
        "en": ("The key of {subject} ({key}) cannot make signatures at all.", "Ask the sender another way."),
        "de": (
            "Der Schlüssel von {subject} ({key}) kann überhaupt nicht signieren.",
            "Fragen Sie den Absender auf anderem Weg.",
        ),
    },
    "key_usage_not_encrypting": {
        "en": (
            "The certificate of {subject} does not allow encrypting to its key: {needed} is missing.",
            "Ask {subject} for the certificate that is meant for encryption.",
        ),
        "de": (
            "Das Zertifikat von {subject} erlaubt nicht, zu seinem Schlüssel zu verschlüsseln: {needed} fehlt.",
            "Bitten Sie {subject} um das Zertifikat, das für Verschlüsselung gedacht ist.",
        ),
    },
    "key_cannot_encrypt": {
        "en": (
            "The key of {subject} ({key}) can only sign; nothing can be encrypted to it.",
            "Ask {subject} for a certificate with a key for encryption.",
        ),
        "de": (
            "Der Schlüssel von {subject} ({key}) kann nur signieren; zu ihm lässt sich nichts verschlüsseln.",
            "Bitten Sie {subject} um ein Zertifikat mit einem Schlüssel für Verschlüsselung.",
        ),
    },
    "purpose_not_mail": {
        "en": (
            "The certificate of {subject} is not for mail, only for: {purposes}.",
            "Ask the sender to sign with a certificate for mail.",
        ),
        "de": (
            "Das Zertifikat von {subject} ist nicht für E-Mail, nur für: {purposes}.",
            "Bitten Sie den Absender, mit einem Zertifikat für E-Mail zu signieren.",
        ),
    },
    "issuer_purpose_not_mail": {
        "en": ("{issuer} may not issue certificates for mail, only for: {purposes}.", _CA_MENDS[0]),
        "de": ("{issuer} darf keine Zertifikate für E-Mail ausstellen, nur für: {purposes}.", _CA_MENDS[1]),
    },
    "address_not_named": {
        "en": (
            "The mail comes from ‹{address}›, and the certificate is for ‹{addresses}›.",
            "Do not act on it before you have asked the sender another way.",
        ),
        "de": (
            "Die Nachricht kommt von ‹{address}›, und das Zertifikat ist für ‹{addresses}›.",
            "Handeln Sie nicht danach, bevor Sie den Absender auf anderem Weg gefragt haben.",
        ),
    },
    "no_address_named": {
        "en": (
            "The certificate of {subject} names no mail address.",
            "It says who signed, but not whether the sender's address belongs to them.",
        ),
        "de": (
            "Das Zertifikat von {subject} nennt keine E-Mail-Adresse.",
            "Es sagt, wer signiert hat, aber nicht, ob die Absenderadresse dazugehört.",
        ),
    },
    # --- Run out ---
    "certificate_not_yet_valid": {
        "en": (
            "The certificate of {subject} is valid only from {not_before} on; checked at {checked_at}.",
            "Check this computer's clock; if it is right, wait or ask the sender.",
        ),
        "de": (
            "Das Zertifikat von {subject} gilt erst ab {not_before}; geprüft zum Zeitpunkt {checked_at}.",
            "Prüfen Sie die Uhr dieses Computers; geht sie richtig, warten Sie oder fragen Sie den Absender.",
        ),
    },
    "certificate_expired": {
        "en": (
            "The certificate of {subject} expired on {not_after}; checked at {checked_at}.",
            "For an old mail that is normal. For a new one, ask the sender to renew the certificate.",
        ),
        "de": (
            "Das Zertifikat von {subject} ist am {not_after} abgelaufen; geprüft zum Zeitpunkt {checked_at}.",
            "Bei einer alten Nachricht ist das normal. Bei einer neuen bitten Sie den Absender, es zu erneuern.",
        ),
    },
    "anchor_not_yet_valid": {
        "en": (
            "The certificate of {anchor}, which you trust, is valid only from {not_before} on; checked at "
            "{checked_at}.",
            "Check this computer's clock.",
        ),
        "de": (
            "Das Zertifikat von {anchor}, dem Sie vertrauen, gilt erst ab {not_before}; geprüft zum Zeitpunkt "
            "{checked_at}.",
            "Prüfen Sie die Uhr dieses Computers.",
        ),
    },
    "anchor_distrusted_after": {
        "en": (
            "{anchor} is no longer believed about certificates issued after {distrusted_after}, and that of {subject} "
            "was issued later.",
            "Ask the sender for a certificate from another authority.",
        ),
        "de": (
            "{anchor} wird für Zertifikate, die nach {distrusted_after} ausgestellt wurden, nicht mehr geglaubt, und "
            "das von {subject} wurde später ausgestellt.",
            "Bitten Sie den Absender um ein Zertifikat einer anderen Stelle.",
        ),
    },
    "anchor_expired": {
        "en": (
            "The certificate of {anchor}, which you trust, expired on {not_after}; checked at {checked_at}.",
            "Get the new certificate of {anchor} and add it.",
        ),
        "de": (
            "Das Zertifikat von {anchor}, dem Sie vertrauen, ist am {not_after} abgelaufen; geprüft zum Zeitpunkt "
            "{checked_at}.",
            "Besorgen Sie das neue Zertifikat von {anchor} und nehmen Sie es auf.",
        ),
    },
    # --- Weak ---
    "certificate_signature_algorithm_weak": {
        "en": ("The certificate of {subject} is signed with {algorithm}, which is weak today.", _RENEW[0]),
        "de": ("Das Zertifikat von {subject} ist mit {algorithm} signiert; das ist heute schwach.", _RENEW[1]),
    },
    "certificate_key_weak": {
        "en": ("The key of {subject} ({key}) is too short: at least {minimum} bits are needed.", _RENEW[0]),
        "de": ("Der Schlüssel von {subject} ({key}) ist zu kurz: Nötig sind mindestens {minimum} Bit.", _RENEW[1]),
    },
    "system_roots_unreadable": {
        "en": (
            "The list of authorities that this computer trusts cannot be read: {detail}.",
            "On Linux, install p11-kit. Or do without the list: letterlock trust system off.",
        ),
        "de": (
            "Die Liste der Stellen, denen dieser Rechner vertraut, ist nicht lesbar: {detail}.",
            "Installieren Sie unter Linux p11-kit. Oder verzichten Sie auf die Liste: letterlock trust system off.",
        ),
    },
    "policy_unusable": {
        "en": (
            "Your organisation's policy file {path} cannot be used ({detail}).",
            "Ask your administrator to mend it. Until then nobody's certificate is judged.",
        ),
        "de": (
            "Die Richtliniendatei Ihrer Organisation, {path}, ist nicht verwendbar ({detail}).",
            "Bitten Sie Ihre Administration, sie zu berichtigen. Bis dahin wird kein Zertifikat beurteilt.",
        ),
    },
    # --- What a public authority checked ---
    "assurance_mailbox": {
        "en": ("{issuer} checked only that {subject} receives mail at this address (rules: {generation}).", ""),
        "de": (
            "{issuer} hat nur geprüft, dass {subject} unter dieser Adresse Post empfängt (Regeln: {generation}).",
            "",
        ),
    },
    "assurance_organisation": {
        "en": ("{issuer} checked the organisation behind {subject} and its address (rules: {generation}).", ""),
        "de": ("{issuer} hat die Organisation hinter {subject} und ihre Adresse geprüft (Regeln: {generation}).", ""),
    },
    "assurance_sponsor": {
        "en": (
            "{issuer} checked the organisation, and the organisation vouches that this is {subject} (rules: "
            "{generation}).",
            "",
        ),
        "de": (
            "{issuer} hat die Organisation geprüft, und diese bürgt dafür, dass es sich um {subject} handelt (Regeln: "
            "{generation}).",
            "",
        ),
    },
    "assurance_individual": {
        "en": ("{issuer} checked the identity of {subject} and the address (rules: {generation}).", ""),
        "de": ("{issuer} hat die Identität von {subject} und die Adresse geprüft (Regeln: {generation}).", ""),
    },
    # --- Anchors and the store ---
    "no_certificate_in_file": {
        "en": (
            "The file {name} contains no certificate.",
            "Choose a certificate file (.pem, .crt, .cer, .der, .p7b or .p7c).",
        ),
        "de": (
            "Die Datei {name} enthält kein Zertifikat.",
            "Wählen Sie eine Zertifikatsdatei (.pem, .crt, .cer, .der, .p7b oder .p7c).",
        ),
    },
    "anchor_not_kept": {
        "en": (
            "No kept certificate has a SHA-256 fingerprint beginning with {sha256}.",
            "“letterlock trust list” shows the fingerprints.",
        ),
        "de": (
            "Kein aufgenommenes Zertifikat hat einen SHA-256-Fingerabdruck, der mit {sha256} beginnt.",
            "„letterlock trust list“ zeigt die Fingerabdrücke.",
        ),
    },
    "anchor_ambiguous": {
        "en": (
            "{found} kept certificates have a SHA-256 fingerprint beginning with {sha256}. None was removed.",
            "Give more of the fingerprint.",
        ),
        "de": (
            "{found} aufgenommene Zertifikate haben einen SHA-256-Fingerabdruck, der mit {sha256} beginnt. "
            "Keines wurde entfernt.",
            "Geben Sie mehr vom Fingerabdruck an.",
        ),
    },
    "store_damaged": {
        "en": (
            "Letterlock's database {path} is damaged ({detail}).",
            "Restore it from a backup, or move it away: Letterlock then begins with an empty one.",
        ),
        "de": (
            "Die Datenbank von Letterlock, {path}, ist beschädigt ({detail}).",
            "Stellen Sie sie aus einer Sicherung wieder her oder legen Sie sie beiseite: Dann beginnt Letterlock "
            "mit einer leeren.",
        ),
    },
    "store_newer": {
        "en": (
            "Letterlock's database {path} was written by a newer version (schema {found}, known here: {known}).",
            "Update Letterlock on this computer.",
        ),
        "de": (
            "Die Datenbank von Letterlock, {path}, stammt von einer neueren Version (Schema {found}, hier bekannt: "
            "{known}).",
            "Aktualisieren Sie Letterlock auf diesem Computer.",
        ),
    },
    "store_unreachable": {
        "en": (
            "Letterlock's database {path} cannot be reached: {detail}.",
            "Check that the folder exists, belongs to you and has room.",
        ),
        "de": (
            "Die Datenbank von Letterlock, {path}, ist nicht erreichbar: {detail}.",
            "Prüfen Sie, ob der Ordner da ist, Ihnen gehört und Platz hat.",
        ),
    },
    "store_busy": {
        "en": (
            "Letterlock's database {path} is in use by another program for too long.",
            "Try again; if it stays so, restart the mail clients.",
        ),
        "de": (
            "Die Datenbank von Letterlock, {path}, wird zu lange von einem anderen Programm benutzt.",
            "Versuchen Sie es noch einmal; bleibt es so, starten Sie die Mailprogramme neu.",
        ),
    },
}
