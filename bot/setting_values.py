"""The values of settings: each function reads one kind, or says in a ValueError what is wrong ("which is no …")."""

import re
from pathlib import Path
from typing import NamedTuple

# A diagnosis that takes longer than ten minutes serves nobody; a typing error such as 15000 is likelier.
LONGEST_TIMEOUT = 600.0
# Each diagnosis holds up to some thirty sockets; beyond this a process runs out of file descriptors.
MOST_JOBS = 1024
# Ten years: more than any support team keeps, and well inside what a date can hold.
LONGEST_RETENTION = 3653
FORMS = ("text", "json")  # of log lines


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int


def nameserver(text: str) -> str:
    """`IP`, `IP:PORT` or `[IPv6]:PORT`."""
    import ipaddress

    address, number = text, "53"
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text, re.DOTALL)
    if bracketed:
        address, number = bracketed[1], number if bracketed[2] is None else bracketed[2]
    elif text.count(":") == 1:
        address, number = text.split(":")
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        raise ValueError("which is no IP address") from None
    if bracketed and version == 4:
        raise ValueError("where brackets belong around IPv6 addresses only")
    port(number)
    return text


def network(text: str) -> str:
    """A network in CIDR form, or one address."""
    import ipaddress

    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("which is no network in CIDR form") from None
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(f"which names an address inside a network (the network itself is {loose})") from None


def log_form(text: str) -> str:
    """One of the forms of log lines."""
    if text not in FORMS:
        raise ValueError(f"which is neither {' nor '.join(FORMS)}")
    return text


def _whole(text: str, *, least: int, most: int) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1
    if not least <= number <= most:
        raise ValueError(f"which is no whole number from {least} to {most}")
    return number


def port(text: str) -> int:
    """A port."""
    return _whole(text, least=1, most=65535)


def jobs(text: str) -> int:
    """How many at once."""
    return _whole(text, least=1, most=MOST_JOBS)


def days(text: str) -> int:
    """How many days."""
    return _whole(text, least=1, most=LONGEST_RETENTION)


def seconds(text: str) -> float:
    """A time in seconds, with a fraction or without."""
    number = float(text) if re.fullmatch(r"[0-9]{0,9}(\.[0-9]{0,9})?", text) and text.strip(".") else 0.0
    if not 0 < number <= LONGEST_TIMEOUT:
        raise ValueError(f"which is no number of seconds above 0 and up to {LONGEST_TIMEOUT:.0f}")
    return number


def ca_file(text: str) -> Path:
    """A file of certificates in PEM form."""
    path = Path(text).expanduser()
    try:
        content = path.read_bytes()
    except (OSError, ValueError):
        raise ValueError("which is no file that can be read") from None
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise ValueError("which holds no certificate in PEM form")
    return path


def folder(text: str) -> Path:
    """A folder that exists."""
    path = Path(text).expanduser()
    try:
        found = path.is_dir()
    except (OSError, ValueError):
        found = False
    if not found:
        raise ValueError("which is no folder")
    return path


def database(text: str) -> str:
    """A SQLAlchemy URL of a database that is supported."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.split("+")[0] not in ("sqlite", "postgresql") or not rest:
        raise ValueError("which is no SQLAlchemy URL of a SQLite or PostgreSQL database")
    return text


def listen(text: str) -> Address:
    """`ADDRESS:PORT`, an IPv6 address in brackets."""
    import ipaddress

    host, separator, number = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        valid = ":" in host
    else:
        valid = ":" not in host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        valid = valid and re.fullmatch(r"(?!-)[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*", host) is not None
    if not separator or not valid:
        raise ValueError("which is no ADDRESS:PORT")
    return Address(host, _whole(number, least=0, most=65535))  # 0: the system picks a free one


def web_address(text: str) -> str:
    """A web address under which others lie, so it ends in a slash."""
    try:
        from urllib.parse import urlsplit

        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or re.search(r"\s", text):
        raise ValueError("which is no http or https address")
    return text if text.endswith("/") else text + "/"  # Slack's client appends the method's name


def word(text: str) -> str:
    """A word without spaces."""
    if not text.isprintable() or re.search(r"\s", text):
        raise ValueError("which holds a space or a character that cannot be printed")
    return text
