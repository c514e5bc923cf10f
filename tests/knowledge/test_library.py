"""What a library holds, and what it says of files that it cannot use."""

import os
import time
from pathlib import Path

import pytest

from knowledge.article import ArticleKind
from knowledge.files import MAX_FILE_BYTES
from knowledge.library import Library
from knowledge.markdown import List, blocks, plain

PAGE = """# It is broken

## How people ask

- why is it broken
- `ERR_BROKEN_THING`

## What it means

It does not work.

## What visitors see

- Chrome: `NET::ERR_BROKEN_FOR_GOOD`
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "faq"
    made.mkdir()
    return made


def write(path: Path, text: str) -> None:
    """Writes with a time of its own, so that two edits within one tick of the clock differ."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


@pytest.fixture(scope="module")
def shipped() -> Library:
    return Library.load()


LINKS = {
    "q2": ["https://console.cloud.tencent.com/ssl"],
    "q3": ["https://console.cloud.tencent.com/cdn", "https://intl.cloud.tencent.com/document/product/228/35213"],
    "q5": ["https://intl.cloud.tencent.com/document/product/228/35214"],
    "q6": [
        "https://console.cloud.tencent.com/cdn",
        "https://intl.cloud.tencent.com/document/product/228/35213#.E8.AF.81.E4.B9.A6.E9.85.8D.E7.BD.AE",
    ],
}
FACTS = {
    "q1": ["Hypertext Transfer Protocol Secure", "encrypt", "certificate", "node"],
    "q2": ["Yes", "own certificate", "free", "TrustAsia"],
    "q3": ["CDN console", "Guide"],
    "q4": ["No.", "independent", "expired"],
    "q5": ["Yes", "Forced Redirection", "certificate"],
    "q6": ["Domain Management", "Manage", "Advanced Configuration", "HTTPS Configuration", "Configure Now",
           "Certificate Management"],
}  # fmt: skip


def test_the_shipped_faq_has_its_six_entries_under_their_own_ids(shipped: Library) -> None:
    assert [a.id for a in shipped.articles if a.kind is ArticleKind.FAQ] == ["q1", "q2", "q3", "q4", "q5", "q6"]


@pytest.mark.parametrize("entry", FACTS)
def test_a_shipped_entry_keeps_the_providers_facts_and_links(shipped: Library, entry: str) -> None:
    article = shipped.get(entry)
    assert article is not None
    for fact in FACTS[entry]:
        assert fact in plain(article.text)
    for link in LINKS.get(entry, []):
        assert f"]({link})" in article.text


def test_the_steps_of_q6_are_numbered(shipped: Library) -> None:
    article = shipped.get("q6")
    assert article is not None
    (steps,) = [block for block in blocks(article.text) if isinstance(block, List)]
    assert steps.ordered
    assert len(steps.items) == 2


def test_every_shipped_entry_is_asked_for_in_dozens_of_ways_and_seven_other_languages(shipped: Library) -> None:
    for article in shipped.articles:
        if article.kind is ArticleKind.FAQ:
            assert len(article.asks) >= 60
            assert sum(not ask.isascii() for ask in article.asks) >= 12


def test_the_shipped_files_are_without_problems(shipped: Library) -> None:
    assert shipped.problems == ()


def test_a_cause_page_has_its_code_as_id_and_its_asks_are_not_in_its_text(folder: Path) -> None:
    write(folder / "certificate.broken.md", PAGE)
    (article,) = Library.load(folder).articles
    assert (article.id, article.kind, article.question) == ("certificate.broken", ArticleKind.CAUSE, "It is broken")
    assert article.asks == ("why is it broken", "ERR_BROKEN_THING", "NET::ERR_BROKEN_FOR_GOOD")
    assert "How people ask" not in article.text
    assert article.text.startswith("## What it means")


def test_a_file_with_a_dot_in_its_name_and_no_title_is_an_ordinary_faq(folder: Path) -> None:
    write(folder / "faq.old.md", "### A?\nyes")
    assert [article.id for article in Library.load(folder).articles] == ["faq.old/a"]


def test_entries_of_other_files_carry_the_files_name(folder: Path) -> None:
    write(folder / "https.md", "[](id:q1)\n### What is HTTPS?\nx\n### No id?\ny\n[](id:q1)\n### Again?\nz")
    assert [a.id for a in Library.load(folder).articles] == ["https/q1", "https/no-id", "https/q1-2"]


