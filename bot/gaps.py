"""Groups the questions that the knowledge did not serve well, and words them so that they can become aliases; pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz import fuzz, process

from bot.store.records import Gap
from diagnostics.plain_text import neutralise
from knowledge.language import Language, plain_text

# A term of this weight or less ("please", "my") does not make a question another one.
_FILLER = 0.1
# A letter more or less in a question of a few words; 80 would take "renew" for "revoke".
_NEAR = 92
_MARKUP = re.compile(r"<[@#!][^<>]*>")
_TYPED_ID = re.compile(r"\b[UW](?=[A-Z0-9]*[0-9])[A-Z0-9]{7,}\b")
_TYPED_NAME = re.compile(r"(?<![\w.@])@[\w.\-]+")
_ONE_SHOWN = len("<U+10FFFF>")
_ENDS = " \t,;:.-–—"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a question was answered with: the kind of answer, its entry, or the entries to choose from."""

    outcome: str
    article: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that ask the same; `texts` are their wordings, most frequent first, none where all were bare hosts."""

    texts: tuple[str, ...]
    asked: int
    last: float  # seconds since 1970
    shown: tuple[tuple[Shown, int], ...]
    helpful: int
    unhelpful: int
    meant: tuple[tuple[str, int], ...]  # the entries that people chose, and how many of them


def grouped(gaps: Iterable[Gap], *, language: Language) -> list[Group]:
    """The groups, those that were asked most often first."""
    same: dict[str, list[tuple[str, Gap]]] = defaultdict(list)
    for gap in gaps:
        text = wording_of(gap.text)
        same[_key(text, language=language)].append((text, gap))
    leaders: list[str] = []
    near: dict[str, list[tuple[str, Gap]]] = defaultdict(list)
    for key in sorted(same, key=lambda key: -len(same[key])):
        leader = _leader(key, leaders)
        if leader is None:
            leaders.append(key)
        near[key if leader is None else leader] += same[key]
    groups = [_group(members) for members in near.values()]
    return sorted(groups, key=lambda group: (-group.asked, -group.last, group.texts))


def wording_of(text: str) -> str:
    """A question as an alias: in lower case, on one line, without hosts, addresses and people."""
    # The markup before the ids in it, for it also holds names; both before the letters become small.
    text = plain_text(_TYPED_ID.sub(" ", _MARKUP.sub(" ", text)))
    text = _TYPED_NAME.sub(" ", text)
    # What is not drawn would be pasted into the knowledge without anybody's seeing it.
    text = "".join(character if neutralise(character, limit=_ONE_SHOWN) == character else " " for character in text)
    return re.sub(r" (?=[?!.,;:…])", "", " ".join(text.split())).strip(_ENDS)


def _key(text: str, *, language: Language) -> str:
    """What the question says in the terms of the matcher, whatever their order; the text where it says nothing."""
    telling = {term for term in language.read(text).terms if language.weights.get(term, 1.0) > _FILLER}
    return " ".join(sorted(telling)) or text


def _leader(key: str, leaders: list[str]) -> str | None:
    """The group that a key is nearly the same as; another number ("TLS 1.3") is another question."""
    found = process.extractOne(key, leaders, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return found[0] if found is not None and _numbers(found[0]) == _numbers(key) else None


def _numbers(key: str) -> list[str]:
    return re.findall(r"\d+", key)


def _group(members: list[tuple[str, Gap]]) -> Group:
    gaps = [gap for _, gap in members]
    return Group(
        texts=tuple(text for text, _ in _counted(text for text, _ in members if text)),
        asked=len(gaps),
        last=max(gap.asked_at for gap in gaps),
        shown=_counted(_shown(gap) for gap in gaps),
        helpful=sum(gap.helpful for gap in gaps),
        unhelpful=sum(gap.unhelpful for gap in gaps),
        meant=_counted(article for gap in gaps for article in gap.chosen),
    )


def _shown(gap: Gap) -> Shown:
    """A question that was answered with a choice is kept with the entry that was chosen."""
    if gap.outcome == "unsure":
        return Shown(gap.outcome, None, gap.candidates)
    return Shown(gap.outcome, gap.article, ())


def _counted(items: Iterable[T]) -> tuple[tuple[T, int], ...]:
    """Each with how often it is there, the most frequent first."""
    return tuple(sorted(Counter(items).items(), key=lambda pair: (-pair[1], str(pair[0]))))
