"""What a person names as target, brought into one normal form: a host and a port."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import idna

DEFAULT_PORT = 443
_MAX_PORT = 65535
_MAX_LABEL = 63  # RFC 1035 §2.3.4
_MAX_NAME = 253  # RFC 1035 §2.3.4, as text without the final dot
_ACE_PREFIX = "xn--"  # RFC 5890 §2.3.2.1
_MAX_TYPED_NAME = 1000  # a name may be typed longer than it is (ignored characters), but not without end


class InvalidReason(StrEnum):
    """Why a text names no target."""

    EMPTY = "empty"
    CONTROL_CHARACTER = "control_character"
    SPACE = "space"
    SCHEME = "scheme"
    PORT = "port"
    AT_SIGN = "at_sign"
    BACKSLASH = "backslash"
    WILDCARD = "wildcard"
    PERCENT = "percent"
    ADDRESS = "address"
    NAME = "name"
    A_LABEL = "a_label"
    TOO_LONG = "too_long"


_SENTENCES = MappingProxyType(
    {
        InvalidReason.EMPTY: "The target is empty: it names no host.",
        InvalidReason.CONTROL_CHARACTER: "The target contains a line break or another control character.",
        InvalidReason.SPACE: "A host name has no spaces in it. Name one host at a time.",
        InvalidReason.SCHEME: "Only addresses that start with https:// or http:// can be checked.",
        InvalidReason.PORT: "After the colon comes a port, which is a number from 1 to 65535, such as :443.",
        InvalidReason.AT_SIGN: "This looks like an e-mail address. Name only the part after the @.",
        InvalidReason.BACKSLASH: "A web address is written with slashes (/), not with backslashes.",
        InvalidReason.WILDCARD: "The * stands for many names. Name one of them, such as www.example.com.",
        InvalidReason.PERCENT: "A host name has no % in it.",
        InvalidReason.ADDRESS: "This is no IP address. In a web address, an IPv6 address goes in brackets, [ and ].",
        InvalidReason.NAME: "A host name consists of letters, digits and hyphens, in parts joined by single dots.",
        InvalidReason.A_LABEL: "What begins with xn-- stands for a name in another script; this stands for none.",
        InvalidReason.TOO_LONG: "A host name has at most 253 characters, and at most 63 between two dots.",
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """A host and the port of its HTTPS.

    `text` is what was typed, without credentials. `host` is lower case, international names as A-labels (RFC 5890
    §2.3.2.1), without a final dot; or an address in canonical form, without brackets.
    """

    text: str
    host: str
    port: int = DEFAULT_PORT

    @property
    def is_address(self) -> bool:
        """Whether the host is an address, so that nothing has to be looked up."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class InvalidTarget:
    """A text that names no target; `text` is what was typed, without credentials."""

    text: str
    reason: InvalidReason

    @property
    def sentence(self) -> str:
        """The reason in words, for people."""
        return _SENTENCES[self.reason]


class _InvalidError(Exception):
    """Ends the reading of a text that names no target; never leaves this module."""

    def __init__(self, reason: InvalidReason) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_target(text: str) -> Target | InvalidTarget:
    """Read a host, `host:port` or http(s) URL the way browsers do, and stricter where readers disagree.

    Every spelling of an IPv4 address that browsers know becomes the address (WHATWG URL §3.5), so that it can be
    judged. What is typed goes to no library that might repair it.
    """
    typed = text.strip()
    try:
        return _parse(typed)
    except _InvalidError as invalid:
        return InvalidTarget(_without_what_may_be_credentials(typed), invalid.reason)


# Space separates words, which are told apart from hosts below; every other character of these kinds hides something.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*)://")
_AUTHORITY_START = re.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_WEB_SCHEME_WITHOUT_SLASHES = re.compile("https?:(?!//|[0-9]+$)", re.IGNORECASE)
_AUTHORITY_END = re.compile("[/?#]")
# The full-width, small and percent-encoded at signs too: somebody's mistyped credentials are credentials.
_AT_SIGN = re.compile("@|\uff20|\ufe6b|%40")
_WEB_SCHEME = re.compile(r"(?:https?|ftp):[/\\]*", re.IGNORECASE)


def without_credentials(url: str) -> str:
    """A URL, or what was meant to be one, without user name and password, also where another URL is inside it."""
    begin = _AUTHORITY_START.match(url)
    start = begin.end() if begin else 0
    end = _AUTHORITY_END.search(url, start)
    rest = (end.start() if end else len(url)) if begin else 0
    *pieces, last = url[rest:].split("@")
    return url[:start] + url[start:rest].rpartition("@")[2] + "@".join([*map(_without_password, pieces), last])


def _without_password(before_at_sign: str) -> str:
    start = max(before_at_sign.rfind(boundary) for boundary in "/?#&= ") + 1
    return before_at_sign[:start] + "…" if ":" in before_at_sign[start:] else before_at_sign


def _without_what_may_be_credentials(text: str) -> str:
    """Hide all that stands before an at sign: an invalid text has no parts to tell credentials by."""
    end = max((found.end() for found in _AT_SIGN.finditer(text)), default=0)
    if not end:
        return text
    scheme = _WEB_SCHEME.match(text)
    return f"{scheme[0] if scheme else ''}…@{text[end:]}"


