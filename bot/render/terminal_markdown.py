"""An article's Markdown in the terminal: living links, numbered steps, code as it is."""

from collections.abc import Collection, Iterator, Sequence

from bot.render.columns import columns, pad
from bot.render.page import INDENT, Page, Style
from diagnostics.plain_text import neutralise
from knowledge.markdown import Block, Code, Heading, List, Paragraph, Quote, Rule, Spans, Table, blocks

# An article's paragraph is some hundred words; this is a bound, not a length to be reached.
LONGEST_RUN = 10_000


def write(page: Page, text: str, *, lead: str = "", without: Collection[str] = ()) -> None:
    """Write an article's text, every line led by `lead`, but for the sections whose headings are in `without`."""
    _blocks(page, list(_kept(blocks(text), without)), lead=lead)


def _kept(found: Sequence[Block], without: Collection[str]) -> Iterator[Block]:
    keeps, level = True, 0
    for block in found:
        if isinstance(block, Heading) and (keeps or block.level <= level):
            keeps, level = "".join(span.text for span in block.spans).lower() not in without, block.level
        if keeps:
            yield block


def inline(spans: Spans) -> list[str]:
    """The text of a paragraph, a string for each of its wanted lines; a link's address follows its words."""
    text = ""
    for place, span in enumerate(spans):
        following = spans[place + 1] if place + 1 < len(spans) else None
        words = f"`{span.text}`" if span.code and not span.link else span.text
        # A link with code or bold in it comes in several spans; its address stands behind the last.
        if span.link and not (following and following.link == span.link):
            address = span.link.removeprefix("mailto:")
            words += "" if span.text.strip() == address else f" <{address}>"
        text += words
    return [neutralise(line, limit=LONGEST_RUN) for line in text.split("\n")]


def _blocks(page: Page, found: Sequence[Block], *, lead: str, first: str | None = None, tight: bool = False) -> None:
    """Write blocks behind a lead of spaces; the very first line is led by `first`, such as a list's mark."""
    for place, block in enumerate(found):
        if place and not tight:
            page.gap()
        _block(page, block, lead=lead, first=lead if first is None or place else first)


def _block(page: Page, block: Block, *, lead: str, first: str) -> None:
    match block:
        case Paragraph(spans):
            for line in inline(spans):
                page.paragraph(line, first=first, rest=lead, keep_links=True)
                first = lead
        case Heading(_, spans):
            page.gap()
            page.paragraph(" ".join(inline(spans)), first=first, rest=lead, style=Style.STRONG)
        case Code(text, _):
            if first != lead:
                page.paragraph("", first=first)
            page.verbatim(
                "\n".join(neutralise(line.expandtabs(4), limit=LONGEST_RUN) for line in text.split("\n")),
                lead=lead + INDENT,
            )
        case Quote(inner):
            _blocks(page, inner, lead=lead + INDENT, first=first + INDENT)
        case List():
            _list(page, block, lead=lead, first=first)
        case Table(header, rows):
            _table(page, [[" ".join(inline(cell)) for cell in row] for row in (header, *rows)], lead=lead)
        case Rule():
            page.gap()


def _list(page: Page, block: List, *, lead: str, first: str) -> None:
    for place, item in enumerate(block.items):
        mark = f"{block.start + place}. " if block.ordered else "- "
        tight = all(isinstance(part, (Paragraph, List)) for part in item)
        begin = (first if place == 0 else lead) + mark
        _blocks(page, item or (Paragraph(()),), lead=lead + " " * len(mark), first=begin, tight=tight)


def _table(page: Page, rows: Sequence[Sequence[str]], *, lead: str) -> None:
    """Side by side where there is room, else each row as its cells below each other."""
    if not rows or not rows[0]:
        return
    widths = [max(columns(row[place]) for row in rows) for place in range(len(rows[0]))]
    fits = page.width is None or columns(lead) + sum(widths) + 2 * (len(widths) - 1) <= page.width
    if fits:
        for place, row in enumerate(rows):
            line = INDENT.join(pad(cell, width) for cell, width in zip(row, widths, strict=True))
            page.verbatim(line, lead=lead)
            if place == 0:
                page.verbatim(INDENT.join("-" * width for width in widths), lead=lead)
        return
    header, *body = rows
    for row in body:
        for place, (name, cell) in enumerate(zip(header, row, strict=True)):
            mark = "- " if place == 0 else "  "
            words = f"{name}: {cell}" if name else cell
            page.paragraph(words, first=lead + mark, rest=lead + "  ", keep_links=True)
