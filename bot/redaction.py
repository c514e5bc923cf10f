"""Takes out of a message what must not be shown or kept: private keys and passwords."""

import re

# The header stays, so that its sender can be warned.
_KEY = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----).*?(-----END [A-Z0-9 ]{1,60}-----|\Z)", re.DOTALL
)
_PUTTY_KEY = re.compile(r"(PuTTY-User-Key-File-\d).*\Z", re.DOTALL)
# What stands between // and the host: up to the last at sign before the path; where what comes before the path is no
# host and port, up to the last one of all, for a slash or question mark may be in a password.
_CREDENTIALS = re.compile(
    r"(?<=://)(?:[^\s/?#<>\"|]{0,999}(?:@|%40|[\uff20\ufe6b])"
    r"|(?![^\s/?#:<>\"|]{0,255}:\d{0,5}[/?#])[^\s/?#:<>\"|\[]{0,255}:[^\s<>\"|]{1,999}@)",
    re.IGNORECASE,
)
# The same where the scheme was forgotten or mistyped: user:password@host.
_BARE_CREDENTIALS = re.compile(
    r"(?<![^\s/\\<>(\"'=&?|])(?!(?:mailto|sips?|xmpp|acct|im|tel):)[^\s:/@<>\"|?&=]{1,256}:[^\s/@<>\"|]{1,256}@(?=[\w\[])",
    re.IGNORECASE,
)
# More than is ever read of a message.
LONGEST = 12_000

_KEY_BEGINS = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d", re.IGNORECASE
)
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{1,60}-----|Private-MAC:", re.IGNORECASE)


def masked(text: str) -> str:
    """The text without private keys and without the credentials of the URLs in it."""
    text = _PUTTY_KEY.sub(r"\1", _KEY.sub(r"\1\2", text))
    return _BARE_CREDENTIALS.sub("", _CREDENTIALS.sub("", text))


def without_secrets(text: str) -> str:
    """The masked text, of a length and form that any database takes."""
    text = masked(text[: 2 * LONGEST])
    # PostgreSQL takes no NUL, and neither database a lone surrogate.
    return text[:LONGEST].replace("\x00", "").encode("utf-8", "replace").decode()


def begins_key(text: str) -> bool:
    """Whether a private key begins in the text, be it complete or not."""
    return _KEY_BEGINS.search(text) is not None


def leaves_key_open(text: str, *, inside: bool) -> bool:
    """Whether more of a private key is to come behind this text; `inside` says that the text began within one."""
    begins = max((found.start() for found in _KEY_BEGINS.finditer(text)), default=0 if inside else -1)
    return begins >= 0 and _KEY_ENDS.search(text, begins) is None