def test_two_files_of_one_name_get_different_ids(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(folder / "a.md", "### A?\nx")
    write(other / "a.md", "### A?\ny")
    library = Library.load(folder, other)
    assert [(a.id, a.text) for a in library.articles] == [("a/a", "x"), ("a/a-2", "y")]


def test_exactly_the_named_folders_are_read(folder: Path) -> None:
    write(folder / "a.md", "# Our FAQ\n## S\n### A?\nx")
    (article,) = Library.load(folder).articles
    assert (article.document, article.section) == ("Our FAQ", "S")


def test_search_finds_an_entry_and_get_gives_it(folder: Path) -> None:
    write(folder / "a.md", "### How do I water the plants?\nDaily.\n### Where is the key of the cellar?\nHere.")
    library = Library.load(folder)
    (match,) = library.search("how to water plants", limit=1)
    assert match.article is library.get("a/how-do-i-water-the-plants")
    assert library.get("nothing") is None


BAD = [
    # Not UTF-8: the line is that of the first bad byte.
    (b"### A?\nyes \xff\n", 2, "the file is not UTF-8"),
    # UTF-16 is no UTF-8 either.
    ("### A?\nyes".encode("utf-16"), 1, "the file is not UTF-8"),
    # Beyond the size that a FAQ has.
    (b"x" * (MAX_FILE_BYTES + 1), 1, "the file is larger than 2048 kB"),
    # Empty.
    (b"", 1, "no question heading was found"),
]


@pytest.mark.parametrize(("content", "line", "what"), BAD)
def test_a_bad_file_names_itself_and_the_rest_is_loaded(folder: Path, content: bytes, line: int, what: str) -> None:
    (folder / "bad.md").write_bytes(content)
    write(folder / "good.md", "### A?\nyes")
    library = Library.load(folder)
    assert [article.id for article in library.articles] == ["good/a"]
    (problem,) = library.problems
    assert (problem.file, problem.line, problem.what) == (folder / "bad.md", line, what)
    assert str(problem).startswith(f"{folder / 'bad.md'}:{line}: {what}. ")


def test_a_missing_folder_and_a_file_in_its_place_are_said(folder: Path) -> None:
    write(folder / "a.md", "### A?\nyes")
    library = Library.load(folder / "gone", folder / "a.md", folder)
    assert [problem.what for problem in library.problems] == ["this folder does not exist", "this is no folder"]
    assert len(library.articles) == 1


def test_links_that_lead_in_a_circle_or_nowhere_do_no_harm(folder: Path) -> None:
    write(folder / "a.md", "### A?\nyes")
    (folder / "self").symlink_to(folder)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "gone.md").symlink_to(folder / "nothing")
    library = Library.load(folder)
    assert [article.id for article in library.articles] == ["a/a"]
    assert {problem.file.name for problem in library.problems} == {"loop.md", "gone.md"}


def test_a_pipe_in_the_folder_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    (problem,) = Library.load(folder).problems
    assert problem.what == "this is no ordinary file"


def test_hidden_files_and_other_files_are_passed_over(folder: Path) -> None:
    for name in (".a.md", "a.txt", "a.md~"):
        write(folder / name, "### A?\nyes")
    (folder / ".git").mkdir()
    write(folder / ".git" / "b.md", "### B?\nyes")
    library = Library.load(folder)
    assert (library.articles, library.problems) == ((), ())


def test_folders_in_folders_are_read(folder: Path) -> None:
    (folder / "en").mkdir()
    write(folder / "en" / "a.MD", "### A?\nyes")
    assert [article.id for article in Library.load(folder).articles] == ["a/a"]


def test_a_sidecar_says_how_people_ask(folder: Path) -> None:
    write(folder / "a.md", "[](id:q1)\n### How do I water the plants?\nDaily.")
    write(folder / "a.asks.toml", '[q1]\naliases = ["ficus is thirsty"]\ntranslations = ["Blumen giessen"]\n')
    library = Library.load(folder)
    (article,) = library.articles
    assert article.asks == ("ficus is thirsty", "Blumen giessen")
    assert library.search("my ficus is thirsty")[0].article is article
    assert library.problems == ()


SIDECARS = [
    # No TOML.
    ("[q1]\naliases = [\n", "this is no TOML"),
    # A table of an entry that the file has not.
    ("[q2]\naliases = []\n", "there is no entry 'q2' in the FAQ file"),
    # A key nobody reads, and one of a wrong form.
    ('[q1]\nalias = ["x"]\n', "alias is not known here"),
    ('[q1]\naliases = "x"\n', "aliases is no list of texts"),
    ("decoys = [1]\n", "decoys is no list of texts"),
    ("title = 'x'\n", "title is not known here"),
]


@pytest.mark.parametrize(("text", "what"), SIDECARS)
def test_a_mistake_in_a_sidecar_is_said_and_the_entry_stays(folder: Path, text: str, what: str) -> None:
    write(folder / "a.md", "[](id:q1)\n### A?\nyes")
    write(folder / "a.asks.toml", text)
    library = Library.load(folder)
    assert [article.id for article in library.articles] == ["a/q1"]
    (problem,) = library.problems
    assert problem.what.startswith(what)
    assert problem.file.name == "a.asks.toml"


