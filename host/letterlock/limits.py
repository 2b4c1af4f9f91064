"""Every bound in one place: its unit, where the number comes from, and what happens beyond it.

A bound is never silently applied: beyond it there is a coded failure, or the verdict says what was left out.
Functions that need a bound take it as an argument with these as defaults, so that tests can shrink them.
"""

# --- Native messaging ------------------------------------------------------------------------------------------

FRAME_OUT_OCTETS = 1_048_576
"""Largest JSON text the host may send in one frame. Chromium, Firefox and Thunderbird close the port above it."""

FRAME_IN_OCTETS = 1_048_576
"""Largest JSON text the host accepts in one frame; a longer frame is skipped without buffering (`frame_too_large`)."""

CHUNK_OCTETS = 393_216
"""Octets (before base64) in one chunk, both ways: 512 KiB of base64 text, the size Firefox still passes quickly."""

CREDIT_OCTETS = 4 * CHUNK_OCTETS
"""Octets a sender may have under way in one stream before the receiver grants more. Enough to hide the round trip."""

KEPT_MEMORY_OCTETS = 8 * 1_048_576
"""Freed memory that a host keeps for what comes next: some twenty chunks."""

REQUESTS_AT_ONCE = 16
"""Requests one client may have unanswered; one more is refused (`too_many_requests`)."""

OPEN_MESSAGES = 8
"""Opened messages a host keeps for `part` requests; the least recently used is dropped beyond that."""

# --- Messages --------------------------------------------------------------------------------------------------

MESSAGE_OCTETS = 512 * 1024 * 1024
"""Largest message opened. Five times what large providers accept; beyond it `message_too_large`."""

SPOOL_MEMORY_OCTETS = 4 * 1024 * 1024
"""Octets of one message kept in memory; what is longer goes to a temporary file, sealed under a throw-away key."""

HEADER_OCTETS = 1024 * 1024
"""Octets in one header section. Exim and Postfix stop far below (1 MiB and 100 KiB); beyond it `header_too_large`."""

HEADER_FIELDS = 2_000
"""Fields in one header section; mail with long trace and DKIM chains stays below 200."""

HEADERS_OCTETS = 8 * 1024 * 1024
"""Octets in all header sections of one message together, those inside signed contents too; a digest of some hundred
mails stays below 4 MiB."""

HEADERS_LINES = 100_000
"""Lines in all header sections of one message together; a mail with long trace and DKIM chains has 300."""

PARAMETERS_CHARACTERS = 8_192
"""Characters read of a Content-Type or Content-Disposition; a file name of 255 characters in the longest encoding needs
3,000. What is cut off makes the value ambiguous, so that no signature around it counts for everything."""

MIME_DEPTH = 32
"""Nesting of multipart and message/rfc822 entities; beyond it entities are leaves and a reason says so."""

MIME_PARTS = 2_000
"""Entities in one message; beyond it `too_many_parts`."""

MIME_LOOKALIKES = 1_000
"""Lines that merely begin like a boundary delimiter; honest mail has none. Beyond it `too_many_parts`."""

NESTED_LAYERS = 8
"""S/MIME layers around one body. Triple wrapping (RFC 2634 §1.1) needs three; list software may add one or two."""

LAYERS_IN_MESSAGE = 64
"""S/MIME layers in one message, side by side or inside each other. A digest of signed mails holds some dozens."""

SIGNERS_IN_MESSAGE = 64
"""Signers in all layers of one message together; beyond it a layer's signature is `too_many_signers`."""

SENDERS = 100
"""Addresses in the From fields of one message; more are `from_unreadable`. Real mail has one, a paper's authors ten."""

CERTIFICATES_TRIED = 4
"""Certificates tried for one signer. One is right; several with one name and serial number are an attack on time."""

ANSWERS_KEPT = 512
"""Answers of the memory kept in a process until the database changes; beyond that it starts anew."""

CERTIFICATES_KEPT = 256
"""Decoded certificates kept in memory for the next message, the most recently used."""

