"""Reads a Strict-Transport-Security header the way browsers do (RFC 6797 §6.1)."""

import re

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# One directive and what separates it from the next; a quoted string may hold anything, a semicolon too.
_DIRECTIVE = re.compile(rf"[ \t]*(?:({_WORD})[ \t]*(?:=[ \t]*(?:({_WORD})|\"((?:[^\"\\]|\\.)*)\")[ \t]*)?)?(;|\Z)")


def hsts_fault(value: str) -> str | None:
    """Why browsers ignore this header, as the end of a sentence that begins with "it"; None where they heed it."""
    if len(value) > 4000:
        return "is too long to be meant"
    seen: dict[str, str | None] = {}
    place = 0
    while place < len(value):
        found = _DIRECTIVE.match(value, place)
        if found is None:
            return "is not written as directives separated by semicolons"
        if found[1] is not None:
            name = found[1].lower()
            if name in seen:
                return f"names {name} twice"
            seen[name] = found[2] if found[2] is not None else found[3]
        place = found.end()
    if "max-age" not in seen:
        return "has no max-age"
    age = seen["max-age"]
    if age is None or not re.fullmatch("[0-9]+", age):
        return "has a max-age that is no number of seconds"
    if seen.get("includesubdomains") is not None:
        return "gives includeSubDomains a value, which takes none"
    return None
