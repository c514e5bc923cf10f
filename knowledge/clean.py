"""Turns an answer of the source form into clean Markdown: no anchor, note marker, image, dx- tag or HTML is left."""

import itertools
import re
from collections.abc import Callable, Mapping
from html import unescape

from knowledge.source import Region, normalise, pieces, without_anchors

LINK_SCHEMES = ("http://", "https://", "mailto:")

# Code spans wait behind a private-use character while the prose around them is worked on.
_MARK = "\ue000"
_HELD = re.compile(f"{_MARK}(\\d+){_MARK}")

_NOTES = {
    "?": "Note", "？": "Note", "!": "Important", "！": "Important",
    "explain": "Note", "info": "Note", "notice": "Important", "alarm": "Warning", "success": "Tip",
    "note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Warning",
}  # fmt: skip
_NOTE_LINE = re.compile(
    r"^(?P<indent>[ ]*)>[ ]?(?:(?P<mark>[?？]|[!！](?!\[))|\[!(?P<github>\w+)\])[ ]*(?P<rest>.*)$", re.M
)
_ALERT = re.compile(r"<dx-alert\b(?P<attributes>[^>\n]*)>(?P<body>.*?)(?:</dx-alert>|\Z)", re.S | re.I)
_STEPS = re.compile(r"<dx-steps\b[^>\n]*>(?P<body>.*?)(?:</dx-steps>|\Z)", re.S | re.I)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_TABLE = re.compile(r"<table\b.*?(?:</table>|\Z)", re.S | re.I)
_PANEL = re.compile(r"^[ ]*:::[ ]*(?P<title>.*)$", re.M)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)/?>")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.-]+)>", re.I)
_LINK = re.compile(
    r"(?P<image>!?)\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
    r"\([ ]*(?P<url><[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)(?:[ ]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^)\n]*\)))?[ ]*\)"
)
_REFERENCE = re.compile(r"(?P<image>!?)\[(?P<label>[^\[\]\n]+)\][ ]?\[(?P<name>[^\[\]\n]*)\]")
DEFINITION = re.compile(r"^[ ]{0,3}\[(?P<name>[^\[\]\n]+)\]:[ ]*<?(?P<url>[^\s>]+)>?[^\n]*$", re.M)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HEADING = re.compile(r"^[ ]{0,3}(?P<hashes>#{1,6})[ \t]*(?P<title>[^\n]*?)[ ]*#*[ ]*$", re.M)
_LIST_ITEM = re.compile(r"^(?P<indent>[ ]*)(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap>[ ]+)(?=\S)")
_PICTURE_LINE = re.compile(r"^[ ]*(?:\[Picture[^\]\n]*\]\([^)\n]*\)[ ]*)+$")
_BLOCK_START = re.compile(r"^[ ]*(?:$|[-*+][ ]|\d{1,9}[.)][ ]|>|#|\||`{3}|~{3}|---|\ue001)")
_ENDS_SENTENCE = re.compile(r"[.!?:;。：；！？)）*\ue000]$")
# Alternative texts that editors put in by themselves and that describe nothing.
_EMPTY_ALT = re.compile(
    r"^(?:image(?:\s*description)?|img|screenshot|picture|图片|[\w-]+\.(?:png|jpe?g|gif|svg))?$", re.I
)

_CODE_TAG = re.compile(r"<(?P<name>code|tt|kbd|samp)\b[^>\n]*>(?P<inner>[^\n]*?)</(?P=name)>", re.I)
_INLINE = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_BREAKS = {"p", "div", "ul", "ol", "dl", "section", "article", "blockquote", "details", "center", "table", "tr"}
_DROPPED = {
    "a", "abbr", "area", "base", "big", "body", "button", "canvas", "caption", "cite", "col", "colgroup", "dd", "del",
    "dfn", "dt", "embed", "figcaption", "figure", "font", "footer", "form", "head", "header", "html", "input", "ins",
    "label", "link", "main", "map", "mark", "meta", "nav", "object", "option", "param", "picture", "q", "s", "select",
    "small", "source", "span", "strike", "sub", "summary", "sup", "tbody", "td", "textarea", "tfoot", "th", "thead",
    "time", "title", "u", "var", "code", "tt", "kbd", "samp", "video", "audio", "svg", "path", "wbr",
    "iframe", "script", "style", "noscript",
}  # fmt: skip


