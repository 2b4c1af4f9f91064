"""The matrix of `docs/interop.md`: each cell is one run of one program.

    python -m tests.interop.matrix          # writes docs/interop.md

A cell is a round trip in one direction: one side makes an object, the other opens it and gets the very content. Where
the program refuses to make or read it, the cell says so. A failure of ours is no refusal: it ends the run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from letterlock.cms import (
    CertificateKey,
    CompressedReader,
    CompressedWriter,
    EnvelopedReader,
    EnvelopedWriter,
    PasswordKey,
    PasswordRecipient,
    PrivateSigningKey,
    RecipientInfo,
    RecipientKey,
    SharedKeyRecipient,
    SignedDataWriter,
    Signing,
    WrappingKey,
    recipient_for,
)
from letterlock.cms.certificates import Certificate
from tests.cms.reading import certificates_of, confirm, read, verify
from tests.interop.bouncycastle import BouncyCastle
from tests.interop.gnutls import GnuTls
from tests.interop.gpgsm import Gpgsm
from tests.interop.messages import FORMS, Desk, Form, read_by, theirs
from tests.interop.nss import Nss
from tests.interop.openssl import OpenSsl
from tests.interop.peer import PASSWORD, SHARED_KEY, SHARED_KEY_ID, Encryption, Peer, PeerRefused, Signature
from tests.interop.people import Person, person
from tests.interop.thunderbird import ThunderbirdPeer, shown_by_thunderbird, written_by_thunderbird
from tests.needs import PROJECT

PAGE = PROJECT / "docs" / "interop.md"
PEERS: tuple[type[Peer], ...] = (OpenSsl, Gpgsm, Nss, GnuTls, BouncyCastle)
CONTENT = b"Content-Type: text/plain\r\n\r\nThe roof of the north hall is ready.\r\n" * 300
"""Some 20,000 octets: more than one piece of streamed content."""

SIGNATURES = (
    Signature("RSA with SHA-256", "RSA"),
    Signature("RSA with SHA-256, detached", "RSA", form="detached"),
    Signature("RSA with SHA-256, streamed (BER)", "RSA", form="streamed"),
    Signature("RSA with SHA-512", "RSA", "SHA-512"),
    Signature("RSA-PSS with SHA-256", "RSA", pss=True),
    Signature("ECDSA P-256 with SHA-256", "P-256"),
    Signature("ECDSA P-384 with SHA-384", "P-384", "SHA-384"),
    Signature("ECDSA P-521 with SHA-512", "P-521", "SHA-512"),
    Signature("ECDSA brainpoolP256r1 with SHA-256", "brainpoolP256r1"),
    Signature("ECDSA brainpoolP384r1 with SHA-384", "brainpoolP384r1", "SHA-384"),
    Signature("Ed25519", "Ed25519", "SHA-512"),
    Signature("Ed448", "Ed448", "SHAKE256"),
    Signature("ML-DSA-65", "ML-DSA-65", "SHA-512"),
)
ENCRYPTIONS = (
    Encryption("RSA PKCS#1 v1.5, AES-256-CBC", "RSA"),
    Encryption("RSA PKCS#1 v1.5, AES-128-CBC", "RSA", "AES-128-CBC"),
    Encryption("RSA PKCS#1 v1.5, AES-256-GCM", "RSA", "AES-256-GCM"),
    Encryption("RSA PKCS#1 v1.5, AES-256-CCM", "RSA", "AES-256-CCM"),
    Encryption("RSA PKCS#1 v1.5, ChaCha20-Poly1305", "RSA", "ChaCha20-Poly1305"),
    Encryption("RSA-OAEP with SHA-256, AES-256-CBC", "RSA", oaep="SHA-256"),
    Encryption("ECDH P-256, AES-256-CBC", "P-256"),
    Encryption("ECDH P-384, AES-256-CBC", "P-384"),
    Encryption("ECDH brainpoolP256r1, AES-256-CBC", "brainpoolP256r1"),
    Encryption("ECDH P-256, AES-256-GCM", "P-256", "AES-256-GCM"),
    Encryption("X25519, AES-256-CBC", "X25519"),
    Encryption("X448, AES-256-CBC", "X448"),
    Encryption("ML-KEM-768, AES-256-GCM", "ML-KEM-768", "AES-256-GCM"),
    Encryption("shared key, AES-256-CBC", "shared key"),
    Encryption("password, AES-256-CBC", "password"),
)

COMPRESSED = "compressed (zlib)"
YES, NO = "yes", "–"
NAMES = ("OpenSSL 3.0", "gpgsm", "NSS", "GnuTLS", "Bouncy Castle")

REASONS = (
    "OpenSSL 3.0: no EdDSA and no X25519 in CMS, no ML-DSA and ML-KEM (3.5 has them); Debian builds it without zlib.",
    "gpgsm 2.2: crashes when it imports a PKCS#12 file with an elliptic-curve key, so it neither signs nor decrypts "
    + "with one; refuses the hashes of P-521 and EdDSA; no AuthEnvelopedData; no RSA-OAEP; writes to no passwords.",
    "NSS 3.87: AuthEnvelopedData, Diffie-Hellman recipients and RSA-OAEP are unknown to `cmsutil`; no brainpool "
    + "curves. It encrypts with AES-128-CBC where it does not know what the recipient can.",
    "NSS 3.87 cannot read any message that has a Diffie-Hellman recipient, also where its own key is an RSA one; what "
    + "Thunderbird brings along can.",
    "Thunderbird 153: no AuthEnvelopedData (it shows an empty text), no X25519, no brainpool curves, no icon for an "
    + "EdDSA signature; it shows the outer subject, and the true one in the first line of the text. It writes nothing "
    + "in one piece and no GCM; the rows with two keys and Bcc are not tried with it as the writer.",
    "GnuTLS 3.7: signatures only; no brainpool curves; no Ed448 in PKCS #7.",
    "Bouncy Castle 1.72: no ML-DSA and ML-KEM under their final numbers, no X25519 and X448 in CMS, no name for "
    + "ChaCha20-Poly1305 when encrypting, AuthEnvelopedData decrypted for RSA recipients only.",
    "None of them has CEK-HKDF (RFC 9709): what is written under derived keys is held against the RFC's examples and a "
    + "second derivation, in the engine's own tests.",
)


OBJECTS = (*(each.name for each in SIGNATURES), *(each.name for each in ENCRYPTIONS), COMPRESSED)
MESSAGES = tuple(form.name for form in FORMS)


def matrix(rows: Collection[str] = OBJECTS) -> dict[str, list[str]]:
    """For each of these rows "ours → theirs" and "theirs → ours" of each program."""
    with _peers() as peers:
        found: dict[str, list[str]] = {}
        for signature in (each for each in SIGNATURES if each.name in rows):
            found[signature.name] = [cell for peer in peers for cell in _signed(peer, signature)]
        for encryption in (each for each in ENCRYPTIONS if each.name in rows):
            found[encryption.name] = [cell for peer in peers for cell in _encrypted(peer, encryption)]
        if COMPRESSED in rows:
            found[COMPRESSED] = [cell for peer in peers for cell in _compressed(peer)]
        return found


def messages(rows: Collection[str] = MESSAGES) -> dict[str, list[str]]:
    """The same for whole messages, and for Thunderbird besides."""
    forms = [form for form in FORMS if form.name in rows]
    found: dict[str, list[str]] = {form.name: [] for form in forms}
    with _peers() as peers, _folder() as home:
        for peer, form in product(peers, forms):
            found[form.name] += [_message(read_by, peer, form), _message(theirs, peer, form)]
        thunderbird = ThunderbirdPeer(home)
        try:
            for form in forms:
                found[form.name] += [
                    _message(shown_by_thunderbird, thunderbird, form),
                    _message(written_by_thunderbird, thunderbird, form),
                ]
        finally:
            thunderbird.close()
    return found


def _message(attempt: Callable[..., None], peer: object, form: Form) -> str:
    with _folder() as folder:
        desk = Desk(folder)
        try:
            attempt(peer, form, desk.compose(form) if attempt in (read_by, shown_by_thunderbird) else desk)
        except PeerRefused:
            return NO
    return YES


def told() -> dict[str, list[str]]:
    """What the page says, row by row."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {name: cells for name, *cells in rows if name in (*OBJECTS, *MESSAGES)}


