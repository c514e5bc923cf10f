"""Real FAQ documents, read from where the environment says; nothing of them is kept here."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.article import Article
from knowledge.library import Library
from knowledge.markdown import List, blocks

# No marker of the source form may reach a reader.
MARKERS = ("<dx-", "[](id:", ">?", ">!", "<br", "<table", "<img", "<script", "<iframe", "![", "&nbsp;", ":::")


def _folder(variable: str) -> Path:
    if not os.environ.get(variable):
        pytest.skip(f"{variable} names no folder of FAQ documents")
    return Path(os.environ[variable])


@pytest.fixture(scope="module")
def documents() -> Path:
    return _folder("PADLOCK_FAQ_DOCS")


@pytest.fixture(scope="module")
def provider() -> Library:
    return Library.load(_folder("PADLOCK_FAQ"))


def _tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _tokens(token.children or ())


def unclean(article: Article) -> list[str]:
    """What a reader should not see in an article: markers, HTML, images, links that lead nowhere."""
    prose = re.sub(r"(`{3,}).*?\1|`[^`\n]*`", "", article.text, flags=re.S)
    found = [marker for marker in MARKERS if marker in prose]
    for token in _tokens(MarkdownIt("commonmark", {"html": True}).enable("table").parse(article.text)):
        if token.type in ("html_inline", "html_block", "image"):
            found.append(f"{token.type}: {token.content}")
        if token.type == "link_open" and not re.match(r"https?://|mailto:", str(token.attrGet("href")), re.I):
            found.append(f"link: {token.attrGet('href')}")
    return found


def test_every_document_gives_the_entries_that_it_has(documents: Path) -> None:
    expected: dict[str, list[dict[str, str | None]]] = json.loads(
        (documents / "expected_entries.json").read_text("utf-8")
    )
    library = Library.load(documents)
    assert expected
    for name, entries in expected.items():
        stem = name.removesuffix(".md")
        found = [article for article in library.articles if article.id.startswith(f"{stem}/")]
        assert [(a.question, a.section) for a in found] == [(e["question"], e["section"]) for e in entries], name
        for article, entry in zip(found, entries, strict=True):
            if entry["id"] is not None:
                own = article.id.removeprefix(f"{stem}/")
                assert re.fullmatch(rf"{re.escape(entry['id'])}(-\d+)?", own), name


def test_no_marker_of_the_source_form_is_left(documents: Path) -> None:
    articles = Library.load(documents).articles
    assert len(articles) > 200
    assert {article.id: unclean(article) for article in articles if unclean(article)} == {}


def test_a_document_without_a_question_says_so(documents: Path) -> None:
    said = {problem.file.name: problem.what for problem in Library.load(documents).problems}
    assert said["cvm_dxaccordion_en.md"] == "no question heading was found"


def test_the_providers_own_document_is_read(provider: Library) -> None:
    assert [article.id for article in provider.articles] == [f"https/q{number}" for number in range(1, 7)]
    assert all(not unclean(article) for article in provider.articles)


def test_the_steps_keep_their_numbers_and_pictures_are_links(provider: Library) -> None:
    article = provider.get("https/q6")
    assert article is not None
    (steps,) = [block for block in blocks(article.text) if isinstance(block, List)]
    assert (steps.ordered, steps.start, len(steps.items)) == (True, 1, 2)
    assert "[Picture for step 2](https://" in article.text


def test_every_link_of_the_providers_document_is_kept(provider: Library) -> None:
    source = (_folder("PADLOCK_FAQ") / "https.md").read_text("utf-8")
    text = "\n".join(article.text for article in provider.articles)
    links = re.findall(r"\]\((https://[^)\s]+)", source)
    assert len(links) > 5
    assert [link for link in links if f"]({link})" not in text] == []
