"""The inverted index: built from phrases, or prepared and still true."""

from pathlib import Path

import pytest

from knowledge.article import ArticleKind
from knowledge.library import PREPARED, Library
from knowledge.match import Index, Phrases, load_near_misses
from knowledge.postings import loaded
from knowledge.prepare import fresh

ARTICLES = [
    Phrases("a", ArticleKind.FAQ, ("How do I water a ficus?", "ficus is thirsty")),
    Phrases("b", ArticleKind.FAQ, ("Where is the rake?",)),
]


def test_the_prepared_index_is_that_of_the_files() -> None:
    assert PREPARED.read_text("utf-8") == fresh(), "run: python -m knowledge.prepare"


def test_the_library_takes_what_is_prepared() -> None:
    library = Library.load()
    assert library.matcher.prepared() == PREPARED.read_text("utf-8")
    assert loaded(PREPARED.read_text("utf-8"), key=library.matcher.key) is not None


def test_a_prepared_index_ranks_as_a_fresh_one() -> None:
    library = Library.load()
    without = Index(library.phrases, library.decoys, near_misses=load_near_misses())
    for question in ("how do I force https", "certifcate expird", "CDN 支持 HTTPS 吗", "renew my ssh key", "lunch?"):
        assert library.matcher.ranked(question) == without.ranked(question)


def test_what_was_prepared_of_other_phrases_is_not_believed() -> None:
    prepared = Index(ARTICLES).prepared()
    same, other = Index(ARTICLES, prepared=prepared), Index(ARTICLES[:1], prepared=prepared)
    assert loaded(prepared, key=same.key) is not None
    assert loaded(prepared, key=other.key) is None
    assert other.rank("where is the rake") == []
    assert [place for place, _ in same.rank("where is the rake")] == [1]


# Cut off, of another kind, and nothing at all.
@pytest.mark.parametrize("text", ["#key,", "term,1 2 3\n", ""])
def test_a_broken_prepared_index_is_not_believed(text: str) -> None:
    assert loaded(text, key=Index(ARTICLES).key) is None


def test_a_folder_of_an_owner_needs_nothing_prepared(tmp_path: Path) -> None:
    (tmp_path / "g.md").write_text("### How do I water a ficus?\nDaily.")
    found = Library.load(tmp_path).search("water the ficus")
    assert [match.article.question for match in found] == ["How do I water a ficus?"]
