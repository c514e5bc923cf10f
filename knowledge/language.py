"""Reads what a person wrote as terms: markup and hosts dropped, synonyms and error strings recognised, any language."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

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
_MAY_HOLD_HOST = re.compile(r"\w\.\w|://|@")
_HOST = (
    r"(?:(?P<scheme>https?)://[^\s<>\"']+"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<![\w.*])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+(?!js\b|net\b(?=\s+core)|pem\b|crt\b|key\b|cer\b|pfx\b|zip\b)[a-z]{2,24}"
    r"(?::\d{1,5})?(?:/[^\s<>\"']*)?(?![\w.])"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]))"
)
_WILDCARD_HOST = r"\*\.(?:[a-z0-9-]{1,63}\.)*[a-z]{2,24}(?![\w.])"
_TOKEN = re.compile(rf"\x01[a-z0-9]+|[a-z0-9]+(?:_[a-z0-9]+)+|[a-z0-9]+(?:'[a-z]+)?|[{_CJK}]+")
_SENTENCE = re.compile(r"(?<=[.!?;。！？；])\s+|[\n。！？]+|\s+[-–—]\s+")
_SUFFIXES = ("ically", "ments", "ment", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y")
_STEM_FROM = 5
# How far apart "not" and "work" may stand and still belong together.
_NEAR = 6
# A question that begins so wants a yes or no, and one that begins with how or where a way.
_YES_NO = frozenset(
    ("does", "do", "is", "are", "can", "could", "will", "would", "has", "have", "did", "may", "am", "should", "must")
) | frozenset(("kann", "gibt", "ist", "unterstutzt", "muss", "darf", "geht", "puedo", "puede", "es", "est", "peut"))
_FAULTS = frozenset({"failing", "error", "warning", "timeout"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a stretch of text says, in order: `terms` as concepts and stems, `codes` the error codes in it."""

    terms: tuple[str, ...]
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Language:
    """The words of terms.toml; `words` maps a word to its concept, `phrases` a first word to what may follow."""

    words: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    characters: Mapping[str, str]
    longest: int
    weights: Mapping[str, float]
    opposites: Mapping[str, str]
    strong: frozenset[str]
    weak: frozenset[str]
    subjects: frozenset[str]
    _stems: dict[str, str] = field(default_factory=dict)

    def read(self, text: str) -> Words:
        """The terms of a text that has been through `plain_text`."""
        if not text.isascii():
            text = text.translate(_LATIN)
            if max(text, default="") >= _CJK_FROM:
                text = self._with_concepts(text)
        found: list[str] = []
        codes: list[str] = []
        raw: list[str] = _TOKEN.findall(text)
        words, phrases = self.words, self.phrases
        position, end = 0, len(raw)
        while position < end:
            word = raw[position]
            position += 1
            if word in phrases:
                for rest, concept in phrases[word]:
                    if tuple(raw[position : position + len(rest)]) == rest:
                        found.append(concept)
                        position += len(rest)
                        break
                else:
                    found.append(self.term(word))
            elif word in words:
                found.append(words[word])
            elif word[0] == "\x01":
                found.append(word[1:])
            elif word >= _CJK_FROM:
                found += _bigrams(word)
            elif "_" in word:
                codes.append(word)
                found += [word, *map(self.term, word.split("_"))]
            else:
                found.append(self.term(word))
        if raw and raw[0] in _YES_NO:
            found.append("yesno")
        return Words(tuple(_with_opposites(found, self.opposites)), frozenset(codes))

    def _with_concepts(self, text: str) -> str:
        """The text with the words of scripts without spaces replaced by their concepts, longest first."""
        parts: list[str] = []
        position, end = 0, len(text)
        while position < end:
            if text[position] >= _CJK_FROM:
                for length in range(min(self.longest, end - position), 0, -1):
                    concept = self.characters.get(text[position : position + length])
                    if concept is not None:
                        parts.append(f" \x01{concept} ")
                        position += length
                        break
                else:
                    parts.append(text[position])
                    position += 1
            else:
                parts.append(text[position])
                position += 1
        return "".join(parts)

    def closeness(self, terms: Iterable[str], own: frozenset[str]) -> float:
        """How near a question is to the knowledge base's subject: 1, a half for what only borders on it, or 0.

        `own` are the terms of subjects that the library has beside Padlock's.
        """
        said = set(terms)
        if said & self.strong or said & own:
            return 1.0
        return (0.5 + 0.5 * bool(said & _FAULTS)) if said & self.weak else 0.0

    def term(self, word: str) -> str:
        """A word's concept, or its stem where it has none."""
        concept = self.words.get(word)
        if concept is not None:
            return concept
        stem = self._stems.get(word)
        if stem is None:
            base = word[:-2] if word.endswith("'s") else word
            stem = self.words.get(base)
            if stem is None and base in self.weights:
                stem = base
            elif stem is None:
                stem = stemmed(base)
                stem = self.words.get(stem, stem)
            # Bounded: a bot that runs for months reads many made-up words.
            if len(self._stems) < 20_000:
                self._stems[word] = stem
        return stem


