"""Finds the hosts that a plain text names, and tells them from files, packages, versions and e-mail addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address

from bot import lookalikes
from bot.markup import LINK, Link
from diagnostics.names import address_of, normal_name

HTTPS_PORT = 443
# Stands for a named host in `Found.rest`.
HOST = "\ue001"

_MAX_NAME, _MAX_LABEL = 253, 63  # RFC 1035 §2.3.4
# A message that names more than this is a list or a log; what follows is left unread.
_MAX_MENTIONS = 40
_MAX_PLACES = 400
_EMOJI = "\u200d\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_LABEL = rf"\w\-{_EMOJI}"
_RUN = rf"[{_LABEL}.]"

_STARTS = re.compile(
    rf"(?P<link>{LINK})"
    r"|(?<![A-Za-z0-9+.\-])(?:(?P<url>(?:h(?:tt|xx)ps?|wss?|ftps?)(?::[/\\]{1,3}|//))|(?P<other>[a-z][a-z0-9+.\-]{0,20}://))"
    r"|(?P<bracketed>\[[0-9A-Fa-f:.]{2,45}(?:%[\w.\-]{1,20})?\])"
    r"|(?<![\w:.])(?P<colons>[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,40}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?)"
    r"|(?<![^\s\"'`(=,:])(?P<path>(?:[A-Za-z]:\\|\\\\|~/|\.{0,2}/(?!/))[^\s\"'`<>]*+)"
    rf"|(?<!{_RUN})(?P<run>[{_LABEL}]*+\.{_RUN}*+|localhost(?!{_RUN}))",
    re.IGNORECASE,
)
_FULL_STOPS = re.compile(rf"{_RUN}*+(?:[。｡]{_RUN}*+)+")
_USERINFO = re.compile(r"[^\s/\\?#<>\"|,;@]{0,256}@")
_AUTHORITY = re.compile(rf"(?P<literal>\[[0-9A-Fa-f:.]{{2,45}}(?:%[\w.\-]{{1,20}})?\])|(?P<run>{_RUN}+)")
_PORT = re.compile(r":(\d{1,10})(?![\d.]*\w)")
# Only ASCII: a path may hold more, but so may the sentence that goes on behind it without a blank.
_PATH = re.compile(r"[/?#\\](?:(?![,;|]+https?:)[!#-&(-;=?-_a-z~]){0,3000}")
_MAIL_DOMAIN = re.compile(rf"@{_RUN}*")
_TRAILING = ".,;:!?)'\"*_~`]}"
_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)(?:\.(?:\d+|0x[0-9a-f]*)){0,3}", re.IGNORECASE | re.ASCII)
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE | re.ASCII)
_SPOKEN_PORT = re.compile(
    r"[`*_)\"']{0,3}[\s,]{0,2}(?:\(?(?:on|at|over|via|with|auf|an|über|en|el|sur|le|na|no|em|the|tcp|of|am|dem)\s+){0,3}\(?"
    r"(?:port|puerto|porta|ポート)[\s:=]{0,2}(\d{1,5})(?![\w.])|\s?(?:的|の)?\s?(\d{1,5})\s?(?:号?端口|番?ポート|번?\s?포트|埠)",
    re.IGNORECASE,
)
_PORT_BEFORE = re.compile(
    r"port\s(\d{1,5})\s(?:on|of|at|for|from|auf|von|an|bei|de|en|sur|em)\s(?:the\s)?(?:host\s|server\s)?[`*_\"']{0,3}$",
    re.I,
)
# How much is read around a host for the words beside it.
_NEAR = 48


@dataclass(frozen=True, slots=True)
class MentionedHost:
    """A host that a message names.

    `host` is a name in lower-case A-labels without a trailing dot, or an address in its canonical form; `text` is
    what to hand to a diagnosis: as it was typed, without credentials.
    """

    host: str
    port: int
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A link that shows one host and leads to another; the latter is the one that counts."""

    shown: str
    host: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hosts of a text in their order, repetitions included; `rest` is the text with `HOST` for each of them."""

    mentions: tuple[MentionedHost, ...]
    conflicts: tuple[Conflict, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class _Step:
    """What one place of the text came to: a mention or none, and where to read on."""

    end: int
    mention: MentionedHost | None = None
    skipped: bool = True  # False: the text is no host and is left standing for the intent


def find_hosts(text: str, *, links: Sequence[Link] = ()) -> Found:
    """The hosts that a text names, as `bot.markup.read_markup` leaves it, its links given apart."""
    mentions: list[MentionedHost] = []
    conflicts: list[Conflict] = []
    rest: list[str] = []
    following = iter(links)
    text = _settle_full_stops(text)
    done = position = places = 0
    while places < _MAX_PLACES and len(mentions) < _MAX_MENTIONS and (start := _STARTS.search(text, position)):
        places += 1
        if start.lastgroup == "link":
            link = next(following, Link("", ""))
            mention = read_url(link.url)
            label = _label_host(link.label)
            if mention and label and label != mention.host:
                conflicts.append(Conflict(label, mention.host))
            step = _Step(start.end(), mention)
        else:
            step = _read(text, start)
        position = max(step.end, start.start() + 1)
        if step.mention is None and not step.skipped:
            continue
        rest += text[done : start.start()], f" {HOST} " if step.mention else " "
        done = position
        if step.mention is not None:
            mentions.append(step.mention)
    rest.append(text[done:])
    return Found(tuple(mentions), tuple(conflicts), "".join(rest))


def read_url(text: str) -> MentionedHost | None:
    """The host of a text that begins with a URL of the web, or None."""
    start = _STARTS.match(text)
    return _url(text, start).mention if start is not None and start.lastgroup == "url" else None


def _label_host(label: str) -> str | None:
    found = find_hosts(label).mentions if "." in label or ":" in label else ()
    return found[0].host if found else None


def _read(text: str, start: re.Match[str]) -> _Step:
    match start.lastgroup:
        case "url":
            return _url(text, start)
        case "other":
            return _Step(_after_path(text, start.end(), whole=True))
        case "path":
            return _Step(start.end())
        case "bracketed":
            address = address_of(start["bracketed"])
            if address is None or ":" not in start["bracketed"]:
                return _Step(start.start() + 1, skipped=False)
            return _mention(text, start.start(), start.end(), str(address))
        case "colons":
            return _bare_ipv6(text, start)
    return _bare(text, start)


def _url(text: str, start: re.Match[str]) -> _Step:
    begin = start.end()
    userinfo = _USERINFO.match(text, begin)
    begin = userinfo.end() if userinfo else begin
    authority = _AUTHORITY.match(text, begin)
    if authority is None or text[begin - 1 : begin + 1] == "/.":
        return _Step(_after_path(text, begin, whole=True) if text[begin : begin + 1] in {"*", "."} else begin)
    if authority["literal"]:
        address = address_of(authority["literal"])
        host, end = (str(address) if address else authority["literal"][1:-1].lower()), authority.end()
    else:
        name = _cut(authority["run"])
        host, end = normal_host(name), begin + authority["run"].index(name) + len(name)
    spelled = start["url"]
    if not host or ("." not in host and ":" not in host and "//" not in spelled.replace("\\", "/")):
        return _Step(begin, skipped=False)
    scheme = spelled.lower().replace("xx", "tt").partition(":")[0].rstrip("/\\")
    return _mention(text, begin, end, host, prefix="" if scheme in {"ws", "wss"} else f"{scheme}://")


def _bare_ipv6(text: str, start: re.Match[str]) -> _Step:
    spelled = start["colons"].rstrip(":") if not start["colons"].endswith("::") else start["colons"]
    end = start.start() + len(spelled)
    address = address_of(spelled) if spelled.count(":") >= 2 and re.search(r"\d", spelled) else None
    after = text[end : end + 2]
    if address is None or re.match(r"[\w/]|\.\w", after):
        return _Step(start.start() + start["colons"].rindex(":") + 1, skipped=False)
    host = str(address)
    return _Step(end, MentionedHost(host, HTTPS_PORT, f"[{host}]"))


def _bare(text: str, start: re.Match[str]) -> _Step:
    run, begin = start["run"], start.start()
    if text[start.end() : start.end() + 1] == "@":  # the local part of an e-mail address
        domain = _MAIL_DOMAIN.match(text, start.end())
        return _Step(domain.end() if domain else start.end())
    before = text[max(0, begin - _NEAR) : begin]
    if before.endswith(("@", "$", "\\")) or (before.endswith("/") and not before.endswith("//")):
        return _Step(start.end())
    if run[0] == ".":  # a wildcard's rest, a suffix, .NET, an ellipsis
        return _Step(start.end(), skipped=False)
    name = _cut(run)
    if not name:
        return _Step(begin + len(run), skipped=False)
    begin += run.index(name)
    end = begin + len(name)
    if not _is_host(name, before=before, after=text[end : end + _NEAR]):
        tail = _after_path(text, end, whole=False)
        return _Step(max(tail, end + 1), skipped=tail > end)
    step = _mention(text, begin, end, normal_host(name))
    if name.lower() == "localhost" and step.mention and step.mention.port == HTTPS_PORT and before.strip():
        return _Step(end, skipped=False)  # "works on localhost": a place to speak of, unless its port is named
    return step


def _mention(text: str, begin: int, end: int, host: str, *, prefix: str = "") -> _Step:
    """The mention of a host at this place, with the port and the path that follow it."""
    shown = text[begin:end] if address_of(host) is None or "[" not in text[begin:end] else f"[{host}]"
    port = HTTPS_PORT
    named = _PORT.match(text, end)
    if named:
        port, end, shown = int(named[1]), named.end(), f"{shown}{named[0]}"
        end = again.end() if (again := re.compile(r":[\d.:]{1,60}").match(text, end)) else end  # curl --resolve
    else:
        spoken = _SPOKEN_PORT.match(text, end)
        earlier = _PORT_BEFORE.search(text, max(0, begin - _NEAR), begin)
        if spoken or earlier:
            port = int((spoken and (spoken[1] or spoken[2])) or (earlier and earlier[1]) or HTTPS_PORT)
            shown = shown if port == HTTPS_PORT else f"{shown}:{port}"
    path_end = _after_path(text, end, whole=False)
    path = text[end:path_end].partition("#")[0] if prefix and not any(c.isspace() for c in text[end:path_end]) else ""
    return _Step(path_end, MentionedHost(host, port, f"{prefix}{shown}{path}"))


def _after_path(text: str, position: int, *, whole: bool) -> int:
    """Where the path at this position ends; with `whole`, whatever stands there without a blank counts."""
    if whole:
        while position < len(text) and not text[position].isspace() and text[position] not in "<>\"'`":
            position += 1
        return position
    path = _PATH.match(text, position)
    return position + len(path[0].rstrip(_TRAILING)) if path else position


def _cut(run: str) -> str:
    """The part of a run of letters and dots that may be a host: decoration and neighbouring words cut away."""
    run = run.partition("..")[0].rstrip("-_.")
    run = run.lstrip("-")
    if run.startswith("_") and run.count("_") == 1:
        run = run[1:]
    labels = run.split(".")
    for index, label in enumerate(labels[1:], 1):
        narrow = next((place for place, char in enumerate(label) if _is_wide(char)), 0)
        if narrow:  # example.com打不开
            run = ".".join((*labels[:index], label[:narrow]))
            break
    else:
        run = ".".join((*labels[:-1], _wide_tld(labels[-1])))
    first = run.partition(".")[0]
    glued = max((place + 1 for place, char in enumerate(first) if _is_wide(char)), default=0)
    if 0 < glued < len(first) and first[glued].isalnum():  # 我的网站example.com, 👉example.com
        return run[glued:]
    word = next((word for word in lookalikes.GLUED if glued and first.startswith(word) and first != word), "")
    return run[len(word) :]


def _is_wide(char: str) -> bool:
    """Whether a character is an emoji or of a script written without blanks (Thai to Korean): a host may end there."""
    return "\u0e00" <= char <= "\u1dff" or char >= "\u2190"


def _settle_full_stops(text: str) -> str:
    """Ideographic full stops as dots where a host was typed with them (www。example。com), and else set apart."""
    if "。" not in text and "｡" not in text:
        return text
    return _FULL_STOPS.sub(lambda run: _settled(re.split("[。｡]", run[0])), text)


def _settled(pieces: list[str]) -> str:
    typed_as_dots = "." not in pieces[0] and all(pieces) and all(len(piece) <= _MAX_LABEL for piece in pieces)
    if typed_as_dots and (all(piece.isascii() for piece in pieces) or _suffix_exists(pieces[-1].lower())):
        return ".".join(pieces)
    return " 。 ".join(filter(None, pieces)) + " 。 "


def _wide_tld(label: str) -> str:
    """The longest beginning of a label that is a TLD of a script written without blanks, or the label."""
    if not _is_wide(label[:1]):
        return label
    return next((label[:n] for n in range(min(len(label), 8), 0, -1) if _suffix_exists(label[:n])), label)


def normal_host(name: str) -> str:
    """A host as typed in its normal form; in lower case where there is none, which a diagnosis then says."""
    address = address_of(name)
    if address is not None:
        return str(address)
    ascii_name = normal_name(name)
    if ascii_name is not None:
        return ascii_name
    if _ENDS_IN_NUMBER.fullmatch(name):
        return _odd_ipv4(name) or name.lower()
    return _loose_name(name) or name.lower()


def _odd_ipv4(text: str) -> str | None:
    """The address that browsers read from 0x7f.1 and its like (URL standard, the IPv4 parser)."""
    if not _NUMERIC.fullmatch(text):
        return None
    try:
        numbers = [
            int(part[2:] or "0", 16) if part[:2].lower() == "0x" else int(part, 8 if part[0] == "0" else 10)
            for part in text.split(".")
        ]
    except ValueError:
        return None
    *high, low = numbers
    if any(number > 255 for number in high) or low >= 256 ** (4 - len(high)):
        return None
    return str(IPv4Address(low + sum(number << (24 - 8 * index) for index, number in enumerate(high))))


def _loose_name(name: str) -> str | None:
    """A name with emoji, which IDNA 2008 leaves out and registries of some TLDs sell, in A-labels."""
    import idna

    labels = []
    for label in name.removesuffix(".").split("."):
        try:
            mapped = label if label.isascii() else idna.uts46_remap(label, False, False)
            labels.append(mapped if mapped.isascii() else f"xn--{mapped.encode('punycode').decode('ascii')}")
        except (idna.IDNAError, UnicodeError):
            return None
    whole = ".".join(labels).lower()
    return whole if normal_name(whole) else None


@cache
def _suffixes() -> frozenset[str]:
    """The registries' half of the public suffix list, read as lines: its own package takes ten times as long."""
    from importlib.resources import files

    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    return frozenset(text.partition("// ===END ICANN DOMAINS===")[0].splitlines())


