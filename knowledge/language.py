"""Reads what a person wrote as terms: markup and hosts dropped, synonyms and error strings recognised, any language."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, cast

from knowledge.lists import read_toml

# A question is in its first lines and at its end; what stands between is a log. The bound keeps 100 kB harmless.
HEAD_CHARACTERS = 3_000
TAIL_CHARACTERS = 1_000

# Scripts that write words without spaces between them, roughly: kana, ideographs, Hangul.
_CJK_FROM = "\u3040"
_CJK = "\u3040-\ud7ff"
_ACCENTED = "àáâãäåāăąçćĉċčďđèéêëēĕėęěìíîïĩīĭįıñńņňòóôõöøōŏőŕřśŝşšţťùúûüũūŭůűųýÿźżžł"
_BASES = "aaaaaaaaacccccddeeeeeeeeeiiiiiiiiinnnnooooooooorrssssttuuuuuuuuuuyyzzzl"
_LATIN: dict[int, str] = {ord(accented): base for accented, base in zip(_ACCENTED, _BASES, strict=True)} | {
    ord("ß"): "ss", ord("æ"): "ae", ord("œ"): "oe", ord("‘"): "'", ord("’"): "'", ord("“"): '"', ord("”"): '"'
}  # fmt: skip
# Compiled where a message has such a thing at all.
_SLACK = r"<(?:[@#!][^<>\s|]*(?:\|[^<>]*)?|(?:https?|mailto|tel):[^<>\s|]*(?:\|[^<>]*)?)>"
_EMOJI = r"(?<![\w:]):[a-z0-9_+-]{2,40}:(?![\w:])"
_MAY_HOLD_HOST = r"\w\.\w|://|@"
_FILE_ENDING = (
    "(?:js|pem|crt|key|cer|csr|der|pfx|p12|jks|zip|conf|cnf|cfg|ini|yaml|yml|json|toml|xml|txt|log|exe|msi|apk|pdf|jar)"
)
_HOST = (
    r"(?:(?P<scheme>https?)://[^\s<>\"']+"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    rf"|(?<![\w.*])(?:[a-z0-9](?:[a-z0-9-]{{0,62}})\.)+(?!{_FILE_ENDING}\b|net\b(?=\s+core))[a-z]{{2,24}}"
    r"(?::\d{1,5})?(?:/[^\s<>\"']*)?(?!\.*\w)"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]))"
)
_WILDCARD_HOST = r"\*\.(?:[a-z0-9-]{1,63}\.)*[a-z]{2,24}(?![\w.])"
_TOKEN = re.compile(rf"\x01[a-z0-9]+|[a-z0-9]+(?:_[a-z0-9]+)+|[a-z0-9]+(?:'[a-z]+)?|[{_CJK}]+")
_SIGNS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_SENTENCE = r"(?<=[.!?;。！？；])\s+|[\n。！？]+|\s+[-–—]\s+"
# By the last letter, so that most words are looked at once.
_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "y": ("ically", "ly", "y"),
    "s": ("ments", "ings", "ies", "es", "s"),
    "t": ("ment",),
    "g": ("ing",),
    "d": ("ied", "ed"),
    "e": ("e",),
}
_STEM_FROM = 5
_ELIDED = 2
_ENDINGS = tuple(ending for endings in _SUFFIXES.values() for ending in endings)
# How far apart "not" and "work" may stand and still belong together.
_NEAR = 6
# How Chinese asks for a yes or no.
_YES_NO_MARKS = ("吗", "嗎", "是否", "能不能", "可不可以", "有没有")
# A question that begins so wants a yes or no, and one that begins with how or where a way.
_YES_NO = frozenset(
    (
        *(
            "does",
            "do",
            "is",
            "are",
            "can",
            "could",
            "will",
            "would",
            "has",
            "have",
            "did",
            "may",
            "am",
            "should",
            "must",
        ),
        *("any", "kann", "gibt", "ist", "unterstutzt", "muss", "darf", "geht", "habt", "bietet", "konnt"),
        *("puedo", "puede", "es", "hay", "existe", "tem", "posso", "pode", "est", "peut", "puis", "avez", "proposez"),
    )
)
_FAULTS = frozenset({"failing", "error", "warning", "timeout"})


# These are made at every start, and a NamedTuple costs a fifth of what a dataclass does.
class Words(NamedTuple):
    """What a stretch of text says, in order: `terms` as concepts and stems, `codes` the error codes in it."""

    terms: tuple[str, ...]
    codes: frozenset[str] = frozenset()


class _Terms(dict[str, str]):
    """Remembers each word's term: its concept, or its stem where it has none."""

    def __init__(self, words: Mapping[str, str], weights: Mapping[str, float]) -> None:
        super().__init__(words)
        self._listed = words
        self._weights = weights

    def __missing__(self, word: str) -> str:
        base = word[:-2] if word.endswith("'s") else word
        head, mark, rest = base.partition("'")
        if mark and len(head) <= _ELIDED < len(rest):
            base = rest  # d'accéder, l'origine
        term = self.get(base)
        if term is None and base in self._weights:
            term = base
        elif term is None:
            term = self._of_stem(stemmed(base))
        # Bounded: a bot that runs for months reads many made-up words.
        if len(self) < 40_000:
            self[word] = term
        return term

    def _of_stem(self, stem: str) -> str:
        """The concept that a word of this stem is listed for: "replacing" means what "replace" does."""
        if stem in self:
            return self[stem]
        # Shorter stems fall together with too many words.
        if len(stem) >= _STEM_FROM:
            for ending in _ENDINGS:
                word = stem + ending
                if word in self._listed and stemmed(word) == stem:
                    return self._listed[word]
        return stem