def objects_section(found: dict[str, list[str]]) -> str:
    """The table of CMS objects."""
    return _table(NAMES, found)


def messages_section(found: dict[str, list[str]]) -> str:
    """The table of messages."""
    return _table((*NAMES, "Thunderbird"), found)


def page(objects: dict[str, list[str]], letters: dict[str, list[str]]) -> str:
    """The document."""
    return (
        "# Who understands whom\n\n"
        "Generated by `python -m tests.interop.matrix`, with the programs of Debian 12; tests make it again and\n"
        "compare. Each cell is from a run.\n\n"
        "- **reads**: the program reads what Letterlock wrote, and gets the very content.\n"
        "- **writes**: Letterlock reads what the program wrote, with the verdict that it deserves.\n"
        f"- **{NO}**: the program has no way to do it, or refuses. That ours is sound all the same is shown by the\n"
        "  other programs of its row; where there is none, by the objects of others that the engine's own tests open.\n"
        "\n## Messages\n\n"
        "Composed as a person would: text and HTML that is not ASCII, a line that begins with a dot, one with “From”,\n"
        "white space at line ends, an image in the HTML and a file; the header protected (RFC 9788). Thunderbird\n"
        "opens them with its own S/MIME, without our add-on, and shows the icons that they deserve.\n\n"
        f"{messages_section(letters)}\n## CMS objects\n\n{objects_section(objects)}\n## Why not\n\n"
        + "".join(f"- {reason}\n" for reason in REASONS)
    )


