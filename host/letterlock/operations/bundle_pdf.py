"""The report as PDF, by fpdf2: the same sections and the same words as the page.

The font is DejaVu Sans, which has Latin, Greek, Cyrillic, Arabic, Hebrew and more in one file and may be handed on with
programs. A character that it does not have is written as its number (‹U+5F20›), so that no name is lost or can
stop the report.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from letterlock.errors import Fault, LetterlockError
from letterlock.operations.bundle_report import Section, plain, sections, title
from letterlock.operations.bundle_shapes import Checked

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = Path(__file__).parent.parent / "fonts" / "DejaVuSans.ttf"
_NAME = "DejaVu"
_LARGE, _HEADING, _TEXT, _SMALL = 15, 11.5, 9.5, 7.5
_LABEL_MILLIMETRES = 42


class ReportNeedsLibrary(LetterlockError):
    """fpdf2 is not installed."""

    code = "bundle_report_needs_library"
    fault = Fault.HOST


def pdf(checked: Checked, language: str) -> bytes:
    """The report as a PDF document.

    Raises:
        ReportNeedsLibrary: there is nothing here that writes one.
    """
    try:
        from fpdf import FPDF
    except ImportError:
        raise ReportNeedsLibrary from None
    # It tells, line by line, what it leaves out of the font.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = FPDF(format="A4")
    document.set_auto_page_break(True, margin=18)
    document.set_lang(language)
    document.add_font(_NAME, fname=str(FONT))
    page = _Page(document)
    name, headline, advice = title(checked, language)
    document.set_title(plain(name))
    page.text(name, _LARGE, after=2)
    page.text(headline, _HEADING)
    page.text(advice, _TEXT, after=2)
    for section in sections(checked, language):
        page.section(section)
    return bytes(document.output())


class _Page:
    def __init__(self, document: FPDF) -> None:
        self._document = document
        document.add_page()
        document.set_font(_NAME, size=_TEXT)
        self._glyphs = document.fonts[_NAME.lower()].cmap  # type: ignore[union-attr]

    def text(self, text: str, size: float, after: float = 0.5) -> None:
        """A paragraph."""
        self._document.set_font(_NAME, size=size)
        self._document.multi_cell(0, size * 0.5, self._drawn(text) or " ", align="L", new_x="LMARGIN", new_y="NEXT")
        self._document.ln(after)

    def section(self, section: Section) -> None:
        """A heading with what belongs to it."""
        self._document.ln(2)
        self.text(section.title, _HEADING, after=1)
        for sentence, support in section.sentences:
            self.text(f"• {sentence}", _TEXT)
            if support:
                self.text(support, _SMALL, after=1)
        for name, value in section.rows:
            self._row(name, value)

    def _row(self, name: str, value: str) -> None:
        document = self._document
        if document.will_page_break(2 * _TEXT):
            document.add_page()
        document.set_font(_NAME, size=_SMALL)
        top, page = document.get_y(), document.page
        document.multi_cell(_LABEL_MILLIMETRES, _TEXT * 0.45, self._drawn(name) or " ", align="L", new_y="NEXT")
        bottom = document.get_y()
        document.set_xy(document.l_margin + _LABEL_MILLIMETRES, top)
        document.multi_cell(0, _TEXT * 0.45, self._drawn(value) or " ", align="L", new_x="LMARGIN", new_y="NEXT")
        if document.page == page:
            document.set_y(max(bottom, document.get_y()))
        document.ln(0.5)

    def _drawn(self, text: str) -> str:
        return "".join(each if ord(each) in self._glyphs else f"‹U+{ord(each):04X}›" for each in plain(text))
