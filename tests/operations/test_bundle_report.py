"""The report says what the JSON says, in two languages and two forms, and nothing in it acts."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from letterlock.operations.bundle_pdf import pdf
from letterlock.operations.bundle_report import html, sections, title
from letterlock.operations.bundle_shapes import Checked
from letterlock.words import LANGUAGES
from tests.evidence.notary import CA, NOW, Notary, bundle, checked, lists, renewed
from tests.evidence.repacked import objects
from tests.evidence.tokens import signed_mail
from tests.trust.chains import DAY, person


@pytest.fixture(scope="module")
def octets() -> bytes:
    with Notary() as notary:
        first = bundle(notary)
        notary.now = NOW + 30 * DAY
        return renewed(first, notary)


class Text(HTMLParser):
    """The text of a page, and the elements in it."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def every_text(found: Checked) -> list[str]:
    """What a person has to read of an answer."""
    said = [found.headline.sentence, found.headline.advice, found.message.sha256, found.at]
    said += [each.sentence for each in (*found.statements, *found.not_proven, *found.reasons)]
    said += [proof.object for each in found.statements for proof in each.proof]
    said += [each.sha256 for each in found.objects]
    said += [each.time or "–" for each in found.time_stamps]
    assert found.verdict is not None
    return [*said, found.verdict.headline.sentence, *(each.sentence for each in found.verdict.reasons)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_json_says(octets: bytes, language: str) -> None:
    """Every sentence, digest and time of it."""
    for at, evidence in ((NOW + 40 * DAY, lists(NOW + 40 * DAY)), (NOW + 4000 * DAY, lists())):
        found = checked(octets, at, language=language, evidence=evidence)
        text = Text(html(found, language)).text
        assert [each for each in every_text(found) if each not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_the_page_says(octets: bytes, language: str) -> None:
    """As an independent reader reads it, but for where lines are broken."""
    found = checked(octets, NOW + 40 * DAY, language=language)
    read = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(found, language))).pages)
    text = re.sub(r"\s", "", read)
    wanted = [*title(found, language)]
    for section in sections(found, language):
        wanted += [section.title, *(part for row in (*section.sentences, *section.rows) for part in row)]
    assert [each for each in wanted if re.sub(r"\s", "", each) not in text] == []


def test_the_report_in_the_bundle(octets: bytes) -> None:
    """It says what was known before there was a time-stamp, and the verdict's own sentence."""
    held = objects(octets)
    verdict = json.loads(held["verdict.json"])["verdict"]
    assert verdict["headline"]["sentence"] in Text(held["report-en.html"]).text
    assert "Beweise zu einer signierten Nachricht" in Text(held["report-de.html"]).text


ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "br",
        "small",
        "table",
        "tr",
        "th",
        "td",
    ]
)
HOSTILE = "<script>alert(1)</script>\u202e\x1b[2J<img src=x onerror=y>&amp;\"'"


def test_nothing_in_a_page_acts(octets: bytes) -> None:
    """Hostile fields are text: no script, nothing that is loaded, no character that turns the reading direction."""
    found = checked(octets, NOW + 40 * DAY)
    message = found.message.model_copy(update={"subject": HOSTILE, "from_": [HOSTILE]})
    page = html(found.model_copy(update={"message": message}), "en")
    read = Text(page)
    assert read.elements <= ELEMENTS
    assert read.attributes <= {"lang", "charset", "http-equiv", "content", "class"}
    assert "<script>alert(1)</script>" in read.text
    assert not set("\u202e\x1b") & set(page.decode())
    assert b"default-src 'none'" in page
    assert not re.search(rb"(?:https?:)?//", page)


@pytest.mark.parametrize(
    "name", ["张伟 王", "Ωμέγα Жанна", "علي שלום", "अनिता 🙂 \U0001f9d9", "\ud7ff\ufffd\u200d", "x" * 5_000]
)
def test_names_in_any_script(name: str) -> None:
    """Are shown, or their characters' numbers; nothing stops the report."""
    signer = person("Anna", CA) if not name.isprintable() or len(name) > 60 else person(name, CA)
    with Notary() as notary:
        found = checked(bundle(notary, mail=signed_mail(signer, [CA])), NOW + DAY)
    message = found.message.model_copy(update={"subject": name})
    found = found.model_copy(update={"message": message})
    for language in LANGUAGES:
        assert html(found, language)
        assert pdf(found, language).startswith(b"%PDF-")
    if name.startswith("张"):
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(found, "en"))).pages)
        assert "‹U+5F20›" in text
