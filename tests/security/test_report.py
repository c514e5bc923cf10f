"""The table of attacks in the documentation is the tests' own, and every row of it holds."""

from tests.security.report import DOCUMENT, NAME, rows


def test_every_attack_that_is_tried_ends_as_it_has_to() -> None:
    wrong = [row for row in rows() if row.held not in (row.tried, None)]
    assert wrong == []


def test_the_documentation_names_every_kind_of_attack() -> None:
    """The counts are brought up to date by `python -m tests.security.report --write`."""
    text = DOCUMENT.read_text("utf-8")
    between = text.partition(f"<!-- {NAME}: begin")[2].partition(f"<!-- {NAME}: end")[0]
    assert [row.attack for row in rows() if f"| {row.attack} |" not in between] == []
