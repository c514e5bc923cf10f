"""What a person would read: blocks and Slack's markup as plain text, and the links in them."""

import re
from collections.abc import Mapping, Sequence

from .wire import JsonObject

_ANGLE = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_PING = re.compile(r"<(?:@|!subteam\^|!(?=here|channel|everyone))(\w+)(?:\|[^<>]*)?>")
_MARKERS = re.compile(r"(?<![\w`])([*_~])(?=\S)(.+?)(?<=\S)\1(?!\w)")
# Bounded, so that a hostile text takes no time.
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{0,1000})\]\(([^()\s]{1,3000})(?:\s[^()]{0,1000})?\)")
Names = Mapping[str, str]
"""What to show for the ids of people and channels."""


def read(text: str, blocks: Sequence[JsonObject], *, names: Names) -> str:
    """A message as it is read: its blocks where it has some, else its text."""
    return read_blocks(blocks, names=names) if blocks else read_mrkdwn(text, names=names)


def read_blocks(blocks: Sequence[JsonObject], *, names: Names) -> str:
    """Blocks as they are read, one below the other; buttons stand in square brackets."""
    shown = (_block(block, names) for block in blocks)
    return "\n".join(part for part in shown if part)


def read_mrkdwn(text: str, *, names: Names) -> str:
    """Slack's own markup as it is read."""
    shown = _ANGLE.sub(lambda found: _angle(found[1], found[2], names), text)
    shown = _without_markers(shown.replace("```", "").replace("`", ""))
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_markdown(text: str) -> str:
    """Standard Markdown as it is read."""
    shown = _MARKDOWN_LINK.sub(lambda found: found[1] or found[2], text)
    shown = re.sub(r"^#{1,6} +|^> ?", "", shown, flags=re.MULTILINE)
    shown = re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda found: found[1] or found[2], shown)
    return _without_markers(re.sub(r"`{1,3}", "", shown))


def links(text: str, blocks: Sequence[JsonObject]) -> list[tuple[str, str]]:
    """The links of a message, as (what is shown, where it leads)."""
    if not blocks:
        return _mrkdwn_links(text)
    found: list[tuple[str, str]] = []
    for block in blocks:
        _collect_links(block, found)
    return found


def pings(text: str, blocks: Sequence[JsonObject]) -> set[str]:
    """Whom a message would call, by ids and by the words of broadcasts; its text counts beside its blocks."""
    found = set(_PING.findall(text))
    for block in blocks:
        _collect_pings(block, found)
    return found


def buttons(blocks: Sequence[JsonObject]) -> list[str]:
    """The words on the buttons, in their order."""
    return re.findall(r"^\[(.+)\]$", "\n".join(filter(None, (_buttons_only(block) for block in blocks))), re.MULTILINE)


def _block(block: JsonObject, names: Names) -> str:
    kind = block.get("type")
    if kind in ("section", "header", "alert"):
        parts = [block.get("text"), *block.get("fields", ())]
        accessory = [_element(block["accessory"], names)] if block.get("accessory") else []
        return "\n".join([_text(part, names) for part in parts if part] + accessory)
    if kind in ("actions", "context_actions"):
        return "\n".join(_element(element, names) for element in block["elements"])
    if kind == "context":
        return " ".join(_element(element, names) for element in block["elements"])
    if kind == "rich_text":
        return "\n".join(_rich(element, names) for element in block["elements"])
    if kind == "markdown":
        return read_markdown(block["text"])
    if kind == "image":
        return _element(block, names)
    if kind == "table":
        return "\n".join(" | ".join(_cell(cell, names) for cell in row) for row in block["rows"])
    if kind == "task_card":
        details = [_block(block[key], names) for key in ("details", "output") if block.get(key)]
        return ": ".join([f"{block['title']} ({block['status']})", *details])
    if kind == "plan":
        return "\n".join(
            [block["title"], *(_block({"type": "task_card", **task}, names) for task in block.get("tasks", ()))]
        )
    if kind == "input":
        return _text(block["label"], names)
    if kind == "card":
        parts = [_text(block[key], names) for key in ("title", "subtitle", "body") if block.get(key)]
        return "\n".join(parts + [_element(button, names) for button in block.get("actions", ())])
    if kind == "carousel":
        return read_blocks(block["elements"], names=names)
    if kind == "container":
        titles = [_block(block[key], names) for key in ("rich_text_title",) if block.get(key)]
        titles = titles or [_text(block["title"], names)]
        subtitle = [_text(block["subtitle"], names)] if block.get("subtitle") else []
        return "\n".join([*titles, *subtitle, read_blocks(block["child_blocks"], names=names)])
    return ""


