"""What an article of the knowledge base is."""

from dataclasses import dataclass
from enum import StrEnum


class ArticleKind(StrEnum):
    """Where an article comes from: an owner's FAQ file, or Padlock's own page for a cause."""

    FAQ = "faq"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One question and its answer.

    `text` is the answer in clean Markdown: no marker of the source form, no image, no raw HTML is left in it.
    `document` is the file's title or name, for people; `asks` are the ways people ask for it, beside `question`.
    """

    id: str
    kind: ArticleKind
    question: str
    text: str
    document: str
    section: str | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may answer a question; `score` is 0 to 1, the probability of being right."""

    article: Article
    score: float
