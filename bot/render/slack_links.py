"""Makes the addresses of providers' consoles and guides in a sentence into links, and no other address."""

import re
from collections.abc import Iterator
from functools import cache

from bot.render.rich_text import Part, link, plain
from diagnostics.providers import providers

# An address as a sentence has it, in brackets or before a full stop. The whole is compared, so that a value from
# outside that only begins like a known address remains text.
_ADDRESS = re.compile(r"(?<![\w/.@:-])https://[^\s()<>\[\]\"'“”]*[^\s()<>\[\]\"'“”.,;:]")


def linked(text: str) -> list[Part]:
    """The sentence in parts: Padlock's own addresses can be followed, those that a host sent cannot."""
    return list(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    done = 0
    for found in _ADDRESS.finditer(text):
        if found[0] in _own():
            yield plain(text[done : found.start()])
            yield link(found[0], found[0])
            done = found.end()
    yield plain(text[done:])


@cache
def _own() -> frozenset[str]:
    return frozenset(address for one in providers() for address in (one.console, one.guide) if address)