CERTIFICATE_KEPT_OCTETS = 8_192
"""A larger certificate is decoded anew each time; ordinary ones have one or two thousand octets."""

LEGACY_DISPLAY_OCTETS = 16_384
"""As much of a part's head as a legacy display element is looked for in; some fields have a few hundred octets each.
A longer one is shown."""

OPENPGP_HEAD_OCTETS = 8_192
"""As much of a text as an inline OpenPGP message is looked for in: a few words of greeting may stand before it."""

OPENPGP_TEXTS = 10
"""Texts in which it is looked for; nobody writes more than two, the plain one and its HTML."""

# --- CMS -------------------------------------------------------------------------------------------------------

CMS_DEPTH = 40
"""Nesting of ASN.1 values. A signer's certificate with policies inside a SignedData reaches about 20."""

CMS_VALUES = 200_000
"""ASN.1 values in one CMS object outside its content (each costs memory and time)."""

CMS_VALUES_IN_MESSAGE = 2 * CMS_VALUES
"""ASN.1 values in all signatures of one message together."""

CMS_STRUCTURE_OCTETS = 8 * 1024 * 1024
"""Octets of one CMS object outside its content: certificates, CRLs and signers."""

CMS_SIGNERS = 64
"""SignerInfos in one SignedData; beyond it `too_many_signers`."""

CMS_CERTIFICATES = 256
"""Certificates in one SignedData; beyond it `too_many_certificates`."""

CMS_RECIPIENTS = 2_000
"""Recipients of one encrypted object; beyond it `too_many_recipients`. Exchange Online sends to 1,000 at most."""

CMS_KEYS_TRIED = 256
"""Pairs of recipient and key tried where no recipient is named as a certificate of ours. RSA costs about 2 ms each."""

CMS_PASSWORDS_TRIED = 4
"""Recipient entries for a password that may fail before the others are passed over; the sender chooses what each costs,
up to `CMS_PASSWORD_ITERATIONS`. Real messages have one such entry, and people enter one password."""

CMS_WHOLE_OCTETS = 64 * 1024 * 1024
"""Most content decrypted in one piece: CCM, which must know the length first, and ChaCha20-Poly1305, which the library
has in one piece only. Beyond it `encrypted_content_too_large`."""

CMS_AUTHENTICATED_ATTRIBUTES_OCTETS = 65_536
"""Octets of authenticated attributes: content type, times, identifiers stay below 1,000. Each 16 octets cost 50 µs."""

CMS_PASSWORD_ITERATIONS = 10_000_000
"""Iterations of PBKDF2 for a password recipient; OWASP recommends 600,000 (2023). This many cost some seconds."""

CMS_PIECE_OCTETS = 64
"""Least average length of the pieces a BER content may be cut into, beyond the first `CMS_VALUES` of them; shorter ones
end in `cms_too_many_values`. Real senders cut at 1,000 octets (Outlook) or more; empty pieces carry nothing."""

CMS_WRITTEN_PIECE_OCTETS = 16_384
"""Octets of one piece of streamed content that we write. Few enough to be held, many enough to cost nothing."""

CMS_PASSWORD_ITERATIONS_WRITTEN = 600_000
"""Iterations of PBKDF2 with SHA-256 for a password recipient that we write: OWASP's recommendation (2023)."""

CMS_ONE_SHOT_OCTETS = 8 * 1024 * 1024
"""Most content taken into memory for a signature that needs it in one piece: EdDSA without signed attributes, which no
mail program is known to send. Beyond it `signature_content_too_large`."""

CMS_EXPANSION = 100
"""How many times larger compressed content may become, beyond the first `CMS_EXPANSION_FREE_OCTETS`. Text shrinks to a
tenth, deflate can do 1,032 to 1; beyond it `content_expands_too_far`."""

CMS_EXPANSION_FREE_OCTETS = 16 * 1024 * 1024
"""Octets that any compressed content may expand to. Nobody is harmed by 16 MiB, whatever they came from."""