def test_an_edit_is_noticed_and_read(folder: Path) -> None:
    write(folder / "a.md", "### A?\nold")
    library = Library.load(folder)
    assert not library.stale()
    write(folder / "a.md", "### A?\nnew")
    assert library.stale()
    fresh = library.reload()
    assert fresh.articles[0].text == "new"
    assert library.articles[0].text == "old"
    assert not fresh.stale()


def test_a_new_file_a_new_sidecar_and_a_removed_file_are_noticed(folder: Path) -> None:
    write(folder / "a.md", "### A?\nyes")
    library = Library.load(folder)
    write(folder / "b.md", "### B?\nyes")
    assert library.stale()
    library = library.reload()
    assert len(library.articles) == 2
    write(folder / "a.asks.toml", '[a]\naliases = ["x"]\n')
    assert library.stale()
    library = library.reload()
    (folder / "b.md").unlink()
    assert library.stale()
    assert [article.id for article in library.reload().articles] == ["a/a"]


BREAKS = [
    # The editor saved in another encoding, emptied the file, or lost the headings.
    ("a.md", b"### A?\n\xff", "the file is not UTF-8"),
    ("a.md", b"", "no question heading was found"),
    ("a.asks.toml", b"[a", "this is no TOML"),
]


@pytest.mark.parametrize(("name", "content", "what"), BREAKS)
def test_a_broken_edit_keeps_the_version_before_and_is_said(folder: Path, name: str, content: bytes, what: str) -> None:
    write(folder / "a.md", "### A?\nyes")
    write(folder / "a.asks.toml", '[a]\naliases = ["x"]\n')
    library = Library.load(folder)
    (folder / name).write_bytes(content)
    broken = library.reload()
    assert [(article.text, article.asks) for article in broken.articles] == [("yes", ("x",))]
    (problem,) = broken.problems
    assert problem.what.startswith(what)
    assert problem.remedy.endswith("Until then the version before is used.")
    assert not broken.stale()
    write(folder / "a.md", "### A?\nmended")
    write(folder / "a.asks.toml", '[a]\naliases = ["y"]\n')
    mended = broken.reload()
    assert [(article.text, article.asks) for article in mended.articles] == [("mended", ("y",))]
    assert mended.problems == ()


def test_a_second_broken_edit_still_keeps_the_last_good_version(folder: Path) -> None:
    write(folder / "a.md", "### A?\nyes")
    write(folder / "b.md", "### B?\nyes")
    (folder / "a.md").write_bytes(b"\xff")
    library = Library.load(folder)
    assert [article.id for article in library.articles] == ["b/b"]  # at a start there is no version before
    write(folder / "a.md", "### A?\nyes")
    library = library.reload()
    for broken in (b"\xff", b"no heading", b""):
        (folder / "a.md").write_bytes(broken)
        library = library.reload()
        assert [article.text for article in library.articles] == ["yes", "yes"]
        assert [problem.file.name for problem in library.problems] == ["a.md"]


def test_a_removed_sidecar_a_renamed_file_and_a_new_folder_are_noticed(folder: Path) -> None:
    write(folder / "a.md", "### A?\nyes")
    write(folder / "a.asks.toml", '[a]\naliases = ["x"]\n')
    library = Library.load(folder)
    (folder / "a.asks.toml").unlink()
    assert library.stale()
    library = library.reload()
    assert library.articles[0].asks == ()
    (folder / "a.md").rename(folder / "c.md")
    assert library.stale()
    library = library.reload()
    assert [article.id for article in library.articles] == ["c/a"]
    (folder / "more").mkdir()
    assert not library.stale()
    write(folder / "more" / "d.md", "### D?\nyes")
    assert library.stale()
    assert [article.id for article in library.reload().articles] == ["c/a", "d/d"]


def test_a_reload_answers_from_the_edited_files(folder: Path) -> None:
    write(folder / "a.md", "### When do I prune the roses?\nIn spring.")
    library = Library.load(folder)
    assert library.search("where is the rake") == []
    write(folder / "b.md", "### Where is the rake?\nIn the shed.")
    assert [match.article.id for match in library.reload().search("where is the rake")] == ["b/where-is-the-rake"]


def test_to_look_for_edits_in_a_thousand_files_takes_milliseconds(folder: Path) -> None:
    for number in range(1_000):
        write(folder / f"{number}.md", f"### Question {number}?\nyes")
    library = Library.load(folder)
    best = 1.0
    for _ in range(10):
        start = time.perf_counter()
        assert not library.stale()
        best = min(best, time.perf_counter() - start)
    assert best < 0.03  # 3 ms on an idle machine
