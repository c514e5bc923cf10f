"""What lint says beyond the problems of reading."""

from pathlib import Path

import pytest

from knowledge.library import Library
from knowledge.lint import lint

PAGE = """# It is broken

## How people ask

- one
- two
- three

## What it means

It does not work.

## How we know

We looked.

## What visitors see

Nothing.

## How to fix it

1. Mend it.

## How to check that it is fixed

Look.

## Sources

- [RFC 1](https://www.rfc-editor.org/rfc/rfc1.html)
"""


def said(folder: Path) -> list[str]:
    return [problem.what for problem in lint(Library.load(folder))]


def test_a_whole_page_is_not_remarked_on(tmp_path: Path) -> None:
    (tmp_path / "a.b.md").write_text(PAGE)
    assert said(tmp_path) == []


FAULTS = [
    # A section, the ways of asking, the source, and a first sentence that nobody reads to its end.
    ("## How we know\n", "## Else\n", "the section 'How we know' is missing"),
    ("- one\n", "", "there are only 2 ways people ask for it"),
    ("https://", "", "no source is named"),
    ("It does not", "It really " * 17 + "does not", "the first sentence has 184 characters"),
]


@pytest.mark.parametrize(("text", "instead", "what"), FAULTS)
def test_a_fault_of_a_page_is_said(tmp_path: Path, text: str, instead: str, what: str) -> None:
    assert text in PAGE
    (tmp_path / "a.b.md").write_text(PAGE.replace(text, instead))
    assert said(tmp_path) == [what]


def test_two_entries_asked_for_in_the_same_words_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("### A?\nx\n### a?\ny")
    assert said(tmp_path) == ["a/a-2 and a/a are asked for in the same words: 'a?'"]


def test_what_reading_met_is_said_first(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("nothing")
    assert said(tmp_path) == ["no question heading was found"]
