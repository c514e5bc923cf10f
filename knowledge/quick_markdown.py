"""Reads Markdown of the plainest kind without a parser; importing one costs more CPU than all else in an answer.

It reads paragraphs, flat lists, headings and fenced code, with code, bold, italic and links in them, exactly as
CommonMark does, and leaves all else to the parser. tests/knowledge/test_markdown.py holds the two against each other.
"""

import re
from dataclasses import replace

from knowledge.blocks import Block, Code, Heading, List, Paragraph, Span

# Any of these needs a parser: escapes, entities, HTML, tables, quotes, other fences and bullets, indents, rules.
_BEYOND = re.compile(
    r"[\\<&|\t\r\x00]|~~~|^[ ]|^>|^[*+](?:[ ]|$)|^\d+\)|^[-=_*][-=_* ]*$|^\#{7}|\#[ ]*$|^-$|^\d+\.$", re.M
)
_FENCE = re.compile(r"```([\w+#.-]*)")
_HEADING = re.compile(r"(#{1,6}) +(\S.*)")
_ITEM = re.compile(r"(-|(\d{1,9})\.) (\S.*)")
_BLOCK_START = re.compile(r"[-+*] |\d+[.)] |#|```|>")
_SPAN = re.compile(
    r"`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`(?!`)"
    r"|\*\*(?P<bold>[^\W_](?:[^*`\[\]_!]*[^\W_])?)\*\*(?!\*)"
    r"|\*(?P<italic>[^\W_](?:[^*`\[\]_!]*[^\W_])?)\*(?!\*)"
    r"|\[(?P<label>[^\[\]*`_!\n]*[^\[\]*`_!\s])\]\((?P<url>(?:https?://|mailto:)[A-Za-z0-9:/.~?=%+,;@#_-]+)\)"
    r"|(?P<text>(?:[^`*\[\]_!]|!(?!\[))+)"
)


def quick_blocks(text: str) -> tuple[Block, ...] | None:
    """The blocks of the text, or None where it takes a parser to tell."""
    found: list[Block] = []
    lines = text.split("\n")
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if not line.strip():
            continue
        if fence := _FENCE.fullmatch(line):
            end = next((n for n in range(position, len(lines)) if lines[n].lstrip().startswith("```")), None)
            if end is None or lines[end] != "```":
                return None
            found.append(Code("\n".join(lines[position:end]).rstrip("\n"), fence[1]))
            position = end + 1
            continue
        if _BEYOND.search(line) or line.startswith("```"):
            return None
        if heading := _HEADING.fullmatch(line):
            spans = _spans(heading[2].rstrip())
            if spans is None:
                return None
            found.append(Heading(len(heading[1]), spans))
        elif item := _ITEM.fullmatch(line):
            items, position = _items(lines, position - 1, ordered=item[2] is not None)
            if items is None:
                return None
            found.append(List(item[2] is not None, int(item[2] or 1), items))
        else:
            paragraph = [line]
            while position < len(lines) and lines[position].strip():
                following = lines[position]
                if _FENCE.fullmatch(following) or _HEADING.fullmatch(following) or _interrupts(following):
                    break
                if _BEYOND.search(following) or _BLOCK_START.match(following):
                    return None
                paragraph.append(following)
                position += 1
            spans = _spans(_joined(paragraph))
            if spans is None or _BLOCK_START.match(line):
                return None
            found.append(Paragraph(spans))
    return tuple(found)


def _interrupts(line: str) -> bool:
    """Whether a line begins a list in the middle of a paragraph: a numbered one does only from 1 on."""
    item = _ITEM.fullmatch(line)
    return item is not None and (item[2] is None or item[2] == "1")


def _items(lines: list[str], position: int, *, ordered: bool) -> tuple[tuple[tuple[Block, ...], ...] | None, int]:
    items: list[tuple[Block, ...]] = []
    while position < len(lines):
        line = lines[position]
        if not line.strip():
            position += 1
            continue
        item = _ITEM.fullmatch(line)
        if item is None or (item[2] is not None) != ordered:
            # Directly below an item a line belongs to it, and that is for the parser.
            if lines[position - 1].strip():
                return None, position
            break
        if _BEYOND.search(line) or _BEYOND.search(item[3]) or _BLOCK_START.match(item[3]):
            return None, position
        spans = _spans(item[3].rstrip())
        if spans is None:
            return None, position
        items.append((Paragraph(spans),))
        position += 1
    return tuple(items), position


def _joined(lines: list[str]) -> str:
    text = ""
    for line in lines[:-1]:
        text += line.rstrip(" ") + ("\n" if line.endswith("  ") else " ")
    return text + lines[-1].rstrip(" ")


def _spans(text: str) -> tuple[Span, ...] | None:
    spans: list[Span] = []
    position = 0
    while position < len(text):
        match = _SPAN.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match["code"] is not None:
            span = Span(match["code"], code=True)
        elif match["bold"] is not None:
            span = Span(match["bold"], bold=True)
        elif match["italic"] is not None:
            span = Span(match["italic"], italic=True)
        elif match["url"] is not None:
            span = Span(match["label"], link=match["url"])
        else:
            span = Span(match["text"])
        last = spans[-1] if spans else None
        if last and replace(last, text=span.text) == span:
            spans[-1] = replace(last, text=last.text + span.text)
        else:
            spans.append(span)
    return tuple(spans)
