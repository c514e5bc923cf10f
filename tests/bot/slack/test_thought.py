"""How messages of an answer are changed after they were shown; pure."""

import pytest

from bot.render.rich_text import SlackMessage, divider
from bot.render.slack import sentence
from bot.render.slack_buttons import Action, Buttons, with_buttons
from bot.slack.thought import UNDER, Thought, dumped, fitted, loaded, with_more, without_button

BARE = sentence("An answer.")
ANSWER = with_buttons(BARE, shown=Buttons(question=1, again=True, hand_over=True, feedback=True))


def actions(message: SlackMessage) -> list[str]:
    blocks = [block for block in message.blocks if block["type"] in UNDER]
    return [element["action_id"] for block in blocks for element in block["elements"]]  # type: ignore[attr-defined]


def test_one_button_is_taken_away_and_the_others_stay() -> None:
    assert actions(ANSWER) == ["again", "hand_over", "feedback"]
    assert actions(without_button(ANSWER, Action.HAND_OVER)) == ["again", "feedback"]


def test_a_row_without_buttons_goes_with_its_last_one() -> None:
    shared = with_buttons(BARE, shown=Buttons(question=1, share=True))
    assert without_button(shared, Action.SHARE) == BARE


def test_more_stands_above_the_buttons_and_only_once() -> None:
    more = [divider()]
    longer = with_more(ANSWER, more)
    assert [block["type"] for block in longer.blocks] == ["rich_text", "divider", "actions", "context_actions"]
    assert with_more(longer, more) == longer


def test_messages_come_back_as_they_were_kept() -> None:
    assert loaded(dumped([ANSWER, BARE])) == (ANSWER, BARE)
    thought = Thought(messages=(ANSWER,), outcome="faq", alone=BARE, targets=("a.example",))
    assert Thought.loads(thought.dumps(), outcome="faq") == thought


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_new_answer_fills_exactly_the_places_of_the_old_one(count: int) -> None:
    assert len(fitted([BARE, ANSWER], count=count)) == count


def test_an_answer_that_is_cut_to_its_places_says_so_and_keeps_its_buttons() -> None:
    [only] = fitted([BARE, ANSWER], count=1)
    assert only.blocks[0] == BARE.blocks[0]
    assert "There is more" in str(only.blocks)
    assert actions(only) == actions(ANSWER)


def test_places_that_are_not_needed_any_more_say_so() -> None:
    shown, spare = fitted([ANSWER], count=2)
    assert shown == ANSWER
    assert "has become shorter" in spare.text
