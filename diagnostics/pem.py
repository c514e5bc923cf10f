"""Finds the PEM blocks (RFC 7468) in text that mail programs, editors and web forms have been at."""

import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

# A bundle of every public root has some 150; a file with more is no chain, and is not taken apart any further.
MOST_BLOCKS = 500
LINE_LENGTH = 64  # RFC 7468 §2


class Oddity(StrEnum):
    """What a PEM text has that readers trip over, in words that follow "it" or "its"."""

    UTF_16 = "is in UTF-16 in place of plain text"
    MISSING_MARKS = "lacks the BEGIN and END lines"
    CHANGED_DASHES = "has other dashes than the five hyphens around BEGIN and END"
    LOST_LINES = "has lost its line breaks"
    ESCAPED_LINES = "has the two characters \\n in place of line breaks"
    INDENTED = "has spaces before the BEGIN and END lines"
    QUOTED = "has the > of a quoted message before its lines"
    BLANK_INSIDE = "has a blank line inside a certificate or key"
    BYTE_ORDER_MARK = "begins with an invisible mark (BOM)"
    WINDOWS_LINES = "has the line ends of Windows"
    TEXT_AROUND = "has other text around the certificates"
    BLANK_BETWEEN = "has blank lines between certificates"
    LINE_LENGTH = "has lines that are not 64 characters long"


