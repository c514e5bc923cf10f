"""What Slack makes of what a person types: escaped text with links in angle brackets, and the same as rich_text."""

import re
from dataclasses import dataclass

from .wire import JsonObject

LINKED_ENDINGS = (
    "com net org info biz edu gov mil int io dev app co me tv ai xyz cloud online site shop store tech "
    "uk de fr nl es it pl ch at be eu us ca br ru cn jp kr in au nz sg hk tw"
)
"""Endings at which Slack takes a bare name for a host and links it; other names stay text."""

_HOST = rf"(?:[\w-]+\.)+(?:{'|'.join(LINKED_ENDINGS.split())})(?![\w-])(?!\.\w)"
_TOKEN = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<mention>(?-i:[@#][A-Z][A-Z0-9]+|!(?:here|channel|everyone)))>"
    r"|(?P<url>https?://[^\s<>|]+)"
    rf"|(?P<email>(?<![\w.+-])[\w.+-]+@{_HOST})"
    rf"|(?P<bare>(?<![\w@/.-]){_HOST}(?::\d+)?(?:[/?#][^\s<>|]*)?)",
    re.IGNORECASE | re.DOTALL,
)
_TRAILING = ".,;:!?)]}'\""


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's message as events carry it."""

    text: str
    blocks: tuple[JsonObject, ...]


def escape(text: str) -> str:
    """Text with the three characters escaped that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_typed(text: str) -> Typed:
    """What Slack stores when somebody types this; mentions are written as `<@U…>`."""
    elements: list[JsonObject] = []
    section: list[JsonObject] = []
    written: list[str] = []
    position = 0

    def plain(piece: str) -> None:
        if piece:
            written.append(escape(piece))
            section.append({"type": "text", "text": piece})

    def end_section() -> None:
        if section:
            elements.append({"type": "rich_text_section", "elements": list(section)})
            section.clear()

    for found in _TOKEN.finditer(text):
        plain(text[position : found.start()])
        position = found.end()
        kind = str(found.lastgroup)
        value = found[kind]
        if kind == "block":
            written.append(f"```{escape(value)}```")
            end_section()
            elements.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": value}]})
        elif kind == "code":
            written.append(f"`{escape(value)}`")
            section.append({"type": "text", "text": value, "style": {"code": True}})
        elif kind == "mention":
            written.append(f"<{value}>")
            section.append(_mention(value))
        else:
            link = value.rstrip(_TRAILING) if kind != "email" else value
            written.append(_link_text(kind, link))
            section.append(_link(kind, link))
            plain(value[len(link) :])
    plain(text[position:])
    end_section()
    blocks = ({"type": "rich_text", "block_id": "typed", "elements": elements},) if elements else ()
    return Typed("".join(written), blocks)


def _mention(value: str) -> JsonObject:
    if value[0] == "@":
        return {"type": "user", "user_id": value[1:]}
    if value[0] == "#":
        return {"type": "channel", "channel_id": value[1:]}
    return {"type": "broadcast", "range": value[1:]}


def _target(kind: str, link: str) -> str:
    return {"url": "", "email": "mailto:", "bare": "http://"}[kind] + link


def _link_text(kind: str, link: str) -> str:
    target = escape(_target(kind, link))
    return f"<{target}>" if kind == "url" else f"<{target}|{escape(link)}>"


def _link(kind: str, link: str) -> JsonObject:
    element: JsonObject = {"type": "link", "url": _target(kind, link)}
    if kind != "url":
        element["text"] = link
    return element