class Language(NamedTuple):
    """The words of terms.toml; `terms` gives a word's term, `phrases` by a first word what may follow.

    `characters` are the words of scripts without spaces, and `lengths` by a first character how long they are.
    """

    terms: _Terms
    words: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    characters: Mapping[str, str]
    lengths: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]
    opposites: Mapping[str, str]
    strong: frozenset[str]
    weak: frozenset[str]
    subjects: frozenset[str]
    elsewhere: frozenset[str]

    def read(self, text: str) -> Words:
        """The terms of a text that has been through `plain_text`."""
        if text.isascii():
            whole = "_" not in text
            # Most texts fall into words by their spaces and signs alone, at a fifth of what the pattern costs.
            raw: list[str] = text.translate(_SIGNS).split() if whole and "'" not in text else _TOKEN.findall(text)
            if whole and self.pairs.isdisjoint(pairwise(raw)):
                # The ordinary case, and the one that every phrase of every file goes through at a start.
                found = list(map(self.terms.__getitem__, raw))
                if raw and raw[0] in _YES_NO:
                    found.append("yesno")
                return Words(tuple(_with_opposites(found, self.opposites)))
        else:
            text = text.translate(_LATIN)
            if max(text, default="") >= _CJK_FROM:
                words = self._read(_TOKEN.findall(self._with_concepts(text)))
                asks = any(map(text.__contains__, _YES_NO_MARKS)) and not {"how", "what", "why"} & {*words.terms}
                return words._replace(terms=(*words.terms, "yesno")) if asks else words
            raw = _TOKEN.findall(text)
        return self._read(raw)

    def _read(self, raw: list[str]) -> Words:
        """The terms of tokens among which some belong together, hold parts, or are of a script without spaces."""
        found: list[str] = []
        codes: list[str] = []
        term, pairs = self.terms.__getitem__, self.pairs
        position, end = 0, len(raw)
        while position < end:
            word = raw[position]
            position += 1
            if position < end and (word, raw[position]) in pairs:
                for rest, concept in self.phrases[word]:
                    if tuple(raw[position : position + len(rest)]) == rest:
                        found.append(concept)
                        position += len(rest)
                        break
                else:
                    found.append(term(word))
            elif word[0] == "\x01":
                found.append(word[1:])
            elif word >= _CJK_FROM:
                found += _bigrams(word)
            elif "_" in word:
                codes.append(word)
                found += [word, *map(term, word.split("_"))]
            else:
                found.append(term(word))
        if raw and raw[0] in _YES_NO:
            found.append("yesno")
        return Words(tuple(_with_opposites(found, self.opposites)), frozenset(codes))

    def _with_concepts(self, text: str) -> str:
        """The text with the words of scripts without spaces replaced by their concepts, longest first."""
        parts: list[str] = []
        characters, lengths = self.characters, self.lengths
        position, kept, end = 0, 0, len(text)
        while position < end:
            for length in lengths.get(text[position], ()):
                concept = characters.get(text[position : position + length])
                if concept is not None:
                    parts += (text[kept:position], " \x01", concept, " ")
                    position = kept = position + length
                    break
            else:
                position += 1
        parts.append(text[kept:])
        return "".join(parts)

    def closeness(self, terms: Iterable[str], own: frozenset[str]) -> float:
        """How near a question is to the knowledge base's subject: 1, a half for what only borders on it, or 0.

        `own` are the terms of subjects that the library has beside Padlock's.
        """
        said = set(terms)
        if said & self.strong or said & own:
            return 1.0
        return (0.5 + 0.5 * bool(said & _FAULTS)) if said & self.weak else 0.0