CMS_ATTRIBUTE_VALUES = 1_000
"""Values of one attribute; beyond it the object is malformed. Those that are checked must have exactly one."""

# --- Trust -----------------------------------------------------------------------------------------------------

PATH_LENGTH = 10
"""Certificates in one path. Public hierarchies have three or four, bridges up to eight."""

PATH_SIGNATURE_CHECKS = 100
"""Certificate signatures checked in one path search. The same cure as for CVE-2023-0464 and webpki's budget of 100."""

MESSAGE_SIGNATURE_CHECKS = 400
"""Certificate signatures checked in all path searches for one message together; beyond it `path_search_exhausted`. A
certificate may hold a key that takes five milliseconds to compute with."""

PATH_NAME_COMPARISONS = 250_000
"""Names compared with name constraints in one path search, long names counting several times. As in Go's crypto/x509
and webpki; beyond it `path_search_exhausted`."""

CERTIFICATE_POLICIES = 1024
"""Policies, mappings, purposes or places of publication in one certificate; certificates have a handful. Beyond it the
extension counts as malformed. They are looked at again for each way up: half a megabyte of them took 47 seconds."""

REASONS_OF_A_KIND = 8
"""Reasons of one kind told about one certificate: it may have thousands of extensions or names, nobody reads them."""

EVIDENCE_HOURS = 24
"""How long a revocation list or OCSP answer without a next update is relied on. As in mozilla::pkix."""

EVIDENCE_SIGNERS_DEPTH = 3
"""Signers of evidence whose own certificates need evidence signed by others, and so on; beyond it they do not count."""

EVIDENCE_OCTETS = 64 * 1024 * 1024
"""Octets of one file of evidence; large public lists have ten million. A longer one is passed over."""

EVIDENCE_IN_MESSAGE = 64
"""Lists and answers in one message that are looked at; beyond it the others are passed over."""

SYSTEM_ROOTS_SECONDS = 10
"""Seconds that a program of the operating system may take to list its roots; usual is a tenth. Beyond it
`system_roots_unreadable`."""

SYSTEM_ROOTS_KEPT_SECONDS = 3600
"""Seconds for which a running host keeps the operating system's list; a root added or distrusted counts after that."""

FETCH_OCTETS = 10 * 1024 * 1024
"""Octets of one fetched document. The largest lists of public mail authorities have some three million; decoding this
many takes half a second and 250 MB. Beyond it `fetch_too_large`."""

FETCH_ANSWER_OCTETS = 65_536
"""Octets of one OCSP answer with its certificates; real ones have 500 to 5,000. Beyond it `fetch_too_large`."""

FETCHED_KEPT_OCTETS = 32 * 1024 * 1024
"""Octets of everything fetched that is kept on disk: the lists of some hundred authorities. The oldest goes first."""

FETCHED_LEAST_OCTETS = 2_048
"""What each kept answer counts at least, for its place in the database: so there are 16,384 at most."""

FETCHED_KEPT_DAYS = 7
"""Longest time that something fetched is kept, whatever it says of itself: a withdrawal is known after a week."""

FETCHED_DECODED_OCTETS = 2 * 1024 * 1024
"""Octets of kept lists that a process holds decoded, which takes twenty times as much; larger ones are decoded anew."""

FETCH_REQUEST_SECONDS = 8.0
"""For one document, redirections included; a list of three million octets comes in one over a slow line."""

FETCH_TOTAL_SECONDS = 20.0
"""For all documents that one message needs; then the verdict says what could not be found out."""

FETCH_REDIRECTIONS = 3
"""Followed for one document; beyond it `fetch_redirected_too_often`. Authorities use one, from HTTP to a CDN."""

FETCH_ADDRESSES = 4
"""Addresses of one server that are tried: two of each family reach whoever can be reached."""

FETCH_LOOKUPS_AT_ONCE = 8
"""Names being looked up at once; the system's own time-out cannot be shortened, and each takes a thread."""

FETCH_URL_CHARACTERS = 2_048
"""Longest URL in a certificate that is followed; longer ones end in `fetch_location_forbidden`."""