def _text(value: JsonObject, names: Names) -> str:
    text = str(value["text"])
    return read_mrkdwn(text, names=names) if value["type"] == "mrkdwn" else text


def _element(element: JsonObject, names: Names) -> str:
    kind = element["type"]
    if kind in ("plain_text", "mrkdwn"):
        return _text(element, names)
    if kind == "image":
        return f"(image: {element['alt_text']})"
    if kind == "feedback_buttons":
        return "\n".join(f"[{element[key]['text']['text']}]" for key in ("positive_button", "negative_button"))
    if isinstance(element.get("text"), dict):
        return f"[{element['text']['text']}]"
    options = [f"[{option['text']['text']}]" for option in element.get("options", ())]
    return "\n".join(options)


def _rich(element: JsonObject, names: Names) -> str:
    kind = element["type"]
    if kind == "rich_text_list":
        numbered = element["style"] == "ordered"
        first = int(element.get("offset", 0)) + 1
        indent = "  " * int(element.get("indent", 0))
        lines = enumerate(element["elements"], start=first)
        return "\n".join(f"{indent}{f'{n}.' if numbered else '•'} {_rich(each, names)}" for n, each in lines)
    return "".join(_rich_part(part, names) for part in element["elements"])


def _rich_part(part: JsonObject, names: Names) -> str:
    kind = part["type"]
    if kind == "text":
        return str(part["text"])
    if kind == "link":
        return str(part.get("text") or part["url"])
    if kind in ("user", "channel"):
        wanted = str(part[f"{kind}_id"])
        return ("@" if kind == "user" else "#") + names.get(wanted, wanted)
    if kind == "emoji":
        return f":{part['name']}:"
    if kind == "broadcast":
        return f"@{part['range']}"
    return str(part.get("fallback") or part.get("value") or "")


def _cell(cell: JsonObject, names: Names) -> str:
    if cell["type"] == "rich_text":
        return _block(cell, names)
    return str(cell["text"] if "text" in cell else cell["value"])


def _angle(target: str, label: str | None, names: Names) -> str:
    if target.startswith(("@", "#")):
        return target[0] + names.get(target[1:], label or target[1:])
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return label or target


def _without_markers(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _MARKERS.sub(r"\2", text)
    return text


def _mrkdwn_links(text: str) -> list[tuple[str, str]]:
    return [
        (found[2] or found[1], found[1].replace("&amp;", "&"))
        for found in _ANGLE.finditer(text)
        if not found[1].startswith(("@", "#", "!"))
    ]


def _collect_links(value: object, found: list[tuple[str, str]]) -> None:
    if isinstance(value, list):
        for each in value:
            _collect_links(each, found)
    if not isinstance(value, dict):
        return
    kind = value.get("type")
    if kind == "link":
        found.append((value.get("text") or value["url"], value["url"]))
    elif kind == "mrkdwn":
        found += _mrkdwn_links(value["text"])
    elif kind == "markdown":
        found += [(match[1], match[2]) for match in _MARKDOWN_LINK.finditer(value["text"])]
    elif kind == "button" and value.get("url"):
        found.append((value["text"]["text"], value["url"]))
    elif kind == "url":
        found.append((value["text"], value["url"]))
    else:
        for each in value.values():
            _collect_links(each, found)


def _collect_pings(value: object, found: set[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _collect_pings(each, found)
    if not isinstance(value, dict):
        return
    kind = value.get("type")
    if kind in ("mrkdwn", "markdown"):
        found.update(_PING.findall(value["text"]))
    elif kind in ("user", "usergroup", "broadcast"):
        found.add(str(value["range"] if kind == "broadcast" else value[f"{kind}_id"]))
    else:
        for each in value.values():
            _collect_pings(each, found)


def _buttons_only(block: JsonObject) -> str:
    if block.get("type") in ("container", "carousel"):
        inner = block.get("child_blocks") or block.get("elements") or ()
        return "\n".join(filter(None, (_buttons_only(each) for each in inner)))
    elements = [*block.get("elements", ())] if block.get("type") in ("actions", "context_actions") else []
    if block.get("type") == "card":
        elements += block.get("actions", ())
    accessory = block.get("accessory")
    if accessory and accessory["type"] != "image":
        elements.append(accessory)
    return "\n".join(_element(element, {}) for element in elements)
