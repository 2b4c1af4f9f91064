"""Words for what could not be fetched from the network."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "fetch_failed": {
        "en": (
            "Nothing could be fetched from {server}.",
            "Try again later.",
        ),
        "de": (
            "Von {server} war nichts zu holen.",
            "Versuchen Sie es später noch einmal.",
        ),
    },
    "fetch_unreachable": {
        "en": (
            "{server} cannot be reached ({detail}).",
            "Check the connection to the internet; if it works, try later.",
        ),
        "de": (
            "{server} ist nicht erreichbar ({detail}).",
            "Prüfen Sie die Verbindung zum Internet; wenn sie besteht, versuchen Sie es später.",
        ),
    },
    "fetch_timed_out": {
        "en": (
            "{server} did not answer in time.",
            "Try again later.",
        ),
        "de": (
            "{server} hat nicht rechtzeitig geantwortet.",
            "Versuchen Sie es später noch einmal.",
        ),
    },
    "fetch_too_large": {
        "en": (
            "The answer of {server} is larger than {limit} octets and was not read.",
            "Tell the authority that issued the certificate.",
        ),
        "de": (
            "Die Antwort von {server} ist größer als {limit} Oktette und wurde nicht gelesen.",
            "Sagen Sie es der Stelle, die das Zertifikat ausgestellt hat.",
        ),
    },
    "fetch_refused": {
        "en": (
            "{server} answered that it has nothing for us ({status}).",
            "Tell the authority that issued the certificate: it names an empty place.",
        ),
        "de": (
            "{server} hat geantwortet, dass es dort nichts für uns gibt ({status}).",
            "Sagen Sie der Stelle, die das Zertifikat ausgestellt hat: Es nennt einen leeren Ort.",
        ),
    },
    "fetch_tls_failed": {
        "en": (
            "{server} could not prove who it is ({detail}), so nothing was taken from it.",
            "In a foreign network, sign in there first.",
        ),
        "de": (
            "{server} konnte nicht beweisen, wer es ist ({detail}); nichts wurde von dort genommen.",
            "Melden Sie sich in einem fremden Netz zuerst dort an.",
        ),
    },
    "fetch_answer_broken": {
        "en": (
            "{server} gave an answer that makes no sense ({detail}).",
            "Try again later, and in another network: something on the way may change answers.",
        ),
        "de": (
            "{server} hat eine unsinnige Antwort gegeben ({detail}).",
            "Versuchen Sie es später und in einem anderen Netz: Vielleicht ändert unterwegs etwas die Antworten.",
        ),
    },
    "fetch_useless": {
        "en": (
            "What {server} answered proves nothing about the certificate.",
            "In a foreign network, sign in there first. Otherwise try again later.",
        ),
        "de": (
            "Was {server} geantwortet hat, beweist nichts über das Zertifikat.",
            "Melden Sie sich in einem fremden Netz zuerst dort an. Sonst versuchen Sie es später.",
        ),
    },
    "fetch_redirected_too_often": {
        "en": (
            "{server} sends on and on; after {limit} times nobody followed.",
            "Tell the authority that issued the certificate.",
        ),
        "de": (
            "{server} verweist immer weiter; nach {limit} Mal folgte niemand mehr.",
            "Sagen Sie es der Stelle, die das Zertifikat ausgestellt hat.",
        ),
    },
    "fetch_location_forbidden": {
        "en": (
            "The certificate names a place that is never asked: {server} ({detail}).",
            "Tell the authority that issued the certificate; its lists belong on a web server.",
        ),
        "de": (
            "Das Zertifikat nennt einen Ort, der nie gefragt wird: {server} ({detail}).",
            "Sagen Sie es der Stelle, die es ausgestellt hat; Listen gehören auf einen Webserver.",
        ),
    },
    "fetch_address_forbidden": {
        "en": (
            "{server} is inside a private network ({address}); mail must not make this computer ask there.",
            "Your administrator can allow it: private_addresses in the policy.",
        ),
        "de": (
            "{server} liegt in einem privaten Netz ({address}); Mail darf diesen Rechner dort nicht anfragen lassen.",
            "Ihre Verwaltung kann es erlauben: private_addresses in der Richtlinie.",
        ),
    },
    "fetch_ldap_missing": {
        "en": (
            "{server} publishes by LDAP, and the part for that is not installed.",
            "Install it: `pip install letterlock[ldap]`.",
        ),
        "de": (
            "{server} veröffentlicht über LDAP, und der Teil dafür ist nicht installiert.",
            "Installieren Sie ihn: `pip install letterlock[ldap]`.",
        ),
    },
    "fetch_dnssec_missing": {
        "en": (
            "This installation cannot look into the DNS: the package dnspython is not there.",
            "Install Letterlock with its extra “dns”: pip install 'letterlock[dns]'.",
        ),
        "de": (
            "Diese Installation kann nicht im DNS nachsehen: Das Paket dnspython fehlt.",
            "Installieren Sie Letterlock mit dem Zusatz „dns“: pip install 'letterlock[dns]'.",
        ),
    },
    "dns_nothing_found": {
        "en": (
            "The DNS has no certificate for {server}.",
            "Ask for a signed mail, or for the certificate as a file.",
        ),
        "de": (
            "Das DNS hat kein Zertifikat für {server}.",
            "Bitten Sie um eine signierte Mail oder um das Zertifikat als Datei.",
        ),
    },
    "dns_not_proven": {
        "en": (
            "What the DNS says about {server} is not proven by DNSSEC ({detail}) and was not used.",
            "Ask for a signed mail, or tell whoever runs the domain.",
        ),
        "de": (
            "Was das DNS über {server} sagt, ist durch DNSSEC nicht bewiesen ({detail}) und wurde nicht verwendet.",
            "Bitten Sie um eine signierte Mail, oder sagen Sie es dem Betreiber der Domain.",
        ),
    },
    "directory_nothing_found": {
        "en": (
            "The directory {server} has no certificate for {address}.",
            "Ask for a signed mail, or for the certificate as a file.",
        ),
        "de": (
            "Das Verzeichnis {server} hat kein Zertifikat für {address}.",
            "Bitten Sie um eine signierte Mail oder um das Zertifikat als Datei.",
        ),
    },
}