FETCH_URLS = 4
"""URLs of one kind in one certificate that are tried; real ones name one or two."""

FETCH_AGAIN_SECONDS = 300.0
"""How long a server that failed is not asked again: everybody's mail is opened without waiting for it."""

FETCH_SHARED_SECONDS = 5.0
"""How long a document is handed to everybody who asks for it, before it may have been kept on disk."""

FETCH_FAILURES_KEPT = 256
"""Failed URLs remembered by one process; the oldest is forgotten first."""

POLICY_OCTETS = 65_536
"""Largest policy file of an organisation; beyond it `policy_unusable`."""

# --- Time-stamps -----------------------------------------------------------------------------------------------

TIME_STAMPS_IN_MESSAGE = 16
"""Time-stamp tokens looked at in one message; each may cost some key operations. Beyond it `too_many_time_stamps`."""

TIME_STAMP_OCTETS = 1024 * 1024
"""Octets of one token. Real ones have two to eight thousand, a megabyte with revocation lists inside."""

TIME_STAMP_ACCURACY_SECONDS = 86_400
"""The least accurate time-stamp that is used; ETSI EN 319 421 §7.7.2 asks for one second."""

CLOCKS_APART_MINUTES = 10
"""How far a time-stamp may lie ahead of this computer's clock. Computers that ask a time server are a second apart."""

TIME_STAMP_NONCE_BITS = 64
"""Of the number that ties an authority's answer to its question (RFC 3161 §2.4.1: "e.g., 64 bits")."""

# --- Evidence bundles ------------------------------------------------------------------------------------------

BUNDLE_OCTETS = 1024 * 1024 * 1024
"""Largest bundle: twice the largest message, with room for lists. Beyond it `bundle_entry_too_large`."""

BUNDLE_ENTRIES = 1_000
"""Objects in one bundle: some thirty when it is saved, some ten more with each renewal in a few years."""

BUNDLE_TIME_STAMPS = 64
"""Time-stamps in one bundle; each costs some key operations. One every three years makes thirty in a century."""

BUNDLE_EVIDENCE_OCTETS = 128 * 1024 * 1024
"""Octets of all certificates, or of all lists and answers, in one bundle; large public lists have ten million."""

BUNDLE_NAME_CHARACTERS = 100
"""Longest name of an object; ours have at most 81."""

BUNDLE_MANIFEST_OCTETS = 1024 * 1024
"""Largest manifest; one of a thousand objects has 350,000 octets."""

# --- Certificates kept for paths -------------------------------------------------------------------------------

ISSUERS_KEPT = 10_000
"""Certificates of authorities kept to complete later chains. The public ones that may certify mail are some 2,000."""

ISSUERS_OF_NAME = 16
"""Of those, with one subject: an authority renews its certificate every few years, and is cross-certified by a few."""

ISSUER_OCTETS = 8_192
"""The largest that is kept; ordinary ones have one or two thousand octets."""

ISSUERS_SEEN_DAYS = 30
"""How old the note of when one was last seen may be, so that not every message writes."""

# --- Keys ------------------------------------------------------------------------------------------------------

KEY_FILE_OCTETS = 1024 * 1024
"""Largest PKCS#12 file; real ones have 2,000 to 20,000 octets. Beyond it `key_file_too_large`."""

KEY_FILE_ITERATIONS = 20_000_000
"""Iterations of all derivations in one key file together. NSS has written 600,000 for each of its three parts.
This many cost some ten seconds; beyond it `key_file_too_costly`."""

KEY_FILE_ITERATIONS_WRITTEN = 600_000
"""Iterations of PBKDF2 with SHA-256 in a key file that we write: OWASP's recommendation (2023); half a second."""

KEY_FILE_ITERATIONS_WRITTEN_MAC = 100_000
"""Iterations of the checksum in a key file that we write. Readers compute it in slow code of their own."""

KEY_FILE_ITERATIONS_COMPATIBLE = 10_000
"""Iterations in a key file for old programs. Java before 8u301 and old phones refuse or take minutes with more."""

