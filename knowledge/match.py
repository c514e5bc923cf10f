"""Ranks articles for a question, and says how likely each of them answers it."""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from knowledge.article import ArticleKind
from knowledge.errors import Messages, causes_of, load_messages
from knowledge.language import Words, load_language, plain_phrase, plain_text, sentences, whole_text
from knowledge.lists import read_toml
from knowledge.outcome import ANSWER_FROM, REFUSE_BELOW
from knowledge.postings import built, dumped, key_of, loaded
from knowledge.probability import Signals, probability
from knowledge.typos import TYPO_FROM, Vocabulary, meant_by, vocabulary_of

_HERE = Path(__file__).parent

# Behind a first article that is worth showing, others are listed from here on: the right one is often among them.
LIST_FROM = 0.10
# A word in so many phrases is passed over where rarer ones have led to enough, and so is one that hardly counts.
_MANY, _ENOUGH, _FILLS = 3_000, 200, 0.02
# How many of the articles that share a word are looked at.
_COMPARED = 40
# How many sentences of a long message are looked at one by one, and what a match of one alone is worth.
_FIRST_SENTENCES, _LAST_SENTENCES = 3, 5
_SENTENCES = _FIRST_SENTENCES + _LAST_SENTENCES
_SENTENCE_VALUE = 0.93
_LONG_MESSAGE = 9
# An error message names its cause nearly always; what else was said then only fills the places behind.
_ERROR_SCORE = 0.95
_BESIDE_ERROR = 0.5
# People who ask in general words want the owner's answer; a cause's page is for those who name its fault.
_FAQ_AHEAD = 0.07
# An entry whose sidecar names the terms that everybody uses is less likely where none of them is said.
_NO_TERM = 0.8
# As strong as this is nearly every entry; who is alone with less is not ahead.
_FAINT = 0.2
# Words worth less than this together, "help with ssl", are a subject and no question: an answer would be a guess.
_LITTLE = 0.45
_GUESS = ANSWER_FROM - 0.01
# Unless they are an entry's own words, and more than one: "what is https".
_VERBATIM, _TELLING = 0.95, 0.09
_FAQ_FIRST = 0.3
_SURE_LIKENESS = 0.6
# A pair that begins with hiragana is mostly grammar: an ending, or a particle and what follows it.
# A letter by itself stands for a name.
_KANA_FIRST, _KANA_LAST, _SLIGHT = "\u3041", "\u309f", 0.2
# One phrase of so many is a mention: "without paying" does not make an entry one about prices.
_MENTIONED = 12
# A lead counts for an entry that is a candidate at all.
_LEAD_FROM = 0.1


# Where a phrase belongs to no article.
_DECOY = -1
# Bounded: a bot that runs for months reads many made-up words.
_REMEMBERED = 20_000


# What is asked in vain nearly everywhere, by the words of its subject.
NearMisses: TypeAlias = Mapping[str, Sequence[str]]


class Phrases(NamedTuple):
    """How an article is asked for: its question first, then the other ways; terms and leads as its sidecar has them."""

    id: str
    kind: ArticleKind
    phrases: tuple[str, ...]
    terms: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


class _Ranking(NamedTuple):
    """One reading of a question: articles by strength, best first, and what speaks for the first."""

    strengths: tuple[tuple[int, float], ...]
    signals: Signals | None
    vague: bool = False