def stemmed(word: str) -> str:
    """A word without its English ending; crude, and the same on both sides of a comparison."""
    if word.isdigit():
        return word
    if not word.endswith("ss"):
        for suffix in _SUFFIXES.get(word[-1:], ()):
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                return word[: -len(suffix)]
    return word


def plain_text(text: str) -> str:
    """A message in lower case, cut to what is looked at, without Slack's markup, emoji, addresses and hosts."""
    text = _bounded(text)
    text = "".join(c if c >= " " or c == "\n" else " " for c in text) if not text.isprintable() else text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "<" in text:
        text = re.sub(_SLACK, " ", text, flags=re.I)
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if text.count(":") > 1:
        text = re.sub(_EMOJI, " ", text, flags=re.I)
    if "*." in text:
        text = re.sub(_WILDCARD_HOST, " wildcard ", text, flags=re.I)
    if ("." in text or "@" in text or "://" in text) and re.search(_MAY_HOLD_HOST, text):
        without = re.sub(_HOST, " ", text, flags=re.I)
        # "Make http://… go to https://…" asks by the schemes; an address alone asks nothing.
        if "://" in text and any(character.isalpha() for character in without):
            without = re.sub(_HOST, lambda m: f" {m['scheme'] or ''} ", text, flags=re.I)
        text = without
    return text.casefold().replace("’", "'")


def whole_text(text: str) -> str:
    """What is looked at of a message, in lower case, with all that is in it."""
    return _bounded(text).casefold()


def _bounded(text: str) -> str:
    if len(text) > HEAD_CHARACTERS + TAIL_CHARACTERS:
        return f"{text[:HEAD_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"
    return text


def plain_phrase(text: str) -> str:
    """A phrase of a file in the same form; an owner's phrases have no markup and no hosts in them."""
    if "." in text or "<" in text:
        return plain_text(text)
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def sentences(text: str) -> list[str]:
    """The sentences of a text that has been through `plain_text`, those with something in them."""
    return [part for part in re.split(_SENTENCE, text) if part.strip()]


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        # A single kana or hangul syllable is an ending; a single ideograph is a word.
        return [run] if "\u3400" <= run <= "\u9fff" else []
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _with_opposites(terms: list[str], opposites: Mapping[str, str]) -> list[str]:
    """Adds "failing" where something is said not to work, however far apart the two words stand."""
    if "not" not in terms or opposites.keys().isdisjoint(terms):
        return terms
    nots = [place for place, term in enumerate(terms) if term == "not"]
    found = {
        opposites[term]
        for place, term in enumerate(terms)
        if term in opposites and min(abs(place - n) for n in nots) <= _NEAR
    }
    return [*terms, *sorted(found.difference(terms))]


def load_language(text: str) -> Language:
    """The language of a terms file's text (docs/matching.md); its words are written as `plain_text` leaves them."""
    data = cast(dict[str, dict[str, list[str]]], read_toml(text))
    words: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    characters: dict[str, str] = {}
    lengths: dict[str, set[int]] = {}
    for concept, spellings in data["concepts"].items():
        for spelling in (concept, *spellings):
            if spelling.isalnum() and spelling.isascii():
                words.setdefault(spelling, concept)
            elif max(spelling, default="") >= _CJK_FROM:
                characters.setdefault(spelling, concept)
                lengths.setdefault(spelling[0], set()).add(len(spelling))
            else:
                first, *rest = [part for token in _TOKEN.findall(spelling) for part in token.split("_")] or [""]
                if rest:
                    phrases.setdefault(first, []).append((tuple(rest), concept))
                elif first:
                    words.setdefault(first, concept)
    weights = {spelling: float(weight) for weight, spellings in data["weights"].items() for spelling in spellings}
    terms = _Terms(words, weights)
    strong = frozenset(terms[word] for word in data["domain"]["strong"])
    language = Language(
        terms=terms,
        words=tuple(words),
        pairs=frozenset((first, rest[0]) for first, following in phrases.items() for rest, _ in following),
        phrases={first: tuple(sorted(rest, key=lambda r: -len(r[0]))) for first, rest in phrases.items()},
        characters=characters,
        lengths={first: sorted(sizes, reverse=True) for first, sizes in lengths.items()},
        weights=weights,
        opposites={term: opposite for term, (opposite,) in data["opposites"].items()},
        strong=strong,
        weak=frozenset(terms[word] for word in data["domain"]["weak"]),
        subjects=frozenset(),
        elsewhere=frozenset(terms[word] for word in data["subjects"]["elsewhere"]),
    )
    subjects = [language.read(word).terms for word in data["subjects"]["words"]]
    # A subject of several words needs a concept; its words one by one are subjects of nothing.
    return language._replace(subjects=frozenset(terms[0] for terms in subjects if len(terms) == 1) - strong)