KEY_FILE_ITERATIONS_RANDOM = 2_048
"""The same where the passphrase is random, with 80 bits or more: OpenSSL's and NSS's usual number, which all take."""

KEY_FILE_SCRYPT_OCTETS = 128 * 1024 * 1024
"""Memory of scrypt for a key file: OpenSSL and RFC 7914 §2 use 16 MiB. Beyond it `key_file_too_costly`."""

KEY_FILE_ENTRIES = 1_000
"""Keys and certificates in one key file; beyond it `key_file_too_large`. A person's keys of twenty years are 100."""

KEY_FILE_DEPTH = 4
"""Nesting of safe contents in a key file (RFC 7292 §4.2.6), which nobody is known to use."""

CERTIFICATE_FILE_OCTETS = 4 * 1024 * 1024
"""Largest file of certificates or requests; a collection of 256 certificates has half a million octets."""

CERTIFICATE_FILE_ENTRIES = 256
"""Certificates read from one file; as `CMS_CERTIFICATES`. Beyond it `certificates_too_many`, and none is taken."""

REQUESTS_IN_FILE = 16
"""Requests for certificates in one file, which is one person's: a pair of keys makes two. Each costs the check of a
signature. Beyond it `requests_too_many`, and none is read."""

ADDRESS_CHARACTERS = 254
"""Longest mail address (RFC 5321 §4.5.3.1.3, erratum 1690)."""

EXPIRY_NOTICE_DAYS = 30
"""How long before its end a certificate of one's own is announced to end. Authorities remind 30 days ahead, too;
an administrator needs some of them."""

PASSPHRASE_OCTETS = 4_096
"""Longest passphrase in a file, in octets; the rest of its first line is not read."""

VAULT_IDLE_SECONDS = 30 * 60
"""How long an unlocked vault is left unused before it locks itself: a lunch break. Beyond it `vault_locked`."""

VAULT_IDLE_LEAST = 60
"""Shortest time that a person can set for that: a vault that locks while its passphrase is typed is of no use."""

VAULT_IDLE_MOST = 12 * 60 * 60
"""Longest: a long working day. Who wants more lets the desktop's keychain unlock it."""

WRITING_DEFAULTS = 200
"""Most addresses with settings of their own for new mail, ours; beyond it `writing_defaults_too_many`."""

VAULT_WATCH_SECONDS = 5.0
"""How often an unlocked host looks whether it is to lock: idle, asked by another one, or the screen is locked."""

VAULT_PASSPHRASE_CHARACTERS = 8
"""Least characters of a passphrase for the vault or a backup (NIST SP 800-63B §5.1.1.1); `passphrase_too_short`."""

VAULT_PASSPHRASE_MOST = 1_024
"""Most characters of a passphrase; what is longer came from a file given by mistake."""

ARGON2_MEMORY_KIB = 256 * 1024
"""Most memory that a stored Argon2id parameter may demand. We use a quarter of it (RFC 9106 §4, second choice)."""

ARGON2_ITERATIONS = 16
"""Most iterations that a stored Argon2id parameter may demand; with the most memory they take five seconds."""

ARGON2_LANES = 16
"""Most lanes that a stored Argon2id parameter may demand."""

SEALED_OCTETS = 64 * 1024
"""Largest sealed private key; RSA with 16,384 bits has 9,200 octets. Beyond it the entry is damaged."""

KEYS_KEPT = 10_000
"""Most keys that one vault or backup is read of. A person has some dozens, a small authority's vault a few."""

BACKUP_OCTETS = 64 * 1024 * 1024
"""Largest backup that is read; one with a hundred RSA keys and their certificates has 700,000 octets."""

# --- Store -----------------------------------------------------------------------------------------------------

STORE_WAIT_MILLISECONDS = 5_000
"""How long a process waits for another one's transaction, which takes a few milliseconds; beyond it `store_busy`."""

# --- Writing ---------------------------------------------------------------------------------------------------

