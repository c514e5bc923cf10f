"""Finds the questions and answers in a FAQ file of the provider's form, without parsing all of its Markdown."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

_ANCHOR = r"\[\s*\]\(\s*id\s*[:：]\s*(?P<{0}>[^)\n]*?)\s*\)"
_HTML_ANCHOR = r"<(?P<{0}tag>a|span)\s+(?:id|name)\s*=\s*[\"']?(?P<{0}>[^\"'>\s]*)[\"']?[^>\n]*>\s*</(?P={0}tag)>"
# A pattern is compiled where a file needs it: most have one kind of anchor and no HTML.
_ANY_ANCHOR = f"(?i){_ANCHOR.format('md')}|{_HTML_ANCHOR.format('html')}|(?P<attr>\\{{#(?P<attrid>[\\w.-]+)\\}}\\s*$)"
_ANCHOR_LINE = rf"(?i)[ \t]*(?:{_ANCHOR.format('md')})[ \t]*"
_HTML_ANCHOR_LINE = rf"(?i)[ \t]*(?:{_HTML_ANCHOR.format('html')})[ \t]*"
_ANCHOR_SIGNS = frozenset("(<{")

# What can open a region or be a heading; everything between two of these is prose. `#` alone needs a space after it,
# because one is also a comment, a hashtag or a C directive; two and more are a heading even without one.
_HEADING = r"^[ ]{0,3}(?P<hash>\#{2,6}(?!\#)|\#(?=[ \t]))(?P<title>[^\n]*)$"
_EVENT = (
    r"(?mi)^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$"
    rf"|{_HEADING}"
    r"|^[ ]{0,3}<h(?P<level>[1-6])(?:\s[^>\n]*)?>(?P<htitle>[^\n]*?)</h(?P=level)>[ \t]*$"
    r"|(?P<comment><!--)"
    r"|<(?P<raw>dx-codeblock|pre|script|style|iframe)\b[^>\n]*>"
)
# Needed for files with a mistake only, so not compiled before one is met.
_NEXT_ENTRY = rf"^(?:[ ]{{0,3}}\#{{2,4}}[ \t]+\S|[ \t]*{_ANCHOR.format('md')})"
_SURE_ENTRY = (
    rf"^(?:[ \t]*{_ANCHOR.format('md')}\s*\n\s{{0,3}}\#{{2,4}}[ \t]*\S|[ ]{{0,3}}\#{{2,4}}[ \t]+\S[^\n]*[?？][ \t]*$)"
)
_FENCE_LINE = r"^[ \t]*(?:`{3,}|~{3,})[^`\n]*$"
_ODD = r"[\x00-\x08\x0b-\x1f\x7f\xa0\xad\u200b\u2028-\u202f\u2060\u3000\ud800-\udfff\ufeff\ufffe]"
_INVISIBLE: dict[int, str | None] = {
    **dict.fromkeys(code for code in range(32) if code not in (9, 10)),
    **dict.fromkeys([0x7F, 0xAD, 0x200B, *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xFFFE]),
    0xA0: " ",
    0x2028: "\n",
    0x2029: "\n",
    0x202F: " ",
    0x3000: " ",
}
_QUESTION_MARK = r"[?？]\W*$"
_FRONT_MATTER = r"\A---[ \t]*\n(?:[^\n]*\n){0,60}?---[ \t]*(?:\n|\Z)"


class Region(Enum):
    """What a stretch of a source text is."""

    HEADING = auto()
    CODE = auto()
    DROPPED = auto()


# These are made at every start, and a NamedTuple costs a fifth of what a dataclass does.
class Piece(NamedTuple):
    """A stretch of the source that is not prose: `inner` is a heading's title or a code block's content."""

    region: Region
    start: int
    end: int
    inner: str = ""
    level: int = 0
    language: str = ""
    unclosed: bool = False


class Remark(NamedTuple):
    """Something in a file that its owner should look at: where, what it is, what to do about it."""

    line: int
    what: str
    remedy: str


class SourceEntry(NamedTuple):
    """One question as it stands in the file; `body` is still in the source form."""

    id: str | None
    question: str
    body: str
    section: str | None
    line: int


class Source(NamedTuple):
    """A file read: its title, if it has one, its entries in order, and what was wrong with it."""

    title: str | None
    entries: tuple[SourceEntry, ...]
    remarks: tuple[Remark, ...]


def normalise(text: str) -> str:
    """The text with plain line ends and spaces, and without byte order marks, zero-width and control characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Looking first is much cheaper than translating what has nothing to translate.
    if not text.replace("\n", "").isprintable() and re.search(_ODD, text):
        text = text.encode("utf-8", "replace").decode("utf-8").translate(_INVISIBLE)
    return text


