"""The Home tab: what Padlock can do, examples, one's own questions."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.render.rich_text import Json
from bot.render.slack_buttons import Action, read_value
from bot.render.slack_home import EXAMPLES, example, home
from bot.slack.local.reading import buttons, links, pings, read_blocks
from bot.slack.local.rules import view_refusal
from bot.understand import understand
from tests.bot.slack_texts import HOSTILE, assert_visible

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as the store gives it."""

    text: str = "why does <http://shop.example.com|shop.example.com> fail?"
    outcome: str | None = "both"
    cause: str | None = "certificate.expired"
    hosts: int = 1
    asked_at: float = NOW.timestamp() - 3600


def blocks(*recent: Asked) -> list[Json]:
    view = home(recent, now=NOW)
    assert view_refusal(view, home=True) is None
    found = view["blocks"]
    assert isinstance(found, list)
    return found


def text(*recent: Asked) -> str:
    return read_blocks(blocks(*recent), names={})


def test_it_says_what_padlock_can_do() -> None:
    assert "Look at a host" in text()
    assert "Examine a certificate file" in text()
    assert "Diagnose this message" in text()


def test_every_example_can_be_pressed() -> None:
    assert buttons(blocks()) == list(EXAMPLES)
    [row] = [block for block in blocks() if block["type"] == "actions"]
    elements = row["elements"]
    assert isinstance(elements, list)
    for one, asked in zip(elements, EXAMPLES, strict=True):
        pressed = read_value(one["action_id"], one["value"])
        assert pressed is not None
        assert pressed.action is Action.EXAMPLE
        assert pressed.example is not None
        assert example(pressed.example) == asked


def test_an_example_that_is_gone_is_none() -> None:
    assert example(len(EXAMPLES)) is None
    assert example(-1) is None


def test_an_example_is_a_question_that_padlock_understands() -> None:
    assert [target.text for target in understand(EXAMPLES[0]).targets] == ["example.com"]
    assert not any(understand(one).empty for one in EXAMPLES)


# A question, and how it stands in the list.
OUTCOMES = (
    (Asked(), "why does shop.example.com fail? – The certificate has expired, today 19:00 UTC"),
    (Asked(outcome="diagnosis", cause=None), "– works, today 19:00 UTC"),
    (Asked(hosts=2), "– 2 hosts, at least one of them: The certificate has expired, today 19:00 UTC"),
    (Asked(outcome="diagnosis", cause=None, hosts=2), "– 2 hosts, which work, today 19:00 UTC"),
    (Asked(outcome="faq", cause=None, hosts=0), "– answered, today"),
    (Asked(outcome="none", cause=None), "– no answer known, today"),
    (Asked(outcome=None, cause=None), "– being answered, today"),
    (Asked(outcome="of another version", cause=None), "– answered, today"),
    (Asked(cause="new.cause"), "– new.cause, today"),  # of another version
    (Asked(asked_at=NOW.timestamp() - 86_400), ", 2026-11-23 20:00 UTC"),
    (Asked(asked_at=1e300), ", some time ago"),
    (Asked(text=""), "(nothing) – "),
)


@pytest.mark.parametrize(("asked", "line"), OUTCOMES)
def test_a_question_stands_there_with_what_came_of_it(asked: Asked, line: str) -> None:
    assert line in text(asked)


def test_without_a_question_it_says_so() -> None:
    assert "None yet." in text()
    assert "None yet." not in text(Asked())


def test_no_more_than_ten_are_listed() -> None:
    assert text(*[Asked()] * 50).count("why does shop.example.com fail?") == 10


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: ascii(hostile[:12]))
def test_any_question_is_accepted_and_calls_nobody(hostile: str) -> None:
    shown = blocks(*[Asked(text=hostile, cause=f"x{hostile}", outcome=hostile)] * 10)
    assert pings("", shown) == set()
    assert links("", shown) == []
    assert_visible(shown)
