"""Takes a message apart into clauses, so that what is said of one host is not taken for another."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.lexicon import HOST, phrases

# A message of more clauses than this is a log; it has said by then what it wants.
_MAX_CLAUSES = 80
# `HOST` as a word among words.
HOST_WORD = "host_"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。！？\n]+|(?<=[!?])(?=\S)")
_CLAUSE_END = re.compile(
    r"[,;:，、；：()\[\]\u2013\u2014]+|\s-+\s"
    r"|\b(?:but|however|although|though|yet|while|whereas|then|aber|jedoch|sondern|pero|sino|mas|porem)\b"
    r"|(?<!precisa )(?<!nada )(?<!muito )\bmais\b"  # "but" in French, "more" in Portuguese
    r"|(?<!不)但是|(?<!不)但|不过|可是|然而|しかし|ですが|けど|하지만|그런데|지만"
)
_WORD = re.compile(r"[\w-]+")
# Letters of Latin scripts that have no accent to lose.
_PLAIN_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o"})
_NOT = re.compile(r"(?<=n)'(?=t\b)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence: its words, the same joined with a blank at either end, and the places of its hosts.

    Of its whole sentence it knows that it is a question, that it asks how something is done or wishes for it, and
    that it only supposes ("what if …").
    """

    words: tuple[str, ...]
    padded: str
    hosts: tuple[int, ...] = ()
    question: bool = False
    instructs: bool = False
    supposes: bool = False

    def says(self, *some: str) -> bool:
        """Whether it has a phrase of one of these kinds."""
        return any(says(self.padded, kind) for kind in some)

    def has(self, kind: str) -> bool:
        """Whether it has a word of this kind."""
        return not phrases().words[kind].isdisjoint(self.words)

    def without_phrases(self, kind: str) -> "Clause":
        """The same without the phrases of a kind."""
        if not self.says(kind):
            return self
        padded = self.padded
        for phrase in phrases().phrases[kind]:
            padded = padded.replace(phrase, " ")
        return replace(self, words=words_of(padded), padded=padded)

    def without_word(self, index: int) -> "Clause":
        """The same without one word."""
        words = (*self.words[:index], *self.words[index + 1 :])
        return replace(self, words=words, padded=_padded(words))


def says(padded: str, kind: str) -> bool:
    """Whether words joined by blanks, with a blank at either end, have a phrase of this kind."""
    return any(map(padded.__contains__, phrases().phrases[kind]))


def fold(text: str) -> str:
    """The text in lower case and without the accents of Latin letters; other scripts keep their marks."""
    text = _NOT.sub("", text.lower()).replace("'", " ")
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text).translate(_PLAIN_LETTERS)
    return "".join(unicodedata.normalize("NFD", char)[0] if "\u00c0" <= char <= "\u024f" else char for char in text)


def words_of(folded: str) -> tuple[str, ...]:
    """The words of a folded text, `HOST_WORD` for each host."""
    return tuple(_WORD.findall(folded.replace(HOST, f" {HOST_WORD} ")))


def clauses_of(folded: str) -> list[Clause]:
    """The clauses of a folded text whose hosts are `HOST`."""
    clauses: list[Clause] = []
    place = 0
    for sentence in _SENTENCE_END.split(folded)[:_MAX_CLAUSES]:
        if len(clauses) >= _MAX_CLAUSES:
            break
        parts = [words_of(part) for part in _CLAUSE_END.split(sentence)[:_MAX_CLAUSES]]
        whole = _whole_sentence(sentence, parts=parts)
        for words in parts:
            hosts = range(place, place := place + words.count(HOST_WORD))
            if words:
                clauses.append(replace(whole, words=words, padded=_padded(words), hosts=tuple(hosts)))
    return clauses


def asks_whether_it_can_be(words: tuple[str, ...]) -> bool:
    """Whether a question is of the kind "can HTTP be denied?" or "should they share it?".

    "Could it be that …" and "could a.example be misconfigured?" ask about the state of a host.
    """
    if words[:1] in {("should",), ("shall",), ("must",), ("may",)}:
        return True
    # "Can a.example and its twin share one?"; "can a.example be checked?" is another matter.
    if words[:2] in {("can", HOST_WORD), ("could", HOST_WORD)} and not {"have", "use", "share", "keep"}.isdisjoint(
        words[2:8]
    ):
        return True
    if words[:1] not in {("can",), ("could",)} or "be" not in words[1:5] or words[1:3] == ("it", "be"):
        return False
    behind = words[words.index("be") + 1 :]
    return not (words[1] == HOST_WORD and any(word.startswith(phrases().stems["fault"]) for word in behind[:2]))


def _whole_sentence(sentence: str, *, parts: list[tuple[str, ...]]) -> Clause:
    words = words_of(sentence)
    padded = _padded(words)
    kinds = phrases().words
    # "Is a.example allowed as …" is one without its mark, too.
    question = (
        "?" in sentence
        or "？" in sentence
        or (words[1:2] == (HOST_WORD,) and len(words[0]) > 1 and words[0] in kinds["state_opener"])
    )
    guesses = not kinds["if"].isdisjoint(words) or not kinds["would"].isdisjoint(words[:2])
    return Clause(
        words,
        padded,
        question=question,
        instructs=says(padded, "howto")
        or says(padded, "wish")
        or (question and not kinds["modal"].isdisjoint(words))
        or any(map(_asks_for_instructions, parts)),
        supposes=says(padded, "if") or (question and guesses and kinds["why"].isdisjoint(words)),
    )


def _asks_for_instructions(words: tuple[str, ...]) -> bool:
    """Whether words ask what to do or what something means, and not for the state of a host."""
    if asks_whether_it_can_be(words):
        return True
    kinds = phrases().words
    # Behind a host, "como" and "wie" compare.
    opening = words[: min(3, words.index(HOST_WORD))] if HOST_WORD in words else words[:3]
    first = 0 if words[:1] and words[0] in kinds["asking_first"] else None
    start = next((index for index, word in enumerate(opening) if word in kinds["asking"]), first)
    if (
        start is None
        or says(_padded(words), "state")
        or not kinds["asking_not"].isdisjoint(words[start + 1 : start + 2])
    ):
        return False
    about_host = any(word == HOST_WORD and words[index] in kinds["being"] for index, word in enumerate(words[1:]))
    return not about_host


def _padded(words: Iterable[str]) -> str:
    return f" {' '.join(words)} ".replace(HOST_WORD, HOST)
