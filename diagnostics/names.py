"""Whether a certificate's names cover a host: RFC 9525, as browsers apply it."""

import re
from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address

# Letters, digits, hyphen, and the underscore that DNS carries and browsers accept in host names.
_LABEL = re.compile(r"[a-z0-9_-]{1,63}", re.ASCII)
# A last label of this form makes a name an IPv4 address in some spelling (WHATWG URL, "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
# The full stops of IDNA (UTS 46), for people who type a name with an East Asian keyboard.
_FULL_STOPS = str.maketrans({"。": ".", "．": ".", "｡": "."})
_UPPER_TO_LOWER = str.maketrans({chr(letter): chr(letter + 32) for letter in range(ord("A"), ord("Z") + 1)})
# RFC 1035 §2.3.4, in presentation form without the final dot; longer input is not looked at.
_MAX_NAME = 253

Address = IPv4Address | IPv6Address


def matches(host: str, *, dns_names: Iterable[str], ip_addresses: Iterable[str]) -> bool:
    """Whether a certificate with these subject alternative names covers the host (RFC 9525 §6).

    The host may be a name in any spelling (trailing dot, capitals, IDN) or an address (IPv6 with or without
    brackets). Names are compared with `dns_names` alone and addresses with `ip_addresses` alone; the common name is
    no part of it. Input that is no host matches nothing.
    """
    address = address_of(host)
    if address is not None:
        return any(address == address_of(presented) for presented in ip_addresses)
    name = normal_name(host)
    return name is not None and any(_covers(presented, name) for presented in dns_names)


def address_of(text: str) -> Address | None:
    """The address that the text spells, without brackets, zone and trailing dot, or None."""
    bare = text[:-1] if text.endswith(".") else text
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    if len(bare) > _MAX_NAME:
        return None
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return IPv6Address(int(address))  # a zone is this machine's and in no certificate
    return address


def normal_name(host: str) -> str | None:
    """The host name in lower-case A-labels and without the trailing dot, or None where it is no name.

    A character outside ASCII that UTS 46 maps into ASCII (the Kelvin sign, full-width letters) makes it no name:
    such a name would pass for another.
    """
    if len(host) > _MAX_NAME + 1:
        return None
    name = host.translate(_UPPER_TO_LOWER)
    if not name.isascii():
        name = _to_ascii(name.translate(_FULL_STOPS)) or ""
    name = name.removesuffix(".")
    labels = name.split(".")
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return None if _NUMBER.fullmatch(labels[-1]) else name


def covers(presented: str, *, host: str) -> bool:
    """Whether one DNS name of a certificate covers the host name."""
    return matches(host, dns_names=(presented,), ip_addresses=())


def wildcard_base(presented: str) -> str | None:
    """What follows `*.` in a wildcard that browsers honour, in lower case, or None (RFC 9525 §6.3).

    The wildcard is the whole left-most label; at least two labels follow, and they are no public suffix of the
    registries (`*.co.uk`). Suffixes of the list's private section (`*.github.io`) are honoured, as by Chrome
    (net/cert/x509_certificate.cc) and others.
    """
    if not presented.startswith("*."):
        return None
    base = presented[2:].translate(_UPPER_TO_LOWER)
    labels = base.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return None if _is_registry_suffix(base) else base


def _covers(presented: str, name: str) -> bool:
    if not presented.startswith("*."):
        return presented.translate(_UPPER_TO_LOWER) == name
    # The cheap comparison goes first: the list of public suffixes is read only for a wildcard that fits.
    parent = name.partition(".")[2]
    return presented[2:].translate(_UPPER_TO_LOWER) == parent and wildcard_base(presented) is not None


def _to_ascii(name: str) -> str | None:
    import idna  # late: most hosts are ASCII, and its tables cost a fresh process a millisecond

    labels = []
    for label in name.split("."):
        if label.isascii():
            labels.append(label)
            continue
        try:
            if any(not char.isascii() and idna.uts46_remap(char).isascii() for char in label):
                return None
            labels.append(idna.encode(label, uts46=True).decode("ascii"))
        except (idna.IDNAError, UnicodeError):
            return None
    return ".".join(labels)


@cache
def _registry_rules() -> frozenset[str]:
    """The rules of the registries' half of the public suffix list."""
    from importlib.resources import files

    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    return frozenset(text.partition("// ===END ICANN DOMAINS===")[0].splitlines())


def _is_registry_suffix(base: str) -> bool:
    # Looked up in the rules themselves: the package's own object takes many times as long to build.
    if "xn--" in base:
        import idna

        try:
            base = idna.decode(base)
        except (idna.IDNAError, UnicodeError):
            return False
    rules = _registry_rules()
    return base in rules or ("*." + base.partition(".")[2] in rules and "!" + base not in rules)
