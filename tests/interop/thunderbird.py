"""Thunderbird's own S/MIME, without our add-on: what it shows of a message, and what it writes."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.interop.messages import FILES, SUBJECT, TEXT, Desk, Form
from tests.interop.peer import PeerRefused
from tests.interop.people import PASSPHRASE, Person, authority, person


@dataclass(frozen=True)
class Shown:
    """What a person sees: the icons "ok", "notok", "mismatch", "unknown" (None: there is none), text, files, and how
    wide each image in the text is (0: it could not be shown)."""

    signed: str | None
    encrypted: str | None
    subject: str
    text: str
    images: list[int]
    files: dict[str, bytes]


class ThunderbirdPeer:
    """As installed, with the authority trusted for mail."""

    name = "Thunderbird"

    def __init__(self, home: Path) -> None:
        self._home = home
        self._thunderbird = Thunderbird(home, free_port(), "nobody")
        self._known: set[str] = set()
        root = base64.b64encode(authority()[1].public_bytes(Encoding.DER)).decode()
        self._thunderbird.run_async(
            """
            const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
            database.addCertFromBase64(given[0], "C,C,C");
            Services.prefs.setIntPref("security.OCSP.enabled", 0);
            """,
            root,
        )

    def close(self) -> None:
        """Ends it."""
        self._thunderbird.quit()

    def keep(self, who: Person) -> None:
        """Imports a key, as its certificate manager does it. Raises `PeerRefused`."""
        if who.file_name in self._known:
            return
        try:
            octets = pkcs12.serialize_key_and_certificates(
                who.file_name.encode(), who.key, who.certificate, None,  # type: ignore[arg-type]
                serialization.BestAvailableEncryption(PASSPHRASE.encode()),
            )  # fmt: skip
        except (TypeError, ValueError):
            raise PeerRefused("no PKCS#12 for such a key") from None
        failed = self._thunderbird.run_async(
            """
            const [octets, passphrase] = given;
            const file = Services.dirsvc.get("TmpD", Ci.nsIFile);
            file.append("letterlock-test.p12");
            file.createUnique(Ci.nsIFile.NORMAL_FILE_TYPE, 0o600);
            await IOUtils.write(file.path, Uint8Array.from(atob(octets), octet => octet.charCodeAt(0)));
            const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
            const failed = database.importPKCS12File(file, passphrase);
            await IOUtils.remove(file.path);
            return failed;
            """,
            base64.b64encode(octets).decode(),
            PASSPHRASE,
        )
        if failed:
            raise PeerRefused(f"it does not import the key: {failed}")
        self._known.add(who.file_name)

    def read(self, raw: bytes, words: str) -> Shown:
        """Files a message and opens it; waits until it is shown and its icons are there.

        Raises:
            PeerRefused: `words` are not in what is shown.
        """
        thunderbird = self._thunderbird
        # Nothing of the message before is left to be taken for this one.
        thunderbird.tidy()
        thunderbird.select(uri := thunderbird.file(raw))
        how = thunderbird.wait_for(
            """
            const about = gTabmail.currentAboutMessage, browser = about?.getMessagePaneBrowser();
            if (about?.gMessageURI !== arguments[0]) return false;
            if (browser.currentURI.spec.startsWith("data:")) return "error page";
            return about.msgLoaded && browser.contentDocument?.readyState === "complete" && "message";
            """,
            uri, seconds=60,
        )  # fmt: skip
        if how == "error page":
            raise PeerRefused("it has no key, or cannot use it")
        shown = thunderbird.run(
            "return gTabmail.currentAboutMessage.getMessagePaneBrowser().contentDocument.body.textContent"
        )
        if words not in shown:
            raise PeerRefused("it shows nothing of the text")
        # Signatures are checked beside, and images come after the text.
        thunderbird.wait_for(
            """
            const about = gTabmail.currentAboutMessage;
            const images = [...about.getMessagePaneBrowser().contentDocument.images];
            return about.gSmimeProcessedDispatched && images.every(each => each.complete);
            """,
            seconds=60,
        )
        found = thunderbird.run_async(
            """
            const about = gTabmail.currentAboutMessage, document = about.document;
            const icon = (id, prefix) => {
                const image = document.getElementById(id);
                return image.hidden ? null : image.getAttribute("src").split(prefix)[1].split(".svg")[0];
            };
            const { NetUtil } = ChromeUtils.importESModule("resource://gre/modules/NetUtil.sys.mjs");
            const octets = uri => new Promise((resolve, reject) =>
                NetUtil.asyncFetch({ uri, loadUsingSystemPrincipal: true }, (stream, status) =>
                    Components.isSuccessCode(status)
                        ? resolve(NetUtil.readInputStreamToString(stream, stream.available()))
                        : reject(Error(status))));
            const files = {};
            for (const each of about.currentAttachments) {
                files[each.name] = btoa(await octets(each.url));
            }
            return {
                signed: icon("signedHdrIcon", "message-signed-"),
                encrypted: icon("encryptedHdrIcon", "message-encrypted-"),
                subject: document.getElementById("expandedsubjectBox").textContent,
                text: about.getMessagePaneBrowser().contentDocument.body.textContent,
                images: [...about.getMessagePaneBrowser().contentDocument.images].map(each => each.naturalWidth),
                files,
            };
            """
        )
        files = {name: base64.b64decode(octets) for name, octets in found.pop("files").items()}
        return Shown(**found, files=files)

    def write(self, sender: Person, reader: str, text: str, *, sign: bool, encrypt: bool) -> bytes:
        """Composes a message with its own means and puts it into the Outbox; the message there, octet by octet.

        Raises:
            PeerRefused: it does not send.
        """
        complaint = self._thunderbird.run_async(
            """
            const [sender, reader, text, sign, encrypt] = given;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
            const own = database.getCerts().find(each => each.emailAddress === sender);
            const identity = MailServices.accounts.createIdentity();
            identity.email = sender;
            identity.fullName = "Anna Müster";
            for (const use of ["signing", "encryption"]) {
                identity.setUnicharAttribute(`${use}_cert_name`, own.displayName);
                identity.setCharAttribute(`${use}_cert_dbkey`, own.dbKey);
            }
            const make = (id, kind) => Cc[`@mozilla.org/messengercompose/${id};1`].createInstance(kind);
            const fields = make("composefields", Ci.nsIMsgCompFields);
            fields.from = `Anna Müster <${sender}>`;
            fields.to = reader;
            fields.subject = "Grüße";
            fields.body = text;
            fields.forcePlainText = true;
            fields.useMultipartAlternative = false;
            fields.composeSecure = make("composesecure", Ci.nsIMsgComposeSecure);
            fields.composeSecure.signMessage = sign;
            fields.composeSecure.requireEncryptMessage = encrypt;
            for (const address of encrypt ? [sender, reader] : []) {
                const found = await new Promise(resolve => fields.composeSecure.asyncFindCertByEmailAddr(address, {
                    QueryInterface: ChromeUtils.generateQI(["nsIDoneFindCertForEmailCallback"]),
                    findCertDone(email, found) { resolve(found); },
                }));
                if (!found) return `it does not encrypt to ${address}`;
                fields.composeSecure.cacheValidCertForEmail(address, found.dbKey);
            }
            const params = make("composeparams", Ci.nsIMsgComposeParams);
            params.composeFields = fields;
            params.identity = identity;
            params.format = Ci.nsIMsgCompFormat.PlainText;
            const compose = MailServices.compose.initCompose(params);
            const outbox = MailServices.accounts.localFoldersServer.rootFolder.getFolderWithFlags(
                Ci.nsMsgFolderFlags.Queue);
            const before = outbox.getTotalMessages(false);
            compose.sendMsg(Ci.nsIMsgCompDeliverMode.Later, identity, "", null, null).catch(() => {});
            await new Promise(resolve => {
                const turn = setInterval(() => {
                    if (outbox.getTotalMessages(false) === before) return;
                    clearInterval(turn);
                    resolve();
                }, 30);
            });
            return "";
            """,
            sender.address, reader, text, sign, encrypt,
        )  # fmt: skip
        if complaint:
            raise PeerRefused(complaint)
        (box,) = self._home.glob("profile/Mail/Local Folders/Unsent Messages")
        # An mbox, and what it notes for itself.
        raw = box.read_bytes().rpartition(b"From - ")[2].partition(b"\n")[2]
        raw = re.sub(rb"(?m)^>(>*From )", rb"\1", raw)
        return re.sub(rb"(?m)^X-Mozilla-[^\n]*\n(?:[ \t][^\n]*\n)*", b"", raw)


def shown_by_thunderbird(peer: ThunderbirdPeer, form: Form, raw: bytes) -> None:
    """It shows a message of ours with the icons that it deserves, its image and its file. Raises `PeerRefused`."""
    if form.reader:
        peer.keep(form.reader)
    shown = peer.read(raw, "5 € – „schön“")
    if form.signed_by and shown.signed is None and not form.encrypted_to:
        # It says nothing of a signature that it cannot check, as of a bad one.
        raise PeerRefused("no icon for the signature")
    assert (shown.signed, shown.encrypted) == (form.signed_by and "ok", form.encrypted_to and "ok"), form.name
    assert shown.subject.removeprefix("Subject:") == ("[...]" if form.encrypted_to else SUBJECT)
    assert shown.images == [1]
    assert shown.files == {name: octets for name, octets in FILES.items() if name.endswith("pdf")}


def written_by_thunderbird(peer: ThunderbirdPeer, form: Form, desk: Desk) -> None:
    """A message that it signs and encrypts opens here with the verdict it deserves. Raises `PeerRefused`."""
    if form.opaque or form.apart or form.blind or form.algorithm.endswith("GCM"):
        raise PeerRefused("no option for it")
    (sender,) = form.senders
    reader = form.reader or person(str(form.signed_by), f"bea-{str(form.signed_by).lower()}")
    peer.keep(sender)
    peer.keep(reader)
    raw = peer.write(
        sender, reader.address, TEXT, sign=form.signed_by is not None, encrypt=form.encrypted_to is not None
    )
    opened = desk.open(raw, form.reader)
    try:
        verdict = opened.verdict
        assert verdict.signature.status == ("valid" if form.signed_by else "none"), (form.name, verdict.reasons)
        assert verdict.encryption.status == ("decrypted" if form.encrypted_to else "none"), form.name
        (text,) = (b"".join(opened.body(part.id)).decode() for part in opened.parts)
        assert text.rstrip() == TEXT.replace("\n", "\r\n").rstrip()
    finally:
        opened.close()