# With these, OpenSSL 3 finds no certificate in the file, and so does every server that reads files with it; a test
# asks it. The others it reads.
REFUSED_BY_OPENSSL = frozenset(
    (
        Oddity.UTF_16,
        Oddity.MISSING_MARKS,
        Oddity.CHANGED_DASHES,
        Oddity.LOST_LINES,
        Oddity.ESCAPED_LINES,
        Oddity.INDENTED,
        Oddity.QUOTED,
        Oddity.BLANK_INSIDE,
    )
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its label, what it holds (empty where `fault` says why not), its headers, the line it begins on."""

    label: str
    data: bytes
    line: int
    headers: tuple[str, ...] = ()
    fault: str | None = None

    def __repr__(self) -> str:
        return f"Block({self.label!r}, line={self.line})"  # what it holds may be a private key


@dataclass(frozen=True, slots=True)
class PemText:
    """The blocks of a text in their order, and what is odd about it."""

    blocks: tuple[Block, ...]
    oddities: frozenset[Oddity]


_DASH = "[-\u2010-\u2015\u2212]"
# Two to five dashes at each end, so that END and BEGIN on one line, with ten dashes between them, are two marks.
_MARK = re.compile(rf"{_DASH}{{2,5}} ?(BEGIN|END) ([A-Z0-9](?:[A-Z0-9 .]{{0,38}}[A-Z0-9])?) ?{_DASH}{{2,5}}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}: ")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_INVISIBLE = str.maketrans("", "", "\u00a0\u200b\u200c\u200d\u2060\ufeff")


def text_of(data: bytes) -> tuple[str, frozenset[Oddity]]:
    """The bytes as text, in whatever encoding an editor has left them."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), frozenset((Oddity.UTF_16,))
    for mark, encoding in ((b"-\0-\0", "utf-16-le"), (b"\0-\0-", "utf-16-be")):
        place = data.find(mark)
        if place >= 0 and place % 2 == 0:
            return data.decode(encoding, errors="replace"), frozenset((Oddity.UTF_16,))
    marked = data.startswith(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text, frozenset((Oddity.BYTE_ORDER_MARK,)) if marked else frozenset()


def read_pem(data: bytes) -> PemText | None:
    """The PEM blocks in these bytes, or None where there is no sign of any."""
    text, oddities = text_of(data)
    found = set(oddities)
    if "\\n" in text:
        found.add(Oddity.ESCAPED_LINES)
        text = text.replace("\\r", "").replace("\\n", "\n")
    marks = list(_MARK.finditer(text))[: 2 * MOST_BLOCKS]
    if not marks:
        return _without_marks(text, frozenset(found))
    found |= _layout(text, marks)
    blocks: list[Block] = []
    lines = _LineNumbers(text)
    begun: re.Match[str] | None = None
    for mark in marks:
        if mark[1] == "BEGIN":
            if begun is not None:
                blocks.append(_faulty(begun, lines, "is cut short: its END line is missing"))
            begun = mark
        elif begun is None:
            blocks.append(_faulty(mark, lines, "has no BEGIN line"))
        elif begun[2] != mark[2]:
            blocks.append(_faulty(begun, lines, f"begins as {begun[2]} and ends as {mark[2]}"))
            begun = None
        else:
            blocks.append(_block(begun, text[begun.end() : mark.start()], lines, found))
            begun = None
    if begun is not None:
        blocks.append(_faulty(begun, lines, "is cut short: its END line is missing"))
    return PemText(tuple(blocks), frozenset(found))


class _LineNumbers:
    """Line numbers of places that are asked for from the beginning to the end."""

    def __init__(self, text: str) -> None:
        self._text, self._place, self._line = text, 0, 1

    def at(self, place: int) -> int:
        self._line += self._text.count("\n", self._place, place)
        self._place = max(place, self._place)
        return self._line


def _faulty(mark: re.Match[str], lines: _LineNumbers, fault: str) -> Block:
    return Block(mark[2], b"", lines.at(mark.start()), fault=fault)


def _block(mark: re.Match[str], body: str, lines: _LineNumbers, found: set[Oddity]) -> Block:
    line = lines.at(mark.start())
    rows = [row.translate(_INVISIBLE).strip() for row in body.splitlines()]
    if any(row.startswith(">") for row in rows):
        found.add(Oddity.QUOTED)
        rows = [row.lstrip("> ") for row in rows]
    headers = tuple(row for row in rows if _HEADER.match(row))
    rows = [row for row in rows if not _HEADER.match(row)]
    filled = [place for place, row in enumerate(rows) if row]
    if filled and filled[-1] - filled[0] + 1 > len(filled):
        found.add(Oddity.BLANK_INSIDE)
    content = [row for row in rows if row]
    if any(len(row) != LINE_LENGTH for row in content[:-1]) or any(len(row) > LINE_LENGTH for row in content[-1:]):
        found.add(Oddity.LINE_LENGTH)
    base64 = re.sub(r"\s+", "", "".join(content))
    data, fault = _decoded(base64)
    return Block(mark[2], data, line, headers, fault)


def _decoded(base64: str) -> tuple[bytes, str | None]:
    if not base64:
        return b"", "is empty"
    if not _BASE64.fullmatch(base64):
        return b"", "is damaged: it holds characters that are no base64"
    try:
        return binascii.a2b_base64(base64), None
    except binascii.Error:
        return b"", "is cut short or damaged: its base64 text does not come out even"


def _layout(text: str, marks: list[re.Match[str]]) -> set[Oddity]:
    """What is odd about the lines of the marks, and about what lies between the blocks."""
    found: set[Oddity] = set()
    if "\r\n" in text:
        found.add(Oddity.WINDOWS_LINES)
    elif "\r" in text:
        found.add(Oddity.LOST_LINES)  # the line ends of old Macs are none to anybody else
    for mark in marks:
        line_start = max(text.rfind("\n", 0, mark.start()), text.rfind("\r", 0, mark.start())) + 1
        before = text[line_start : mark.start()].removeprefix("\ufeff")
        after = re.match(r"[^\r\n]*", text[mark.end() : mark.end() + LINE_LENGTH])
        if before.strip("> \t\u00a0"):
            found.add(Oddity.LOST_LINES)
        elif ">" in before:
            found.add(Oddity.QUOTED)
        elif before:
            found.add(Oddity.INDENTED)
        if after and after[0].strip():
            found.add(Oddity.LOST_LINES)
        if not (mark[0].startswith("-----" + mark[1]) and mark[0].endswith("-----")):
            found.add(Oddity.CHANGED_DASHES)
    outside = 0
    for mark in marks:
        if mark[1] == "BEGIN":
            _gap(text[outside : mark.start()], found, between=outside > 0)
        outside = mark.end()
    _gap(text[outside:], found, between=False)
    return found


def _gap(gap: str, found: set[Oddity], *, between: bool) -> None:
    if gap.strip("> \t\r\n\ufeff\u00a0"):
        found.add(Oddity.TEXT_AROUND)
    elif between and len(gap.splitlines()) > 1:
        found.add(Oddity.BLANK_BETWEEN)


def _without_marks(text: str, oddities: frozenset[Oddity]) -> PemText | None:
    """Base64 alone, as some web forms hand it out; DER begins with 0x30, so its base64 with M."""
    base64 = re.sub(r"\s+", "", text.translate(_INVISIBLE))
    if len(base64) < LINE_LENGTH or not base64.startswith("M") or not _BASE64.fullmatch(base64):
        return None
    data, fault = _decoded(base64)
    return PemText((Block("", data, 1, (), fault),), oddities | {Oddity.MISSING_MARKS})
