"""Takes a message out of Slack's markup: links, mentions, entities, code marks."""

import re
import unicodedata
from dataclasses import dataclass

# What is looked at of a message. Slack cuts its own at 40,000 characters and recommends 4,000; a question that has not
# named its host by then is a log file.
MAX_CHARACTERS = 6_000

# Stands for a link in `Plain.scan`; private-use characters of the message itself are taken out before.
LINK = "\ue000"

# Full-width forms, as an East Asian keyboard gives them, stand at a fixed distance from their ASCII twins.
_NARROW = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
_QUOTES = str.maketrans("‘’‛ʼ´“”„‟«»", '\'\'\'\'\'""""""')
_ANGLE = re.compile(r"<([^<>\n]{0,3000})>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]{0,20}:", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,60})-----(?:(?!-----BEGIN ).)*?(?:-----END \1-----|\Z)", re.DOTALL)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#<>\"|,;@]{0,256}@", re.IGNORECASE)
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\s?[\[(](?:dot|punkt|punto)[\])]\s?|\[:\]", re.IGNORECASE)
# A slip of the finger or of a phone's dictation: "example,com", "example . com", "example dot com". Only endings that
# are no words of a sentence: "it is broken,it shows …".
_ENDING = r"(?:com|net|org)(?![\w\-]|[.,]\w)"
_LABEL = r"[a-z0-9\-]{1,63}"
_APART = r"(?<![\w.,@/\-])"
_SLIPPED = (
    rf"(?:(?<=//)|{_APART})(?:{_LABEL}[.,]){{0,5}}[a-z0-9\-]{{2,63}},{_ENDING}"
    rf"|{_APART}[a-z0-9\-]{{2,63}}(?:\.{_LABEL}| \. {_LABEL}){{0,5}} \. {_ENDING}"
    rf"|{_APART}(?!(?:the|a|any|every|into|in|buy) )[a-z0-9\-]{{2,63}}(?: dot {_LABEL}){{0,5}} dot {_ENDING}"
)
_SLIP = re.compile(r",| \. | dot ", re.IGNORECASE)
_EMOJI_CODE = re.compile(r"(?<!\S):[a-z0-9_+\-]{2,40}:(?!\S)")
_MARKS = re.compile(r"`+|(?<!\w)[*_~]{1,3}(?=\w)|(?<=[\w.!?)])[*_~]{1,3}(?!\w)|^[ \t]*>+[ \t]?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of Slack's markup: where it leads and what it shows, both unescaped."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A message without its markup.

    `text` reads as the asker saw it; `scan` is the same for a search for hosts, with `LINK` in the place of each of
    `links`; `exposed_key` says that a private key was pasted, of which nothing is kept.
    """

    text: str
    scan: str
    links: tuple[Link, ...]
    exposed_key: bool


def read_markup(message: str) -> Plain:
    """The message without Slack's markup; any text will do."""
    exposed = _PRIVATE_KEY.search(message) is not None
    body = _without_pem(message)[:MAX_CHARACTERS]
    body = "".join(_visible(char) for char in body)
    links: list[Link] = []
    scan = _ANGLE.sub(lambda found: _for_scan(found[1], links), body)
    text = _ANGLE.sub(lambda found: _for_reading(found[1]), body)
    return Plain(_readable(_unescape(text)), _scannable(_unescape(scan)), tuple(links), exposed)


def _without_pem(message: str) -> str:
    if "PuTTY-User-Key-File-" in message:
        message = message.partition("PuTTY-User-Key-File-")[0]
    return _PEM.sub(" ", message) if "-----BEGIN " in message else message


def _visible(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() or char in "\t\n" else " "
    category = unicodedata.category(char)
    if category in {"Cs", "Co", "Cn", "Cc", "Zs", "Zl", "Zp"}:
        return "\n" if category in {"Zl", "Zp"} else " "
    # Joiners belong to emoji and some scripts; the other format characters only hide things.
    return "" if category == "Cf" and char not in "\u200c\u200d" else char


def _parts(content: str) -> tuple[str, str]:
    target, _, label = content.partition("|")
    return _unescape(target.strip()), _unescape(label.strip())


def _for_scan(content: str, links: list[Link]) -> str:
    target, label = _parts(content)
    if target[:1] in {"@", "#", "!"} or target.lower().startswith(("mailto:", "tel:")):
        return " "
    if not _SCHEME.match(target):
        return f" {content} "
    if label and target.lower().rstrip("/") in {f"http://{label}".lower(), f"https://{label}".lower()}:
        # Slack links whatever looks like a host, file names among them: this is what was typed.
        return label
    links.append(Link(target, label))
    return f" {LINK} "


def _for_reading(content: str) -> str:
    target, label = _parts(content)
    if target[:1] in {"@", "#", "!"}:
        return " "
    return label or target.removeprefix("mailto:")


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _scannable(text: str) -> str:
    text = text.translate(_QUOTES).translate(_NARROW)
    if "[" in text or "(" in text:
        text = _DEFANGED.sub(lambda found: ":" if ":" in found[0] else ".", text)
    if "," in text or " . " in text or " dot " in text:
        text = re.compile(_SLIPPED, re.IGNORECASE).sub(lambda found: _SLIP.sub(".", found[0]), text)
    return text


def _readable(text: str) -> str:
    text = _EMOJI_CODE.sub(" ", _CREDENTIALS.sub("", text))
    return " ".join(_MARKS.sub(" ", text).split())