def clean(text: str, *, links: Mapping[str, str] | None = None) -> str:
    """The text as plain Markdown; `links` are reference definitions that stand elsewhere in the file."""
    text = normalise(text).replace(_MARK, "").replace("\ue001", "").expandtabs(4)
    held: list[str] = []

    def hold(code: str) -> str:
        held.append(code)
        return f"{_MARK}{len(held) - 1}{_MARK}"

    parts: list[str] = []
    position = 0
    for piece in pieces(text):
        if piece.region is Region.HEADING:
            continue
        parts.append(text[position : piece.start])
        if piece.region is Region.CODE:
            raw = text[piece.start : piece.end]
            parts.append(f"\ue001{hold(_code(piece.inner, piece.language, raw))}")
            if not text.startswith("\n", piece.end):
                parts.append("\n")
        position = piece.end
    parts.append(text[position:])
    prose = _hold_code_spans("".join(parts), hold)
    definitions = dict(links or {})
    definitions.update((m["name"].casefold(), m["url"]) for m in DEFINITION.finditer(prose))
    prose = _prose(DEFINITION.sub("", prose), definitions, hold)
    prose = _restore(_layout(prose), held)
    return re.sub(r"\n{3,}", "\n\n", prose).strip("\n")


def _restore(text: str, held: list[str]) -> str:
    """Puts the code back; a block inside a note or a list item gets that one's beginning on each of its lines."""

    def block(match: re.Match[str]) -> str:
        code = held[int(match["number"])].strip("\n")
        if not match["before"]:
            return f"{code}\n"
        prefix = re.sub(r"[^> ]", " ", match["before"])
        return match["before"] + f"\n{prefix}".join(code.split("\n")) + "\n"

    text = re.sub(f"^(?P<before>.*?)\ue001{_MARK}(?P<number>\\d+){_MARK}", block, text, flags=re.M)
    for _ in range(3):  # code in a tag in a table: three deep at most
        if _MARK not in text:
            break
        text = _HELD.sub(lambda m: held[int(m[1])] if int(m[1]) < len(held) else "", text)
    return text


def _code(inner: str, language: str, raw: str) -> str:
    indent = raw[: len(raw) - len(raw.lstrip(" "))]
    name = language.lower()
    if name == "dx-codeblock":
        blocks = re.split(r"^[ ]*:::[ ]*", inner, flags=re.M)
        found = [block.partition("\n") for block in blocks if block.strip()]
        return "\n\n".join(_fenced(body, (head.split() or [""])[0], "") for head, _, body in found if body.strip())
    if name == "pre":
        inner = unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", re.sub(r"<br\s*/?>", "\n", inner, flags=re.I)))
        return _fenced(inner, "", "")
    marker = re.match(r"[ ]*(?:[-*+]|\d+[.)])[ ]+(?=[`~])", raw)
    return _fenced(inner, language, indent, first=marker[0] if marker else None)


def _fenced(inner: str, language: str, indent: str, *, first: str | None = None) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", inner)), default=2)
    fence = "`" * (longest + 1)
    language = language if re.fullmatch(r"[\w+#.-]{1,20}", language) else ""
    return (
        f"{first or indent}{fence}{language}\n{inner.strip(chr(10))}\n{' ' * len(first) if first else indent}{fence}\n"
    )


def _hold_code_spans(text: str, hold: Callable[[str], str]) -> str:
    """Puts every code span away; a run of backticks without its partner in the same paragraph stays as it is."""
    runs = [(match.start(), match.end()) for match in re.finditer("`+", text)]
    later: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[number][1] - runs[number][0], []).append(number)
    parts: list[str] = []
    position = number = 0
    while number < len(runs):
        start, end = runs[number]
        same = later[end - start]
        while same and same[-1] <= number:
            same.pop()
        partner = same[-1] if same else None
        # 2,000 characters: no code span is longer, and a stray backtick must not cost a search of the whole text.
        if partner is None or runs[partner][0] - end > 2000 or "\n\n" in text[end : runs[partner][0]]:
            number += 1
            continue
        close = runs[partner][1]
        parts += [text[position:start], hold(text[start:close].replace("\n", " "))]
        position, number = close, partner + 1
    parts.append(text[position:])
    return "".join(parts)


def _attributes(text: str) -> dict[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "").strip() for m in _ATTRIBUTE.finditer(text)}


