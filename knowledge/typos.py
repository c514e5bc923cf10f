"""Guesses the word that was meant where one is known nowhere."""

from collections.abc import Iterable, Mapping

# Shorter words have too many neighbours to guess a typing mistake.
TYPO_FROM = 4
_MISTAKE_FROM = 6
# From this length on two slips are forgiven, and from the other on a wrong first letter.
_TWO_SLIPS_FROM = 8
_FIRST_LETTER_FROM = 7

Vocabulary = Mapping[tuple[str, int], list[str]]


def vocabulary_of(words: Iterable[str]) -> Vocabulary:
    """The words that can be meant, by first letter and length."""
    groups: dict[tuple[str, int], list[str]] = {}
    for word in dict.fromkeys(words):
        if len(word) >= TYPO_FROM and word.isascii() and word.isalpha():
            groups.setdefault((word[0], len(word)), []).append(word)
    return groups


def meant_by(word: str, vocabulary: Vocabulary) -> str | None:
    """The word of the vocabulary that this one is a slip of the keyboard away from, or None."""
    size = len(word)
    near = _near(word, vocabulary, reach=1)
    found = next((known for known in near if _one_slip(word, known)), None)
    if found is not None:
        # In a short word only two letters may have changed places, or else "chair" would be "chain" and "quick" QUIC.
        return found if size >= _MISTAKE_FROM or sorted(found) == sorted(word) else None
    if size < _TWO_SLIPS_FROM:
        return None
    letters = set(word)
    near = [known for known in _near(word, vocabulary, reach=2) if len(letters.symmetric_difference(known)) <= 4]
    if not near:
        return None
    # Loaded late: most questions are written without two mistakes in a word.
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    best = extractOne(word, near, scorer=OSA.distance, score_cutoff=2)
    return best[0] if best else None


def _near(word: str, vocabulary: Vocabulary, *, reach: int) -> list[str]:
    size = len(word)
    groups = [(word[0], size + length) for length in range(-reach, reach + 1)]
    if size >= _FIRST_LETTER_FROM:
        groups += [(word[1], size), (word[1], size - 1)]
    return [known for group in groups for known in vocabulary.get(group, ())]


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter was added, left out or mistaken, or two neighbours changed places."""
    start, stop = 0, min(len(a), len(b))
    while start < stop and a[start] == b[start]:
        start += 1
    end = 0
    while end < stop - start and a[-1 - end] == b[-1 - end]:
        end += 1
    rest_a, rest_b = a[start : len(a) - end], b[start : len(b) - end]
    return (len(rest_a) < 2 and len(rest_b) < 2) or (len(rest_a) == 2 and rest_a == rest_b[::-1])
