"""Reads a redirect's Location the way browsers do."""

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from diagnostics.target import Target, parse_target

_DEFAULT_PORTS = {"http": 80, "https": 443}
# URL standard §4.4: C0 controls and spaces around a URL are dropped, tabs and line ends anywhere in it.
_AROUND = "".join(map(chr, range(0x21)))
_ANYWHERE = str.maketrans("", "", "\t\n\r")
_KEPT = "%/:?#[]@!$&'()*+,;=~"


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
    text = (location or "").strip(_AROUND).translate(_ANYWHERE)
    if not text or not text.isprintable():
        return None
    before, mark, after = text.partition("?")
    try:
        return read_url(urljoin(base.url, before.replace("\\", "/") + mark + after))
    except ValueError:
        return None


def read_url(text: str) -> Link | None:
    """An http or https URL in normal form; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.netloc:
        return None
    target = parse_target(f"{parts.scheme}://{parts.netloc}/")
    if not isinstance(target, Target):
        return None
    path = quote(parts.path or "/", safe=_KEPT)
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT)
    return Link(parts.scheme, Target(target.text, target.host, port or _DEFAULT_PORTS[parts.scheme]), path)