LETTER_OCTETS = 16 * 1024 * 1024
"""Largest text that a person writes, and its HTML; what is larger is sent as a file. Beyond it `message_too_large`."""

# --- Receipts, labels, and the journal -------------------------------------------------------------------------

RECEIPT_OCTETS = 65_536
"""Octets of a receipt's content: it repeats a signature value, the longest of which (ML-DSA-87) has 4,627."""

RECEIPT_OBJECT_OCTETS = 262_144
"""Octets of a whole receipt as it came, with certificates and time-stamp, that is kept in the journal; usual are some
thousands. A larger one is verified and not kept."""

RECEIPTS_TO = 16
"""Names that receipts are sent to (RFC 2634 §2.7: ub-receiptsTo); with more the request counts as malformed."""

RECEIPTS_FROM = 1_000
"""Names that are asked for a receipt, as many as a mail may have recipients."""

NAMES_OF_ENTITY = 16
"""Names of one person or list in such a request; people have one or two."""

LABEL_CATEGORIES = 64
"""Categories in a security label (RFC 2634 §3.2: ub-security-categories)."""

LABEL_MARK_OCTETS = 1_000
"""Octets shown of a label's privacy mark; RFC 2634 §3.2 has 128 characters for one form and no bound for the other."""

LIST_EXPANSIONS = 64
"""Mailing lists that a message went through (RFC 2634 §4.4: ub-ml-expansion-history)."""

RECEIPT_ADDRESSES = 16
"""Addresses that one receipt is sent to, those added by mailing lists included; the rest is left out."""

JOURNAL_DETAILS_OCTETS = 262_144
"""Octets of one entry's details; a thousand recipients take some 50,000. Longer ones are not kept: only their
digest is."""

JOURNAL_HEAD_OCTETS = 1024 * 1024
"""Octets of an exported head's signature, as of a time-stamp token."""

JOURNAL_IN_REPLY = 200
"""Entries of the journal in one reply of the host: some 300 KB, so that it fits into a frame with room."""

JOURNAL_REPLY_OCTETS = 262_144
"""Octets of such a reply after which no further entry is put into it; the last one may be twice its details' bound."""

# --- The internal CA -------------------------------------------------------------------------------------------

OCSP_REQUEST_OCTETS = 4_096
"""Largest OCSP request; one for a certificate has 80 to 250 octets. Beyond it `malformedRequest`."""

OCSP_CERTIFICATES = 16
"""Certificates asked about in one OCSP request; mail programs ask about one. Beyond it `malformedRequest`."""

OCSP_CONNECTIONS = 200
"""Connections an OCSP server holds at once; more wait in the system's queue."""

OCSP_SECONDS = 15
"""Seconds a connection may be silent before the OCSP server closes it."""

STAFF_OCTETS = 16 * 1024 * 1024
"""Largest list of staff (CSV); a line has some hundred octets. Beyond it `staff_list_unreadable`."""

STAFF_LINES = 100_000
"""People in one list of staff; beyond it `staff_list_unreadable`."""

CERTIFICATE_REQUEST_OCTETS = 65_536
"""Largest PKCS#10 request; the largest keys make some 6,000 octets. Beyond it `certificate_request_not_usable`."""

MAILBOXES_IN_CERTIFICATE = 100
"""Addresses in one certificate; a person has some few."""

# --- People ----------------------------------------------------------------------------------------------------

PERSON_CERTIFICATES = 16
"""Certificates that mail brings for one address: a pair for each of eight devices or years. The last seen are kept."""

PEOPLE_CERTIFICATES = 50_000
"""Certificates that mail brings in all, some 75 MB. The last seen are kept."""

VCARD_OCTETS = 16 * 1024 * 1024
"""Largest file of vCards or certificates that is imported; an address book of thousands with photographs."""

RECIPIENTS_ASKED = 1_000
"""Addresses one request may ask about: ten times what large providers let a mail have."""

LOOKUP_CERTIFICATES = 16
"""Certificates taken of one answer of a directory or of the DNS, as many as are kept for an address."""

