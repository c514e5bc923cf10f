"""Slack's rich_text in small: parts, elements, blocks and messages that hold Slack's limits by construction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.render.blocks_in_words import in_words
from diagnostics.plain_text import neutralise

Json: TypeAlias = dict[str, object]

# Every limit of what is sent to Slack.
#
# chat.update takes a text of 4,000 characters, chat.postMessage of 40,000; the text stands for the message in
# notifications, and alone where Slack refuses the blocks.
TEXT_LONGEST = 3_000
# Slack takes 50 blocks in a message.
BLOCKS_MOST = 45
# Slack publishes no figure for a message's blocks together; from some 13,000 characters on it has refused them.
MESSAGE_LONGEST = 9_000
# What is longer is continued in a further message, and cut after so many: nobody reads more in a thread.
MESSAGES_MOST = 3
# A part, an item and an element stay well below what one message takes, so that messages can be filled.
ELEMENT_LONGEST = 2_000
# A link of ours has some hundred characters, and Slack takes 3,000; what is longer is shown as text.
URL_LONGEST = 2_000
# Buttons under a message; Slack's 50 less the blocks and the line that says that there is more.
TAIL_MOST = 4
# A context block is small print; Slack takes 3,000 characters in one of its elements.
CONTEXT_LONGEST = 1_000
INDENT_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """One message: what notifications show, and what stands in its place where its blocks are refused."""

    text: str
    blocks: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of text in one style, a link, or a person; its text is neutralised when it becomes JSON."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    url: str | None = None
    person: bool = False

    @property
    def size(self) -> int:
        """What it counts for."""
        return len(self.text) + len(self.url or "")

    def json(self) -> Json:
        """As Slack takes it: in rich_text nothing in a text is a mention, a command or a link."""
        if self.person:
            return {"type": "user", "user_id": self.text}
        style = {name: True for name in ("bold", "italic", "code") if getattr(self, name)}
        shown = "\n".join(neutralise(line, limit=ELEMENT_LONGEST) for line in self.text.split("\n"))
        if self.url is not None:
            part: Json = {"type": "link", "url": self.url, "text": shown}
        else:
            part = {"type": "text", "text": shown}
        return part | {"style": style} if style else part


Parts: TypeAlias = Sequence[Part]


def plain(text: str) -> Part:
    """Text without a style."""
    return Part(text=text)


def bold(text: str) -> Part:
    """Text that stands out."""
    return Part(text=text, bold=True)


def code(text: str) -> Part:
    """A value as it was seen, such as an address or a name in a certificate."""
    return Part(text=text, code=True)


def link(label: str, url: str | None) -> Part:
    """A link of our own; its words alone where it leads nowhere."""
    return Part(text=label, url=url if url and is_link(url) else None)


def person(user: str) -> Part:
    """Somebody, by the id that Slack gave; Slack shows the name and tells them."""
    return Part(text=user, person=_USER.fullmatch(user) is not None)


def sections(parts: Parts) -> Iterator[Json]:
    """A paragraph; one that is too long becomes several."""
    for some in _pieces(parts, most=ELEMENT_LONGEST):
        yield {"type": "rich_text_section", "elements": [part.json() for part in some]}


def quotes(parts: Parts) -> Iterator[Json]:
    """A quotation."""
    for some in _pieces(parts, most=ELEMENT_LONGEST):
        yield {"type": "rich_text_quote", "elements": [part.json() for part in some]}


def verbatim(text: str) -> Iterator[Json]:
    """Lines as they are, such as a configuration to copy."""
    for some in _pieces([plain(text)], most=ELEMENT_LONGEST, at="\n"):
        yield {"type": "rich_text_preformatted", "elements": [part.json() for part in some]}


def listing(items: Sequence[Parts], *, ordered: bool, first: int = 1, indent: int = 0) -> Iterator[Json]:
    """A list; one that is too long is continued with the next number."""
    rest, number = list(items), first
    while rest:
        size, taken = 0, 0
        while taken < len(rest) and (taken == 0 or size + _size(rest[taken]) <= ELEMENT_LONGEST):
            size += min(_size(rest[taken]), ELEMENT_LONGEST)
            taken += 1
        element: Json = {
            "type": "rich_text_list",
            "style": "ordered" if ordered else "bullet",
            "indent": min(indent, INDENT_MOST),
            "elements": [
                {"type": "rich_text_section", "elements": [part.json() for part in _cut(item)]} for item in rest[:taken]
            ],
        }
        if ordered and number > 1:
            element["offset"] = number - 1
        yield element
        rest, number = rest[taken:], number + taken


def block(elements: Iterable[Json]) -> Iterator[Json]:
    """Elements that belong together in one block, or in several where they are too long."""
    together: list[Json] = []
    size = 0
    for element in elements:
        if together and size + measure(element) > ELEMENT_LONGEST:
            yield {"type": "rich_text", "elements": together}
            together, size = [], 0
        together.append(element)
        size += measure(element)
    if together:
        yield {"type": "rich_text", "elements": together}


def small_print(text: str) -> Json:
    """A line of small print."""
    shown = neutralise(text, limit=CONTEXT_LONGEST)
    return {"type": "context", "elements": [{"type": "plain_text", "text": shown, "emoji": False}]}


def divider() -> Json:
    """A line across."""
    return {"type": "divider"}


def measure(value: object) -> int:
    """How many characters of text and address JSON holds."""
    if isinstance(value, dict):
        own = sum(len(text) for name in ("text", "url") if isinstance(text := value.get(name), str))
        return own + sum(measure(inner) for inner in value.values() if isinstance(inner, (dict, list)))
    return sum(map(measure, value)) if isinstance(value, list) else 0


def messages(blocks: Sequence[Json], *, text: str, cut: str, tail: Sequence[Json] = ()) -> tuple[SlackMessage, ...]:
    """Blocks in as many messages as they need; what goes beyond the last is cut, which `cut` says.

    `tail` stands under the last message, whatever is cut.
    """
    pages: list[list[Json]] = [[]]
    size = 0
    for one in blocks:
        length = measure(one)
        if pages[-1] and (size + length > MESSAGE_LONGEST or len(pages[-1]) >= BLOCKS_MOST):
            if len(pages) == MESSAGES_MOST:
                pages[-1].append(small_print(cut))
                break
            pages.append([])
            size = 0
        pages[-1].append(one)
        size += length
    pages[-1] += tail[:TAIL_MOST]
    return tuple(
        SlackMessage(text=escaped(text if number == 0 else f"(continued)\n{in_words(page)}"), blocks=tuple(page))
        for number, page in enumerate(pages)
    )


def escaped(text: str, *, most: int = TEXT_LONGEST) -> str:
    """Text in which Slack finds no mention and no link of ours, cut before it is escaped, so that no entity is cut."""
    pieces: list[str] = []
    size = 0
    shown = "\n".join(neutralise(line, limit=most) for line in text[:most].split("\n"))
    for character in shown:
        piece = _ENTITIES.get(character, character)
        size += len(piece)
        if size > most - 1:
            return "".join(pieces).rstrip() + "…"
        pieces.append(piece)
    return "".join(pieces)


def shortened(text: str) -> str:
    """Escaped text that has grown, cut where no entity is cut."""
    if len(text) <= TEXT_LONGEST:
        return text
    kept = text[: TEXT_LONGEST - 1]
    return kept[: kept.rfind("&")] + "…" if kept.rfind("&") > kept.rfind(";") else kept + "…"


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_WEB = re.compile(r"(?:https?://|mailto:)[^\s<>|]+", re.IGNORECASE)


def is_link(url: str) -> bool:
    """Whether Slack takes an address as a link, and a person may follow it."""
    return len(url) <= URL_LONGEST and _WEB.fullmatch(url) is not None


def _size(parts: Parts) -> int:
    return sum(part.size for part in parts)


def _cut(parts: Parts) -> Parts:
    first = next(_pieces(parts, most=ELEMENT_LONGEST - 2), [plain(" ")])
    return first if _size(first) >= _size(parts) else [*first, plain(" …")]


def _pieces(parts: Parts, *, most: int, at: str = " ") -> Iterator[list[Part]]:
    """The parts in runs of at most so many characters, broken where a sentence, a line or a word ends."""
    run: list[Part] = []
    room = most
    waiting = [part for part in parts if part.text]
    while waiting:
        part = waiting.pop(0)
        if part.size <= room or part.person:
            run.append(part)
            room -= part.size
        elif part.url is not None and run:
            yield run
            run, room = [], most
            waiting.insert(0, part)
        elif part.url is not None:  # a label without end
            run.append(_with_text(part, part.text[: most - len(part.url) - 1] + "…"))
            room = 0
        else:
            end = _breaking_point(part.text, room=room, at=at)
            if end == 0 and run:
                yield run
                run, room = [], most
                waiting.insert(0, part)
                continue
            end = end or room
            run.append(_with_text(part, part.text[:end].rstrip()))
            yield [one for one in run if one.text]
            run, room = [], most
            waiting.insert(0, _with_text(part, part.text[end:].lstrip(" \n") if at == " " else part.text[end:][1:]))
            waiting = [one for one in waiting if one.text]
    if run:
        yield run


def _breaking_point(text: str, *, room: int, at: str) -> int:
    """Where a text that is longer than the room is broken; 0 where no word ends in time."""
    for mark in ("\n", ". ", at):
        place = text.rfind(mark, room // 2, room)
        if place > 0:
            return place + len(mark) - 1 if mark == ". " else place
    return max(0, text.rfind(at, 0, room))


def _with_text(part: Part, text: str) -> Part:
    return Part(text=text, bold=part.bold, italic=part.italic, code=part.code, url=part.url)