def stemmed(word: str) -> str:
    """A word without its English ending; crude, and the same on both sides of a comparison."""
    if word.isdigit():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            return word[: -len(suffix)]
    return word


def plain_text(text: str) -> str:
    """A message in lower case, cut to what is looked at, without Slack's markup, emoji, addresses and hosts."""
    if len(text) > HEAD_CHARACTERS + TAIL_CHARACTERS:
        text = f"{text[:HEAD_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"
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
    if _MAY_HOLD_HOST.search(text):
        without = re.sub(_HOST, " ", text, flags=re.I)
        # "Make http://… go to https://…" asks by the schemes; an address alone asks nothing.
        asked = any(character.isalpha() for character in without)
        text = re.sub(_HOST, lambda m: f" {m['scheme'] or ''} ", text, flags=re.I) if asked else without
    return text.casefold().replace("’", "'")


def plain_phrase(text: str) -> str:
    """A phrase of a file in the same form; an owner's phrases have no markup and no hosts in them."""
    if "." in text or "<" in text:
        return plain_text(text)
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def sentences(text: str) -> list[str]:
    """The sentences of a text that has been through `plain_text`, those with something in them."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        # A single kana or hangul syllable is an ending; a single ideograph is a word.
        return [run] if "\u3400" <= run <= "\u9fff" else []
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _with_opposites(terms: list[str], opposites: Mapping[str, str]) -> list[str]:
    """Adds "failing" where something is said not to work, however far apart the two words stand."""
    if "not" not in terms:
        return terms
    nots = [place for place, term in enumerate(terms) if term == "not"]
    found = {
        opposites[term]
        for place, term in enumerate(terms)
        if term in opposites and min(abs(place - n) for n in nots) <= _NEAR
    }
    return [*terms, *sorted(found.difference(terms))]


def load_language(path: Path) -> Language:
    """The language of a terms file: its tables `concepts`, `weights` and `domain` (docs/writing-articles.md)."""
    data = cast(dict[str, dict[str, list[str]]], read_toml(path.read_text("utf-8")))
    words: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    characters: dict[str, str] = {}
    for concept, spellings in data["concepts"].items():
        for spelling in (concept, *spellings):
            plain = spelling.casefold().translate(_LATIN)
            if max(plain, default="") >= _CJK_FROM:
                characters.setdefault(plain, concept)
                continue
            parts = [part for token in _TOKEN.findall(plain) for part in token.split("_")]
            if len(parts) == 1:
                words.setdefault(parts[0], concept)
            elif parts:
                phrases.setdefault(parts[0], []).append((tuple(parts[1:]), concept))
    # "replacing" means what "replace" does, listed or not; shorter stems fall together with too many words.
    for word, concept in list(words.items()):
        if len(stem := stemmed(word)) >= _STEM_FROM:
            words.setdefault(stem, concept)
    weights = {
        spelling.casefold(): float(weight) for weight, spellings in data["weights"].items() for spelling in spellings
    }
    language = Language(
        words=words,
        phrases={first: tuple(sorted(rest, key=lambda r: -len(r[0]))) for first, rest in phrases.items()},
        characters=characters,
        longest=max(map(len, characters), default=0),
        weights=weights,
        opposites={term: opposite for term, (opposite,) in data["opposites"].items()},
        strong=frozenset(words.get(word, stemmed(word)) for word in data["domain"]["strong"]),
        weak=frozenset(words.get(word, stemmed(word)) for word in data["domain"]["weak"]),
        subjects=frozenset(),
    )
    subjects = {term for word in data["subjects"]["words"] for term in language.read(plain_phrase(word)).terms}
    return replace(language, subjects=frozenset(subjects) - language.strong)
