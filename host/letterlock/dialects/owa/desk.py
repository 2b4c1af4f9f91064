"""The operations of the dialect, each from the JSON text of its request to the JSON text of its result.

Failures become error codes here, and a line in the log with the code of what went wrong and nothing of the mail.
"""

from __future__ import annotations

import locale
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.cms import SigningKey
from letterlock.dialects.owa import reading, texts, writing
from letterlock.dialects.owa.asking import Asker, NobodyToAsk, NotAnswered, OneAtATime
from letterlock.dialects.owa.schema import CONTROL, VERSION, ErrorCode, failure, loggable, operation
from letterlock.dialects.owa.server import Server
from letterlock.dialects.owa.unlocking import Unlocking
from letterlock.errors import Cancelled, Fault, LetterlockError, MessageTooLarge
from letterlock.keystore.failures import VaultLocked
from letterlock.keystore.vault import Vault
from letterlock.operations import keys_choose, timestamps
from letterlock.operations.every_key import EveryKey
from letterlock.operations.memory import Memory
from letterlock.operations.online import Online
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.owa import keep_raised
from letterlock.operations.protect import Desk, Plan
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.operations.tokens import Tokens
from letterlock.operations.trust import KeptSettings, TrustSettings
from letterlock.operations.vault import HostVault
from letterlock.spool import Spool
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate
from letterlock.trust.revocation import Mode
from letterlock.verdict import EncryptionStatus, Opened

Seen = Callable[[Opened], None]
"""Told the whole verdict of the message that was read last."""


class NotOpened(LetterlockError):
    """The message stayed closed; `why` is the headline's code."""

    code = "owa_not_opened"
    fault = Fault.MAIL
    why: str