def _suffix_exists(tld: str) -> bool:
    if tld.startswith("xn--"):
        import idna

        try:
            tld = idna.decode(tld)
        except (idna.IDNAError, UnicodeError):
            return False
    return tld in _suffixes() or f"*.{tld}" in _suffixes()


def _is_host(name: str, *, before: str, after: str) -> bool:
    """Whether a word with dots that stands by itself is a host, by its ending and by what stands beside it."""
    lower = name.lower()
    if lower == "localhost":
        return True
    labels = lower.split(".")
    if len(labels) < 2 or not all(labels) or len(name) > _MAX_NAME or lower.startswith("_"):
        return False
    if _QUAD.fullmatch(lower):
        return _is_bare_ipv4(lower, before=before, after=after)
    tld = labels[-1]
    if tld in lookalikes.FILE_ENDINGS or (tld.isascii() and not re.fullmatch(r"[a-z]{2,}|xn--[a-z0-9\-]+", tld)):
        return False
    if "_" in labels[-2] or normal_name(lower) is None and _loose_name(lower) is None:
        return False
    explicit = before.endswith("//") or after[:1] == "/" or _PORT.match(after) is not None or labels[0] == "www"
    if after[:1] == "\\" or lower.endswith(lookalikes.API_GROUPS) and after[:1] == "/":
        return False
    if not explicit and _is_lookalike(name, labels, before=before, after=after):
        return False
    if tld in lookalikes.RESERVED_TLDS or lower.endswith(".home.arpa"):
        return True
    if not _suffix_exists(tld):
        return False
    parent = ".".join(labels[1:])
    return lower not in _suffixes() and (f"*.{parent}" not in _suffixes() or f"!{lower}" in _suffixes())


