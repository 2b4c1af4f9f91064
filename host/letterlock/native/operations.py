"""What a client can ask for, and how each request meets `letterlock.operations`.

An operation gets its call and its checked parameters, and answers through the call. Everything heavy is imported
when the first one starts (or before, by `warm_up`), never while the host says hello.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.evidence_operations import evidence_operations
from letterlock.native.key_operations import key_operations
from letterlock.native.letter_operations import letter_operations
from letterlock.native.messages import OpenMessages
from letterlock.native.people_operations import people_operations
from letterlock.native.proof_operations import proof_operations
from letterlock.native.send_operations import send_operations
from letterlock.native.settings_operations import settings_operations
from letterlock.native.trust_operations import trust_operations
from letterlock.native.ways_operations import ways_operations
from letterlock.native.writing_operations import writing_operations
from letterlock.protocol.failures import UnknownMessage
from letterlock.protocol.version import ALTERNATIVES, UPDATES, Version

if TYPE_CHECKING:
    from letterlock.native.messages import Opened
    from letterlock.operations.keys_serve import HostKeys
    from letterlock.operations.letter_serve import HostLetters
    from letterlock.operations.memory import Memory
    from letterlock.operations.online import Online
    from letterlock.operations.people_serve import HostPeople
    from letterlock.operations.proof_serve import HostProof
    from letterlock.operations.protect import Desk
    from letterlock.operations.receipts import Known
    from letterlock.operations.send_serve import HostSending
    from letterlock.operations.tokens import Tokens
    from letterlock.operations.trust import KeptSettings
    from letterlock.operations.trust_serve import HostTrust
    from letterlock.operations.vault import HostVault
    from letterlock.operations.ways_serve import HostWays
    from letterlock.protocol.events import Params
    from letterlock.protocol.models import CloseParams, IssuersParams, OpenParams, PartParams

Operation = Callable[[Call, "Params"], None]
Operations = Mapping[str, Operation]


def standard(messages: OpenMessages) -> Operations:
    """The operations of protocol 1, on the messages this host has open."""

    @cache
    def kept_settings() -> KeptSettings:
        from letterlock.operations.trust import KeptSettings
        from letterlock.store import location

        return KeptSettings(location.database(), location.policy())

    @cache
    def memory() -> Memory:
        from letterlock.operations.memory import Memory
        from letterlock.store import location

        return Memory(location.database())

    @cache
    def online() -> Online:
        from letterlock.operations.online import Online
        from letterlock.store import location

        return Online(location.database())

    @cache
    def one_tokens() -> Tokens:
        from letterlock.operations.tokens import Tokens
        from letterlock.store import location

        return Tokens(location.database())

    one = Lock()

    def tokens() -> Tokens:
        with one:
            return one_tokens()

    def vault() -> HostVault:
        # Two requests at once must not get two vaults, of which one is unlocked and the other is asked.
        with one:
            return one_vault()

    @cache
    def one_vault() -> HostVault:
        from letterlock.operations.vault import HostVault
        from letterlock.store import location

        return HostVault(location.database())

    def lock() -> dict[str, object]:
        from letterlock.operations.tokens import ask_to_lock
        from letterlock.store import location

        tokens().lock()
        ask_to_lock(location.database())
        return vault().lock()

    def sent() -> Known:
        from letterlock.operations.receipts import Sent
        from letterlock.store import location

        return Sent(location.database(), lambda: vault().vault, keep=True)

    def open_message(call: Call, params: OpenParams) -> None:
        from letterlock.operations.every_key import EveryKey
        from letterlock.operations.open import Opening

        opening = Opening(
            kept_settings().now(),
            language=call.language,
            keys=EveryKey(vault, tokens),
            memory=memory(),
            online=online(),
            promise=call.version >= UPDATES,
            sent=sent,
            cancelled=call.cancelled,
            progress=call.progress,
        )
        try:
            for data in call.upload():
                opening.feed(data)
        except BaseException:
            opening.abandon()
            raise
        opened = opening.close()
        handle = messages.keep(opened)
        try:
            call.reply(_shown(opened, handle, call))
        except BaseException:
            messages.close(handle)
            raise
        renew(call, handle)
        keep_evidence(call, handle)

    def keep_evidence(call: Call, handle: str) -> None:
        """After everything else: evidence of mail from senders that the person chose."""
        with suppress(UnknownMessage), messages.held(handle) as kept:
            if kept.opened.verdict.signature.status.value != "valid":
                return
            from letterlock.operations import bundle_automatic, describe
            from letterlock.store import location

            opened: Any = kept.opened
            with kept.reading:
                said = bundle_automatic.keep(
                    opened, kept_settings().now(), online(), location.database(), location.policy()
                )
            if said is not None and not kept.dropped:
                shown: Any = _shown(opened, handle, call)
                shown["verdict"]["reasons"].append(describe.reason(said, call.language).model_dump(mode="json"))
                call.update(handle, shown)

    def renew(call: Call, handle: str) -> None:
        """After the answer: what the network tells about the signers, and the verdict with it."""
        with suppress(UnknownMessage), messages.held(handle) as kept:
            if not kept.opened.pending:
                return
            found = kept.opened.find(lambda: call.cancelled() or kept.dropped)
            with kept.reading:
                kept.opened.renew(found)
            if not kept.dropped:
                call.update(handle, _shown(kept.opened, handle, call))

    def issuers(call: Call, params: IssuersParams) -> None:
        with messages.held(params.message) as kept:

            def unwanted() -> bool:
                # Asked ten times a second; the client knows by it that somebody is still working.
                call.progress(0, None)
                return call.cancelled() or kept.dropped

            found = kept.opened.find_issuers(unwanted)
            with kept.reading:
                kept.opened.renew(found, promise=call.version >= UPDATES)
            call.reply(_shown(kept.opened, params.message, call))
        renew(call, params.message)

    def part(call: Call, params: PartParams) -> None:
        with messages.part(params.message, params.part, params.text) as (found, pieces):
            charset = "utf-8" if params.text else found.charset
            call.reply({"size": found.size, "type": found.type, "charset": charset, "name": found.name})
            call.send(pieces)

    def close(call: Call, params: CloseParams) -> None:
        messages.close(params.message)
        call.reply({})

    def keys() -> HostKeys:
        from letterlock.operations.keys_serve import HostKeys
        from letterlock.store import location

        return HostKeys(vault().vault, location.database(), tokens)

    def people() -> HostPeople:
        from letterlock.operations.people_serve import HostPeople
        from letterlock.store import location

        return HostPeople(location.database())

    def proof() -> HostProof:
        from letterlock.operations.proof_serve import HostProof
        from letterlock.store import location

        return HostProof(vault().vault, location.database())

    def desk() -> Desk:
        from letterlock.operations import protect_serve
        from letterlock.store import location

        settings = kept_settings().now()
        return protect_serve.desk(vault().vault, tokens(), settings, location.database(), location.policy())

    def trust() -> HostTrust:
        from letterlock.operations.trust_serve import HostTrust
        from letterlock.store import location

        return HostTrust(location.database(), location.policy())

    def sending() -> HostSending:
        from letterlock.operations.send_serve import HostSending
        from letterlock.store import location

        return HostSending(vault().vault, location.database(), lambda: ways().carrying)

    def ways() -> HostWays:
        # What is under way is in its memory: two requests at once must not get two of them.
        with one_way:
            return one_ways()

    one_way = Lock()

    @cache
    def one_ways() -> HostWays:
        from letterlock.operations.ways_serve import HostWays
        from letterlock.store import location

        return HostWays(vault().vault, location.database(), location.policy())

    def letters() -> HostLetters:
        from letterlock.operations.letter_serve import HostLetters
        from letterlock.store import location

        return HostLetters(vault().vault, location.database())

    def owa_last() -> Mapping[str, object]:
        from letterlock.native.last import fetch
        from letterlock.store import location

        return fetch(location.data_dir())

    def answered(ask: Callable[[Any], Mapping[str, object]]) -> Operation:
        return lambda call, params: call.reply(ask(params))

    return {
        "open": open_message,  # type: ignore[dict-item]
        "part": part,  # type: ignore[dict-item]
        "close": close,  # type: ignore[dict-item]
        "issuers": issuers,  # type: ignore[dict-item]
        "vault_status": answered(lambda _: vault().status()),
        "vault_create": answered(lambda params: vault().create(params.passphrase, params.recovery)),
        "vault_unlock": answered(lambda params: vault().unlock(params.way, params.secret)),
        "vault_lock": answered(lambda _: lock()),
        "vault_passphrase": answered(lambda params: vault().change_passphrase(params.current, params.new)),
        "owa_last": answered(lambda _: owa_last()),
        "key_list": answered(lambda _: vault().listed()),
        **key_operations(keys, lambda: kept_settings().now()),
        **people_operations(people, tokens, lambda: kept_settings().now()),
        **trust_operations(trust),
        **proof_operations(proof, lambda: kept_settings().now(), messages, desk),
        **writing_operations(messages, desk),
        **letter_operations(messages, letters),
        **evidence_operations(messages, lambda: kept_settings().now(), online),
        **settings_operations(),
        **send_operations(sending, desk, lambda: kept_settings().now()),
        **ways_operations(ways, messages),
    }


def _shown(opened: Opened, handle: str, call: Call) -> dict[str, object]:
    """What the client sees of an opened message."""
    newer = None if call.version >= ALTERNATIVES else {"choices", "format", "delsp"}
    return {
        "verdict": opened.verdict.model_dump(mode="json", exclude=_unknown_to(call.version)),
        "parts": [part.model_dump(mode="json", exclude=newer) for part in opened.parts],
        "message": handle,
    }


def _unknown_to(version: Version) -> dict[str, Any] | None:
    """The fields of a verdict that a client of an older minor does not know, in pydantic's form."""
    if version >= Version(1, 2):
        return None
    return {"signers": {"__all__": {"times": True} | ({"path": {"assurance"}} if version < Version(1, 1) else {})}}


def warm_up() -> None:
    """Does beforehand what the first `open` would have to wait for: imports, and the building of models."""
    from letterlock.operations import open as _  # noqa: F401
    from letterlock.verdict import Opened

    Opened.model_rebuild()
