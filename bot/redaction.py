"""Takes out of a message what must not be shown or kept: private keys and passwords."""

import re

# Phones make one long dash of two short ones, and people retype headers; what is in between is a key all the same.
_DASHES = "[-\u2010-\u2015\u2212]{2,6}"
_WORDS = r"(?:[A-Z0-9]{1,20}\s{1,3}){0,3}PRIVATE\s{1,3}KEY"
_HEADER = rf"{_DASHES} ?BEGIN\s{{1,3}}({_WORDS}(?:\s{{1,3}}BLOCK)?) ?{_DASHES}"
_KEY = re.compile(rf"{_HEADER}.*?(?:{_DASHES} ?(END\s[A-Z0-9\s]{{1,60}}?) ?{_DASHES}|\Z)", re.DOTALL | re.IGNORECASE)
# The end of a key whose beginning is in another message.
_KEY_END = re.compile(rf"(?<!KEY-----){_DASHES} ?END\s{{1,3}}{_WORDS}", re.IGNORECASE)
_KEY_LINE = re.compile("[A-Za-z0-9+/=]{40,}")
# Slack's tokens, in no host's name; and what is sent along with a request that somebody copies.
_TOKEN = re.compile(r"\bx(?:ox[a-z](?:\.xox[a-z])?-\d|app-\d-)[\w-]{8,999}+(?!\.\w)", re.ASCII)
_AUTHORIZATION = re.compile(r"(\bauthorization:\s{0,3}(?:bearer|basic|token)\s{1,3})[^\s'\"<>]{1,9999}", re.IGNORECASE)
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

_KEY_BEGINS = re.compile(rf"{_HEADER}|PuTTY-User-Key-File-\d", re.IGNORECASE)
_KEY_ENDS = re.compile(rf"{_DASHES} ?END\s[A-Z0-9\s]{{1,60}}?{_DASHES}|Private-MAC:", re.IGNORECASE)


def masked(text: str) -> str:
    """The text without private keys, Slack's tokens, and the credentials of the URLs and requests in it."""
    text = _PUTTY_KEY.sub(r"\1", _KEY.sub(_without_key, text))
    if (end := _KEY_END.search(text)) is not None:
        text = _KEY_LINE.sub("", text[: end.start()]) + text[end.start() :]
    text = _AUTHORIZATION.sub(r"\1…", _TOKEN.sub("…", text))
    return _BARE_CREDENTIALS.sub("", _CREDENTIALS.sub("", text))


def _without_key(found: re.Match[str]) -> str:
    """The header as it should be, so that its sender can be warned, and the end where there was one."""
    begin, end = (" ".join((part or "").upper().split()) for part in found.groups())
    return f"-----BEGIN {begin}-----" + (f"-----{end}-----" if end else "")


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
