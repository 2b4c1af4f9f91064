"""The schema, as the steps that lead to it. Steps are append-only: a published one is never changed.

A database says in `PRAGMA user_version` how many steps it has taken, and in `migration` when. All missing steps
are taken in one transaction, so a process killed in the middle leaves the old schema or the new one.
"""

from __future__ import annotations

from typing import NamedTuple


class Migration(NamedTuple):
    """One step: what it is for, and its statements."""

    purpose: str
    statements: tuple[str, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "the user's anchors, and settings",
        (
            """
            CREATE TABLE migration (
                number  INTEGER PRIMARY KEY,
                purpose TEXT NOT NULL,
                applied TEXT NOT NULL              -- ISO 8601, UTC
            )
            """,
            """
            CREATE TABLE anchor (
                sha256 TEXT NOT NULL PRIMARY KEY,  -- of der, lower-case hex
                der    BLOB NOT NULL CHECK (typeof(der) = 'blob'),
                added  TEXT NOT NULL,              -- ISO 8601, UTC
                note   TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE setting (
                name  TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL                -- JSON
            )
            """,
        ),
    ),
    Migration(
        "when signed messages were first opened here, and with which keys people sign",
        (
            """
            CREATE TABLE opened (
                sha256 TEXT NOT NULL PRIMARY KEY,  -- of the whole message, lower-case hex
                first  TEXT NOT NULL               -- ISO 8601, UTC
            )
            """,
            """
            CREATE TABLE signer (
                address TEXT NOT NULL,
                key     TEXT NOT NULL,             -- SHA-256 of SubjectPublicKeyInfo, lower-case hex
                issuer  TEXT NOT NULL,             -- who certified the key
                first   TEXT NOT NULL,             -- ISO 8601, UTC
                PRIMARY KEY (address, key, issuer)
            )
            """,
        ),
    ),
    Migration(
        "what was fetched: revocation lists, OCSP answers, certificates of issuers",
        (
            """
            CREATE TABLE fetched (
                asked   TEXT NOT NULL PRIMARY KEY, -- SHA-256 of what was asked for, lower-case hex
                octets  BLOB NOT NULL CHECK (typeof(octets) = 'blob'),
                sha256  TEXT NOT NULL,             -- of octets, lower-case hex
                size    INTEGER NOT NULL,          -- of octets
                fetched TEXT NOT NULL,             -- ISO 8601, UTC
                expires TEXT NOT NULL              -- ISO 8601, UTC
            )
            """,
        ),
    ),
    Migration(
        "the internal CA: its log, certificates and revocation lists",
        (
            """
            CREATE TABLE authority_log (
                number INTEGER PRIMARY KEY,        -- from 1, without gaps
                at     TEXT NOT NULL,              -- ISO 8601, UTC
                kind   TEXT NOT NULL,
                body   TEXT NOT NULL,              -- JSON, hashed to the letter
                hash   TEXT NOT NULL               -- of this entry and the one before, lower-case hex
            )
            """,
            """
            CREATE TABLE authority_head (
                id        INTEGER PRIMARY KEY CHECK (id = 1),
                number    INTEGER NOT NULL,
                hash      TEXT NOT NULL,
                issuer    TEXT NOT NULL,           -- SHA-256 of the certificate whose key signed, lower-case hex
                signature BLOB NOT NULL
            )
            """,
            """
            CREATE TABLE authority_certificate (
                serial   TEXT NOT NULL PRIMARY KEY, -- lower-case hex
                role     TEXT NOT NULL,             -- root, issuing, person, responder
                der      BLOB NOT NULL,
                bundle   TEXT,                      -- SHA-256 of the file it was handed over in, lower-case hex
                revoked  TEXT,                      -- ISO 8601, UTC
                reason   TEXT
            )
            """,
            "CREATE INDEX authority_bundle ON authority_certificate (bundle)",
            """
            CREATE TABLE authority_address (
                address TEXT NOT NULL,              -- in the form in which equal addresses are equal
                serial  TEXT NOT NULL,
                PRIMARY KEY (address, serial)
            )
            """,
            """
            CREATE TABLE authority_list (
                role   TEXT NOT NULL,               -- whose list: root, issuing
                number INTEGER NOT NULL,
                der    BLOB NOT NULL,
                PRIMARY KEY (role, number)
            )
            """,
        ),
    ),
    Migration(
        "the vault: private keys, sealed",
        (
            """
            CREATE TABLE vault (
                one   INTEGER PRIMARY KEY CHECK (one = 1),
                id    BLOB NOT NULL,               -- of the master key that seals everything, 16 octets
                made  TEXT NOT NULL,               -- ISO 8601, UTC
                locks INTEGER NOT NULL             -- how often somebody asked every process to lock
            )
            """,
            """
            CREATE TABLE vault_way (
                name       TEXT NOT NULL PRIMARY KEY,  -- passphrase, recovery, keychain
                parameters TEXT NOT NULL,          -- JSON: how the way's key is derived
                wrapped    BLOB NOT NULL,          -- the master key, sealed under the way's key
                digest     BLOB NOT NULL           -- SHA-256 over the three: damage is told from a wrong passphrase
            )
            """,
            """
            CREATE TABLE own_key (
                id         TEXT NOT NULL PRIMARY KEY,  -- SHA-256 of SubjectPublicKeyInfo, lower-case hex
                public     BLOB NOT NULL,          -- SubjectPublicKeyInfo
                algorithm  TEXT NOT NULL,
                sealed     BLOB NOT NULL,          -- PKCS#8, sealed
                created    TEXT NOT NULL,          -- ISO 8601, UTC
                purpose    TEXT NOT NULL,          -- sign, decrypt, both, authority
                label      TEXT NOT NULL,
                note       TEXT NOT NULL,
                superseded TEXT                    -- ISO 8601, UTC: since when a newer key is used instead
            )
            """,
            """
            CREATE TABLE own_certificate (
                key    TEXT NOT NULL REFERENCES own_key (id),
                sha256 TEXT NOT NULL,              -- of der, lower-case hex
                der    BLOB NOT NULL,
                own    INTEGER NOT NULL,           -- 1: for this very key; 0: of its chain
                added  TEXT NOT NULL,              -- ISO 8601, UTC
                PRIMARY KEY (key, sha256)
            )
            """,
        ),
    ),
    Migration(
        "certificates of other people",
        (
            """
            CREATE TABLE person (
                address      TEXT NOT NULL,         -- in the form in which equal addresses are equal
                sha256       TEXT NOT NULL,         -- of der, lower-case hex
                der          BLOB NOT NULL CHECK (typeof(der) = 'blob'),
                source       TEXT NOT NULL,         -- mail, file, vcard, ldap, dns
                origin       TEXT NOT NULL,         -- which one
                first        TEXT NOT NULL,         -- ISO 8601, UTC
                last         TEXT NOT NULL,         -- ISO 8601, UTC
                capabilities TEXT,                  -- JSON list of object identifiers
                preferred    INTEGER NOT NULL,
                PRIMARY KEY (address, sha256)
            )
            """,
        ),
    ),
    Migration(
        "certificates of authorities between signers and anchors",
        (
            """
            CREATE TABLE issuer (
                sha256  TEXT NOT NULL PRIMARY KEY, -- of der, lower-case hex
                subject TEXT NOT NULL,             -- digest of the subject as it is compared, lower-case hex
                der     BLOB NOT NULL CHECK (typeof(der) = 'blob'),
                seen    TEXT NOT NULL              -- ISO 8601, UTC: when mail last came over it
            )
            """,
            "CREATE INDEX issuer_subject ON issuer (subject, seen)",
            "CREATE INDEX issuer_seen ON issuer (seen)",
        ),
    ),
    Migration(
        "anchors are found by their subject before they are decoded",
        # Digest of the subject as it is compared, lower-case hex; empty for anchors from before.
        ("ALTER TABLE anchor ADD COLUMN subject TEXT NOT NULL DEFAULT ''",),
    ),
    Migration(
        "the journal of what was signed here",
        (
            """
            CREATE TABLE journal (
                one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
                id  TEXT NOT NULL                  -- random, lower-case hex: what the first entry follows
            )
            """,
            """
            CREATE TABLE journal_entry (
                number  INTEGER NOT NULL PRIMARY KEY,
                at      TEXT NOT NULL,             -- ISO 8601, UTC
                kind    TEXT NOT NULL,             -- sent, receipt_sent, receipt_received
                body    TEXT NOT NULL,             -- JSON, to the letter as it was hashed
                hash    TEXT NOT NULL,             -- over the entry and the hash before, lower-case hex
                mark    TEXT NOT NULL,             -- SHA-256 of the signature value that it is about, lower-case hex
                details BLOB,                      -- whom it went to and what it is called, sealed
                object  BLOB                       -- a receipt that came, DER
            )
            """,
            "CREATE INDEX journal_entry_mark ON journal_entry (mark)",
            """
            CREATE TABLE journal_head (
                number    INTEGER NOT NULL PRIMARY KEY,  -- of the last entry that it covers
                signed    BLOB NOT NULL,           -- a detached signature, DER
                stamped   INTEGER NOT NULL         -- 1: with a time-stamp
            )
            """,
        ),
    ),
    Migration(
        "accounts that send, and what waits to be sent",
        (
            """
            CREATE TABLE account (
                id       TEXT NOT NULL PRIMARY KEY,
                address  TEXT NOT NULL,            -- as its owner writes it
                settings TEXT NOT NULL,            -- JSON: servers, ways to log in, where the copy goes
                secret   BLOB,                     -- password, sealed and bound to the servers it is for
                made     TEXT NOT NULL             -- ISO 8601, UTC
            )
            """,
            """
            CREATE TABLE outbox (
                id       TEXT NOT NULL PRIMARY KEY,
                batch    TEXT NOT NULL,            -- what was given to be sent together
                number   INTEGER NOT NULL,         -- its order
                account  TEXT NOT NULL,
                role     TEXT NOT NULL,            -- message, copy
                state    TEXT NOT NULL,            -- preparing, held, waiting, ending
                content  TEXT NOT NULL,            -- its pieces; a message and its copy may have the same
                envelope BLOB NOT NULL,            -- who to, how large …: JSON, sealed
                claim    TEXT,                     -- the process that works on it
                until    REAL NOT NULL,            -- seconds since 1970: how long nobody else may
                made     TEXT NOT NULL             -- ISO 8601, UTC
            )
            """,
            """
            CREATE TABLE outbox_piece (
                content TEXT NOT NULL,
                number  INTEGER NOT NULL,
                octets  BLOB NOT NULL,             -- sealed
                PRIMARY KEY (content, number)
            )
            """,
        ),
    ),
    Migration(
        "letters that are being written",
        (
            """
            CREATE TABLE draft (
                id       TEXT NOT NULL PRIMARY KEY,
                revision INTEGER NOT NULL,         -- one more with each change
                changed  TEXT NOT NULL,            -- ISO 8601, UTC
                envelope BLOB NOT NULL,            -- recipients, subject …: JSON, sealed
                body     BLOB NOT NULL             -- its text, sealed
            )
            """,
            """
            CREATE TABLE draft_file (
                draft    TEXT NOT NULL,
                id       TEXT NOT NULL UNIQUE,
                pieces   INTEGER NOT NULL,
                envelope BLOB NOT NULL             -- its name, type and size: JSON, sealed
            )
            """,
            "CREATE INDEX draft_file_draft ON draft_file (draft)",
            """
            CREATE TABLE draft_piece (
                file   TEXT NOT NULL,
                number INTEGER NOT NULL,
                octets BLOB NOT NULL,              -- sealed
                PRIMARY KEY (file, number)
            )
            """,
        ),
    ),
)

APPLICATION_ID = 0x4C4C4B31
"""`PRAGMA application_id` of our databases ("LLK1"): any other SQLite file given by mistake is refused."""
