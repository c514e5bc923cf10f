"""An article's Markdown in Slack's rich_text: living links, numbered steps, no raw markers."""

from collections.abc import Collection, Iterator, Sequence

from bot.render.rich_text import Json, Part, Parts, block, bold, is_link, listing, plain, quotes, sections, verbatim
from bot.render.terminal import IN_SHORT
from knowledge.markdown import Block, Code, Heading, List, Paragraph, Quote, Rule, Spans, Table, blocks

# The level of the headings of a cause's page.
TOP = 2
# Its sections that say what something is, where no host was looked at.
MEANING = frozenset({"what it means", "how to fix it"})


def markdown(text: str, *, without: Collection[str] = ()) -> Iterator[Json]:
    """The text as blocks, but for the sections whose headings are in `without`."""
    together: list[Json] = []
    for one in _kept(blocks(text), without):
        if together and not isinstance(one, List):  # a list stays with the words that introduce it
            yield from block(together)
            together = []
        together += _elements(one)
    yield from block(together)


def in_short(text: str, *, kept: Collection[str] = IN_SHORT) -> Iterator[Json]:
    """Of a cause's page, what it means, how we know and the first steps, without what each platform needs.

    `kept` are the headings of the sections that are told, in small letters.
    """
    sections: list[list[Block]] = [[]]
    for one in blocks(text):
        if isinstance(one, Heading) and one.level <= TOP:
            sections.append([])
        sections[-1].append(one)
    told = [section for section in sections if section and _heading(section[0]) in kept]
    for section in told or sections:
        yield from block(element for one in _up_to_steps(section) for element in _elements(one))


def _up_to_steps(section: Sequence[Block]) -> Iterator[Block]:
    """A section up to the end of its first numbered list or to its first smaller heading."""
    for place, one in enumerate(section):
        if place and isinstance(one, Heading):
            return
        yield one
        if isinstance(one, List) and one.ordered:
            return


def _heading(one: Block) -> str:
    return "".join(span.text for span in one.spans).lower() if isinstance(one, Heading) else ""


def _kept(found: Sequence[Block], without: Collection[str]) -> Iterator[Block]:
    keeps, level = True, 0
    for one in found:
        if isinstance(one, Heading) and (keeps or one.level <= level):
            keeps, level = _heading(one) not in without, one.level
        if keeps:
            yield one


def _elements(one: Block) -> Iterator[Json]:
    match one:
        case Paragraph(spans):
            yield from sections(_parts(spans))
        case Heading(_, spans):
            yield from sections([bold("".join(span.text for span in spans))])
        case Code(text, _):
            yield from verbatim(text.expandtabs(4))
        case Quote(inner):
            yield from quotes(_flat(inner))
        case List():
            yield from _list(one, indent=0)
        case Table(header, rows):
            yield from listing([_row(header, row) for row in rows], ordered=False)
        case Rule():
            return


def _list(one: List, *, indent: int) -> Iterator[Json]:
    """A list; what an item holds beside its words interrupts it, and it goes on with the next number."""
    waiting: list[Parts] = []
    first = one.start
    for place, item in enumerate(one.items):
        leading = next((at for at, inner in enumerate(item) if not isinstance(inner, Paragraph)), len(item))
        waiting.append(_flat(item[:leading]) or [plain(" ")])
        if leading < len(item):
            yield from listing(waiting, ordered=one.ordered, first=first, indent=indent)
            waiting, first = [], one.start + place + 1
            for inner in item[leading:]:
                yield from _list(inner, indent=indent + 1) if isinstance(inner, List) else _elements(inner)
    yield from listing(waiting, ordered=one.ordered, first=first, indent=indent)


def _flat(found: Sequence[Block]) -> list[Part]:
    """Blocks as one run of text, for places that hold no further structure."""
    parts: list[Part] = []
    for place, one in enumerate(found):
        if place:
            parts.append(plain("\n"))
        match one:
            case Paragraph(spans) | Heading(_, spans):
                parts += _parts(spans)
            case Code(text, _):
                parts.append(Part(text=text, code=True))
            case Quote(inner):
                parts += _flat(inner)
            case List(ordered, start, items):
                for number, item in enumerate(items):
                    parts.append(plain(("\n" if number else "") + (f"{start + number}. " if ordered else "• ")))
                    parts += _flat(item)
            case Table(header, rows):
                for number, row in enumerate(rows):
                    parts += [plain("\n")] * bool(number) + _row(header, row)
            case Rule():
                pass
    return parts


def _row(header: Sequence[Spans], row: Sequence[Spans]) -> list[Part]:
    """A table's row as one item, each cell behind its column's name: a phone has no room for columns."""
    parts: list[Part] = []
    for place, (name, cell) in enumerate(zip(header, row, strict=True)):
        label = "".join(span.text for span in name)
        parts.append(plain("; " if place else ""))
        parts.append(bold(f"{label}: " if label else ""))
        parts += _parts(cell)
    return [part for part in parts if part.text] or [plain(" ")]


def _parts(spans: Spans) -> list[Part]:
    return [
        Part(
            text=span.text,
            bold=span.bold,
            italic=span.italic,
            code=span.code,
            url=span.link if span.link and is_link(span.link) else None,
        )
        for span in spans
    ]
