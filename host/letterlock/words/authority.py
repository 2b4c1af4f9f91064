"""Words for the internal CA: what can go wrong in it, and what an audit finds."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "ca_key_not_supported": {
        "en": (
            "An authority does not sign with a key of the kind {key}.",
            "Choose P-384, RSA-4096 or ML-DSA-65.",
        ),
        "de": (
            "Mit einem Schlüssel der Art {key} signiert keine Zertifizierungsstelle.",
            "Wählen Sie P-384, RSA-4096 oder ML-DSA-65.",
        ),
    },
    "ca_signature_wrong": {
        "en": (
            "A signature that should be the authority's is not; nothing was issued.",
            "The key is another one, or whatever holds it is broken. Run “letterlock authority audit”.",
        ),
        "de": (
            "Eine Signatur, die von der Zertifizierungsstelle sein sollte, ist es nicht; nichts wurde ausgestellt.",
            "Der Schlüssel ist ein anderer, oder was ihn hält, ist defekt. Rufen Sie „letterlock authority audit“ auf.",
        ),
    },
    "person_key_not_supported": {
        "en": (
            "A key of the kind {key} cannot be certified for this use ({use}).",
            "RSA from 2048 bits and elliptic curves from 256 bits do both; Ed25519 and ML-DSA sign; X25519 and ML-KEM "
            "encrypt.",
        ),
        "de": (
            "Ein Schlüssel der Art {key} kann für diesen Zweck ({use}) kein Zertifikat bekommen.",
            "RSA ab 2048 Bit und elliptische Kurven ab 256 Bit können beides; Ed25519 und ML-DSA signieren; X25519 und "
            "ML-KEM verschlüsseln.",
        ),
    },
    "address_not_usable": {
        "en": ("“{address}” is no address that can stand in a certificate.", "Write it as name@domain."),
        "de": ("„{address}“ ist keine Adresse, die in einem Zertifikat stehen kann.", "Schreiben Sie name@domain."),
    },
    "domain_not_usable": {
        "en": (
            "“{domain}” is no domain.",
            "Write muster.example for all its mailboxes, or .muster.example for those of all hosts below it.",
        ),
        "de": (
            "„{domain}“ ist keine Domain.",
            "Schreiben Sie muster.example für alle ihre Postfächer oder .muster.example für die der Rechner darunter.",
        ),
    },
    "issued_certificate_not_good": {
        "en": (
            "The certificate of {name} would not be believed by its receivers ({reason}), so it was not issued.",
            "“name_not_permitted”: the address is outside the domains that the authority was made for. "
            "“certificate_expired”: the authority's own certificate has run out; renew it with “letterlock authority "
            "renew --issuing”.",
        ),
        "de": (
            "Dem Zertifikat von {name} würden die Empfänger nicht glauben ({reason}); es wurde nicht ausgestellt.",
            "„name_not_permitted“: Die Adresse liegt außerhalb der Domains der Zertifizierungsstelle. "
            "„certificate_expired“: Ihr eigenes Zertifikat ist abgelaufen; erneuern Sie es mit „letterlock authority "
            "renew --issuing“.",
        ),
    },
    "certificate_request_not_usable": {
        "en": (
            "The request for a certificate cannot be used: {detail}.",
            "Have the person make a new one; it must be signed with the key that is to be certified.",
        ),
        "de": (
            "Die Zertifikatsanforderung ist nicht brauchbar: {detail}.",
            "Lassen Sie die Person eine neue erstellen; sie muss mit dem betreffenden Schlüssel signiert sein.",
        ),
    },
    "certificate_request_without_address": {
        "en": ("The request names no address.", "Give the address beside it, after you know that it is the person's."),
        "de": (
            "Die Anforderung nennt keine Adresse.",
            "Geben Sie die Adresse dazu an, wenn Sie wissen, dass sie der Person gehört.",
        ),
    },
    "certificate_request_not_confirmed": {
        "en": (
            "The request asks for a certificate for {addresses}, with the name “{name}”. Nobody has confirmed "
            "that both are the asker's, so nothing was issued.",
            "Find out, then give the address after “issue” (and the name with --name), or say --as-requested.",
        ),
        "de": (
            "Die Anforderung verlangt ein Zertifikat für {addresses} mit dem Namen „{name}“. Niemand hat bestätigt, "
            "dass beides dem Antragsteller gehört; es wurde nichts ausgestellt.",
            "Finden Sie es heraus und geben Sie die Adresse nach „issue“ an (und den Namen mit --name), oder sagen Sie "
            "--as-requested.",
        ),
    },
    "certificate_requests_differ": {
        "en": (
            "The requests in this file ask for different addresses, as if they were not of one person.",
            "Ask each person for a file of their own, or name the addresses yourself.",
        ),
        "de": (
            "Die Anforderungen in dieser Datei verlangen verschiedene Adressen, als wären sie nicht von einer Person.",
            "Lassen Sie sich von jeder Person eine eigene Datei geben, oder nennen Sie die Adressen selbst.",
        ),
    },
    "certified_key_compromised": {
        "en": (
            "A certificate for this very key ({serial}) was revoked because somebody else may have the key.",
            "Issue nothing for it. Let the person make a new key.",
        ),
        "de": (
            "Ein Zertifikat für genau diesen Schlüssel ({serial}) wurde widerrufen, weil ihn jemand anders haben kann.",
            "Stellen Sie dafür nichts aus. Lassen Sie die Person einen neuen Schlüssel erzeugen.",
        ),
    },
    "no_authority": {
        "en": ("There is no authority here yet.", "Make one with “letterlock authority init”."),
        "de": ("Hier gibt es noch keine Zertifizierungsstelle.", "Erstellen Sie eine: „letterlock authority init“."),
    },
    "authority_exists": {
        "en": (
            "There is an authority here already ({name}).",
            "A second one needs a place of its own: set LETTERLOCK_HOME to another folder.",
        ),
        "de": (
            "Hier gibt es schon eine Zertifizierungsstelle ({name}).",
            "Eine zweite braucht einen eigenen Ort: Setzen Sie LETTERLOCK_HOME auf einen anderen Ordner.",
        ),
    },
    "root_key_elsewhere": {
        "en": (
            "The key of {name} is kept elsewhere, and this needs it.",
            "Bring the file from where it is kept and give it with --root-key.",
        ),
        "de": (
            "Der Schlüssel von {name} wird anderswo aufbewahrt und wird hier gebraucht.",
            "Holen Sie die Datei und geben Sie sie mit --root-key an.",
        ),
    },
    "root_key_wrong": {
        "en": ("{path} does not hold the root's key.", "Look for the file that “authority init” wrote."),
        "de": (
            "{path} enthält nicht den Schlüssel der Wurzel.",
            "Suchen Sie die Datei, die „authority init“ geschrieben hat.",
        ),
    },
    "issued_certificate_unknown": {
        "en": ("This authority issued nothing for “{wanted}”.", "“letterlock authority list” shows what it issued."),
        "de": (
            "Diese Zertifizierungsstelle hat nichts für „{wanted}“ ausgestellt.",
            "„letterlock authority list“ zeigt, was sie ausgestellt hat.",
        ),
    },
    "already_revoked": {
        "en": ("The certificate {serial} is revoked already; a revocation is never taken back.", ""),
        "de": ("Das Zertifikat {serial} ist schon gesperrt; eine Sperrung wird nie zurückgenommen.", ""),
    },
    "authority_log_broken": {
        "en": (
            "The end of the authority's log (entry {number}) is not what the authority signed, so nothing was done.",
            "Something changed the database. “letterlock authority audit” shows where; go back to a backup.",
        ),
        "de": (
            "Das Ende des Protokolls (Eintrag {number}) ist nicht, was die Zertifizierungsstelle signiert hat; nichts "
            "wurde getan.",
            "Jemand oder etwas hat die Datenbank verändert. „letterlock authority audit“ zeigt, wo; nehmen Sie eine "
            "Sicherung.",
        ),
    },
    "http_server_missing": {
        "en": (
            "The library that serves HTTP (waitress) is not installed.",
            "Install Letterlock with it: pip install 'letterlock[ocsp]'.",
        ),
        "de": (
            "Die Bibliothek, die HTTP bedient (waitress), ist nicht installiert.",
            "Installieren Sie Letterlock mit ihr: pip install 'letterlock[ocsp]'.",
        ),
    },
    "staff_list_unreadable": {
        "en": (
            "Line {line} of the list cannot be used ({detail}); nothing of the list was issued.",
            "The first line names the columns name, address, and if wished keys and request; each address stands once.",
        ),
        "de": (
            "Zeile {line} der Liste ist nicht brauchbar ({detail}); nichts aus der Liste wurde ausgestellt.",
            "Die erste Zeile nennt die Spalten name, address, auf Wunsch keys und request; jede Adresse steht einmal.",
        ),
    },
    "bundle_in_the_way": {
        "en": (
            "{path} exists and was not written by this authority; it was left alone.",
            "Choose another folder, or move the file away.",
        ),
        "de": (
            "{path} gibt es schon und stammt nicht von dieser Zertifizierungsstelle; die Datei blieb, wie sie war.",
            "Wählen Sie einen anderen Ordner oder verschieben Sie die Datei.",
        ),
    },
    "passphrases_beside_bundles": {
        "en": (
            "The passphrases would lie beside the files that they open ({path}).",
            "Choose another folder for them, and send them another way.",
        ),
        "de": (
            "Die Passphrasen lägen neben den Dateien, die sie öffnen ({path}).",
            "Wählen Sie für sie einen anderen Ordner und verschicken Sie sie auf anderem Weg.",
        ),
    },
    "log_entry_missing": {
        "en": ("Entry {number} of the log is missing.", "It was taken out. Compare with a backup."),
        "de": ("Eintrag {number} des Protokolls fehlt.", "Er wurde entfernt. Vergleichen Sie mit einer Sicherung."),
    },
    "log_entry_altered": {
        "en": (
            "Entry {number} of the log is not what was written, or not after what it was written after.",
            "It was changed, or the order was. Compare with a backup.",
        ),
        "de": (
            "Eintrag {number} des Protokolls ist nicht, was geschrieben wurde, oder steht nicht, wo er stand.",
            "Er oder die Reihenfolge wurde verändert. Vergleichen Sie mit einer Sicherung.",
        ),
    },
    "log_head_wrong": {
        "en": (
            "The end of the log (entry {number}) is not signed by the authority.",
            "Entries were added or changed by somebody without its key. Compare with a backup.",
        ),
        "de": (
            "Das Ende des Protokolls (Eintrag {number}) hat die Zertifizierungsstelle nicht signiert.",
            "Jemand ohne ihren Schlüssel hat Einträge hinzugefügt oder verändert. Vergleichen Sie mit einer Sicherung.",
        ),
    },
    "log_rolled_back": {
        "en": (
            "The log does not have entry {number} as it was when its head was exported.",
            "An older or another log was put in its place. What was issued since must be found another way.",
        ),
        "de": (
            "Das Protokoll hat den Eintrag {number} nicht so wie beim Export seines Endes.",
            "Ein älteres oder anderes wurde an seine Stelle gesetzt. Was seither ausgestellt wurde, muss anders "
            "gefunden werden.",
        ),
    },
    "exported_head_wrong": {
        "en": (
            "The exported head (entry {number}) is not signed by this authority.",
            "Take the file that “authority audit --export-head” wrote here.",
        ),
        "de": (
            "Das exportierte Ende (Eintrag {number}) ist nicht von dieser Zertifizierungsstelle signiert.",
            "Nehmen Sie die Datei, die „authority audit --export-head“ hier geschrieben hat.",
        ),
    },
    "certificate_not_logged": {
        "en": (
            "The certificate {serial} lies in the database, but the log does not know it so.",
            "Somebody put it there or changed it. Do not hand it out.",
        ),
        "de": (
            "Das Zertifikat {serial} liegt in der Datenbank, aber das Protokoll kennt es nicht so.",
            "Jemand hat es hingelegt oder verändert. Geben Sie es nicht heraus.",
        ),
    },
    "certificate_lost": {
        "en": (
            "The certificate {serial} was issued, and the database no longer has it.",
            "It can still be revoked only from a backup that has it.",
        ),
        "de": (
            "Das Zertifikat {serial} wurde ausgestellt und fehlt in der Datenbank.",
            "Sperren lässt es sich nur noch aus einer Sicherung, die es hat.",
        ),
    },
    "revocation_not_logged": {
        "en": (
            "What the database says of the revocation of {serial} is not what the log says.",
            "The next list and answers would be wrong. Compare with a backup.",
        ),
        "de": (
            "Was die Datenbank über die Sperrung von {serial} sagt, steht nicht im Protokoll.",
            "Die nächste Liste und die Auskünfte wären falsch. Vergleichen Sie mit einer Sicherung.",
        ),
    },
}
