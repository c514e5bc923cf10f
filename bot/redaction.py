"""Takes out of a message what must not be kept: private keys and passwords."""

import re

# The header stays, so that its sender can be warned.
_KEY = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----).*?(-----END [A-Z0-9 ]{1,60}-----|\Z)", re.DOTALL
)
_PUTTY_KEY = re.compile(r"(PuTTY-User-Key-File-\d).*\Z", re.DOTALL)
_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#<>\"|,;@]{1,256}@")
# More than is ever read of a message.
LONGEST = 12_000


def without_secrets(text: str) -> str:
    """The message without private keys and the credentials of URLs, of a length and form that any database takes."""
    text = _CREDENTIALS.sub("", _PUTTY_KEY.sub(r"\1", _KEY.sub(r"\1\2", text)))
    # PostgreSQL takes no NUL, and neither database a lone surrogate.
    return text[:LONGEST].replace("\x00", "").encode("utf-8", "replace").decode()