def pieces(text: str) -> Iterator[Piece]:
    """The headings, code blocks and dropped stretches of a normalised text, in order and without overlap."""
    if "<" not in text and "```" not in text and "~~~" not in text:
        yield from map(_heading, re.finditer(f"(?m){_HEADING}", text))
        return
    event = re.compile(_EVENT)
    fences: list[int] | None = None
    last_comment_end = text.rfind("-->")
    position = 0
    while match := event.search(text, position):
        piece: Piece | None = None
        if match["hash"] is not None:
            piece = _heading(match)
        elif match["level"] is not None:
            piece = Piece(Region.HEADING, match.start(), match.end(), match["htitle"].strip(), int(match["level"]))
        elif match["fence"] is not None:
            if fences is None:
                fences = [found.start() for found in re.compile(_FENCE_LINE, re.M).finditer(text)]
            piece = _fence(text, match, odd=(len(fences) - bisect_left(fences, match.start())) % 2 == 1)
        elif _in_code_span(text, match.start()):
            pass
        elif match["comment"] is None:
            piece = _raw(text, match)
        elif match.end() <= last_comment_end:
            piece = Piece(Region.DROPPED, match.start(), text.index("-->", match.end()) + 3)
        if piece is None:
            # An opener that is none: code in backticks, or a comment that never ends.
            position = match.end()
            continue
        yield piece
        position = max(piece.end, match.end() if piece.region is Region.HEADING else piece.start + 1)


def _heading(match: re.Match[str]) -> Piece:
    return Piece(Region.HEADING, match.start(), match.end(), match["title"].strip(), len(match["hash"]))


def _fence(text: str, match: re.Match[str], *, odd: bool) -> Piece | None:
    fence, info = match["fence"], match["info"].strip()
    if fence[0] == "`" and "`" in info:
        return None
    start = match.end() + 1
    language = info.split()[0] if info else ""
    close = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.M).search(text, start)
    stop = close.start() if close else len(text)
    if close is None or odd:
        # One fence too many or too few from here on: it is this one that was left open if a question follows inside.
        pattern = _NEXT_ENTRY if close is None else _SURE_ENTRY
        entry = re.compile(pattern, re.M | re.I).search(text, start, stop)
        if entry or close is None:
            stop = entry.start() if entry else stop
            inner = text[start:stop].rstrip("\n")
            return Piece(Region.CODE, match.start(), stop, inner, language=language, unclosed=True)
    return Piece(Region.CODE, match.start(), close.end(), text[start:stop].rstrip("\n"), language=language)


def _raw(text: str, match: re.Match[str]) -> Piece:
    name = match["raw"].lower()
    region = Region.CODE if name in ("dx-codeblock", "pre") else Region.DROPPED
    close = re.compile(rf"</{name}\s*>", re.I).search(text, match.end())
    if close is None:
        entry = re.compile(_NEXT_ENTRY, re.M | re.I).search(text, match.end())
        stop = entry.start() if entry else len(text)
        return Piece(region, match.start(), stop, text[match.end() : stop].strip("\n"), language=name, unclosed=True)
    return Piece(region, match.start(), close.end(), text[match.end() : close.start()].strip("\n"), language=name)


def _in_code_span(text: str, position: int) -> bool:
    line = text[max(text.rfind("\n", 0, position) + 1, position - 500) : position]
    return line.count("`") % 2 == 1


def read_source(text: str) -> Source:
    """The questions of a FAQ file: its `###` headings outside code, or where it has none its `##` or `####` ones.

    An id is an anchor (`[](id:q1)`) on the line before the heading, blank lines aside, or at the heading's end; the
    section is the heading above one level up.
    """
    text = normalise(text)
    front = re.match(_FRONT_MATTER, text) if text.startswith("---") else None
    found = [piece for piece in pieces(text) if piece.start >= (front.end() if front else 0)]
    remarks: list[Remark] = []
    headings: list[tuple[Piece, str, str | None]] = []
    nameless: list[Piece] = []
    for piece in found:
        if piece.unclosed:
            remarks.append(
                Remark(
                    _line(text, piece.start),
                    "a code block is opened here and not closed",
                    "Put a line with only ``` after the code.",
                )
            )
        if piece.region is not Region.HEADING:
            continue
        title = plain_title(piece.inner)
        if title:
            headings.append((piece, title, _anchor_of(text, piece)))
        else:
            nameless.append(piece)
    level = _question_level(headings)
    for piece in nameless:
        lost = " What stands below it is not shown." if piece.level <= level else ""
        remarks.append(
            Remark(_line(text, piece.start), "a heading has no text", f"Write the question after the # signs.{lost}")
        )
    first = headings[0] if headings else None
    title_of_file = first[1] if first and first[0].level == 1 and level != 1 else None
    entries: list[SourceEntry] = []
    section: str | None = None
    seen: set[str] = set()
    # Where an entry's answer ends: at the next heading that is not deeper than a question, be it one without text.
    bounds = sorted(piece.start for piece in (*nameless, *(piece for piece, _, _ in headings)) if piece.level <= level)
    bounds.append(len(text))
    counted, line = 0, 1
    for piece, title, anchor in headings:
        if piece.level > level:
            continue
        end = bounds[bisect_right(bounds, piece.start)]
        if piece.level < level:
            section = title if piece.level > 1 else None
            continue
        line += text.count("\n", counted, piece.start)
        counted = piece.start
        if anchor is not None and anchor in seen:
            remarks.append(Remark(line, f"the id {anchor!r} is used twice", "Give this entry an id of its own."))
        if anchor is not None:
            seen.add(anchor)
        body = _without_next_anchor(text[piece.end : end])
        if not body.strip():
            # A list of links: the answer is where the heading leads.
            body = without_anchors(piece.inner) if "](http" in piece.inner else ""
            if not body:
                remarks.append(Remark(line, "the question has no answer", "Write the answer below the heading."))
        entries.append(SourceEntry(anchor, title, body, section, line))
    if not entries:
        remarks.append(Remark(1, "no question heading was found", "Write each question as a heading: ### How do I …?"))
    return Source(title_of_file, tuple(entries), tuple(remarks))


