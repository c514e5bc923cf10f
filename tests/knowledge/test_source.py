"""What is found in FAQ files of the provider's form."""

import pytest

from knowledge.source import SourceEntry, read_source


def entries(text: str) -> list[tuple[str | None, str, str | None]]:
    return [(entry.id, entry.question, entry.section) for entry in read_source(text).entries]


AB = [(None, "A?", None), (None, "B?", None)]
FORMS = [
    # The plain form: an anchor on the line before.
    ("[](id:q1)\n### A?\nyes", [("q1", "A?", None)]),
    # Blank lines between the anchor and the heading.
    ("[](id:q1)\n\n\n### A?\nyes", [("q1", "A?", None)]),
    # The anchor at the end of the heading.
    ("### A?[](id:flux)\nyes", [("flux", "A?", None)]),
    # An HTML anchor, before and within.
    ('<span id="j1"></span>\n### A?\nyes', [("j1", "A?", None)]),
    ('### <a id="j2"></a>A?\nyes', [("j2", "A?", None)]),
    # Any spelling of an id, capitals, spaces and other scripts.
    ("[](id:Que_2)\n### A?\nyes", [("Que_2", "A?", None)]),
    ("[](ID: 问题1 )\n### A?\nyes", [("问题1", "A?", None)]),
    # No anchor.
    ("### A?\nyes", [(None, "A?", None)]),
    # An anchor in the text before is not the heading's.
    ("### A?\nsee step 4.[](id:step4)\n### B?\nyes", AB),
    # An anchor of a smaller heading is not the next question's.
    ("### A?\n[](id:x)\n#### part\ntext\n### B?\nyes", AB),
    # The same id twice stays as the owner wrote it; the library tells the two apart.
    ("[](id:q)\n### A?\n1\n[](id:q)\n### B?\n2", [("q", "A?", None), ("q", "B?", None)]),
    # No space after the signs, space before them, signs at the end.
    ("###A?\nyes", [(None, "A?", None)]),
    (" ### A? ###\nyes", [(None, "A?", None)]),
    # A heading in HTML.
    ("<h3 class='x'>A?</h3>\nyes", [(None, "A?", None)]),
    # Numbers are part of the question.
    ("### 1. A?\nyes", [(None, "1. A?", None)]),
    # Sections.
    ("## S\n### A?\nyes\n## T\n### B?\nno", [(None, "A?", "S"), (None, "B?", "T")]),
    ("# Title\n### A?\nyes", [(None, "A?", None)]),
    # No ###: the ## or #### headings are the questions.
    ("## A?\nyes\n## B?\nno", AB),
    ("## S\n#### A?\nyes\n#### B?\nno", [(None, "A?", "S"), (None, "B?", "S")]),
    # The ## headings ask and the ### are parts of the answer.
    ("## A?\n### first\n1\n## B?\n### then\n2", AB),
    # Markup within a heading; code keeps its marks.
    ("### Is **it** a [link](https://e.org) to `x`?\nyes", [(None, "Is it a link to `x`?", None)]),
    ("### A&amp;B&nbsp;C?\nyes", [(None, "A&B C?", None)]),
    ("### snake_case and __bold__?\nyes", [(None, "snake_case and bold?", None)]),
    # Byte order mark, CRLF, no-break and zero-width spaces.
    ("\ufeff### A\u00a0b\u200b?\r\nyes\r\n", [(None, "A b?", None)]),
    # Headings in code are code: fences of both kinds, in a list, a code block of the provider's, HTML.
    ("### A?\n```\n### no\n```\n### B?\nyes", AB),
    ("### A?\n~~~~\n```\n### no\n~~~~\n### B?\nyes", AB),
    ("### A?\n1. x\n   ```bash\n### no\n   ```\n### B?\nyes", AB),
    (
        "### A?\n<dx-codeblock>\n:::  c\n### no\n:::\n</dx-codeblock>\n### B?\nyes",
        [(None, "A?", None), (None, "B?", None)],
    ),
    ("### A?\n<pre>\n### no\n</pre>\n### B?\nyes", AB),
    # Headings in comments, scripts and styles are none either.
    ("<!--\n### old?\n-->\n### A?\nyes", [(None, "A?", None)]),
    ("### A?\nyes\n<script>\n### no\n</script>", [(None, "A?", None)]),
    # A fence that is never closed, at the end and before more questions.
    ("### A?\n```sql\nselect 1", [(None, "A?", None)]),
    ("### A?\n```\nx\n\n### B?\nyes", AB),
    (
        "### A?\n```\nx\n\n### B?\n```\ny\n```\n### C?\nyes",
        [*AB, (None, "C?", None)],
    ),
    # What only looks like an opener: in backticks, or a comment without an end.
    ("### A?\nwrite `<pre>` there\n### B?\nyes", AB),
    ("### A?\n<!-- oops\n### B?\nyes", AB),
    ("### A?\n```inline``` code\n### B?\nyes", AB),
    # A C directive, a hashtag and a number are no headings.
    ("### A?\n#define X\n#1 of all\n#tag\nyes", [(None, "A?", None)]),
    # A heading with no text belongs to nothing.
    ("###\n### A?\nyes\n### ![](x.png)\nmore", [(None, "A?", None)]),
    # Front matter.
    ("---\ntitle: x\n### no\n---\n### A?\nyes", [(None, "A?", None)]),
    # Nothing at all.
    ("", []),
    ("just text\n", []),
]


