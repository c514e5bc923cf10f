"""What an answer is made of: a few neutral blocks and spans."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `link` is an http, https or mailto address; "\\n" in a text is a wanted line end."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside an answer; `level` is 1 to 6."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be shown as they are; `language` may be empty."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A note or quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class List:
    """A list: item n of an ordered one carries the number `start` + n; items hold blocks, among them further lists."""

    ordered: bool
    start: int
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as the header."""

    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block: TypeAlias = Paragraph | Heading | Code | Quote | List | Table | Rule
