"""The recorded figures of the check split, and the evaluation itself."""

import json
from pathlib import Path

import pytest

from knowledge.evaluate import Labelled, evaluate, read_questions
from knowledge.library import Library
from knowledge.outcome import OutcomeKind

QUESTIONS = Path(__file__).parent / "questions.jsonl"

# What the check split reached when it was last looked at (docs/matching.md). A change may raise these, not fall below.
FIRST_PLACE = 0.955
FIRST_THREE = 0.99
WRONG = 0.01
REFUSED = 0.985
OFF_TOPIC_REFUSED = 0.99


@pytest.fixture(scope="module")
def questions() -> list[Labelled]:
    return read_questions(QUESTIONS)


def test_the_questions_are_many_of_many_voices_and_a_third_has_no_answer(questions: list[Labelled]) -> None:
    assert len(questions) >= 500
    assert len({question.text for question in questions}) == len(questions)
    assert sum(question.article is None for question in questions) >= len(questions) / 3
    voices = {question.voice for question in questions}
    assert voices >= {"hurried", "verbose", "nonnative", "expert", "angry", "typo", "error", "near-miss", "off-topic"}
    assert voices >= {"zh", "ja", "ko", "de", "es", "fr", "pt"}
    assert {question.split for question in questions} == {"tune", "check"}


def test_every_label_is_an_entry(questions: list[Labelled]) -> None:
    library = Library.load()
    assert [q.article for q in questions if q.article is not None and library.get(q.article) is None] == []


def test_no_question_is_an_alias(questions: list[Labelled]) -> None:
    """A question that stands in the files would only test that they can be read; error strings have no other words."""
    asked = {" ".join(phrase.casefold().split()) for entry in Library.load().entries for phrase in entry.asks}
    copied = [
        question.text
        for question in questions
        if question.split == "check" and question.voice not in ("error", *["zh", "ja", "ko", "de", "es", "fr", "pt"])
        if " ".join(question.text.casefold().split()) in asked
    ]
    assert len(copied) <= 8


def test_the_check_split_reaches_its_recorded_figures(questions: list[Labelled]) -> None:
    result = evaluate(Library.load(), [question for question in questions if question.split == "check"])
    figures = result.report()
    assert result.first_place >= FIRST_PLACE, figures
    assert result.first_three >= FIRST_THREE, figures
    assert result.wrong <= WRONG, figures
    assert result.refused() >= REFUSED, figures
    assert result.refused("off-topic") >= OFF_TOPIC_REFUSED, figures


def test_scores_mean_what_they_say(questions: list[Labelled]) -> None:
    result = evaluate(Library.load(), [question for question in questions if question.split == "check"])
    # Bins with few questions swing by chance.
    for score, right, count in result.calibration():
        if count >= 15:
            assert abs(score - right) < 0.15


@pytest.fixture
def garden(tmp_path: Path) -> Library:
    (tmp_path / "g.md").write_text("[](id:r)\n### When do I prune the roses?\nx\n[](id:k)\n### Where is the rake?\ny")
    return Library.load(tmp_path)


def test_the_figures_are_shares_of_their_kind_of_question(garden: Library) -> None:
    result = evaluate(
        garden,
        [
            Labelled("when do I prune the roses", "g/r"),
            Labelled("where is the rake", "g/r"),
            Labelled("what is for lunch", None),
            Labelled("where is the rake?", None),
        ],
    )
    assert (result.first_place, result.wrong, result.refused()) == (0.5, 0.5, 0.5)
    assert result.confusion() == [("g/r", "g/k", 1), ("none", "g/k", 1)]
    assert [r.kind for r in result.results][:3] == [OutcomeKind.ANSWER, OutcomeKind.ANSWER, OutcomeKind.NONE]
    assert "right at first place  50.0% of 2" in result.report()


BAD_LINES = [
    # No JSON, no object, no label, a label of a wrong kind.
    "{",
    "[]",
    '{"text": "a"}',
    '{"text": 1, "article": null}',
    '{"text": "a", "article": 2}',
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_line_of_a_wrong_form_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"text": "a", "article": None}) + "\n\n" + line + "\n")
    with pytest.raises(ValueError, match=r"q\.jsonl:3: "):
        read_questions(path)