def _prose(text: str, definitions: Mapping[str, str], hold: Callable[[str], str]) -> str:
    text = without_anchors(text)
    text = re.sub(r"\]\([ ]*\n[ ]*(?=\S)", "](", text)
    if "<" in text:
        text = _CODE_TAG.sub(lambda m: hold(_code_span(m["inner"])), text)
        text = _STEPS.sub(lambda m: _numbered(m["body"]), text)
        text = _ALERT.sub(_alert, text)
        text = _TABLE.sub(lambda m: _table(m[0]), text)
        text = _AUTOLINK.sub(_autolink, text)
        text = _html(text, hold)
    text = _NOTE_LINE.sub(_note, text)
    text = _PANEL.sub(lambda m: f"\n**{m['title'].strip()}**\n" if m["title"].strip() else "", text)
    text = _REFERENCE.sub(lambda m: _reference(m, definitions), text)
    text = _pictures_and_links(text)
    text = _HEADING.sub(_heading, text)
    text = _ENTITY.sub(_entity, text)
    # What still looks like the beginning of a tag is text.
    return re.sub(r"(?<!\\)<(?=[A-Za-z/!?])", r"\\<", text)


def _numbered(body: str) -> str:
    numbers = itertools.count(1)
    return re.sub(r"^[-*+][ ]+", lambda _: f"{next(numbers)}. ", body, flags=re.M)


def _alert(match: re.Match[str]) -> str:
    attributes = _attributes(match["attributes"])
    label = attributes.get("title", "").rstrip(":：") or _NOTES.get(attributes.get("infotype", ""), "Note")
    body = match["body"].strip("\n").strip()
    if not body:
        return ""
    first = f"> **{label}:**"
    if _BLOCK_START.match(body):
        return "\n".join([f"\n{first}", ">", *(f"> {line}".rstrip() for line in body.split("\n"))]) + "\n\n"
    return "\n" + "\n".join(f"> {line}".rstrip() for line in body.split("\n")).replace(">", first, 1) + "\n\n"


def _note(match: re.Match[str]) -> str:
    label = _NOTES.get(match["mark"] or match["github"].lower(), "Note")
    rest = match["rest"].strip()
    # The owner often writes the word once more: ">!Note: ...".
    rest = re.sub(r"^(?:note|注意|说明)\s*[:：]\s*", "", rest, flags=re.I)
    return f"{match['indent']}> **{label}:** {rest}" if rest else f"{match['indent']}> **{label}:**\n{match['indent']}>"


def _autolink(match: re.Match[str]) -> str:
    url = match[1]
    return f"[{url}]({url})" if url.lower().startswith(LINK_SCHEMES) else f"[{url}](mailto:{url})"


def _html(text: str, hold: Callable[[str], str]) -> str:
    targets: list[str | None] = []

    def replace(match: re.Match[str]) -> str:
        name, closing = match["name"].lower(), bool(match["close"])
        if name == "br":
            return "  \n"
        if name == "hr":
            return "\n\n---\n\n"
        if name == "li":
            return "" if closing else "\n- "
        if name == "img":
            attributes = _attributes(match["attributes"])
            alt = attributes.get("alt", "").replace("[", "(").replace("]", ")")
            return f"![{alt}]({attributes.get('src', '')})"
        if name == "a":
            if closing:
                url = targets.pop() if targets else None
                return f"]({url})" if url else ""
            url = _attributes(match["attributes"]).get("href", "")
            targets.append(url if url.lower().startswith(LINK_SCHEMES) and not re.search(r"[\s()<>]", url) else None)
            return "[" if targets[-1] else ""
        if name in _INLINE:
            return _INLINE[name]
        if re.fullmatch(r"h[1-6]", name):
            return "\n\n" if closing else "\n\n#### "
        if name.startswith("dx-"):
            title = "" if closing else _attributes(match["attributes"]).get("title", "")
            return f"\n\n**{title}**\n\n" if title else "\n"
        if name in _BREAKS:
            return "\n\n"
        if name in _DROPPED:
            return ""
        # No HTML element: something the reader has to fill in, as in <your-domain>.
        return hold(f"`{match[0]}`")

    text = _TAG.sub(replace, text)
    # An <a> that is never closed leaves a bracket that would read as a link's.
    return text if not any(targets) else text + f"]({next(url for url in targets if url)})"


def _code_span(inner: str) -> str:
    inner = unescape(re.sub(r"<br\s*/?>", " ", inner, flags=re.I)).replace("``", "` `").strip()
    return (f"`` {inner} ``" if "`" in inner else f"`{inner}`") if inner else ""


