"""Words for accounts, mail servers, and what is sent."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "mail_failed": {
        "en": (
            "The mail server {server} could not be used.",
            "Try again later.",
        ),
        "de": (
            "Der Mailserver {server} war nicht zu benutzen.",
            "Versuchen Sie es später noch einmal.",
        ),
    },
    "mail_server_not_proven": {
        "en": (
            "{server} could not prove that it is the mail server of that name ({detail}), so it was told nothing.",
            "Check the name and the port. In a foreign network, sign in there first. If your "
            "organisation has an authority of its own, its certificate belongs into this computer's "
            "system.",
        ),
        "de": (
            "{server} konnte nicht beweisen, der Mailserver dieses Namens zu sein ({detail}); ihm wurde nichts gesagt.",
            "Prüfen Sie Name und Port. Melden Sie sich in einem fremden Netz zuerst dort an. Hat Ihre "
            "Organisation eine eigene Zertifizierungsstelle, gehört deren Zertifikat ins System dieses "
            "Rechners.",
        ),
    },
    "mail_server_without_tls": {
        "en": (
            "{server} does not offer STARTTLS, or somebody on the way has taken the offer away; nothing"
            " was said in clear.",
            "Try TLS from the start (port 465 or 993). If it worked before, try another network.",
        ),
        "de": (
            "{server} bietet kein STARTTLS an, oder jemand unterwegs hat das Angebot entfernt; nichts "
            "wurde offen übertragen.",
            "Versuchen Sie TLS von Anfang an (Port 465 oder 993). Wenn es früher ging, versuchen Sie ein anderes Netz.",
        ),
    },
    "mail_answer_injected": {
        "en": (
            "Before the connection to {server} was encrypted, something was put in that pretends to "
            "come after it; it was ended.",
            "Somebody on the way may be attacking. Use another network, and TLS from the start (port 465 or 993).",
        ),
        "de": (
            "Bevor die Verbindung zu {server} verschlüsselt war, wurde etwas eingeschoben, das so tut, "
            "als käme es danach; sie wurde beendet.",
            "Vielleicht greift jemand unterwegs an. Nehmen Sie ein anderes Netz, und TLS von Anfang an "
            "(Port 465 oder 993).",
        ),
    },
    "mail_answer_broken": {
        "en": (
            "{server} gave an answer that makes no sense, or broke off ({detail}).",
            "Check the port: mail programs use 465 or 587 for sending, 993 for folders. Otherwise try again later.",
        ),
        "de": (
            "{server} hat eine unsinnige Antwort gegeben oder abgebrochen ({detail}).",
            "Prüfen Sie den Port: 465 oder 587 zum Senden, 993 für Ordner. Sonst versuchen Sie es später noch einmal.",
        ),
    },
    "mail_login_refused": {
        "en": (
            "{server} does not let {user} in: “{detail}”.",
            "Check the name and the password. Some providers want a password of its own for each program, or OAuth.",
        ),
        "de": (
            "{server} lässt {user} nicht ein: „{detail}“.",
            "Prüfen Sie Name und Passwort. Manche Anbieter verlangen für jedes Programm ein eigenes "
            "Passwort oder OAuth.",
        ),
    },
    "mail_not_allowed": {
        "en": (
            "{server} knows {user}, but does not allow sending: “{detail}”.",
            "Sign in again on the page Accounts, and agree to sending. In an organisation, the administrator may have "
            "to allow it.",
        ),
        "de": (
            "{server} kennt {user}, erlaubt aber nicht zu senden: „{detail}“.",
            "Melden Sie sich auf der Seite Konten noch einmal an und stimmen Sie dem Senden zu. In einer Organisation "
            "muss es vielleicht die Verwaltung erlauben.",
        ),
    },
    "oauth_failed": {
        "en": ("Signing in at {server} did not succeed.", "Try again."),
        "de": ("Die Anmeldung bei {server} ist nicht gelungen.", "Versuchen Sie es noch einmal."),
    },
    "oauth_declined": {
        "en": (
            "{server} did not let Letterlock send for you: “{detail}”.",
            "Sign in again and agree. If it says that the client is unknown, check the client id on the page Accounts.",
        ),
        "de": (
            "{server} hat Letterlock nicht erlaubt, für Sie zu senden: „{detail}“.",
            "Melden Sie sich noch einmal an und stimmen Sie zu. Ist der Client unbekannt, prüfen Sie die Client-ID "
            "auf der Seite Konten.",
        ),
    },
    "oauth_ended": {
        "en": (
            "The sign-in at {server} does not count any more ({detail}).",
            "Sign in again on the page Accounts; what waits goes out after that.",
        ),
        "de": (
            "Die Anmeldung bei {server} gilt nicht mehr ({detail}).",
            "Melden Sie sich auf der Seite Konten noch einmal an; was wartet, geht danach hinaus.",
        ),
    },
    "oauth_scope_missing": {
        "en": (
            "At {server} less was agreed to than is needed to send: {scopes} is missing.",
            "Sign in again, and leave every box ticked.",
        ),
        "de": (
            "Bei {server} wurde weniger erlaubt, als zum Senden nötig ist: Es fehlt {scopes}.",
            "Melden Sie sich noch einmal an und lassen Sie alle Häkchen stehen.",
        ),
    },
    "oauth_answer_foreign": {
        "en": (
            "What came back from the sign-in does not belong to one that was begun here, or came too late.",
            "Begin again. Somebody may have tried to put another account in its place.",
        ),
        "de": (
            "Was von der Anmeldung zurückkam, gehört zu keiner, die hier begonnen wurde, oder kam zu spät.",
            "Beginnen Sie noch einmal. Vielleicht wollte jemand ein anderes Konto unterschieben.",
        ),
    },
    "oauth_answer_broken": {
        "en": (
            "{server} gave an answer to the sign-in that makes no sense ({detail}).",
            "Check the addresses for signing in on the page Accounts.",
        ),
        "de": (
            "{server} hat auf die Anmeldung eine unsinnige Antwort gegeben ({detail}).",
            "Prüfen Sie die Adressen für die Anmeldung auf der Seite Konten.",
        ),
    },
    "oauth_unavailable": {
        "en": ("{server} cannot renew the sign-in at the moment: “{detail}”.", "Try again in some minutes."),
        "de": (
            "{server} kann die Anmeldung im Augenblick nicht erneuern: „{detail}“.",
            "Versuchen Sie es in einigen Minuten noch einmal.",
        ),
    },
    "oauth_place_wrong": {
        "en": ("“{url}” is no address to sign in at.", "It has to begin with https://; ask your provider."),
        "de": (
            "„{url}“ ist keine Adresse, bei der man sich anmeldet.",
            "Sie muss mit https:// beginnen; fragen Sie Ihren Anbieter.",
        ),
    },
    "way_needs_protection": {
        "en": (
            "Through the webmail of {address} Letterlock sends only what is signed or encrypted.",
            "Sign the letter, or write it in the webmail itself: its page may read it then.",
        ),
        "de": (
            "Durch die Webmail von {address} sendet Letterlock nur, was unterschrieben oder verschlüsselt ist.",
            "Unterschreiben Sie den Brief, oder schreiben Sie ihn in der Webmail selbst: Deren Seite darf ihn dann "
            "lesen.",
        ),
    },
    "webmail_refused": {
        "en": (
            "The webmail {site} did not send it: “{detail}”.",
            "Look whether you are still logged in there, then send again.",
        ),
        "de": (
            "Die Webmail {site} hat es nicht gesendet: „{detail}“.",
            "Sehen Sie nach, ob Sie dort noch angemeldet sind, und senden Sie noch einmal.",
        ),
    },
    "webmail_fate_unknown": {
        "en": (
            "The webmail {site} was told to send it and did not answer: perhaps it was sent.",
            "Ask the recipient, or wait for an answer. It is in the outbox, and goes out again only if you say so.",
        ),
        "de": (
            "Die Webmail {site} sollte es senden und hat nicht geantwortet: Vielleicht ist es hinaus.",
            "Fragen Sie beim Empfänger nach, oder warten Sie auf eine Antwort. Es liegt im Ausgang und geht nur noch "
            "einmal hinaus, wenn Sie es sagen.",
        ),
    },
    "way_not_from_here": {
        "en": (
            "{address} sends through its webmail, which only the browser with that webmail open can do.",
            "Send from the browser, or let the account send by SMTP.",
        ),
        "de": (
            "{address} sendet durch seine Webmail; das kann nur der Browser, in dem sie offen ist.",
            "Senden Sie aus dem Browser, oder lassen Sie das Konto über SMTP senden.",
        ),
    },
    "mail_login_unavailable": {
        "en": (
            "{server} knows no way to log in that the account has; it offers: {offered}.",
            "Change the account from password to OAuth or back, or check the port.",
        ),
        "de": (
            "{server} kennt keine Anmeldung, die das Konto hat; angeboten wird: {offered}.",
            "Stellen Sie das Konto von Passwort auf OAuth um oder zurück, oder prüfen Sie den Port.",
        ),
    },
    "mail_refused_for_now": {
        "en": (
            "{server} takes no mail at the moment: “{detail}”.",
            "Try again in some minutes.",
        ),
        "de": (
            "{server} nimmt im Augenblick keine Mail an: „{detail}“.",
            "Versuchen Sie es in einigen Minuten noch einmal.",
        ),
    },
    "mail_refused": {
        "en": (
            "{server} does not take this message: “{detail}”.",
            "Ask your provider, and tell what the server said.",
        ),
        "de": (
            "{server} nimmt diese Nachricht nicht an: „{detail}“.",
            "Fragen Sie Ihren Anbieter, und nennen Sie, was der Server gesagt hat.",
        ),
    },
    "mail_sender_refused": {
        "en": (
            "{server} does not take mail from {address}: “{detail}”.",
            "Send with the account of this address, or let your provider allow the address.",
        ),
        "de": (
            "{server} nimmt keine Mail von {address} an: „{detail}“.",
            "Senden Sie mit dem Konto dieser Adresse, oder lassen Sie die Adresse von Ihrem Anbieter zulassen.",
        ),
    },
    "mail_recipient_refused": {
        "en": (
            "{server} does not take mail for {address}: “{detail}”.",
            "Check the address.",
        ),
        "de": (
            "{server} nimmt keine Mail für {address} an: „{detail}“.",
            "Prüfen Sie die Adresse.",
        ),
    },
    "mail_recipient_refused_for_now": {
        "en": (
            "{server} takes no mail for {address} at the moment: “{detail}”.",
            "Try again in some minutes.",
        ),
        "de": (
            "{server} nimmt im Augenblick keine Mail für {address} an: „{detail}“.",
            "Versuchen Sie es in einigen Minuten noch einmal.",
        ),
    },
    "mail_recipients_refused": {
        "en": (
            "The mail server refused: {addresses}.",
            "Check the addresses.",
        ),
        "de": (
            "Der Mailserver hat abgelehnt: {addresses}.",
            "Prüfen Sie die Adressen.",
        ),
    },
    "mail_too_large_for_server": {
        "en": (
            "The message has {octets} octets, and {server} takes no more than {limit}.",
            "Send large files another way.",
        ),
        "de": (
            "Die Nachricht hat {octets} Oktette, und {server} nimmt nicht mehr als {limit}.",
            "Senden Sie große Dateien auf anderem Weg.",
        ),
    },
    "mail_needs_smtputf8": {
        "en": (
            "An address or the header has letters beyond ASCII, and {server} does not know how to carry them.",
            "Use another address of the recipient, or a provider that knows SMTPUTF8.",
        ),
        "de": (
            "Eine Adresse oder der Kopf enthält Buchstaben jenseits von ASCII, und {server} kann sie nicht befördern.",
            "Nehmen Sie eine andere Adresse des Empfängers oder einen Anbieter, der SMTPUTF8 kennt.",
        ),
    },
    "mail_needs_8bit": {
        "en": (
            "The message has letters beyond ASCII, and {server} would change them, which breaks signatures.",
            "Let the message be written anew: letterlock protect, or compose.",
        ),
        "de": (
            "Die Nachricht enthält Buchstaben jenseits von ASCII, und {server} würde sie ändern; das "
            "bricht Signaturen.",
            "Lassen Sie die Nachricht neu schreiben: letterlock protect oder compose.",
        ),
    },
    "mail_fate_unknown": {
        "en": (
            "The connection to {server} broke at the last word: the message may have been sent, or not.",
            "Ask a recipient, or look for an answer. Then send it again from the outbox, or remove it there.",
        ),
        "de": (
            "Die Verbindung zu {server} brach beim letzten Wort ab: Vielleicht wurde die Nachricht "
            "gesendet, vielleicht nicht.",
            "Fragen Sie einen Empfänger. Senden Sie sie dann aus dem Postausgang noch einmal, oder "
            "entfernen Sie sie dort.",
        ),
    },
    "mail_folder_refused": {
        "en": (
            "{server} does not take the copy into the folder “{folder}”: “{detail}”.",
            "The message itself was sent. Check the folder's name, and whether the mailbox is full.",
        ),
        "de": (
            "{server} nimmt die Kopie nicht in den Ordner „{folder}“: „{detail}“.",
            "Die Nachricht selbst wurde gesendet. Prüfen Sie den Namen des Ordners, und ob das Postfach voll ist.",
        ),
    },
    "mail_receipt_not_offered": {
        "en": (
            "{server} gives no notice of delivery; the message was sent without.",
            "Ask the recipient.",
        ),
        "de": (
            "{server} meldet keine Zustellung; die Nachricht wurde ohne das gesendet.",
            "Fragen Sie den Empfänger.",
        ),
    },
    "mail_settings_not_found": {
        "en": (
            "The domain {domain} does not say over which servers its mail goes.",
            "Ask your provider for the names of its servers for sending (SMTP) and for folders (IMAP), and enter them.",
        ),
        "de": (
            "Die Domain {domain} sagt nicht, über welche Server ihre Mail geht.",
            "Fragen Sie Ihren Anbieter nach den Servern zum Senden (SMTP) und für Ordner (IMAP), und "
            "geben Sie sie ein.",
        ),
    },
    "mail_settings_broken": {
        "en": (
            "The settings that {server} publishes cannot be used ({detail}).",
            "Enter the servers by hand, and tell your provider.",
        ),
        "de": (
            "Die Einstellungen, die {server} veröffentlicht, sind nicht zu gebrauchen ({detail}).",
            "Geben Sie die Server von Hand ein, und sagen Sie es Ihrem Anbieter.",
        ),
    },
    "mail_servers_elsewhere": {
        "en": (
            "{domain} names servers of another domain: {servers}. They would get your password.",
            "Go on only if you know that this is your provider.",
        ),
        "de": (
            "{domain} nennt Server einer anderen Domain: {servers}. Sie bekämen Ihr Passwort.",
            "Fahren Sie nur fort, wenn Sie wissen, dass das Ihr Anbieter ist.",
        ),
    },
    "mail_unsendable": {
        "en": (
            "The message cannot be sent unchanged: it has a NUL, or a line of {longest} octets where "
            "{limit} are allowed.",
            "Let it be written anew: letterlock protect, or compose.",
        ),
        "de": (
            "Die Nachricht kann nicht unverändert gesendet werden: Sie hat ein NUL, oder eine Zeile von"
            " {longest} Oktetten, wo {limit} erlaubt sind.",
            "Lassen Sie sie neu schreiben: letterlock protect oder compose.",
        ),
    },
    "account_missing": {
        "en": (
            "No account sends for {address}.",
            "Set one up: letterlock accounts add {address}.",
        ),
        "de": (
            "Kein Konto sendet für {address}.",
            "Richten Sie eines ein: letterlock accounts add {address}.",
        ),
    },
    "account_unknown": {
        "en": (
            "There is no account “{account}”.",
            "See which ones there are: letterlock accounts list.",
        ),
        "de": (
            "Es gibt kein Konto „{account}“.",
            "Sehen Sie nach, welche es gibt: letterlock accounts list.",
        ),
    },
    "account_setting_wrong": {
        "en": (
            "“{value}” cannot be used here ({setting}).",
            "Correct it; a server is a name like mail.example.org, a port a number.",
        ),
        "de": (
            "„{value}“ ist hier nicht zu gebrauchen ({setting}).",
            "Berichtigen Sie es; ein Server ist ein Name wie mail.example.org, ein Port eine Zahl.",
        ),
    },
    "account_secret_missing": {
        "en": (
            "The account {address} has no password for these servers.",
            "Enter it: it is only ever sent to the servers that it was given for.",
        ),
        "de": (
            "Das Konto {address} hat kein Passwort für diese Server.",
            "Geben Sie es ein: Es geht nur an die Server, für die es gegeben wurde.",
        ),
    },
    "account_secret_wrong": {
        "en": (
            "That cannot be a password: it is empty, too long, or has a NUL in it.",
            "Enter it once more.",
        ),
        "de": (
            "Das kann kein Passwort sein: Es ist leer, zu lang oder enthält ein NUL.",
            "Geben Sie es noch einmal ein.",
        ),
    },
    "too_many_accounts": {
        "en": (
            "There are {limit} accounts already.",
            "Remove one that is not used any more.",
        ),
        "de": (
            "Es gibt schon {limit} Konten.",
            "Entfernen Sie eines, das nicht mehr gebraucht wird.",
        ),
    },
    "nobody_to_send_to": {
        "en": (
            "The message names nobody in To, Cc or Bcc.",
            "Add a recipient.",
        ),
        "de": (
            "Die Nachricht nennt niemanden in An, Cc oder Bcc.",
            "Fügen Sie einen Empfänger hinzu.",
        ),
    },
    "too_many_recipients_to_send": {
        "en": (
            "A message goes to {limit} addresses at most.",
            "Send it in several turns, or use a mailing list.",
        ),
        "de": (
            "Eine Nachricht geht an höchstens {limit} Adressen.",
            "Senden Sie sie in mehreren Malen, oder nehmen Sie eine Mailingliste.",
        ),
    },
    "outbox_taken": {
        "en": (
            "Another window or program of yours is sending this message at the moment.",
            "Wait for it; it will not be sent twice.",
        ),
        "de": (
            "Ein anderes Fenster oder Programm von Ihnen sendet diese Nachricht gerade.",
            "Warten Sie darauf; sie wird nicht doppelt gesendet.",
        ),
    },
    "draft_unknown": {
        "en": (
            "This draft is not kept any more: it was sent or removed.",
            "What you see here can be kept as a new one.",
        ),
        "de": (
            "Diesen Entwurf gibt es nicht mehr: Er wurde gesendet oder gelöscht.",
            "Was Sie hier sehen, kann als neuer Entwurf aufbewahrt werden.",
        ),
    },
    "draft_changed": {
        "en": (
            "This draft was changed in another window or program meanwhile.",
            "Both versions are kept: close the window whose version you do not want.",
        ),
        "de": (
            "Dieser Entwurf wurde inzwischen in einem anderen Fenster oder Programm geändert.",
            "Beide Fassungen werden aufbewahrt: Schließen Sie das Fenster, dessen Fassung Sie nicht wollen.",
        ),
    },
    "draft_file_unknown": {
        "en": ("The file is not attached to this draft any more.", "Attach it again."),
        "de": ("Die Datei hängt nicht mehr an diesem Entwurf.", "Hängen Sie sie noch einmal an."),
    },
    "drafts_full": {
        "en": (
            "No more drafts can be kept: there may be {limit}, and together they may have {octets} bytes.",
            "Send or delete some of them first.",
        ),
        "de": (
            "Mehr Entwürfe können nicht aufbewahrt werden: {limit} sind möglich, mit zusammen {octets} Byte.",
            "Senden oder löschen Sie zuerst einige.",
        ),
    },
    "draft_too_large": {
        "en": (
            "This is too large to be kept as a draft: at most {limit} bytes are possible.",
            "It can be sent all the same; do not close the window before.",
        ),
        "de": (
            "Das ist zu groß, um als Entwurf aufbewahrt zu werden: Möglich sind höchstens {limit} Byte.",
            "Senden lässt es sich trotzdem; schließen Sie das Fenster vorher nicht.",
        ),
    },
    "outbox_full": {
        "en": (
            "{limit} messages wait in the outbox already.",
            "Send or remove them first: letterlock outbox list.",
        ),
        "de": (
            "Im Postausgang warten schon {limit} Nachrichten.",
            "Senden oder entfernen Sie diese zuerst: letterlock outbox list.",
        ),
    },
    "outbox_item_unknown": {
        "en": (
            "Nothing with the identifier “{item}” waits in the outbox, or it is being sent at the moment.",
            "See what waits: letterlock outbox list.",
        ),
        "de": (
            "Im Postausgang wartet nichts mit der Kennung „{item}“, oder es wird gerade gesendet.",
            "Sehen Sie nach, was wartet: letterlock outbox list.",
        ),
    },
}
