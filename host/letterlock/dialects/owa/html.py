"""HTML of a mail, made harmless before it reaches the page of another program.

OWA's server cleans the HTML of ordinary mail; that of S/MIME it has never seen. What acts is taken out, and so is
whatever would be fetched from the network: a decrypted message must tell nobody that it is read, and must not be
turned into a request (EFAIL, “direct exfiltration”). Pictures that came along stand in it as `data:` addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from letterlock.dialects.owa.texts import base64_pieces

_LINKS = {"http", "https", "mailto", "tel", "cid", "data"}
_LAYOUT = {"style", "class", "align", "valign", "bgcolor", "color", "width", "height", "dir", "lang", "title"}
_FETCHES = re.compile(r"url\s*\(|image-set|expression|@import|\\", re.IGNORECASE)
_PICTURE = re.compile(r"""cid:([^"'\s<>()]{1,900})""", re.IGNORECASE)
_PICTURE_TYPES = re.compile(r"image/(?:png|jpe?g|gif|webp|bmp|x-icon|tiff|avif)", re.IGNORECASE)

Picture = tuple[str, Callable[[], Iterable[bytes]]]
"""A picture's type, and its octets each time they are asked for."""


def cleaned(html: str) -> str:
    """Without scripts, forms, frames, style sheets, handlers, and without anything from the network but links."""
    import nh3

    tags = nh3.ALLOWED_TAGS | {"font", "u", "section", "article", "main"}
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = attributes.get("*", set()) | _LAYOUT
    attributes["font"] = {"face", "size", "color"}
    attributes.setdefault("table", set()).update({"border", "cellpadding", "cellspacing"})
    return nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"script", "style", "title"},
        attributes=attributes,
        url_schemes=_LINKS,
        attribute_filter=_kept,
        link_rel="noopener noreferrer",
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return None if _FETCHES.search(value) else value
    scheme = value.strip().lower().partition(":")[0]
    if name == "href" and tag == "a":
        return value if scheme in ("http", "https", "mailto", "tel") or value.startswith("#") else None
    if name in ("src", "href", "cite", "srcset", "background", "data", "poster", "action"):
        harmless = scheme == "cid" or (scheme == "data" and _PICTURE_TYPES.match(value.strip()[5:]))
        return value if harmless and tag == "img" and name == "src" else None
    return value


def with_pictures(html: str, pictures: Mapping[str, Picture], budget: int) -> Iterator[str]:
    """The HTML with its `cid:` addresses replaced by the pictures they mean, in pieces.

    Args:
        budget: most octets of pictures; one that is shown a thousand times counts a thousand times. What would go
            beyond stays a `cid:` address and is among the attachments.
    """
    place = 0
    for found in _PICTURE.finditer(html):
        picture = pictures.get(found[1])
        if picture is None or not _PICTURE_TYPES.fullmatch(picture[0]):
            continue
        size = sum(len(each) for each in picture[1]())
        if size > budget:
            continue
        budget -= size
        yield html[place : found.start()] + f"data:{picture[0].lower()};base64,"
        yield from base64_pieces(picture[1]())
        place = found.end()
    yield html[place:]
