"""What the benchmarks measure is the real thing: a fast wrong answer would be worth nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from letterlock.cms.failures import ContentChanged
from tests.benchmarks import cms, smime
from tests.needs import require_program

_READS = [operation for operation in cms.OPERATIONS if operation.split()[0] in ("verify", "decrypt")]
_BACK = {"sign detached": "verify detached", "sign opaque": "verify opaque", "encrypt CBC": "decrypt CBC"}


@pytest.fixture
def openssl(tmp_path: Path) -> cms.OpenSsl:
    """OpenSSL's command line and the files it made, larger than one chunk."""
    require_program("openssl", "openssl")
    cms.identity(tmp_path, "RSA")
    made = cms.OpenSsl(tmp_path, "SMIME")
    made.prepare(3 * smime.CHUNK // 2)
    return made


@pytest.mark.parametrize("operation", _READS)
def test_the_benchmark_reads_what_openssl_wrote(openssl: cms.OpenSsl, tmp_path: Path, operation: str) -> None:
    """Both sides come to the same octets, from the same S/MIME file."""
    smime.run(operation, tmp_path, smime.Person.load(tmp_path))
    ours = (tmp_path / "out").read_bytes()
    openssl(operation)
    assert ours == (tmp_path / "out").read_bytes() == (tmp_path / "content").read_bytes()


@pytest.mark.parametrize("operation", _BACK)
def test_openssl_reads_what_the_benchmark_wrote(openssl: cms.OpenSsl, tmp_path: Path, operation: str) -> None:
    """What is written is a whole S/MIME message, by OpenSSL's judgement."""
    smime.run(operation, tmp_path, smime.Person.load(tmp_path))
    back = _BACK[operation]
    (tmp_path / "out").rename(tmp_path / f"{back.split()[1]}.eml")
    # With `-binary` OpenSSL takes the CR in front of a delimiter for content, and its own files have LF there.
    command = [each for each in openssl.command(back) if each != "-binary"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "content").read_bytes()


@pytest.mark.parametrize("kind", cms.KEYS)
def test_the_benchmark_in_memory_confirms_what_it_reads(tmp_path: Path, kind: str) -> None:
    """Each operation does its work, and a changed file is noticed."""
    require_program("openssl", "openssl")
    cms.identity(tmp_path, kind)
    cms.OpenSsl(tmp_path, "DER").prepare(2_000)
    engine = cms.InMemory(tmp_path)
    for operation in cms.OPERATIONS:
        engine(operation)
        engine.bare(operation)()
    (tmp_path / "content").write_bytes(b"other")
    changed = cms.InMemory(tmp_path)
    with pytest.raises(ContentChanged):
        changed("verify detached")