@pytest.mark.parametrize(("text", "found"), FORMS)
def test_questions_are_found_with_their_id_and_section(
    text: str, found: list[tuple[str | None, str, str | None]]
) -> None:
    assert entries(text) == found


def test_an_answer_ends_where_the_next_question_of_its_level_begins() -> None:
    first, second = read_source("### A?\nyes\n#### part\nmore\n### B?\nno").entries
    assert first.body == "\nyes\n#### part\nmore"
    assert second.body == "\nno"


def test_an_answer_ends_where_the_next_section_begins() -> None:
    assert read_source("### A?\nyes\n## S\ntext\n").entries[0].body == "\nyes"


def test_a_heading_that_is_a_link_and_has_no_text_below_is_answered_by_the_link() -> None:
    (entry,) = read_source("### [A?](https://e.org/a)\n").entries
    assert entry == SourceEntry(None, "A?", "[A?](https://e.org/a)", None, 1)


REMARKS = [
    # The line counts from 1 and is that of the mistake.
    ("### A?\n```\nx", 2, "a code block is opened here and not closed"),
    ("### A?\nyes\n###\n", 3, "a heading has no text"),
    ("[](id:q)\n### A?\n1\n[](id:q)\n### B?\n2", 5, "the id 'q' is used twice"),
    ("some text", 1, "no question heading was found"),
    ("### A?\n### B?\nyes", 1, "the question has no answer"),
]


@pytest.mark.parametrize(("text", "line", "what"), REMARKS)
def test_a_mistake_is_said_with_its_line_and_a_remedy(text: str, line: int, what: str) -> None:
    (remark,) = read_source(text).remarks
    assert (remark.line, remark.what) == (line, what)
    assert remark.remedy


def test_a_sound_file_is_not_remarked_on() -> None:
    assert read_source("[](id:q1)\n### A?\n```\n# x\n```\n[](id:q2)\n### B?\nno").remarks == ()


NAMELESS = [
    # What stands below a heading without text belongs to no question, wherever that heading stands.
    ("### A?\nyes\n###\nlost\n", [("A?", "yes")]),
    ("### A?\nyes\n### \nlost\n### B?\nno\n", [("A?", "yes"), ("B?", "no")]),
    ("### A?\nyes\n[](id:x)\n### ![](https://example.com/a.png)\nlost\n", [("A?", "yes")]),
    ("### A?\nyes\n##\nlost\n### B?\nno\n", [("A?", "yes"), ("B?", "no")]),
    # A smaller heading, with text or without, is a part of the answer.
    ("### A?\nyes\n####\nmore\n", [("A?", "yes\n####\nmore")]),
    ("### A?\nyes\n#### Also\nmore\n", [("A?", "yes\n#### Also\nmore")]),
]


@pytest.mark.parametrize(("text", "entries"), NAMELESS)
def test_a_heading_without_text_ends_the_answer_above(text: str, entries: list[tuple[str, str]]) -> None:
    source = read_source(text)
    assert [(entry.question, entry.body.strip()) for entry in source.entries] == entries


def test_what_a_heading_without_text_hides_is_said() -> None:
    (hides,) = read_source("### A?\nyes\n###\nlost\n").remarks
    (shows,) = read_source("### A?\nyes\n####\nmore\n").remarks
    assert (hides.line, shows.line) == (3, 3)
    assert hides.remedy.endswith("What stands below it is not shown.")
    assert "not shown" not in shows.remedy
