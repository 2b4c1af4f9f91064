"""The descriptions of the protocol say what the code does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from letterlock.errors import Cancelled, Fault, InternalError
from letterlock.protocol import answers, generate, host_models, requests
from letterlock.protocol.failures import ProtocolMismatch
from letterlock.protocol.frames import encode_chunk, parse
from letterlock.words import LANGUAGES, codes, say

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.json"))


@pytest.mark.parametrize("path", generate.files(), ids=lambda path: path.name)
def test_generated_files_are_fresh(path: Path) -> None:
    """Schema, declarations and tables equal what the models and failures say now (mend: `python -m
    letterlock.protocol.generate`)."""
    assert path.read_text("utf-8") == generate.files()[path]


def test_the_schema_is_a_schema() -> None:
    """An independent reader understands it."""
    jsonschema.Draft202012Validator.check_schema(generate.json_schema())


@pytest.mark.parametrize(
    "frame",
    [
        answers.hello(),
        answers.credit("r", 1),
        answers.progress("r", 1, None),
        answers.progress("r", 1, 2),
        parse(encode_chunk("r", b"octets", True)[4:]),
        answers.reply("r", {}),
        answers.reply("r", {"size": 1, "type": "text/plain", "charset": None, "name": None}),
        answers.error(None, Cancelled()),
        answers.error("r", InternalError(where="here"), "de"),
        answers.error("r", ProtocolMismatch(host="1.0", client="2.0", older="host")),
    ],
    ids=lambda frame: str(frame["type"]),
)
def test_what_the_host_says_has_the_shape_that_is_described(frame: answers.Frame) -> None:
    """Frames are made as plain objects, and each is what the schema promises."""
    schema = generate.json_schema()
    host = {"$ref": "#/$defs/HostFrame", "$defs": schema["$defs"]}
    jsonschema.validate(json.loads(json.dumps(frame)), host)


def test_the_operations_of_hello_are_those_with_a_model() -> None:
    """What is announced can be asked for."""
    assert set(answers.OPERATIONS) == set(requests.REQUESTS)
    known = {requests.request_model(each) for each in requests.REQUESTS}
    assert known == {each for each in get_args(host_models.ClientFrame) if "operation" in each.model_fields}


@pytest.mark.parametrize("failure", generate.protocol_failures(), ids=lambda failure: failure.code)
def test_every_failure_has_words_in_every_language(failure: type) -> None:
    """A sentence and, where it is not the person's own wish, advice; the facts fit into the sentence."""
    facts = dict.fromkeys(failure.FIELDS, "X")  # type: ignore[attr-defined]
    assert failure.code in codes()  # type: ignore[attr-defined]
    assert isinstance(failure.fault, Fault)  # type: ignore[attr-defined]
    texts = {say(failure.code, facts, language) for language in LANGUAGES}  # type: ignore[attr-defined]
    assert len(texts) == len(LANGUAGES)
    assert all(words.sentence for words in texts)
    assert failure is Cancelled or all(words.advice for words in texts)


@pytest.mark.parametrize("older", ["host", "extension"])
def test_a_mismatch_names_the_side_to_update(older: str) -> None:
    """The advice depends on which side is older, the code does not."""
    frame = answers.error(None, ProtocolMismatch(host="1.0", client="2.0", older=older))
    error = frame["error"]
    assert isinstance(error, dict)
    assert error["code"] == "protocol_mismatch"
    assert ("letterlock setup" in error["advice"]) == (older == "host")


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcripts_are_well_formed(path: Path) -> None:
    """Each golden conversation has the form that its README describes."""
    transcript = json.loads(path.read_text("utf-8"))
    assert set(transcript) <= {"about", "argv", "host", "conversation"}
    for step in transcript["conversation"]:
        (kind,) = set(step) - {"from"}
        allowed = {"client": {"frame", "octets", "text", "flood", "end"}, "host": {"frame", "exit"}}
        assert kind in allowed[step["from"]]
