"""Finds the hosts that a plain text names, with their ports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.hostnames import cut_name, is_host_name, settle_full_stops
from bot.lexicon import HOST
from bot.markup import LINK, Link

HTTPS_PORT = 443

# A message that names more than this is a list or a log; what follows is left unread.
_MAX_MENTIONS = 40
_MAX_PLACES = 400
# How much is read around a word for the words beside it.
_NEAR = 48

_LETTER = "\\w\\-\u200d\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"  # and the emoji, for there are emoji hosts
_RUN = f"[{_LETTER}.]"
_LITERAL = r"\[[0-9A-Fa-f:.]{2,45}(?:%[\w.\-]{1,20})?\]"
# How hasty fingers write https and http.
_SLIPPED_SCHEME = "h?t{1,3}ps?s?|ht?tsp|hhttps?"
# Every alternative is read in one pass: possessive, bounded, or begun only where none has run past.
_PLACES = (
    rf"(?P<link>{LINK})"
    rf"|(?<![A-Za-z0-9+.\-])(?P<url>(?:h(?:tt|xx)ps?|{_SLIPPED_SCHEME}|wss?|ftps?)(?::[/\\]{{1,3}}|//))"
    r"|(?<![A-Za-z0-9+.\-])(?P<other_url>[a-z][a-z0-9+.\-]{0,20}://)"
    rf"|(?P<literal>{_LITERAL})"
    r"|(?<![\w:.])(?P<colons>[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,40}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?)"
    r"|(?<![^\s\"'`(=,:])(?P<path>(?:[A-Za-z]:\\|\\\\|~/|\.{0,2}/(?!/))[^\s\"'`<>]*+)"
    rf"|(?<!{_RUN})(?P<run>[{_LETTER}]*+\.{_RUN}*+|localhost(?!{_RUN}))"
)
# A text without any of these names no place, and most questions do without.
_OF_PLACES = re.compile(rf"[.:/\\\[]|localhost|{LINK}", re.IGNORECASE)
_SCHEMES = frozenset({"https", "http", "ws", "wss", "ftp", "ftps"})
_USERINFO = re.compile(r"[^\s/\\?#<>\"|,;@]{0,256}@")
_AUTHORITY = re.compile(rf"(?P<literal>{_LITERAL})|(?P<run>{_RUN}++)")
_MAIL_DOMAIN = re.compile(rf"@{_RUN}*+")
_PORT = re.compile(r":(\d{1,10})(?![\d.]*\w)")
_AFTER_PORT = re.compile(r":[\d.:]{1,60}")  # curl --resolve host:443:203.0.113.7
# Only ASCII: a path may hold more, but so may the sentence that goes on behind it without a blank.
_PATH = re.compile(r"[/?#\\](?:(?![,;|]+https?:)[!#-&(-;=?-_a-z~]){0,3000}")
_WORD = re.compile(r"[^\s<>\"'`]*+")
_TRAILING = ".,;:!?)'\"*_~`]}"
# These two are compiled where a host was found.
_SPOKEN_PORT = (
    r"[`*_)\"']{0,3}[\s,]{0,2}(?:\(?(?:on|at|over|via|with|auf|an|über|en|el|sur|le|na|no|em|the|tcp|of|am|dem)\s+){0,3}\(?"
    r"(?:port|puerto|porta|ポート)[\s:=]{0,2}(\d{1,5})(?![\w.])|\s?(?:的|の)?\s?(\d{1,5})\s?(?:号?端口|番?ポート|번?\s?포트|埠)"
)
_PORT_BEFORE = (
    r"port\s(\d{1,5})\s(?:on|of|at|for|from|auf|von|an|bei|de|en|sur|em)\s(?:the\s)?(?:host\s|server\s)?[`*_\"']{0,3}$"
)


@dataclass(frozen=True, slots=True)
class MentionedHost:
    """A host that a message names.

    `host` is a name in lower-case A-labels without a trailing dot, or an address in its canonical form without
    brackets; where what was typed is no host after all, it is that in lower case, and the diagnosis says so. `text`
    is what to hand to a diagnosis: as it was typed, without credentials.
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
    """The hosts of a text in their order, repetitions included; `rest` is the text with `bot.lexicon.HOST` for each."""

    mentions: tuple[MentionedHost, ...]
    conflicts: tuple[Conflict, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What one place of the text came to: a mention, something to take out (a path, an address), or plain words."""

    begin: int
    end: int
    mention: MentionedHost | None = None
    words: bool = False


def find_hosts(text: str, *, links: Sequence[Link] = ()) -> Found:
    """The hosts that a text names, as `bot.markup.read_markup` leaves it, its links given apart."""
    mentions: list[MentionedHost] = []
    conflicts: list[Conflict] = []
    rest: list[str] = []
    following = iter(links)
    text = settle_full_stops(text)
    if not _OF_PLACES.search(text):
        return Found((), (), text)
    pattern = re.compile(_PLACES, re.IGNORECASE)
    done = position = places = 0
    while places < _MAX_PLACES and len(mentions) < _MAX_MENTIONS and (start := pattern.search(text, position)):
        places += 1
        if start.lastgroup == "link":
            link = next(following, Link("", ""))
            place = _Place(start.start(), start.end(), read_url(link.url))
            conflicts += _conflicts(link, place.mention)
        else:
            place = _read(text, start)
        position = max(place.end, start.start() + 1)
        if place.words:
            continue
        rest += text[done : place.begin], f" {HOST} " if place.mention else " "
        done = position
        if place.mention is not None:
            mentions.append(place.mention)
    rest.append(text[done:])
    return Found(tuple(mentions), tuple(conflicts), "".join(rest))


def read_url(text: str) -> MentionedHost | None:
    """The host of a text that begins with a URL of the web, or None."""
    start = re.compile(_PLACES, re.IGNORECASE).match(text)
    return _url(text, start).mention if start is not None and start.lastgroup == "url" else None


def _conflicts(link: Link, mention: MentionedHost | None) -> list[Conflict]:
    shown = find_hosts(link.label).mentions if "." in link.label or ":" in link.label else ()
    if mention is None or not shown or any(other.host == mention.host for other in shown):
        return []
    return [Conflict(shown[0].host, mention.host)]


def _read(text: str, start: re.Match[str]) -> _Place:
    match start.lastgroup:
        case "url":
            return _url(text, start)
        case "other_url":
            return _Place(start.start(), _end_of_word(text, start.end()))
        case "path":
            return _Place(start.start(), start.end())
        case "literal" if ":" in start["literal"]:
            return _mention(text, start.start(), start.end())
        case "literal":
            return _Place(start.start(), start.start() + 1, words=True)
        case "colons":
            return _bare_ipv6(text, start)
    return _bare_name(text, start)


def _url(text: str, start: re.Match[str]) -> _Place:
    begin = start.end()
    userinfo = _USERINFO.match(text, begin)
    begin = userinfo.end() if userinfo else begin
    authority = _AUTHORITY.match(text, begin)
    if authority is None or text[begin] == ".":
        # "https://*.example.com" names no host, and "http://" is a word of the sentence.
        end = _end_of_word(text, begin)
        return _Place(start.start(), end) if text[begin : begin + 1] in {"*", "."} else _Place(begin, begin, words=True)
    name = authority["literal"] or cut_name(authority["run"])
    single_label = "." not in name and ":" not in name
    if not name or (single_label and "//" not in start["url"].replace("\\", "/")):
        return _Place(begin, begin, words=True)
    begin = text.index(name, begin)
    scheme = start["url"].lower().replace("xx", "tt").rstrip(":/\\")
    if scheme not in _SCHEMES:
        scheme = "https" if "s" in scheme else "http"
    return _mention(
        text, begin, begin + len(name), scheme="" if scheme in {"ws", "wss"} else scheme, from_=start.start()
    )


def _bare_ipv6(text: str, start: re.Match[str]) -> _Place:
    begin, spelled = start.start(), start["colons"]
    spelled = spelled if spelled.endswith("::") else spelled.rstrip(":")
    end = begin + len(spelled)
    goes_on = re.match(r"[\w/]|\.\w", text[end : end + 2])
    # Fewer colons are a time or a label ("note: …"); without a digit it is C++ or an emoticon.
    if spelled.count(":") >= 2 and any(char.isdigit() for char in spelled) and not goes_on:
        host, port = _normal(f"[{spelled}]")
        if ":" in host and "[" not in host:
            return _Place(begin, end, MentionedHost(host, port, f"[{host}]"))
    return _Place(begin, begin + start["colons"].rindex(":") + 1, words=True)


def _bare_name(text: str, start: re.Match[str]) -> _Place:
    run, begin, end = start["run"], start.start(), start.end()
    before = text[max(0, begin - _NEAR) : begin]
    if text[end : end + 1] == "@":  # the local part of an e-mail address
        domain = _MAIL_DOMAIN.match(text, end)
        return _Place(begin, domain.end() if domain else end)
    if before.endswith(("@", "$", "\\")) or (before.endswith("/") and not before.endswith("//")):
        return _Place(begin, end)
    # A wildcard's rest, a suffix, .NET or an ellipsis begins with a dot; "include:_spf.…" is a DNS record's.
    name = "" if run[0] == "." or (run[0] == "_" and before.endswith((":", "="))) else cut_name(run)
    if not name:
        return _Place(begin, end, words=True)
    begin += run.index(name)
    end = begin + len(name)
    after = text[end : end + _NEAR]
    if not is_host_name(name, before=before, after=after, has_port=_PORT.match(after) is not None):
        path_end = _end_of_path(text, end)
        return _Place(begin, max(path_end, end + 1), words=path_end == end)
    place = _mention(text, begin, end)
    if name.lower() == "localhost" and place.mention and place.mention.port == HTTPS_PORT and before.strip():
        # "It works on localhost" speaks of a place; with a port, it is one to be looked at.
        return _Place(begin, end, words=True)
    return place


def _mention(text: str, begin: int, end: int, *, scheme: str = "", from_: int | None = None) -> _Place:
    """The mention of the host at this place, with the port and the path that follow it."""
    shown, port = text[begin:end], HTTPS_PORT
    named = _PORT.match(text, end)
    if named:
        port, shown, end = int(named[1]), f"{shown}{named[0]}", named.end()
        more = _AFTER_PORT.match(text, end)
        end = more.end() if more else end
    else:
        spoken = re.compile(_SPOKEN_PORT, re.IGNORECASE).match(text, end) or re.compile(
            _PORT_BEFORE, re.IGNORECASE
        ).search(text, max(0, begin - _NEAR), begin)
        port = int(next(filter(None, spoken.groups()))) if spoken else HTTPS_PORT
        shown = shown if port == HTTPS_PORT else f"{shown}:{port}"
    path_end = _end_of_path(text, end)
    if scheme:
        shown = f"{scheme}://{shown}{text[end:path_end].partition('#')[0]}"
    host, port = _normal(shown, port=port)
    return _Place(begin if from_ is None else from_, path_end, MentionedHost(host, port, shown))


def _normal(text: str, *, port: int = HTTPS_PORT) -> tuple[str, int]:
    """Host and port as a diagnosis reads them; as typed, where it will say that it cannot."""
    from diagnostics.target import Target, parse_target  # late: most messages name no host

    target = parse_target(text)
    if isinstance(target, Target):
        return target.host, target.port
    bare = re.sub(r"^[a-z]+://|[/?#\\].*$|:\d+$", "", text.lower())
    return (bare.removesuffix(f":{port}") or bare).removesuffix("."), port


def _end_of_word(text: str, position: int) -> int:
    word = _WORD.match(text, position)
    return word.end() if word else position


def _end_of_path(text: str, position: int) -> int:
    path = _PATH.match(text, position)
    return position + len(path[0].rstrip(_TRAILING)) if path else position
