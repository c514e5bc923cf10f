"""Reads what the beginning of a web page loads, in one pass whatever is in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diagnostics.facts import HttpAnswer
from diagnostics.location import Link, read_location

# html.parser takes minutes for some pages of 128 kB (unclosed tags, again and again); this reads each byte once.
_TAG_START = re.compile("<(?:!--|/?[A-Za-z])")
_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE_NAME = re.compile(r"[^\s/>][^\s/>=]*")
_FILLER = re.compile(r"[\s/]*")
_VALUE_START = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
# What is in these is text, or loads nothing: scripting is on, and templates are inert (HTML standard §13.2.5, §4.12.3).
_PASSED_OVER = frozenset({"script", "style", "textarea", "title", "noscript", "template", "xmp", "noembed", "noframes"})
_ADDRESS_ATTRIBUTES = {
    "script": "src",
    "iframe": "src",
    "frame": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}
_SCRIPT_TYPES = ("javascript", "ecmascript", "module")
_REFRESH = re.compile(r"\s*([0-9]+)[0-9.]*[\s;,]*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)
_REFRESH_SECONDS = 10  # a longer one shows the page first, and is no redirect
_MOST_SHOWN = 200  # characters of one address
# Mixed Content §3.1 with Secure Contexts §3.1: what is on the visitor's own machine is never blocked.
_OWN_MACHINE = re.compile(
    r"(?:[^/?#@]*@)?(?:localhost|[^/?#@:]*\.localhost|127(?:\.[0-9]+){3}|\[::1\])(?:[:/?#]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page loads over plain HTTP, and where it sends visitors by itself."""

    insecure: tuple[str, ...] = ()  # addresses of scripts, styles, frames and plugins, in the order of the page
    refresh: str | None = None  # the URL of a meta refresh
    upgrades: bool = False  # whether it asks browsers to use https for everything (upgrade-insecure-requests)


def read_page(answer: HttpAnswer) -> Page:
    """Read the body that was returned, as far as it was read; an answer that is no HTML is an empty page."""
    kind = (answer.header("content-type") or "text/html").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml"):
        return Page()
    upgrades = any(_upgrades(policy) for policy in answer.all_headers("content-security-policy"))
    insecure: list[str] = []
    refresh: str | None = None
    base: str | None = None
    for tag, attributes in _tags(answer.body.decode("utf-8", "replace")):
        if tag == "base" and base is None:
            base = attributes.get("href")
        elif tag == "meta":
            told = attributes.get("http-equiv", "").strip().lower()
            content = attributes.get("content", "")
            upgrades = upgrades or (told == "content-security-policy" and _upgrades(content))
            if told == "refresh" and refresh is None:
                refresh = _refresh(content)
        elif (address := _loaded(tag, attributes)) is not None and _is_insecure(address, base):
            insecure.append(address[:_MOST_SHOWN])
    return Page(tuple(insecure), refresh, upgrades)


def refreshes_to(answer: HttpAnswer, *, base: Link) -> Link | None:
    """Where a page's meta refresh leads."""
    refresh = read_page(answer).refresh
    return read_location(refresh, base=base) if refresh is not None else None


def _upgrades(policy: str) -> bool:
    return any(part.strip().lower() == "upgrade-insecure-requests" for part in re.split("[;,]", policy))


def _refresh(content: str) -> str | None:
    found = _REFRESH.match(content)
    if found is None or len(found[1]) > 4 or int(found[1]) > _REFRESH_SECONDS:
        return None
    return found[2].strip() or None


def _loaded(tag: str, attributes: Mapping[str, str]) -> str | None:
    """The address that a tag loads something from that browsers block over plain HTTP."""
    if tag not in _ADDRESS_ATTRIBUTES:
        return None
    if tag == "link" and "stylesheet" not in attributes.get("rel", "").lower().split():
        return None
    kind = attributes.get("type", "").strip().lower()
    if tag == "script" and kind and not any(word in kind for word in _SCRIPT_TYPES):
        return None
    address = attributes.get(_ADDRESS_ATTRIBUTES[tag])
    return re.sub("[\t\n\r]", "", address).strip() if address is not None else None


def _is_insecure(address: str, base: str | None) -> bool:
    scheme, colon, rest = address.partition(":")
    if not colon or not re.fullmatch("[A-Za-z][A-Za-z0-9+.-]*", scheme):
        # Relative: it follows the page, which came over https, unless the page names another base.
        return bool(address) and base is not None and base.strip().lower().startswith("http:")
    return scheme.lower() == "http" and _OWN_MACHINE.match(rest.lstrip("/\\")) is None


def _tags(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The start tags, with their attributes, each name once (the first counts)."""
    place = 0
    while (start := _TAG_START.search(html, place)) is not None:
        if start[0] == "<!--":
            place = html.find("-->", start.end())
            if place < 0:
                return
            continue
        closing = start[0].startswith("</")
        read = _tag(html, start.end() - 1)
        if read is None:
            return  # a tag that never ends takes the rest of the page with it
        tag, attributes, place = read
        if closing:
            continue
        yield tag, attributes
        if tag in _PASSED_OVER:
            end = re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE).search(html, place)
            if end is None:
                return
            place = end.start()


def _tag(html: str, place: int) -> tuple[str, dict[str, str], int] | None:
    """A tag from its name on: name, attributes, where it ends; None where it does not."""
    name = _NAME.match(html, place)
    if name is None:
        return None
    place = name.end()
    attributes: dict[str, str] = {}
    while True:
        filler = _FILLER.match(html, place)
        place = filler.end() if filler is not None else place
        if place >= len(html):
            return None
        if html[place] == ">":
            return name[0].lower(), attributes, place + 1
        attribute = _ATTRIBUTE_NAME.match(html, place)
        if attribute is None:
            return None
        place, value = attribute.end(), ""
        if (equals := _VALUE_START.match(html, place)) is not None:
            place = equals.end()
            quote = html[place : place + 1]
            if quote in ("'", '"') and quote:
                end = html.find(quote, place + 1)
                if end < 0:
                    return None
                value, place = html[place + 1 : end], end + 1
            elif (unquoted := _UNQUOTED.match(html, place)) is not None:
                value, place = unquoted[0], unquoted.end()
        attributes.setdefault(attribute[0].lower(), _unescaped(value))


def _unescaped(value: str) -> str:
    """Character references are rare in addresses; the ampersand's is not."""
    from html import unescape

    return unescape(value) if "&" in value else value