def _is_bare_ipv4(text: str, *, before: str, after: str) -> bool:
    word = before.rstrip().rpartition(" ")[2].lower().strip("(\"'`")
    if address_of(text) is None or word in lookalikes.VERSION_NOUNS or re.match(r"/\d{1,2}(?!\w)|[\w%]", after):
        return False
    return not re.search(rf"{HOST}\s*\($", before)


def _is_lookalike(name: str, labels: list[str], *, before: str, after: str) -> bool:
    """Whether a name that has a TLD is more likely a file, product, package, attribute or two sentences."""
    stem, tld = labels[0], labels[-1]
    word = re.split(r"[\s:(\"'`*]+", before.lower().rstrip(" :\"'`*("))[-1]
    alone = not before.strip() and not after.strip(" ?!.")
    meant = word in lookalikes.HOST_NOUNS or alone
    if name.lower() in lookalikes.PRODUCTS:
        return True
    if labels[0] in lookalikes.REVERSED and len(labels) > 2:
        return True
    if after.startswith("(") and tld in lookalikes.CODE_TLDS | lookalikes.SOFT_FILE_TLDS:
        return True
    if stem in {"java", "javax", "jdk", "kotlin", "android", "system"} and tld not in {"com", "org"}:
        return True
    if tld in lookalikes.FILE_TLDS:
        named_file = (
            stem in lookalikes.FILE_STEMS
            or "_" in name
            or stem.startswith(("lib", "id_"))
            or labels[-2] in {"com", "net", "org"}
        )
        return named_file or (len(labels) == 2 or tld in {"md", "py", "properties"}) and not meant
    if len(labels) > 2:
        return False
    if tld in lookalikes.SOFT_FILE_TLDS and stem in lookalikes.FILE_STEMS:
        return True
    if stem in lookalikes.CODE_STEMS and tld in lookalikes.CODE_TLDS:
        return True
    return _is_sentence_end(name, stem, tld)


def _is_sentence_end(name: str, stem: str, tld: str) -> bool:
    first, _, last = name.partition(".")
    if last.istitle() and (tld in lookalikes.SENTENCE_TLDS or (first[-1:].islower() and not first[:1].isupper())):
        return True
    return tld in lookalikes.SENTENCE_TLDS and (stem in lookalikes.SENTENCE_WORDS or (stem.isdigit() and tld == "am"))