DNS_QUESTIONS = 64
"""Questions for one name: two for each of its zones, and names have at most 127 labels but never so many zones."""

DNS_ALIASES = 8
"""Aliases followed from one name to the next; BIND follows 16, and nobody needs more than a few."""

DNS_KEYS = 32
"""Keys in one zone; each may cost a signature check (RFC 9276 and the KeyTrap attack are about such limits)."""

DNS_SIGNATURES = 8
"""Signatures looked at for one set of records; zones that change their algorithm have two."""

TOKENS_SEEN_SECONDS = 5.0
"""How long what tokens showed is taken for true: a card put in later is seen with the next mail, not the next entry."""

PEOPLE_IN_REPLY = 200
"""Certificates of people in one reply of the host: some 200 KB, so that it fits into a frame with room."""

# --- Submission ------------------------------------------------------------------------------------------------

MAIL_LINE_OCTETS = 16_384
"""Longest line of a mail server's answer. RFC 5321 §4.5.3.1.5 has 512 octets, IMAP's capabilities and folders a few
thousand. Beyond it `mail_answer_broken`."""

MAIL_REPLY_LINES = 128
"""Lines of one SMTP reply; the longest known greeting has some thirty. Beyond it `mail_answer_broken`."""

MAIL_ANSWER_OCTETS = 4 * 1024 * 1024
"""Octets that a mail server may say in one connection: ten thousand folders, or the refusal of a thousand recipients.
Beyond it `mail_answer_broken`."""

MAIL_FOLDERS = 20_000
"""Folders in which the one for sent mail is looked for. Beyond it `mail_answer_broken`."""

MAIL_LITERAL_OCTETS = 65_536
"""Largest literal in an IMAP answer; only names of folders come as such. Beyond it `mail_answer_broken`."""

MAIL_LOGIN_SECONDS = 60.0
"""From the first packet until a mail server has let us in; servers that slow down strangers take half a minute."""

MAIL_COMMAND_SECONDS = 60.0
"""For the answer to one command. RFC 5321 §4.5.3.2 says five minutes, while no person waits longer than one."""

MAIL_END_SECONDS = 600.0
"""For the answer to the end of a message (RFC 5321 §4.5.3.2.6): the server may look through it first."""

MAIL_OCTETS_PER_SECOND = 8_192
"""The slowest line over which a message is sent to its end: a bad mobile connection. A person can stop earlier."""

MAIL_LINE_LENGTH = 998
"""Octets of a line in a message that is sent (RFC 5321 §4.5.3.1.6); beyond it `mail_unsendable`: servers break them."""

MAIL_RECIPIENTS = 1_000
"""Recipients of one sending; as `RECIPIENTS_ASKED`. Beyond it `too_many_recipients_to_send`."""

MAIL_RECIPIENTS_AT_ONCE = 100
"""Of these, in one transaction: what every server has to take (RFC 5321 §4.5.3.1.8). More go in several turns."""

MAIL_SETTINGS_OCTETS = 65_536
"""Largest file with a provider's settings; real ones have some thousand octets. Beyond it `fetch_too_large`."""

MAIL_SERVERS_NAMED = 16
"""Servers in one file of settings or one answer of the DNS that are looked at."""

ACCOUNTS_KEPT = 100
"""Accounts of one person; beyond it `too_many_accounts`."""

OUTBOX_PIECE_OCTETS = 1024 * 1024
"""Octets sealed and kept in one piece: what a process holds of a message while it is sent."""

OUTBOX_CLAIM_SECONDS = 30.0
"""How long a process that does not answer any more keeps others from sending what it was sending."""

OUTBOX_BATCHES = 1_000
"""Sendings that wait at once; beyond it `outbox_full`."""

DRAFTS = 100
"""Letters that are kept while they are written; beyond it `drafts_full`."""

DRAFTS_OCTETS = 512 * 1024 * 1024
"""All drafts with their files, sealed: a disk must not fill up unnoticed. Beyond it `drafts_full`."""

