"""The host process before Microsoft's extension: golden conversations, interleaved, cut off, large and hostile."""

from __future__ import annotations

import base64
import json
import re
import struct
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.dialects.extension import (
    EDGE,
    NS,
    Extension,
    create_message,
    create_smime,
    download,
    envelope,
    initialise,
    signing_certificate,
    upload,
)
from tests.dialects.office import COMMAND, Office, data_url, mail
from tests.keystore.vaults import PASSPHRASE
from tests.operations.writing_desk import BOTH, SIGNED

GOLDEN = sorted((Path(__file__).parent / "owa").glob("*.json"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


# --- Golden conversations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_conversation(office: Office, file: Path) -> None:
    """Each operation, and each way of the envelope, frame by frame; README.md there explains the placeholders."""
    conversation = json.loads(file.read_text())["conversation"]
    with office.host(PASSPHRASE) as extension:
        for step in conversation:
            message = _filled(office, step["message"], sent=step["from"] == "extension")
            if step["from"] == "extension":
                extension.say(message)
            else:
                expect(message, extension.hear())
        assert extension.silent()


def _filled(office: Office, value: Any, sent: bool) -> Any:
    """A message with the values of this office in place of their names."""
    if isinstance(value, list):
        return [_filled(office, each, sent) for each in value]
    if not isinstance(value, dict):
        return value
    if "$certificate" in value:
        return office.certificate(value["$certificate"])
    if "$smime" in value:
        return data_url(office.protected(value["$smime"].encode(), {"signed": SIGNED, "both": BOTH}[value["how"]]))
    filled = {name: _filled(office, each, sent) for name, each in value.items()}
    return json.dumps(filled["$json"]) if sent and "$json" in filled else filled


def expect(expected: Any, found: Any) -> None:
    """Compares what arrived with what is meant."""
    if isinstance(expected, dict):
        if "$json" in expected:
            expect(expected["$json"], json.loads(found))
        elif "$matches" in expected:
            assert re.fullmatch(expected["$matches"], found, re.DOTALL), found
        elif "$any" in expected:
            assert type(found).__name__ == expected["$any"], found
        else:
            assert isinstance(found, dict)
            assert set(expected) == set(found)
            for name, each in expected.items():
                expect(each, found[name])
    elif isinstance(expected, list):
        assert len(expected) == len(found)
        for one, other in zip(expected, found, strict=True):
            expect(one, other)
    else:
        assert expected == found


def test_there_is_a_golden_conversation_of_each_operation() -> None:
    """And of what is none."""
    said = "".join(file.read_text() for file in GOLDEN)
    for name in ("Initialize", "CreateMessageFromSmime", "GetSigningCertificate", "CreateSmimeFromMessage"):
        assert f"{name}Params:#" in said
    for kind in ("GetSettings", "UploadPartialRequest", "DownloadPartialResult"):
        assert f'"{kind}"' in said


# --- As a browser behaves ----------------------------------------------------------------------------------------


def test_both_ids_of_microsoft_are_served_and_no_other(office: Office) -> None:
    """An extension that nobody allowed gets no answer; the browser's console says why."""
    for origin in ("chrome-extension://maafgiompdekodanheihhgilkjchcakm/", EDGE):
        with Extension(COMMAND, office.environment(), origin) as extension:
            assert extension.settings() == {"AllowedDomainsByPolicy": []}
            assert extension.leave() == 0
    for stranger in ("chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/", "x"):
        with Extension(COMMAND, office.environment(), stranger) as extension:
            assert extension.leave() == 1
            assert b"caller_not_allowed" in extension.stderr


def test_sites_are_told(tmp_path: Path) -> None:
    """Those of the user's file; a damaged one allows nothing."""
    (tmp_path / "config").mkdir()
    file = tmp_path / "config" / "owa.json"
    environment = {"LETTERLOCK_HOME": str(tmp_path)}
    for text, sites in (('{"sites": ["mail.muster.example"]}', ["mail.muster.example"]), ('{"sites": 5}', [])):
        file.write_text(text)
        with Extension(COMMAND, environment) as extension:
            assert extension.settings() == {"AllowedDomainsByPolicy": sites}


def test_several_requests_at_once_each_get_their_own_answer(office: Office) -> None:
    """Slices of four requests, interleaved, on two ports; answers asked for in another order."""
    operations: dict[tuple[str, int], dict[str, Any]] = {
        ("one", 1): initialise({}),
        ("one", 2): create_message(
            data_url(office.protected(b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\nfirst\r\n"))
        ),
        ("two", 1): signing_certificate(),
        ("two", 2): {"__type": f"Unknown{NS}"},
    }
    with office.host(PASSPHRASE) as extension:
        streams = {key: upload(*key, operation, 97) for key, operation in operations.items()}
        for number in range(max(map(len, streams.values()))):
            for messages in streams.values():
                if number < len(messages):
                    extension.say(messages[number])
        for key, messages in streams.items():
            for _ in messages:
                assert extension.hear(*key)["messageType"] == "UploadPartialRequest"
        found = {key: extension.fetch(*key, size=1000) for key in reversed(list(operations))}
    assert found["one", 1]["Data"]["Version"]
    assert "first" in found["one", 2]["Data"]["NormalizedBody"]["Value"]
    assert base64.b64decode(found["two", 1]["Data"])
    assert found["two", 2] == {"Data": None, "ErrorCode": 1}


def test_the_passphrase_is_asked_for_in_our_own_window(office: Office) -> None:
    """By a pinentry, with words of ours; neither frames nor logs have it, and it opens what was encrypted."""
    message = office.protected(b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\nsecret\r\n", BOTH)
    with office.host("wrong wrong wrong", PASSPHRASE) as extension:
        found = extension.ask(create_message(data_url(message)))
        assert found["Data"]["SmimeType"] == 13
        again = extension.ask(create_message(data_url(message)))
        assert again["Data"]["SmimeType"] == 13
        extension.leave()
        assert PASSPHRASE.encode() not in extension.stderr
    asked = office.asked()
    assert asked.count("GETPIN") == 2
    assert "SETTITLE Letterlock" in asked
    assert "SETERROR That was not the passphrase." in asked


def test_other_requests_go_on_while_a_window_is_open(office: Office) -> None:
    """A window may stay open for minutes."""
    message = office.protected(b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\nsecret\r\n", BOTH)
    environment = dict(office.environment())
    script = office.folder / "programs" / "pinentry-mac"
    script.write_text("#!/bin/sh\necho OK\nexec sleep 300\n")
    with Extension(COMMAND, environment) as extension:
        extension.give("p", 1, upload("p", 1, create_message(data_url(message))))
        assert extension.ask(initialise({}), port="q")["ErrorCode"] == 0
        started = time.monotonic()
        extension.leave()
        assert time.monotonic() - started < 15, "the window is closed with the browser"


def test_a_browser_that_leaves_in_the_middle_leaves_nothing(office: Office) -> None:
    """In the middle of a frame, an upload, a download; and processes and files are gone."""
    message = data_url(
        office.protected(b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\n" + b"x\r\n" * 50_000, SIGNED)
    )
    messages = upload("p", 1, create_message(message))
    for leave in range(4):
        with office.host(PASSPHRASE) as extension:
            if leave == 0:
                extension.send(struct.pack("=I", 1000) + b"{")
            elif leave == 1:
                extension.say(messages[0])
            elif leave == 2:
                extension.give("p", 1, messages)
            else:
                extension.give("p", 1, messages)
                extension.say(download("p", 1, 10))
                extension.hear("p", 1)
            assert extension.leave() == 0


def test_fifty_megabytes_are_written_and_read(office: Office) -> None:
    """In slices of 100,000 characters and odd parts, with memory that does not grow with the message."""
    octets = 50 * 1024 * 1024
    content = base64.b64encode(bytes(3)).decode() * (octets // 3)
    large = mail(Attachments=[{"Name": "a.bin", "ContentType": "application/octet-stream", "Content": content}])
    with office.host(PASSPHRASE) as extension:
        extension.ask(initialise({}))
        watched = psutil.Process(extension.process.pid)
        before = watched.memory_info().rss
        written = extension.ask(create_smime(large, office.certificate("anna"), None), part=399_999)
        assert written["ErrorCode"] == 0, extension.stderr
        message = written["Data"].encode()
        assert len(message) > octets
        after_writing = watched.memory_info().rss
        body = message.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"").decode()
        smime = f"data:application/pkcs7-mime;base64,{body}"
        found = extension.ask(create_message(smime, From=mail()["From"]), part=100_003)
        after_reading = watched.memory_info().rss
    assert found["Data"]["SmimeSignature"]["IsCertValidToClient"]
    assert found["Data"]["Attachments"][0]["Size"] == len(base64.b64decode(content))
    assert found["Data"]["Attachments"][0]["Content"] == content
    assert after_writing - before < 200 * 1024 * 1024
    assert after_reading - before < 250 * 1024 * 1024


HOSTILE = (
    struct.pack("=I", 5) + b"\xff\xfe\xfd\xfc\xfb",
    struct.pack("=I", 2) + b"[]",
    struct.pack("=I", 0),
    b"".join(struct.pack("=I", 4) + b"null" for _ in range(100)),
    struct.pack("=I", 40_000) + b"[" * 40_000,
)


def test_hostile_frames_end_nothing(office: Office) -> None:
    """What is no frame is skipped, and an honest request after it is answered."""
    with office.host() as extension:
        for octets in HOSTILE:
            extension.send(octets)
        assert extension.ask(initialise({}))["ErrorCode"] == 0
        extension.send(struct.pack("=I", 5_000_000) + b" " * 5_000_000)
        assert extension.ask(initialise({}))["ErrorCode"] == 0


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"__type": None},
        {"__type": ["x"]},
        {"__type": f"InitializeParams{NS}", "Settings": "{"},
        {"__type": f"InitializeParams{NS}", "Settings": "[" * 1000},
        {"__type": f"CreateMessageFromSmimeParams{NS}"},
        {"__type": f"CreateMessageFromSmimeParams{NS}", "Smime": {"a": ["b"] * 1000}},
        {"__type": f"CreateMessageFromSmimeParams{NS}", "Smime": "data:multipart/signed;base64," + "A" * 100_001},
        {"__type": f"CreateSmimeFromMessageParams{NS}"},
        {"__type": f"CreateSmimeFromMessageParams{NS}", "EmailMessage": "{}", "SigningCertificate": 5},
        {"__type": f"CreateSmimeFromMessageParams{NS}", "EmailMessage": "{}", "EncryptionCertificates": "[[]]"},
        {"__type": f"CreateSmimeFromMessageParams{NS}", "EmailMessage": "{}", "EncryptionCertificates": '{"a":1}'},
        {
            "__type": f"CreateSmimeFromMessageParams{NS}",
            "EmailMessage": json.dumps(
                {"From": 5, "ToRecipients": [5, None, {}], "Attachments": [None, 5, {"Content": 5}]}
            ),
            "SigningCertificate": "AAAA",
        },
        {
            "__type": f"CreateSmimeFromMessageParams{NS}",
            "EmailMessage": json.dumps(mail(Attachments=[{"Name": None, "Content": "*" * 9000}])),
        },
    ],
)
def test_hostile_requests_are_answered_with_an_error(host: Extension, operation: dict[str, Any]) -> None:
    """Or with nothing worse than defaults; and the host lives on."""
    found = host.ask(operation)
    assert set(found) == {"Data", "ErrorCode"}
    assert found["ErrorCode"] != 99, host.stderr
    if operation.get("__type") != f"InitializeParams{NS}":
        assert found["Data"] is None
        assert found["ErrorCode"] != 0
    assert host.ask(signing_certificate())["ErrorCode"] == 0


@pytest.fixture(scope="module")
def host(office: Office) -> Any:
    with office.host(PASSPHRASE) as extension:
        yield extension


def test_nothing_of_a_mail_is_logged(office: Office) -> None:
    """The browser's console keeps what a host writes there."""
    secret = "Ge-heim-nis"
    with office.host(PASSPHRASE) as extension:
        extension.say(envelope("New" + secret, secret, 1, {secret: secret}))
        extension.hear()
        extension.ask({"__type": secret, secret: secret})
        extension.ask(create_smime(mail(Subject=secret, From=None), None, None))
        extension.ask(create_message(f"data:multipart/signed,{secret}"))
        extension.leave()
        assert extension.stderr
        assert secret.encode() not in extension.stderr
