"""Words for own identities: making keys, asking for certificates, installing them, and their end."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "key_kind_unknown": {
        "en": ("Keys of the kind “{kind}” are not made here.", "Choose one of: {kinds}."),
        "de": ("Schlüssel der Art „{kind}“ werden hier nicht erzeugt.", "Wählen Sie eine von: {kinds}."),
    },
    "request_address_not_usable": {
        "en": (
            "“{address}” is no mail address that a certificate can hold.",
            "Write it as name@domain, without a display name.",
        ),
        "de": (
            "„{address}“ ist keine E-Mail-Adresse, die in einem Zertifikat stehen kann.",
            "Schreiben Sie sie als name@domain, ohne Anzeigenamen.",
        ),
    },
    "request_needs_signing_key": {
        "en": (
            "The key {key} cannot sign, so a signing key of yours must vouch for its request, and there is none.",
            "Create a pair of keys, or import the signing key that belongs to it.",
        ),
        "de": (
            "Der Schlüssel {key} kann nicht signieren; für seinen Antrag muss ein Signaturschlüssel von Ihnen bürgen, "
            "und es gibt keinen.",
            "Erzeugen Sie ein Schlüsselpaar für beides, oder importieren Sie den Signaturschlüssel, der dazu gehört.",
        ),
    },
    "request_damaged": {
        "en": (
            "This is no request for a certificate, or only a part of one.",
            "Ask for the file again; it begins with “BEGIN CERTIFICATE REQUEST”.",
        ),
        "de": (
            "Das ist kein Zertifikatsantrag oder nur ein Teil eines solchen.",
            "Lassen Sie sich die Datei erneut geben; sie beginnt mit „BEGIN CERTIFICATE REQUEST“.",
        ),
    },
    "request_not_vouched": {
        "en": (
            "The request is not signed by the key that it names, or it was changed afterwards.",
            "Issue nothing for it. Ask for a new request, on another way.",
        ),
        "de": (
            "Der Antrag ist nicht mit dem Schlüssel signiert, den er nennt, oder er wurde danach verändert.",
            "Stellen Sie dafür nichts aus. Bitten Sie um einen neuen Antrag, auf einem anderen Weg.",
        ),
    },
    "requests_too_many": {
        "en": (
            "This file has {found} requests for certificates; one person makes no more than {limit}.",
            "Ask each person for a file of their own.",
        ),
        "de": (
            "Diese Datei enthält {found} Zertifikatsanträge; eine Person stellt höchstens {limit}.",
            "Lassen Sie sich von jeder Person eine eigene Datei geben.",
        ),
    },
    "certificates_too_many": {
        "en": (
            "This file has more than {limit} certificates; nothing was taken from it.",
            "Ask for a file with your own certificates and those of their issuers alone.",
        ),
        "de": (
            "Diese Datei enthält mehr als {limit} Zertifikate; es wurde nichts daraus übernommen.",
            "Lassen Sie sich eine Datei geben, in der nur Ihre Zertifikate und die ihrer Aussteller sind.",
        ),
    },
    "certificate_file_unreadable": {
        "en": (
            "There is no certificate in this file.",
            "Choose the file that the authority sent (.cer, .crt, .pem, .p7b or .p7c); a file with keys (.p12) is "
            "imported instead.",
        ),
        "de": (
            "In dieser Datei ist kein Zertifikat.",
            "Wählen Sie die Datei, die die Zertifizierungsstelle geschickt hat (.cer, .crt, .pem, .p7b oder .p7c); "
            "eine Datei mit Schlüsseln (.p12) wird stattdessen importiert.",
        ),
    },
    "certificate_for_no_key": {
        "en": (
            "None of these certificates belongs to a key of yours: {names}.",
            "Install it where its key was made; or ask for a new certificate with the request of a key that is here.",
        ),
        "de": (
            "Keines dieser Zertifikate gehört zu einem Ihrer Schlüssel: {names}.",
            "Installieren Sie es dort, wo der Schlüssel entstand; oder beantragen Sie ein neues mit dem Antrag eines "
            "Schlüssels, der hier ist.",
        ),
    },
    "no_identity": {
        "en": (
            "You have no key with a certificate for {wanted}.",
            "“letterlock keys list” shows your keys; create or import one for this address.",
        ),
        "de": (
            "Sie haben keinen Schlüssel mit einem Zertifikat für {wanted}.",
            "„letterlock keys list“ zeigt Ihre Schlüssel; erzeugen oder importieren Sie einen für diese Adresse.",
        ),
    },
    "identity_not_for_address": {
        "en": (
            "No certificate of the key {key} names the address {address}.",
            "Choose a key whose certificate names it, or ask for a certificate that does.",
        ),
        "de": (
            "Kein Zertifikat des Schlüssels {key} nennt die Adresse {address}.",
            "Wählen Sie einen Schlüssel, dessen Zertifikat sie nennt, oder beantragen Sie ein solches Zertifikat.",
        ),
    },
    "certificate_not_ours": {
        "en": ("The certificate of {name}, issued by {issuer}, belongs to no key of yours and was left out.", ""),
        "de": (
            "Das Zertifikat von {name}, ausgestellt von {issuer}, gehört zu keinem Ihrer Schlüssel und wurde "
            "ausgelassen.",
            "",
        ),
    },
    "certificate_already_kept": {
        "en": ("The certificate of {name}, good until {not_after}, was here already.", ""),
        "de": ("Das Zertifikat von {name}, gültig bis {not_after}, war schon da.", ""),
    },
    "certificate_already_over": {
        "en": (
            "The certificate of {name} ended on {not_after}: it helps to open old mail, and signs nothing.",
            "Ask the authority for a current one.",
        ),
        "de": (
            "Das Zertifikat von {name} endete am {not_after}: Es hilft, alte Nachrichten zu öffnen, und signiert "
            "nichts.",
            "Bitten Sie die Zertifizierungsstelle um ein aktuelles.",
        ),
    },
    "certificate_issuers_missing": {
        "en": (
            "The file brought the certificate of {name}, but not that of its issuer {issuer}, which others may need.",
            "Ask the authority for the whole chain (often a .p7b file), and install that too.",
        ),
        "de": (
            "Die Datei enthielt das Zertifikat von {name}, aber nicht das der Ausstellerin {issuer}, das andere "
            "vielleicht brauchen.",
            "Bitten Sie die Zertifizierungsstelle um die ganze Kette (oft eine .p7b-Datei), und installieren Sie auch "
            "diese.",
        ),
    },
    "identity_expires_soon": {
        "en": (
            "Your certificate {name} ({key}) ends in {days} days, on {not_after}.",
            "Renew it: “letterlock keys renew”. Keep the old key; old mail needs it.",
        ),
        "de": (
            "Ihr Zertifikat {name} ({key}) endet in {days} Tagen, am {not_after}.",
            "Erneuern Sie es: „letterlock keys renew“. Behalten Sie den alten Schlüssel, alte Post braucht ihn.",
        ),
    },
    "identity_expired": {
        "en": (
            "Your certificate {name} ({key}) ended on {not_after}: what you sign with it is not believed any more.",
            "Renew it: “letterlock keys renew”. The key still opens old mail; keep it.",
        ),
        "de": (
            "Ihr Zertifikat {name} ({key}) endete am {not_after}: Was Sie damit signieren, wird nicht mehr geglaubt.",
            "Erneuern Sie es: „letterlock keys renew“. Der Schlüssel öffnet weiter alte Nachrichten; behalten Sie ihn.",
        ),
    },
    "identity_missing": {
        "en": (
            "For {address} you have no certificate in force that allows this: {use}.",
            "“letterlock keys list” shows what you have; create, import or renew a key.",
        ),
        "de": (
            "Für {address} haben Sie kein gültiges Zertifikat, das dies erlaubt: {use}.",
            "„letterlock keys list“ zeigt, was Sie haben; erzeugen, importieren oder erneuern Sie einen Schlüssel.",
        ),
    },
    "identity_on_card": {
        "en": ("The key of {name} is on the smart card “{token}”, was tried there, and does not leave it.", ""),
        "de": (
            "Der Schlüssel von {name} liegt auf der Chipkarte „{token}“, wurde dort erprobt und verlässt sie nicht.",
            "",
        ),
    },
    "identity_on_locked_card": {
        "en": (
            "The key of {name} for this ({use}) is on the smart card “{token}”, which is locked, so it was not tried.",
            "Do it again with the card's PIN: “letterlock keys check … --token NAME”.",
        ),
        "de": (
            "Der Schlüssel von {name} dafür ({use}) liegt auf der Chipkarte „{token}“. Sie ist gesperrt, deshalb wurde "
            "er nicht erprobt.",
            "Wiederholen Sie es mit der PIN der Karte: „letterlock keys check … --token NAME“.",
        ),
    },
    "identity_signs": {
        "en": ("A test message from {address}, signed as {name} ({key}), was opened and found valid.", ""),
        "de": (
            "Eine Probenachricht von {address}, signiert als {name} ({key}), wurde geöffnet und für gültig befunden.",
            "",
        ),
    },
    "identity_signs_untrusted": {
        "en": (
            "The signature of {name} fits, but this computer does not believe the certificate of {issuer} ({why}).",
            "Accept the authority with “letterlock trust add FILE”, or ask for a certificate of one that is accepted.",
        ),
        "de": (
            "Die Signatur von {name} passt, aber dieser Computer glaubt dem Zertifikat von {issuer} nicht ({why}).",
            "Nehmen Sie die Zertifizierungsstelle mit „letterlock trust add DATEI“ an, oder beantragen Sie ein "
            "Zertifikat einer angenommenen.",
        ),
    },
    "identity_does_not_sign": {
        "en": (
            "A test message signed as {name} was not found valid ({status}).",
            "Do not send signed mail with it yet; ask your administrator, and show this line.",
        ),
        "de": (
            "Eine als {name} signierte Probenachricht wurde nicht für gültig befunden ({status}).",
            "Senden Sie damit noch nichts Signiertes; fragen Sie Ihre Administration, und zeigen Sie diese Zeile.",
        ),
    },
    "identity_decrypts": {
        "en": ("A test message encrypted for {name} ({key}) was opened.", ""),
        "de": ("Eine für {name} ({key}) verschlüsselte Probenachricht wurde geöffnet.", ""),
    },
    "identity_does_not_decrypt": {
        "en": (
            "A test message encrypted for {name} did not open ({status}).",
            "Do not let anybody encrypt to this certificate; create or import another key.",
        ),
        "de": (
            "Eine für {name} verschlüsselte Probenachricht ließ sich nicht öffnen ({status}).",
            "Lassen Sie niemanden für dieses Zertifikat verschlüsseln; erzeugen oder importieren Sie einen anderen "
            "Schlüssel.",
        ),
    },
    "identity_trusted_by_mozilla": {
        "en": ("{anchor}, whom Mozilla trusts for mail, vouches for {name}: most mail programs will believe it.", ""),
        "de": (
            "{anchor}, der Mozilla für E-Mail vertraut, bürgt für {name}: Die meisten Mailprogramme glauben es.",
            "",
        ),
    },
    "identity_not_trusted_by_others": {
        "en": (
            "Outside, the certificate of {name} is not believed: Mozilla does not trust {issuer} for mail.",
            "Inside your organisation that is usual: there everybody accepts its authority once. For others, ask a "
            "public authority.",
        ),
        "de": (
            "Außerhalb wird dem Zertifikat von {name} nicht geglaubt: Mozilla vertraut {issuer} nicht für E-Mail.",
            "Innerhalb Ihrer Organisation ist das üblich: Dort nimmt jeder ihre Zertifizierungsstelle einmal an. Für "
            "andere wenden Sie sich an eine öffentliche.",
        ),
    },
    "signatures_not_read_by": {
        "en": (
            "Signatures of a key of the kind {key} are not understood by: {programs}.",
            "For people with these programs, use RSA or P-256.",
        ),
        "de": (
            "Signaturen eines Schlüssels der Art {key} verstehen nicht: {programs}.",
            "Verwenden Sie für Menschen mit diesen Programmen RSA oder P-256.",
        ),
    },
    "encryption_not_made_by": {
        "en": (
            "To a key of the kind {key} these cannot encrypt: {programs}.",
            "For people with these programs, use RSA.",
        ),
        "de": (
            "Für einen Schlüssel der Art {key} können nicht verschlüsseln: {programs}.",
            "Verwenden Sie für Menschen mit diesen Programmen RSA.",
        ),
    },
}