class OwaDesk:
    """Everything that the operations need, for one process.

    Args:
        database: the user's.
        policy: the organisation's policy file.
        asker: who asks for passphrase and PIN.
        log: takes lines without content.
        seen: told what was read.
        language: of the window that asks.
        clock: the present time.
    """

    def __init__(
        self,
        database: Path,
        policy: Path | None,
        asker: Asker,
        log: Callable[[str], None],
        seen: Seen = lambda opened: None,
        language: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._trust = KeptSettings(database, policy)
        self._policy = policy
        self._vault = HostVault(database)
        self._tokens = Tokens(database)
        self._memory = Memory(database)
        self._online = Online(database)
        self._log = log
        self._seen = seen
        self._clock = clock
        self._asking = OneAtATime(asker)
        self.language = language or ("de" if (locale.getlocale()[0] or "").startswith("de") else "en")
        self._unlocking = Unlocking(database, self._vault, self._tokens, self._asking, self.language)
        self._server = Server()
        self._closing: list[Callable[[], None]] = []

    def on_close(self, do: Callable[[], None]) -> None:
        """Also do this when the conversation is over."""
        self._closing.append(do)

    def close(self) -> None:
        """No window stays open, and nothing unlocked."""
        self._asking.stop()
        self._tokens.lock()
        for do in self._closing:
            do()

    def answer(self, text: Spool, cancelled: Callable[[], bool]) -> Spool:
        """The result of a request. Never raises: what goes wrong is a result, too.

        Args:
            text: the request; it is closed.
        """
        result, strings = Spool(), Spool()
        try:
            data = self._data(text, strings, cancelled)
            try:
                texts.write({"Data": data.value, "ErrorCode": int(ErrorCode.NONE)}, result)
            finally:
                data.close()
        except _Unknown as unknown:
            self._log(f"unknown request {unknown}")
            return _failed(result, ErrorCode.UNKNOWN_REQUEST)
        except LetterlockError as wrong:
            codes = wrong.codes if isinstance(wrong, NothingLeaves) else (wrong.code,)
            self._log(f"no result: {', '.join(codes)}")
            return _failed(result, error_code(wrong))
        except Exception as mistake:
            # The kind and not the text, which may repeat what a mail says.
            self._log(f"a mistake: {type(mistake).__name__}")
            return _failed(result, ErrorCode.INTERNAL)
        finally:
            text.close()
            strings.close()
        return result

    def _data(self, text: Spool, strings: Spool, cancelled: Callable[[], bool]) -> _Data:
        params = texts.read(text.blocks(), strings)
        name = operation(params.get("__type"))
        if name == "InitializeParams":
            return _Data(self._initialise(params, strings))
        if name == "CreateMessageFromSmimeParams":
            opened = self._read(params, cancelled)
            return _Data(reading.message(opened), opened.close)
        if name == "GetSigningCertificateParams":
            return _Data(self._signing_certificate(params))
        if name == "CreateSmimeFromMessageParams":
            return self._write(params, strings)
        raise _Unknown(loggable(name))

    # --- The operations ---

    def _initialise(self, params: Mapping[str, Any], strings: Spool) -> dict[str, object]:
        settings = params.get("Settings")
        if isinstance(settings, str | texts.Text):
            settings = texts.read_text(settings, strings) if any(texts.pieces_of(settings)) else {}
        given = settings if isinstance(settings, Mapping) else None
        self._server = server = Server.of(given or {})
        if server.raised:
            self._log(f"the server asks for {', '.join(server.raised)}; something stronger is used")
        if given is not None:
            self._remember(server)
        return {
            "__type": f"SmimeControlCapabilities{CONTROL}",
            "SupportsAsyncMethods": True,
            "Version": VERSION,
        }

    def _remember(self, server: Server) -> None:
        try:
            keep_raised(self._database, server.raised)
        except LetterlockError as wrong:
            self._log(f"not kept for the doctor: {wrong.code}")

    def _read(self, params: Mapping[str, Any], cancelled: Callable[[], bool]) -> OpenedMessage:
        opened = self._open(params, cancelled)
        for _ in range(limits.OWA_PROMPTS):
            asked = self._unlocking.for_reading(opened.verdict)
            if asked is None:
                break
            opened.close()
            asked()
            opened = self._open(params, cancelled)
        try:
            if opened.verdict.encryption.status in (EncryptionStatus.UNDECRYPTABLE, EncryptionStatus.REFUSED):
                raise NotOpened(opened.verdict.headline.code)
            if opened.pending:
                # The dialect cannot say anything later, so OWA waits for what is known about withdrawal.
                opened.renew(opened.find(cancelled))
            self._seen(Opened(verdict=opened.verdict, parts=opened.parts, message=None))
        except BaseException:
            opened.close()
            raise
        return opened

    def _open(self, params: Mapping[str, Any], cancelled: Callable[[], bool]) -> OpenedMessage:
        opening = Opening(
            self._settings(),
            language=self.language,
            keys=[self._tokens] if self._server.only_cards else EveryKey(lambda: self._vault, lambda: self._tokens),
            memory=self._memory,
            online=self._online,
            cancelled=cancelled,
        )
        try:
            for octets in reading.raw(params):
                opening.feed(octets)
        except BaseException:
            opening.abandon()
            raise
        return opening.close()

    def _settings(self) -> TrustSettings:
        """Whom the user trusts; the server can shorten times and want less traffic, and never less trust than that."""
        trust, server = self._trust.now(), self._server
        if server.timeout is not None:
            seconds = min(server.timeout, trust.network.total_seconds)
            trust = trust._replace(network=trust.network._replace(request_seconds=seconds, total_seconds=seconds))
        if server.no_revocation and trust.mode is not Mode.STRICT:
            trust = trust._replace(mode=Mode.AT_HAND, online=False)
        return trust

    def _signing_certificate(self, params: Mapping[str, Any]) -> str:
        found = self._own(params)
        if not found:
            raise writing.NoSigningCertificate
        return "".join(texts.base64_pieces([found[0].der]))

    def _own(self, params: Mapping[str, Any]) -> list[Certificate]:
        """Certificates that sign now: cards first, then what each address uses, the latest first."""
        now = self._clock()
        cards = [each for each in self._unlocking.on_cards() if _in_force(each, now) and keys_choose.signs(each)]
        if self._server.only_cards:
            return cards
        entries = Vault.at(self._database).entries()
        chosen = [
            keys_choose.choose(entries, self._database, each, now).sign for each in keys_choose.addresses(entries)
        ]
        kept = sorted({each.certificate for each in chosen if each}, key=lambda each: each.not_before, reverse=True)
        defaults = {use.get("sign") for use in keys_choose.defaults(self._database).values()}
        preferred = [each.certificate for each in chosen if each and each.entry.id in defaults]
        return [*cards, *preferred, *kept]

    def _write(self, params: Mapping[str, Any], strings: Spool) -> _Data:
        wanted = writing.order(params, self._server, strings)
        plan = self._planned(wanted)
        (made,) = plan.make()

        def pieces() -> Any:
            # Everything that is written is ASCII.
            return (block.decode("ascii", "replace") for block in made.octets.blocks())

        return _Data(texts.Pieces(pieces), made.octets.close)

    def _planned(self, wanted: writing.Order) -> Plan:
        for _ in range(limits.OWA_PROMPTS):
            if wanted.sign and wanted.signer is not None:
                self._unlocking.card(wanted.signer)
            try:
                return writing.plan(wanted, self._server, self._desk(wanted))
            except NothingLeaves as missing:
                if not any(isinstance(each, VaultLocked) for each in missing.problems):
                    raise
                # Only where nothing else is missing: nobody should type a passphrase for nothing.
                if any(not isinstance(each, VaultLocked) for each in missing.problems):
                    raise
            self._unlocking.vault()
        raise NotAnswered

    def _desk(self, wanted: writing.Order) -> Desk:
        trust = self._settings()
        if self._server.revocation_on_send and trust.mode is Mode.OFF:
            trust = trust._replace(mode=Mode.AT_HAND)
        keys: list[SigningKey] = list(self._tokens.keys())
        if not self._server.only_cards and wanted.signer is not None:
            keys = [*self._unlocking.chosen(wanted.signer, self._server.digest), *keys]
        # The certificate that the person chose in OWA goes first.
        keys.sort(key=lambda each: wanted.signer is None or not _same(each, wanted.signer))
        if self._server.only_cards and wanted.sign and not any(_names(each, wanted) for each in keys):
            raise NothingLeaves([writing.OnlyCards()])
        stamping = timestamps.settings(self._database, self._policy)
        return Desk(self._vault.vault, self._database, trust, self._clock(), cards=keys, stamping=stamping)


def _names(key: SigningKey, wanted: writing.Order) -> bool:
    from cryptography.hazmat.primitives.serialization import Encoding

    certificate = Certificate.parse(key.certificate.public_bytes(Encoding.DER))
    return names_address(certificate.addresses, wanted.sender)


class _Unknown(Exception):
    """A request that nobody knows; its text may be logged."""


class _Data:
    """A result's data, and what has to be closed once it is written."""

    def __init__(self, value: object, close: Callable[[], None] = lambda: None) -> None:
        self.value = value
        self.close = close


def error_code(wrong: LetterlockError) -> ErrorCode:
    """What OWA is told of a failure."""
    if isinstance(wrong, MessageTooLarge):
        return ErrorCode.TOO_LARGE
    if isinstance(wrong, NotAnswered | NobodyToAsk | VaultLocked):
        return ErrorCode.NOT_UNLOCKED
    if isinstance(wrong, NothingLeaves | writing.NoSigningCertificate):
        return ErrorCode.NOTHING_MADE
    if isinstance(wrong, Cancelled):
        return ErrorCode.INTERNAL
    if wrong.code.startswith(("frame_", "field_", "owa_not_base64")):
        return ErrorCode.MALFORMED
    return ErrorCode.UNREADABLE


def _failed(spool: Spool, code: ErrorCode) -> Spool:
    spool.close()
    failed = Spool()
    texts.write(failure(code), failed)
    return failed


def _in_force(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_before <= now <= certificate.not_after


def _same(key: SigningKey, certificate: Certificate) -> bool:
    from cryptography.hazmat.primitives.serialization import Encoding

    return key.certificate.public_bytes(Encoding.DER) == certificate.der
