"""Clean Markdown as a few neutral blocks and spans, so that a renderer need not know any Markdown library."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge.blocks import Block, Code, Heading, List, Paragraph, Quote, Rule, Span, Spans, Table
from knowledge.quick_markdown import quick_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = [
    "Block",
    "Code",
    "Heading",
    "List",
    "Paragraph",
    "Quote",
    "Rule",
    "Span",
    "Spans",
    "Table",
    "blocks",
    "parsed_blocks",
    "plain",
]

LINK_SCHEMES = ("http://", "https://", "mailto:")
# Deeper nesting than this is no answer for a person; it also bounds the recursion below.
_MAX_NESTING = 20


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a clean Markdown text (CommonMark with tables); HTML in it is text."""
    quick = quick_blocks(text)
    return parsed_blocks(text) if quick is None else quick


def parsed_blocks(text: str) -> tuple[Block, ...]:
    """The same, always by the parser."""
    from markdown_it import MarkdownIt  # 30 ms of CPU, needed only where an answer is shown

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING}).enable("table")
    return _blocks(parser.parse(text))


def plain(text: str) -> str:
    """The words of a clean Markdown text, for places that show no style."""
    return "\n".join(filter(None, (_plain(block) for block in blocks(text))))


def _plain(block: Block) -> str:
    match block:
        case Paragraph(spans) | Heading(_, spans):
            return "".join(span.text for span in spans)
        case Code(content, _):
            return content
        case Quote(inner):
            return "\n".join(_plain(part) for part in inner)
        case List(ordered, start, items):
            marks = [f"{start + place}." if ordered else "-" for place in range(len(items))]
            return "\n".join(f"{mark} " + "\n".join(map(_plain, item)) for mark, item in zip(marks, items, strict=True))
        case Table(header, rows):
            return "\n".join(" | ".join("".join(s.text for s in cell) for cell in row) for row in (header, *rows))
        case Rule():
            return ""


def _blocks(tokens: Sequence["Token"]) -> tuple[Block, ...]:
    found: list[Block] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _closing(tokens, position)
        inner = tokens[position + 1 : end]
        match token.type:
            case "paragraph_open":
                found.append(Paragraph(_spans(inner)))
            case "heading_open":
                found.append(Heading(int(token.tag[1:]), _spans(inner)))
            case "fence" | "code_block":
                language = (token.info.split() or [""])[0]
                found.append(Code(token.content.rstrip("\n"), language))
            case "blockquote_open":
                found.append(Quote(_blocks(inner)))
            case "bullet_list_open" | "ordered_list_open":
                found.append(_list(token, inner))
            case "table_open":
                found.append(_table(inner))
            case "hr":
                found.append(Rule())
            case "inline":
                found.append(Paragraph(_spans([token])))
            case _:
                pass
        position = end + 1
    return tuple(found)


def _closing(tokens: Sequence["Token"], position: int) -> int:
    depth = 0
    for place in range(position, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens) - 1


def _children(tokens: Sequence["Token"]) -> list[tuple["Token", Sequence["Token"]]]:
    found = []
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position)
        found.append((tokens[position], tokens[position + 1 : end]))
        position = end + 1
    return found


def _list(token: "Token", inner: Sequence["Token"]) -> List:
    ordered = token.type == "ordered_list_open"
    start = token.attrGet("start") if ordered else None
    return List(
        ordered,
        int(start) if start is not None else 1,
        tuple(_blocks(content) for item, content in _children(inner) if item.type == "list_item_open"),
    )


def _table(inner: Sequence["Token"]) -> Table:
    rows: list[tuple[Spans, ...]] = []
    for _, section in _children(inner):
        for _, row in _children(section):
            rows.append(tuple(_spans(cell) for _, cell in _children(row)))
    return Table(rows[0] if rows else (), tuple(rows[1:]))


def _spans(tokens: Sequence["Token"]) -> Spans:
    spans: list[Span] = []
    bold = italic = 0
    links: list[str | None] = []
    for token in (child for parent in tokens for child in parent.children or ()):
        text, code = "", False
        match token.type:
            case "text" | "text_special" | "html_inline":
                text = token.content
            case "code_inline":
                text, code = token.content, True
            case "softbreak":
                text = " "
            case "hardbreak":
                text = "\n"
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "link_open":
                url = str(token.attrGet("href") or "")
                links.append(url if url.lower().startswith(LINK_SCHEMES) else None)
            case "link_close":
                links.pop()
            case "image":
                text = token.content
            case _:
                pass
        if not text:
            continue
        span = Span(text, bold > 0, italic > 0, code, links[-1] if links else None)
        last = spans[-1] if spans else None
        if last and (last.bold, last.italic, last.code, last.link) == (span.bold, span.italic, span.code, span.link):
            spans[-1] = Span(last.text + text, span.bold, span.italic, span.code, span.link)
        else:
            spans.append(span)
    return tuple(spans)
