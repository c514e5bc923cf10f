"""Where each term stands: the inverted index of all phrases, built from them or read from the prepared file."""

import zlib
from collections.abc import Callable, Iterator, Sequence

from knowledge.language import Language, plain_phrase

_KEY, _WORTHS = "#key", "#worths"


class Postings:
    """For each term the numbers of its phrases in order, and for each phrase what its terms are worth together."""

    def __init__(self, lists: dict[str, list[int]], lines: dict[str, str], worths: list[float]) -> None:
        self._lists = lists
        # What was prepared is text until somebody asks for that term: most terms nobody does.
        self._lines = lines
        self.worths = worths

    def of(self, term: str) -> Sequence[int]:
        """The phrases that a term is in."""
        numbers = self._lists.get(term)
        if numbers is None:
            line = self._lines.get(term)
            if line is None:
                return ()
            numbers = self._lists[term] = [int(number) for number in line.split()]
        return numbers

    def __contains__(self, term: str) -> bool:
        return term in self._lists or term in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines or self._lists)


def built(texts: Sequence[str], *, language: Language, weigh: Callable[[str, Sequence[int]], float]) -> Postings:
    """The postings of these phrases; `weigh` says what a term is worth, given its phrases."""
    lists: dict[str, list[int]] = {}
    read = language.read
    for number, text in enumerate(texts):
        for term in dict.fromkeys(read(plain_phrase(text)).terms):
            if term in lists:
                lists[term].append(number)
            else:
                lists[term] = [number]
    worths = [0.0] * len(texts)
    for term, numbers in lists.items():
        worth = weigh(term, numbers)
        for number in numbers:
            worths[number] += worth
    return Postings(lists, {}, worths)


def key_of(texts: Sequence[str], *, terms: str) -> str:
    """What a prepared file belongs to: these phrases, read by this terms file."""
    crc = zlib.crc32("\n".join(texts).encode("utf-8", "replace"))
    return f"{zlib.crc32(terms.encode(), crc):08x}-{len(texts)}"


def dumped(postings: Postings, *, key: str) -> str:
    """The postings as a prepared file."""
    rows = [f"{_KEY},{key}", f"{_WORTHS},{' '.join(map(repr, postings.worths))}"]
    rows += [f"{term},{' '.join(map(str, postings.of(term)))}" for term in postings]
    return "\n".join(rows) + "\n"


def loaded(text: str, *, key: str) -> Postings | None:
    """The postings of a prepared file, or None where it belongs to other phrases."""
    if not text.startswith(f"{_KEY},{key}\n"):
        return None
    lines = dict([row.split(",", 1) for row in text.splitlines()])
    del lines[_KEY]
    worths = [float(worth) for worth in lines.pop(_WORTHS).split()]
    return Postings({}, lines, worths)
