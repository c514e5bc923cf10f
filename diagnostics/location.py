"""Reads a redirect's Location the way browsers do."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from diagnostics.target import Target, parse_target, without_credentials

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
# URL standard §4.4: C0 controls and spaces around a URL are dropped, tabs and line ends anywhere in it.
_AROUND = "".join(map(chr, range(0x21)))
_ANYWHERE = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY_END = re.compile(r"[/\\?#]")
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
_PATH_END = re.compile("[?#]")
_NOT_IN_HOST = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")  # URL standard §3.2, "forbidden domain code points"
_KEPT = "%/:?[]@!$&'()*+,;=~"
_SINGLE_DOT, _DOUBLE_DOT = (".", "%2e"), ("..", ".%2e", "%2e.", "%2e%2e")
_SLASHES = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.-]*:)?)[/\\]*(?=[^/\\?#]*@)")


@dataclass(frozen=True, slots=True)
class Link:
    """An http or https URL in normal form: no credentials, no fragment."""

    scheme: str
    target: Target  # host and port, the default one filled in
    path: str  # with the query

    @property
    def url(self) -> str:
        """The URL as text, without a needless port."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port."""
        host = f"[{self.target.host}]" if ":" in self.target.host else self.target.host
        return host if self.target.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.target.port}"


def read_location(location: str | None, *, base: Link) -> Link | None:
    """Where a Location header leads from a URL; None where a browser could not follow it (Fetch standard §4.4)."""
    text = _cleaned(location or "")
    if not text:
        return None  # browsers show the answer itself
    scheme, rest = _scheme(text)
    if scheme is None:
        return _relative(rest, base)
    if scheme not in _DEFAULT_PORTS:
        return None
    # URL standard, "special relative or authority state": https:page on an https page is relative.
    if scheme == base.scheme and not rest.replace("\\", "/").startswith("//"):
        return _relative(rest, base)
    return _absolute(scheme, rest.lstrip("/\\"))


def read_url(text: str) -> Link | None:
    """An http or https URL in normal form; None for anything else."""
    scheme, rest = _scheme(_cleaned(text))
    if scheme is None or scheme not in _DEFAULT_PORTS:
        return None
    return _absolute(scheme, rest.lstrip("/\\"))


def shown_location(location: str | None) -> str | None:
    """A Location header for people: as it came, without credentials in any spelling of it."""
    if location is None or "@" not in location:
        return location
    text = _cleaned(location)
    return without_credentials(_SLASHES.sub(r"\1//", text, count=1) if _SLASHES.match(text) else text)


def _cleaned(text: str) -> str:
    return text.strip(_AROUND).translate(_ANYWHERE)


def _scheme(text: str) -> tuple[str | None, str]:
    found = _SCHEME.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (None, text)


def _relative(text: str, base: Link) -> Link | None:
    before_query = _PATH_END.split(text, maxsplit=1)[0].replace("\\", "/")
    if before_query.startswith("//"):
        return _absolute(base.scheme, text.lstrip("/\\"))
    base_path, mark, base_query = base.path.partition("?")
    path, query = _path_and_query(text)
    if not path:
        return Link(base.scheme, base.target, base_path + (query if query is not None else mark + base_query))
    if not path.startswith("/"):
        path = base_path.rpartition("/")[0] + "/" + path
    return Link(base.scheme, base.target, _without_dots(path) + (query or ""))


def _absolute(scheme: str, text: str) -> Link | None:
    """A URL from its authority on."""
    end = _AUTHORITY_END.search(text)
    authority, rest = (text[: end.start()], text[end.start() :]) if end else (text, "")
    target = _target(scheme, authority.rpartition("@")[2])
    if target is None:
        return None
    path, query = _path_and_query(rest)
    return Link(scheme, target, _without_dots(path or "/") + (query or ""))


def _target(scheme: str, place: str) -> Target | None:
    """Host and port; browsers decode %-escapes in a host, and take `:0443` and an empty port."""
    found = _HOST_AND_PORT.fullmatch(place)
    if found is None or not found[1]:
        return None
    host = found[1]
    if not host.startswith("["):
        host = unquote(host, errors="replace")
        if _NOT_IN_HOST.search(host):
            return None
    digits = (found[2] or "").lstrip("0")
    if len(digits) > len(str(_MAX_PORT)) or (found[2] and not digits):
        return None
    port = int(digits) if digits else _DEFAULT_PORTS[scheme]
    parsed = parse_target(f"{scheme}://{host}/")
    if port > _MAX_PORT or not isinstance(parsed, Target):
        return None
    return Target(parsed.host, parsed.host, port)


def _path_and_query(text: str) -> tuple[str, str | None]:
    """The path, with slashes for backslashes, and the query with its mark; the fragment is dropped."""
    before, _, _ = text.partition("#")
    path, mark, query = before.partition("?")
    quoted = quote(path.replace("\\", "/"), safe=_KEPT, errors="replace")
    return quoted, mark + quote(query, safe=_KEPT, errors="replace") if mark else None


def _without_dots(path: str) -> str:
    """URL standard §4.4, "path state": `.` and `..` are resolved, also where they are escaped."""
    segments: list[str] = []
    parts = path.split("/")[1:]
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part.lower() in _DOUBLE_DOT:
            if segments:
                segments.pop()
            if last:
                segments.append("")
        elif part.lower() in _SINGLE_DOT:
            if last:
                segments.append("")
        else:
            segments.append(part)
    return "/" + "/".join(segments)