class Index:
    """The phrases of all articles, prepared for questions."""

    def __init__(
        self,
        articles: Sequence[Phrases],
        decoys: Sequence[str] = (),
        *,
        near_misses: NearMisses | None = None,
        prepared: str = "",
    ) -> None:
        """Reads the phrases, or where `prepared` was made of the very same ones takes what was read then."""
        terms = (_HERE / "terms.toml").read_text("utf-8")
        self._language = load_language(terms)
        self._ids = [article.id for article in articles]
        self._place = {article.id: place for place, article in enumerate(articles)}
        self._faq = [article.kind is ArticleKind.FAQ for article in articles]
        self._sizes = [len(article.phrases) for article in articles]
        self._starts = list(accumulate(self._sizes, initial=0))
        self._terms = [frozenset(self._terms_of(" ".join(article.terms))) for article in articles]
        self._leads = [_lead(place, lead) for place, article in enumerate(articles) for lead in article.leads]
        texts = [phrase for article in articles for phrase in article.phrases]
        self._first_decoy = len(texts)
        texts += _parted(decoys)
        headings = [article.phrases for article in articles if article.kind is ArticleKind.FAQ]
        spoken = {term for heading, *_ in headings for term in self._terms_of(heading)}
        for subject, asked in (near_misses or {}).items():
            if spoken.isdisjoint(self._terms_of(subject)):
                texts += _parted(asked)
        self._phrase_article = [place for place, size in enumerate(self._sizes) for _ in range(size)]
        self._phrase_article += [_DECOY] * (len(texts) - self._first_decoy)
        # Where an owner says nothing on how people ask, the words of the questions are the subject.
        own = {term for heading, *others in headings if not others for term in self._terms_of(heading)}
        self._subject = frozenset(own.difference(self._language.weights))
        self._counts: dict[str, Mapping[int, int]] = {}
        self._worth: dict[str, float] = {}
        self._corrections: dict[str, str] = {}
        self._rarest = math.log(len(articles) + 2)
        self.key = key_of(texts, terms=terms)
        self._postings = loaded(prepared, key=self.key) or built(texts, language=self._language, weigh=self._weigh)

    def prepared(self) -> str:
        """What an index of the same phrases can be given, so that it need not read them again."""
        return dumped(self._postings, key=self.key)

    def _counted(self, term: str) -> Mapping[int, int]:
        """In how many phrases of each article a term is; under _DECOY, in how many decoys."""
        counts = self._counts.get(term)
        if counts is None:
            counts = Counter(map(self._phrase_article.__getitem__, self._postings.of(term)))
            if len(self._counts) < _REMEMBERED:
                self._counts[term] = counts
        return counts

    def _terms_of(self, phrase: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._language.read(plain_phrase(phrase)).terms))

    def rank(self, text: str) -> list[tuple[int, float]]:
        """The places of the articles that may answer, each with its probability, likeliest first.

        There are none unless the first is worth showing.
        """
        ranked = self.ranked(text)
        if not ranked or ranked[0][1] < REFUSE_BELOW:
            return []
        return [(place, score) for place, score in ranked if score >= LIST_FROM]

    def ranked(self, text: str) -> list[tuple[int, float]]:
        """As `rank`, with those too that are too unlikely to be shown."""
        plain = plain_text(text)
        words = self._language.read(plain)
        ranking = self._read(words)
        # "java.net.UnknownHostException" looks like a host, and is what is asked.
        causes = causes_of(plain, messages=self._errors) or causes_of(whole_text(text), messages=self._errors)
        if not self._language.elsewhere.isdisjoint(words.terms):
            causes = ()  # "ssh: connection refused" is no website's error
        if ranking is None and not causes:
            return []
        parts = sentences(plain) if len(words.terms) > _LONG_MESSAGE else []
        readings = [(ranking, 1.0)]
        if len(parts) > 1:
            readings += [
                (reading, _SENTENCE_VALUE)
                for part in (parts if len(parts) <= _SENTENCES else parts[:_FIRST_SENTENCES] + parts[-_LAST_SENTENCES:])
                if (reading := self._read(self._language.read(part))) is not None
            ]
        best: dict[int, float] = {}
        for reading, value in readings:
            if reading is None or reading.signals is None:
                continue
            top = probability(reading.signals) * value
            if reading.signals.decoy > max(_VERBATIM, reading.signals.phrase):
                top = 0.0  # asked in the very words of what is not answered here
            elif reading.vague:
                top = min(top, _GUESS) if reading.signals.domain == 1 else 0.0
            elif not reading.signals.domain and top < ANSWER_FROM:
                top = 0.0  # far from this field, a guess is worse than none
            strongest = reading.strengths[0][1]
            for place, strength in reading.strengths:
                # Behind the first, the odds fall faster than the strength: a half as strong one is hardly ever right.
                # Where next to nothing was said, each is about as likely.
                score = top * (strength / strongest) ** (1 if reading.vague else 3)
                best[place] = max(best.get(place, 0.0), score)
        error = self._apply_errors(causes, best)
        # What a CDN itself reports of its origin is not mended where the CDN's certificates are configured.
        if not (error and error.startswith(("cdn.", "http."))):
            self._apply_leads(words, best, error=error)
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))

    def signals(self, text: str) -> tuple[str, Signals] | None:
        """The first article's id and its signals for the text as a whole, for fitting the weights."""
        ranking = self._read(self._language.read(plain_text(text)))
        if ranking is None or ranking.signals is None:
            return None
        return self._ids[ranking.strengths[0][0]], ranking.signals

    def _read(self, words: Words) -> _Ranking | None:
        """None where nothing is asked; no signals where nothing is shared with any phrase."""
        terms = [self._known(term) for term in dict.fromkeys(words.terms)]
        terms = list(dict.fromkeys(terms))[:80]
        worth = {term: self._weight(term) for term in terms}
        total = sum(worth.values())
        if total < 0.05:
            return None
        shared: dict[int, float] = {}
        for term in sorted(terms, key=lambda term: len(self._postings.of(term))):
            numbers = self._postings.of(term)
            value = worth[term]
            if (len(numbers) > _MANY and len(shared) > _ENOUGH) or (shared and value < _FILLS * total):
                # So common a word tells nothing among so many; those that share rarer ones are compared.
                continue
            for number in numbers:
                shared[number] = shared.get(number, 0.0) + value
        worths, articles = self._postings.worths, self._phrase_article
        # For each article, and for the decoys together: the likest phrase, and the most that one shares.
        likest: dict[int, float] = {}
        most: dict[int, float] = {}
        for number, value in shared.items():
            place = articles[number]
            likeness = value / (total + worths[number])
            if likeness > likest.get(place, 0.0):
                likest[place] = likeness
            if value > most.get(place, 0.0):
                most[place] = value
        decoy, vain = 2 * likest.pop(_DECOY, 0.0), most.get(_DECOY, 0.0) / total
        by_phrase = {place: 2 * likest[place] for place in nlargest(_COMPARED, likest, key=likest.__getitem__)}
        if not by_phrase:
            return _Ranking((), None)
        strengths: list[tuple[int, float]] = []
        single = sum(value > _TELLING for value in worth.values()) < 2
        verbatim = not single and max(by_phrase.values()) > _VERBATIM
        vague = total < _LITTLE and not verbatim and not words.codes
        # How long a phrase is says nothing where a single word is compared.
        by_likeness, ahead = (0.2, _FAQ_FIRST) if vague and single else (0.65, _FAQ_AHEAD)
        for place, phrase in by_phrase.items():
            usual = self._usual(place, worth, total)
            strength = by_likeness * phrase + (1 - by_likeness) * usual + ahead * self._faq[place]
            if phrase < _VERBATIM and self._terms[place] and self._terms[place].isdisjoint(terms):
                strength *= _NO_TERM
            strengths.append((place, strength))
        strengths.sort(key=lambda item: (-item[1], item[0]))
        strengths = strengths[:10]
        first = strengths[0][0]
        if not vague and by_phrase[first] < _SURE_LIKENESS and not words.codes:
            # One telling word in common, and others that the entry's phrase has not: "leave https alone".
            start = self._starts[first]
            phrase = max(
                range(start, start + self._sizes[first]),
                key=lambda number: shared.get(number, 0.0) / (total + worths[number]),
            )
            vague = sum(worth[term] > _TELLING and _holds(self._postings.of(term), phrase) for term in terms) < 2
        own_terms = {term for term in terms if first in self._counted(term)}
        second = max(_FAINT, strengths[1][1] if len(strengths) > 1 else 0.0)
        signals = Signals(
            phrase=by_phrase[first],
            covered=sum(value for term, value in worth.items() if term in own_terms) / total,
            usual=self._usual(first, worth, total),
            lead=max(0.0, strengths[0][1] - second) / strengths[0][1],
            decoy=decoy,
            vain=max(0.0, vain - most[first] / total),
            foreign=sum(self._foreign(term) * value for term, value in worth.items() if term not in own_terms) / total,
            unknown=sum(value for term, value in worth.items() if term not in self._postings) / total,
            subject=float(any(term in self._language.subjects and not self._speaks_of(first, term) for term in terms)),
            domain=1.0 if words.codes else self._language.closeness(terms, self._subject),
        )
        return _Ranking(tuple(strengths), signals, vague)

    def _weight(self, term: str) -> float:
        worth = self._worth.get(term)
        if worth is None:
            worth = self._weigh(term, self._postings.of(term))
            if len(self._worth) < _REMEMBERED:
                self._worth[term] = worth
        return worth

    def _weigh(self, term: str, numbers: Sequence[int]) -> float:
        """How telling a term is that stands in these phrases."""
        spread = self._spread(numbers)
        rare = math.log((len(self._ids) + 2) / (spread + 1)) / self._rarest if spread else 0.7
        usual = 1.0
        if (len(term) == 2 and _KANA_FIRST <= term[0] <= _KANA_LAST) or (len(term) == 1 and "a" <= term <= "z"):
            usual = _SLIGHT
        return self._language.weights.get(term, usual) * max(0.2, min(1.0, rare))

    def _spread(self, numbers: Sequence[int]) -> int:
        """How many articles have these phrases."""
        places = set(map(self._phrase_article.__getitem__, numbers))
        return len(places) - (_DECOY in places)

    def _usual(self, place: int, worth: Mapping[str, float], total: float) -> float:
        """How usual the question's words are in this article's phrases."""
        size, usual = self._sizes[place], 0.0
        for term, value in worth.items():
            if count := self._counted(term).get(place):
                usual += value * math.sqrt(min(1.0, count / size))
        return usual / total

    def _speaks_of(self, place: int, term: str) -> bool:
        """Whether an article is about a subject, rather than naming it once among very many phrases."""
        return self._counted(term).get(place, 0) > self._sizes[place] // _MENTIONED

    def _foreign(self, term: str) -> float:
        """How much a word belongs to what is asked in vain."""
        vain = self._counted(term).get(_DECOY, 0)
        return vain / (vain + 3 * self._spread(self._postings.of(term))) if vain else 0.0

    def _known(self, term: str) -> str:
        """The term itself, or where it is a typing mistake the one that was meant."""
        if term in self._postings or len(term) < TYPO_FROM or not term.isascii() or not term.isalpha():
            return term
        if term in self._language.weights:
            return term
        found = self._corrections.get(term)
        if found is None:
            meant = meant_by(term, self._vocabulary)
            found = term if meant is None else meant if meant in self._postings else self._language.terms[meant]
            if len(self._corrections) < _REMEMBERED:
                self._corrections[term] = found
        return found

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary_of([*self._postings, *self._language.words])

    def _apply_errors(self, causes: Sequence[str], best: dict[int, float]) -> str | None:
        """Puts the causes of an error message in the text first; the likeliest, where a visitor's browser shows it."""
        places = [self._place[code] for code in causes if code in self._place]
        if not places:
            return None
        for place in best:
            if place not in places:
                best[place] = min(best[place], _BESIDE_ERROR)
        score = _ERROR_SCORE
        for place in places:
            best[place] = score
            score *= 0.75
        return self._ids[places[0]]

    def _apply_leads(self, words: Words, best: dict[int, float], *, error: str | None) -> None:
        """Puts an entry first whose sidecar says that what was said leads to it."""
        said = frozenset(words.terms)
        if error:
            # An error says that something fails, and by its cause's code what: "expired", "loop".
            said |= {"failing", *map(self._language.terms.__getitem__, re.split(r"[._]", error))}
        if said & self._language.subjects:
            return
        for place, needed, absent in self._leads:
            if needed <= said and not absent & said and (error or best.get(place, 0.0) > _LEAD_FROM):
                best[place] = max(min(0.97, max(best.values()) + 0.01), ANSWER_FROM)

    @cached_property
    def _errors(self) -> Messages:
        return load_messages(_HERE / "errors.toml")


def load_near_misses() -> NearMisses:
    """The near misses that come with Padlock."""
    tables = cast(dict[str, dict[str, list[str]]], read_toml((_HERE / "decoys.toml").read_text("utf-8")))
    return {subject: table["asked"] for subject, table in tables.items()}


def _holds(numbers: Sequence[int], number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def _parted(decoys: Sequence[str]) -> list[str]:
    return [part for decoy in decoys for part in decoy.split(", ")]


def _lead(place: int, lead: str) -> tuple[int, frozenset[str], frozenset[str]]:
    parts = lead.split()
    needed = frozenset(part for part in parts if not part.startswith("-"))
    return place, needed, frozenset(part[1:] for part in parts if part.startswith("-"))