def _question_level(headings: list[tuple[Piece, str, str | None]]) -> int:
    count = dict.fromkeys((1, 2, 3, 4, 5, 6), 0)
    asked = dict(count)
    for piece, title, _ in headings:
        count[piece.level] += 1
        asked[piece.level] += bool(re.search(_QUESTION_MARK, title))
    # Where the ## headings ask and no ### heading does, the latter are the parts of an answer.
    if count[3] and not (asked[2] > 1 and not asked[3]):
        return 3
    return max((2, 4), key=lambda level: (asked[level], count[level], -level))


def _anchor_of(text: str, piece: Piece) -> str | None:
    if not _ANCHOR_SIGNS.isdisjoint(piece.inner):
        match = re.search(_ANY_ANCHOR, piece.inner)
        if match and (found := match["md"] or match["html"] or match["attrid"]) and found.strip():
            return found.strip()
    # 400 characters hold an anchor line and a good many blank ones.
    before = text[max(0, piece.start - 400) : piece.start].rstrip()
    last = before[before.rfind("\n") + 1 :]
    found = _anchor_line(last)
    return found or None


def _anchor_line(line: str) -> str | None:
    """The id, perhaps empty, of a line that holds an anchor and nothing else."""
    if "<" in line:
        match = re.fullmatch(_HTML_ANCHOR_LINE, line)
        return match["html"] if match else None
    match = re.fullmatch(_ANCHOR_LINE, line) if "(" in line else None
    return match["md"] if match else None


def _without_next_anchor(body: str) -> str:
    """The text up to the anchor lines at its end: those belong to the heading that follows."""
    kept = body.rstrip()
    while kept.endswith((")", ">")) and _anchor_line(kept[kept.rfind("\n") + 1 :]) is not None:
        kept = kept[: kept.rfind("\n") + 1].rstrip()
    return kept


def without_anchors(text: str) -> str:
    """The text without its anchors, whatever their form."""
    return text if _ANCHOR_SIGNS.isdisjoint(text) else re.sub(_ANY_ANCHOR, "", text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


_TITLE_MARKS = frozenset("`[<*_~\\")
_TITLE_NOISE = (
    r"(?P<code>`+[^`\n]*`+)"
    r"|!\[(?P<alt>[^\]\n]*)\]\([^)\n]*\)"
    r"|\[(?P<label>[^\]\n]*)\]\([^)\n]*\)"
    r"|(?P<tag></?[A-Za-z][^<>\n]*>)"
    r"|(?P<mark>\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|~~)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
)


def plain_title(title: str) -> str:
    """A heading's words: no anchor, link, emphasis, image or tag; code keeps its backticks."""
    title = without_anchors(title).strip()
    if "#" in title:
        title = re.sub(r"(?:^|[ \t])#+$", "", title)
    if not _TITLE_MARKS.isdisjoint(title):
        title = re.sub(
            _TITLE_NOISE,
            lambda m: m["code"] or m["escaped"] or (m["label"] or "").strip() or (m["alt"] or "").strip(),
            title,
        )
    if "&" in title:
        from html import unescape

        title = normalise(unescape(title))
    return " ".join(title.split())


def slug(question: str, *, number: int) -> str:
    """An id made of the question's words, the same as long as they are; `number` where it has none."""
    words = unicodedata.normalize("NFKC", question).casefold()
    words = re.sub(r"^\s*\d{1,3}[.)、]\s*", "", words)
    return re.sub(r"[\W_]+", "-", words)[:60].strip("-") or f"entry-{number}"