DRAFT_TEXT_OCTETS = 4 * 1024 * 1024
"""Text of one draft, some 2,000 pages; beyond it `draft_too_large`."""

DRAFT_FILE_OCTETS = 64 * 1024 * 1024
"""One file of a draft, which is held in memory while it is sealed. Providers take some 25 MB; beyond it
`draft_too_large`."""

ANSWER_RECIPIENTS = 500
"""Recipients of a reply to all that are handed over; how many were left out is said. Providers take some 500."""

ANSWER_REFERENCES = 50
"""Message identifiers in References of a reply: the first, and the last ones (RFC 5322 §3.6.4 has no bound)."""

API_ANSWER_OCTETS = 1024 * 1024
"""Octets of one answer of a provider's API; a JMAP session with a hundred folders has 60,000. Beyond it
`mail_answer_broken`."""

GMAIL_OCTETS = 36_700_160
"""Largest message that Gmail's API takes (`mediaUpload.maxSize` in its discovery document: 35 MiB). Beyond it
`mail_too_large_for_server`, before anything is sent."""

GRAPH_OCTETS = 4 * 1024 * 1024 // 4 * 3
"""Largest message that Microsoft Graph takes: a request has 4 MB at most, and the message is in it in base64."""

OAUTH_TOKEN_CHARACTERS = 8_192
"""Longest token of an authorization server; Microsoft's have some 3,000."""

OAUTH_PENDING = 8
"""Sign-ins under way at once in one host; beyond it the oldest is forgotten."""

OAUTH_SIGN_IN_SECONDS = 15 * 60.0
"""How long a person may take to sign in; authorization codes live ten minutes at most (RFC 6749 §4.1.2)."""

OAUTH_EARLY_SECONDS = 60.0
"""A token that ends so soon is renewed first: it shall not run out while a message is on its way."""

# --- Outlook on the web ----------------------------------------------------------------------------------------

OWA_FRAME_OCTETS = 4 * 1024 * 1024
"""Largest frame taken from Microsoft's extension. Its slices have 100,000 characters: 600 KB where each is escaped."""

OWA_PART_CHARACTERS = 400_000
"""Largest part of a result in one answer; escaped once more (`"` becomes `\\"`) it stays below `FRAME_OUT_OCTETS`."""

OWA_PART_CHARACTERS_USUAL = 100_000
"""The part where none is asked for: what is known to work."""

OWA_REQUEST_OCTETS = 160 * 1024 * 1024
"""Largest request. 50 MB of attachments are 67 MB in base64, and as much again is left for HTML with pictures in it."""

OWA_RESULT_OCTETS = 192 * 1024 * 1024
"""Largest result: a message with 50 MB of pictures that stand in its HTML and among its attachments."""

OWA_SESSIONS = 16
"""Requests of the extension under way at once; beyond it the one that nobody touched for the longest is dropped."""

OWA_HELD_OCTETS = 512 * 1024 * 1024
"""Octets of uploads and results held for the extension, sealed on disk; beyond it the oldest is dropped."""

OWA_SLICES = 100_000
"""Slices of one request: 1,600 octets each on average where it is as large as it may be."""

OWA_SKELETON_OCTETS = 4 * 1024 * 1024
"""Octets of a request beside its long strings; 2,000 recipients have 300,000."""

OWA_FIELD_OCTETS = 8 * 1024 * 1024
"""Largest single text of a message in the dialect that is taken into memory: its body."""

OWA_HTML_OCTETS = 8 * 1024 * 1024
"""Largest HTML body shown as one. A longer one is an attachment."""

OWA_CERTIFICATES = 2_000
"""Certificates to encrypt to in one request: as many as `CMS_RECIPIENTS`."""

OWA_PROMPTS = 3
"""Times that a passphrase or PIN is asked for before it is given up; cards block after three to ten wrong PINs."""

OWA_PROMPT_SECONDS = 300
"""How long a question for a passphrase stays on the screen."""

OWA_CONFIG_OCTETS = 65_536
"""Largest file with the sites of OWA."""