def _table(source: str) -> str:
    from knowledge.tables import rows_of

    rows = rows_of(source)
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = ["| " + " | ".join((row + [""] * width)[:width]) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n\n" + "\n".join(lines) + "\n\n"


def _reference(match: re.Match[str], definitions: Mapping[str, str]) -> str:
    url = definitions.get((match["name"] or match["label"]).casefold())
    return f"{match['image']}[{match['label']}]({url})" if url else match[0]


def _pictures_and_links(text: str) -> str:
    step: str | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if (item := _LIST_ITEM.match(line)) and not item["indent"]:
            step = item["number"]
        if "](" in line:
            lines[number] = _links_of(line, step)
    return "\n".join(lines)


def _links_of(line: str, step: str | None) -> str:
    # Twice, because a picture may stand in a link's label.
    line = _LINK.sub(lambda match: _picture(match, step), line)
    return _LINK.sub(lambda match: _link(match, step), line)


def _picture(match: re.Match[str], step: str | None) -> str:
    if not match["image"]:
        return match[0]
    alt = "" if _EMPTY_ALT.match(match["label"].strip()) else match["label"].strip().rstrip(".")
    url = match["url"].strip("<>")
    label = f"Picture: {alt}" if alt else f"Picture for step {step}" if step else "Picture"
    if url.startswith("//"):
        url = f"https:{url}"
    if url.lower().startswith(LINK_SCHEMES):
        return f"[{label}]({url})"
    return f"({label})" if alt else ""


def _link(match: re.Match[str], step: str | None) -> str:
    if match["image"]:
        return _picture(match, step)
    # A picture inside a link has become a link of its own, and links do not nest.
    label = _LINK.sub(lambda inner: _picture(inner, step), match["label"])
    label = re.sub(r"\[([^\[\]\n]*)\]\([^()\n]*\)", r"\1", label).strip()
    url = match["url"].strip("<>")
    if not url.lower().startswith(LINK_SCHEMES):
        return label
    return f"[{label or url}]({url})"


def _heading(match: re.Match[str]) -> str:
    title = match["title"].strip()
    if not title or (match["hashes"] == "#" and not re.match(r"[ ]{0,3}#[ ]", match[0])):
        return "" if not title else match[0]
    return f"\n{match['hashes']} {title}\n"


def _entity(match: re.Match[str]) -> str:
    character = unescape(match[0])
    if character in ("<", ">", "*", "_", "`", "[", "]", "|", "\\"):
        return f"\\{character}"
    return normalise(character) if character != match[0] else "&amp;" + match[0][1:]


def _layout(text: str) -> str:
    """Puts pictures and notes on lines of their own within their list item, and keeps the owner's line ends."""
    lines = [line if line.endswith("  ") and line.strip() else line.rstrip() for line in text.split("\n")]
    out: list[str] = []
    offset = 0
    for number, line in enumerate(lines):
        if item := _LIST_ITEM.match(line):
            offset = len(item[0])
        elif not line.strip():
            offset = 0 if out and number + 1 < len(lines) and not lines[number + 1].startswith(" ") else offset
        if _PICTURE_LINE.match(line):
            for link in re.findall(r"\[Picture[^\]]*\]\([^)\n]*\)", line):
                out += ["", " " * offset + link]
            out.append("")
        elif line.startswith("\ue001"):
            out += ["", line, ""]
        elif line.startswith(">") and offset:
            out += [*([""] if out and not out[-1].lstrip().startswith(">") else []), " " * offset + line]
        elif line.lstrip().startswith(">") or not out or not out[-1].lstrip().startswith(">") or not line.strip():
            out.append(line)
        else:
            out += ["", line]  # after a note the text goes on; without the blank line it would belong to the note
    return "\n".join(_with_breaks(out))


def _with_breaks(lines: list[str]) -> list[str]:
    """The provider's pages show a line's end as one; a wrapped paragraph of somebody else's must stay one."""
    out = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        starts_block = _BLOCK_START.match(following) or _LIST_ITEM.match(following)
        plain = line.strip() and not line.lstrip().startswith(("#", "|", "\ue001", "---"))
        if plain and not starts_block and (len(line) < 60 or _ENDS_SENTENCE.search(line)):
            line = line.rstrip() + "  "
        out.append(line)
    return out
