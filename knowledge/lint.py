"""Says what an owner should look at in the files of a knowledge base, beyond what keeps them from being read."""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.article import ArticleKind
from knowledge.files import Entry, Problem
from knowledge.library import Library

# What a cause's page answers, in the order in which a person asks.
CAUSE_HEADINGS = (
    "What it means",
    "How we know",
    "What visitors see",
    "How to fix it",
    "How to check that it is fixed",
    "Sources",
)
# With fewer ways of asking a page is found by its title's words alone.
LEAST_ASKS = 3
# The first sentence stands alone in a chat; longer ones are not read there.
LONGEST_FIRST_SENTENCE = 160


def lint(library: Library) -> tuple[Problem, ...]:
    """The problems met on reading, then those of content: a page without a heading, a way of asking used twice."""
    found = list(library.problems)
    asked: dict[str, Entry] = {}
    for entry in library.entries:
        file = library.file_of(entry.id) or Path(entry.document)
        if entry.kind is ArticleKind.CAUSE:
            found += _cause_page(entry, file)
        for phrase in (entry.question, *entry.asks):
            plain = " ".join(phrase.casefold().split())
            other = asked.setdefault(plain, entry)
            # Browsers show one error for many causes, so that two pages may well name the same one.
            if other is not entry and not ArticleKind.CAUSE == entry.kind == other.kind:
                what = f"{entry.id} and {other.id} are asked for in the same words: {phrase!r}"
                found.append(Problem(file, 1, what, "Leave these words to one of the two."))
    return tuple(found)


def _cause_page(entry: Entry, file: Path) -> Iterator[Problem]:
    headings = re.findall(r"^## (.+?)[ ]*$", entry.body, re.M)
    for wanted in CAUSE_HEADINGS:
        if wanted not in headings:
            yield Problem(file, 1, f"the section {wanted!r} is missing", f"Add a heading: ## {wanted}")
    if len(entry.asks) < LEAST_ASKS:
        what = f"there are only {len(entry.asks)} ways people ask for it"
        yield Problem(file, 1, what, f"List at least {LEAST_ASKS} under ## How people ask.")
    meaning = re.search(r"^## What it means[ ]*\n+(.+?)(?:\n\n|\Z)", entry.body, re.M | re.S)
    first = re.split(r"(?<=[.!?])\s", meaning[1], maxsplit=1)[0] if meaning else ""
    if len(first) > LONGEST_FIRST_SENTENCE:
        what = f"the first sentence has {len(first)} characters"
        yield Problem(file, 1, what, f"Say it in {LONGEST_FIRST_SENTENCE}.")
    if not re.search(r"^## Sources[ ]*\n(?:.*\n)*?.*https://", entry.body, re.M):
        yield Problem(file, 1, "no source is named", "Link a standard or a vendor's page under ## Sources.")