def _table(names: Sequence[str], found: dict[str, list[str]]) -> str:
    lines = [
        "| | " + " | ".join(f"{name} reads | {name} writes" for name in names) + " |",
        "| --- |" + " --- |" * (2 * len(names)),
        *(f"| {row} | {' | '.join(cells)} |" for row, cells in found.items()),
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def _folder() -> Iterator[Path]:
    # Short paths: a socket of gpgsm's agent lies in its folder.
    with tempfile.TemporaryDirectory(prefix="ll", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def _peers() -> Iterator[list[Peer]]:
    with ExitStack() as stack:
        peers = []
        for kind in PEERS:
            peers.append(kind(stack.enter_context(_folder())))
            stack.callback(peers[-1].close)
        yield peers


def _cell(attempt: Callable[[], bytes]) -> str:
    try:
        got = attempt()
    except PeerRefused:
        return NO
    assert got == CONTENT, got[:200]
    return YES


def _signed(peer: Peer, how: Signature) -> tuple[str, str]:
    who = person(how.kind)

    def theirs() -> bytes:
        octets = peer.sign(how, who, CONTENT)
        content: list[bytes] = [CONTENT]
        if how.form == "detached":
            (checked,) = verify(octets, CONTENT)
        else:
            signed, inside = read(octets)
            content = [inside]
            checked = confirm(signed.signers[0], inside, certificates_of(signed))
        assert checked.certificate == Certificate.of(who.certificate)
        assert checked.weak == ()
        return content[0]

    return _cell(lambda: peer.verify(how, who, _sign(how, who), CONTENT)), _cell(theirs)


def _sign(how: Signature, who: Person) -> bytes:
    out: list[bytes] = []
    key = PrivateSigningKey(who.certificate, who.key, digest=how.digest, pss=how.pss)
    length = None if how.form == "streamed" else len(CONTENT)
    writer = SignedDataWriter(
        out.append, [Signing(key, datetime.now(UTC))], detached=how.form == "detached", length=length
    )
    writer.write(CONTENT)
    writer.close()
    return b"".join(out)


def _encrypted(peer: Peer, how: Encryption) -> tuple[str, str]:
    who = None if how.kind in ("shared key", "password") else person(how.kind)
    recipient: RecipientInfo
    key: RecipientKey
    if who is not None:
        recipient, key = recipient_for(who.certificate, oaep=how.oaep), CertificateKey(who.certificate, who.key)
    elif how.kind == "password":
        recipient, key = PasswordRecipient(PASSWORD, 10_000), PasswordKey(PASSWORD)
    else:
        recipient, key = SharedKeyRecipient(SHARED_KEY, SHARED_KEY_ID), WrappingKey(SHARED_KEY, SHARED_KEY_ID)

    def ours() -> bytes:
        out: list[bytes] = []
        writer = EnvelopedWriter(out.append, [recipient], how.algorithm)
        writer.write(CONTENT)
        writer.close()
        return peer.decrypt(how, who, b"".join(out))

    def theirs() -> bytes:
        content: list[bytes] = []
        reader = EnvelopedReader(content.append, [key])
        reader.feed(peer.encrypt(how, who, CONTENT))
        used = reader.close().algorithm
        assert b"".join(content) == CONTENT
        if used != how.algorithm:
            raise PeerRefused(f"encrypts with {used}, and has no option for another")
        return b"".join(content)

    return _cell(ours), _cell(theirs)


def _compressed(peer: Peer) -> tuple[str, str]:
    def ours() -> bytes:
        out: list[bytes] = []
        writer = CompressedWriter(out.append)
        writer.write(CONTENT)
        writer.close()
        return peer.uncompress(b"".join(out))

    def theirs() -> bytes:
        content: list[bytes] = []
        reader = CompressedReader(content.append)
        reader.feed(peer.compress(CONTENT))
        reader.close()
        return b"".join(content)

    return _cell(ours), _cell(theirs)


if __name__ == "__main__":
    PAGE.write_text(page(matrix(), messages()))