def _parse(text: str) -> Target:
    if _CONTROL.search(text):
        raise _InvalidError(InvalidReason.CONTROL_CHARACTER)
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise _InvalidError(InvalidReason.SCHEME)
    start = scheme.end() if scheme else 0
    end = _AUTHORITY_END.search(text, start)
    authority = text[start : end.start() if end else len(text)]
    if "\\" in authority:
        raise _InvalidError(InvalidReason.BACKSLASH)
    if not scheme and _WEB_SCHEME_WITHOUT_SLASHES.match(text):
        raise _InvalidError(InvalidReason.SCHEME)
    _, at_sign, place = authority.rpartition("@")
    if at_sign and not scheme:
        raise _InvalidError(InvalidReason.AT_SIGN)
    if any(character.isspace() for character in place):
        raise _InvalidError(InvalidReason.SPACE)
    host, port = _split(place, bare=scheme is None)
    return Target(without_credentials(text), host, port)


def _split(place: str, *, bare: bool) -> tuple[str, int]:
    """Part host and port; without a scheme before it (`bare`), an IPv6 address needs no brackets."""
    if place.startswith("["):
        literal, bracket, rest = place[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise _InvalidError(InvalidReason.ADDRESS)
        return _ipv6(literal), _port(rest[1:]) if rest else DEFAULT_PORT
    if place.count(":") > 1:
        if "::" not in place and place.count(":") == 2:
            raise _InvalidError(InvalidReason.PORT)
        if not bare:
            raise _InvalidError(InvalidReason.ADDRESS)
        return _ipv6(place), DEFAULT_PORT
    name, colon, port = place.partition(":")
    return _host(name), _port(port) if colon else DEFAULT_PORT


def _port(text: str) -> int:
    # A leading zero is refused: some read it as octal.
    if not re.fullmatch("[1-9][0-9]{0,4}", text) or int(text) > _MAX_PORT:
        raise _InvalidError(InvalidReason.PORT)
    return int(text)


def _ipv6(text: str) -> str:
    # A zone (%eth0) means an interface of this machine, which nobody else may choose.
    if not re.fullmatch("[0-9A-Fa-f:.]{2,45}", text):
        raise _InvalidError(InvalidReason.PERCENT if "%" in text else InvalidReason.ADDRESS)
    try:
        return canonical(ipaddress.IPv6Address(text))
    except ValueError:
        raise _InvalidError(InvalidReason.ADDRESS) from None


def canonical(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address as text (RFC 5952 with its §5), the same under every version of Python."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}"
    return str(address)


def _host(typed: str) -> str:
    if not typed:
        raise _InvalidError(InvalidReason.EMPTY)
    if len(typed) > _MAX_TYPED_NAME:
        raise _InvalidError(InvalidReason.TOO_LONG)
    if "%" in typed:
        raise _InvalidError(InvalidReason.PERCENT)
    if "*" in typed:
        raise _InvalidError(InvalidReason.WILDCARD)
    try:
        # UTS 46, so that full-width letters, enclosed digits and ideographic dots are what they stand for.
        mapped = typed.lower() if typed.isascii() else idna.uts46_remap(typed, std3_rules=False, transitional=False)
        labels = mapped.removesuffix(".").split(".")
        host = ".".join(_checked(label) if label.isascii() else _a_label(label) for label in labels)
    except UnicodeError:  # idna's errors are of this kind
        raise _InvalidError(InvalidReason.NAME) from None
    labels = host.split(".")
    if not all(re.fullmatch("[a-z0-9_-]+", label) for label in labels):
        raise _InvalidError(InvalidReason.NAME)
    if _is_number(labels[-1]):
        return _ipv4(labels)
    if len(host) > _MAX_NAME or any(len(label) > _MAX_LABEL for label in labels):
        raise _InvalidError(InvalidReason.TOO_LONG)
    return host


def _checked(label: str) -> str:
    """The same label, unless it claims to be an international one and is none."""
    if label.startswith(_ACE_PREFIX) and not _is_a_label(label):
        raise _InvalidError(InvalidReason.A_LABEL)
    return label


def _is_a_label(label: str) -> bool:
    """Whether it stands for a label that stands for itself (UTS 46 §4.1): symbols too, which registries gave out."""
    try:
        decoded = label.removeprefix(_ACE_PREFIX).encode("ascii").decode("punycode")
        mapped = idna.uts46_remap(decoded, std3_rules=False, transitional=False)
        encoded = _ACE_PREFIX + decoded.encode("punycode").decode("ascii")
    except UnicodeError:  # idna's errors are of this kind
        return False
    return not decoded.isascii() and mapped == decoded and encoded == label


def _a_label(label: str) -> str:
    """The ASCII form of an international label: IDNA 2008, and the symbols (☃) that browsers look up all the same."""
    encoded = _ACE_PREFIX + label.encode("punycode").decode()
    if len(encoded) > _MAX_LABEL:
        raise _InvalidError(InvalidReason.TOO_LONG)
    try:
        idna.alabel(label)
    except idna.InvalidCodepoint:
        idna.check_bidi(label)  # the one rule that idna has not come to yet
    return encoded


def _is_number(label: str) -> bool:
    return re.fullmatch("[0-9]+|0x[0-9a-f]*", label) is not None


def _ipv4(parts: list[str]) -> str:
    """WHATWG URL §3.5, "IPv4 parser": one to four decimal, octal or hexadecimal numbers, the last fills the rest."""
    if len(parts) > 4:
        raise _InvalidError(InvalidReason.ADDRESS)
    numbers = [_ipv4_number(part) for part in parts]
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        raise _InvalidError(InvalidReason.ADDRESS)
    value = last + sum(number << (24 - 8 * index) for index, number in enumerate(leading))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(part: str) -> int:
    if re.fullmatch("0x[0-9a-f]*", part):
        return int(part[2:] or "0", 16)
    if re.fullmatch("0[0-7]*", part):
        return int(part, 8)
    if re.fullmatch("[1-9][0-9]*", part):
        return int(part)
    raise _InvalidError(InvalidReason.ADDRESS)
