"""Words for what proves who signed, sent and received: time-stamps made here, the journal, receipts and labels."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # --- Signing ---
    "key_not_for_signing": {
        "en": (
            "Your certificate {name} ({key}…) does not let its key sign ({usage}).",
            "Ask your authority for a certificate that is made for signing.",
        ),
        "de": (
            "Ihr Zertifikat {name} ({key}…) erlaubt seinem Schlüssel nicht zu signieren ({usage}).",
            "Bitten Sie Ihre Zertifizierungsstelle um ein Zertifikat, das zum Signieren gemacht ist.",
        ),
    },
    "signature_time_stamped": {
        "en": ("The signature was time-stamped: {time}, confirmed by {server}.", ""),
        "de": ("Die Signatur hat einen Zeitstempel: {time}, bestätigt von {server}.", ""),
    },
    "signature_time_stamp_doubted": {
        "en": (
            "The signature was time-stamped by {server}, but nobody you chose vouches for {authority}.",
            "If you trust it about the time, add its root certificate: letterlock trust add FILE",
        ),
        "de": (
            "Die Signatur hat einen Zeitstempel von {server}, aber für {authority} bürgt niemand, den Sie wählten.",
            "Wenn Sie der Stelle die Zeit glauben, fügen Sie ihr Wurzelzertifikat hinzu: letterlock trust add FILE",
        ),
    },
    "signed_without_time_stamp": {
        "en": (
            "Signed without a time-stamp: no authority gave one ({servers}: {codes}).",
            "Later nobody confirms when it was signed. To refuse to sign then: letterlock timestamps require on",
        ),
        "de": (
            "Ohne Zeitstempel signiert: Keine Stelle hat einen ausgestellt ({servers}: {codes}).",
            "Später bestätigt niemand, wann signiert wurde. Um dann nicht zu signieren: "
            "letterlock timestamps require on",
        ),
    },
    # --- The journal ---
    "journal_end_not_signed": {
        "en": (
            "The message stands in your journal, but the journal's end could not be signed ({why}).",
            "The next message that you sign covers it.",
        ),
        "de": (
            "Die Nachricht steht in Ihrem Journal, aber dessen Ende ließ sich nicht signieren ({why}).",
            "Die nächste Nachricht, die Sie signieren, schließt es mit ein.",
        ),
    },
    "journal_empty": {
        "en": ("There is no journal: nothing was signed here yet, or it was deleted.", ""),
        "de": ("Es gibt kein Journal: Hier wurde noch nichts signiert, oder es wurde gelöscht.", ""),
    },
    "journal_end_unsigned": {
        "en": ("No end of the journal was signed yet.", "Sign it: letterlock journal head --sign ADDRESS"),
        "de": (
            "Noch kein Ende des Journals wurde signiert.",
            "Signieren Sie es: letterlock journal head --sign ADRESSE",
        ),
    },
    "journal_end_unreadable": {
        "en": ("This is no end of a journal: {file}", "Give the text file that `letterlock journal head` has written."),
        "de": (
            "Das ist kein Ende eines Journals: {file}",
            "Geben Sie die Textdatei an, die `letterlock journal head` geschrieben hat.",
        ),
    },
    "journal_entry_missing": {
        "en": ("Entry {number} of the journal is missing.", "Somebody has taken it out, or the disk is damaged."),
        "de": (
            "Eintrag {number} des Journals fehlt.",
            "Jemand hat ihn herausgenommen, oder der Datenträger ist beschädigt.",
        ),
    },
    "journal_entry_altered": {
        "en": (
            "Entry {number} of the journal is not what was written.",
            "Somebody has changed it, or the disk is damaged. The entries before it are not concerned.",
        ),
        "de": (
            "Eintrag {number} des Journals ist nicht, was geschrieben wurde.",
            "Jemand hat ihn geändert, oder der Datenträger ist beschädigt. Die Einträge davor sind nicht betroffen.",
        ),
    },
    "journal_details_altered": {
        "en": (
            "Recipients and subject of entry {number} are not those that were written.",
            "Somebody has changed them, or the disk is damaged.",
        ),
        "de": (
            "Empfänger und Betreff von Eintrag {number} sind nicht, was geschrieben wurde.",
            "Jemand hat sie geändert, oder der Datenträger ist beschädigt.",
        ),
    },
    "journal_end_wrong": {
        "en": (
            "The signed end after entry {number} does not fit the journal ({why}).",
            "Entries were changed after they were signed, or the end was put there by somebody else.",
        ),
        "de": (
            "Das signierte Ende nach Eintrag {number} passt nicht zum Journal ({why}).",
            "Einträge wurden nach dem Signieren geändert, oder jemand anders hat das Ende hingesetzt.",
        ),
    },
    "journal_rolled_back": {
        "en": (
            "The end that was kept elsewhere, after entry {number}, is not one of this journal.",
            "Entries were taken off its end or changed, or it was deleted and begun anew.",
        ),
        "de": (
            "Das anderswo aufbewahrte Ende nach Eintrag {number} gehört nicht zu diesem Journal.",
            "Einträge wurden am Ende weggenommen oder geändert, oder es wurde gelöscht und neu begonnen.",
        ),
    },
    # --- Receipts that are asked for and made ---
    "receipt_without_signature": {
        "en": ("Only a signed message can ask for a signed receipt.", "Sign it, too."),
        "de": ("Nur eine signierte Nachricht kann um eine signierte Quittung bitten.", "Signieren Sie sie auch."),
    },
    "receipt_asked": {
        "en": ("The message asks for a signed receipt. Not every mail program gives one, and nobody has to.", ""),
        "de": (
            "Die Nachricht bittet um eine signierte Quittung. Nicht jedes Mailprogramm gibt eine, und niemand muss.",
            "",
        ),
    },
    "receipt_requested": {
        "en": (
            "{signer} asks for a signed receipt, to be sent to {addresses}.",
            "You need not give one, and none is given unless you say so: letterlock receipt make MAIL",
        ),
        "de": (
            "{signer} bittet um eine signierte Quittung an {addresses}.",
            "Sie müssen keine geben, und keine wird gegeben, wenn Sie es nicht sagen: letterlock receipt make MAIL",
        ),
    },
    "receipt_request_malformed": {
        "en": ("A signed receipt seems to be asked for, but it cannot be told which.", ""),
        "de": ("Anscheinend wird um eine signierte Quittung gebeten, aber es ist nicht erkennbar, um welche.", ""),
    },
    "receipt_not_requested": {
        "en": ("The message asks for no signed receipt.", "There is nothing to do."),
        "de": ("Die Nachricht bittet um keine signierte Quittung.", "Es ist nichts zu tun."),
    },
    "receipt_refused": {
        "en": (
            "No receipt is made for this message: its signature is not valid ({status}).",
            "A receipt says that you have verified the signature. Look at it: letterlock open MAIL",
        ),
        "de": (
            "Für diese Nachricht wird keine Quittung gegeben: Ihre Signatur ist nicht gültig ({status}).",
            "Eine Quittung sagt, dass Sie die Signatur geprüft haben. Sehen Sie sie an: letterlock open MAIL",
        ),
    },
    "receipt_not_from_you": {
        "en": (
            "A receipt is asked for, but not from you: none of your keys is for an address that is asked.",
            "There is nothing to do; or say which of your addresses it is: --as ADDRESS",
        ),
        "de": (
            "Um eine Quittung wird gebeten, aber nicht Sie: Keiner Ihrer Schlüssel ist für eine gefragte Adresse.",
            "Es ist nichts zu tun; oder sagen Sie, welche Ihrer Adressen es ist: --as ADRESSE",
        ),
    },
    "receipt_forbidden_by_list": {
        "en": (
            "The message came over a mailing list, and no receipt is wanted then.",
            "There is nothing to do.",
        ),
        "de": (
            "Die Nachricht kam über eine Mailingliste; eine Quittung ist dann nicht erwünscht.",
            "Es ist nichts zu tun.",
        ),
    },
    "receipt_requests_differ": {
        "en": ("The signers of this message ask for different receipts.", "None can be given (RFC 2634 §2.3)."),
        "de": (
            "Die Unterzeichner dieser Nachricht bitten um verschiedene Quittungen.",
            "Es kann keine gegeben werden (RFC 2634 §2.3).",
        ),
    },
    "receipt_made_already": {
        "en": (
            "A receipt for this message was made already, on {at} (entry {number} of the journal).",
            "To make one again, say --again.",
        ),
        "de": (
            "Für diese Nachricht wurde schon eine Quittung gegeben, am {at} (Eintrag {number} des Journals).",
            "Um noch eine zu geben, sagen Sie --again.",
        ),
    },
    # --- Receipts that come ---
    "receipt_confirms": {
        "en": (
            "A signed receipt: {signer} confirms your message of {sent} (entry {number} of your journal), unchanged.",
            "It proves that {signer} got and verified that message, not that somebody has read it.",
        ),
        "de": (
            "Eine signierte Quittung: {signer} bestätigt Ihre Nachricht vom {sent} (Eintrag {number} Ihres Journals), "
            "unverändert.",
            "Sie beweist, dass {signer} diese Nachricht erhalten und geprüft hat, nicht, dass jemand sie gelesen hat.",
        ),
    },
    "receipt_fits": {
        "en": (
            "A signed receipt: {signer} confirms the message that was given with it, unchanged.",
            "It proves that {signer} got and verified that message, not that somebody has read it.",
        ),
        "de": (
            "Eine signierte Quittung: {signer} bestätigt die Nachricht, die mit angegeben wurde, unverändert.",
            "Sie beweist, dass {signer} diese Nachricht erhalten und geprüft hat, nicht, dass jemand sie gelesen hat.",
        ),
    },
    "receipt_for_unknown": {
        "en": (
            "A signed receipt for a message that is not in the journal of this computer.",
            "If you have the message that was sent: letterlock receipt verify RECEIPT --message MAIL",
        ),
        "de": (
            "Eine signierte Quittung für eine Nachricht, die nicht im Journal dieses Rechners steht.",
            "Wenn Sie die gesendete Nachricht haben: letterlock receipt verify QUITTUNG --message MAIL",
        ),
    },
    "receipt_does_not_fit": {
        "en": (
            "A receipt that names a message of yours and does not fit it ({why}).",
            "It proves nothing: the message was another one when it was verified, or the receipt is forged.",
        ),
        "de": (
            "Eine Quittung, die eine Ihrer Nachrichten nennt und nicht zu ihr passt ({why}).",
            "Sie beweist nichts: Geprüft wurde eine andere Nachricht, oder die Quittung ist gefälscht.",
        ),
    },
    "receipt_from_other": {
        "en": (
            "The receipt fits your message, but it was signed by {signer}, to whom it was not sent.",
            "Ask the recipient: somebody may read mail for him, or it was passed on.",
        ),
        "de": (
            "Die Quittung passt zu Ihrer Nachricht, ist aber von {signer} signiert, an den sie nicht ging.",
            "Fragen Sie beim Empfänger nach: Jemand liest vielleicht für ihn, oder sie wurde weitergereicht.",
        ),
    },
    "receipt_malformed": {
        "en": ("A signed receipt that cannot be read ({where}).", "It proves nothing."),
        "de": ("Eine signierte Quittung, die nicht lesbar ist ({where}).", "Sie beweist nichts."),
    },
    "receipt_not_believed": {
        "en": (
            "A receipt whose signature is not believed ({status}).",
            "It proves nothing yet: see what is said of its signature.",
        ),
        "de": (
            "Eine Quittung, deren Signatur nicht geglaubt wird ({status}).",
            "Sie beweist noch nichts: Sehen Sie, was zu ihrer Signatur gesagt wird.",
        ),
    },
    "receipt_received": {
        "en": ("Delivered: {signer} confirmed this message with a signed receipt, which came on {at}.", ""),
        "de": (
            "Zugestellt: {signer} hat diese Nachricht mit einer signierten Quittung bestätigt, die am {at} kam.",
            "",
        ),
    },
    "not_a_receipt": {
        "en": ("This message holds no signed receipt.", "Give the message that came as the receipt."),
        "de": (
            "Diese Nachricht enthält keine signierte Quittung.",
            "Geben Sie die Nachricht an, die als Quittung kam.",
        ),
    },
    # --- Labels ---
    "security_label": {
        "en": (
            "The sender labels this message: {label} (policy {policy}).",
            "It says how the sender wants it handled. It says nothing about who he is.",
        ),
        "de": (
            "Der Absender stuft diese Nachricht ein: {label} (Richtlinie {policy}).",
            "Das sagt, wie sie nach seinem Wunsch behandelt werden soll. Es sagt nichts darüber, wer er ist.",
        ),
    },
    "security_label_malformed": {
        "en": ("The message has a security label that cannot be read.", "Ask the sender how it is to be handled."),
        "de": (
            "Die Nachricht hat eine Einstufung, die nicht lesbar ist.",
            "Fragen Sie beim Absender nach, wie sie zu behandeln ist.",
        ),
    },
}
