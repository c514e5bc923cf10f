"""Buttons under messages: what they say and carry, and what a press means, whatever it carries."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.rich_text import Json, SlackMessage
from bot.render.slack_buttons import (
    NUMBER_MOST,
    Action,
    Buttons,
    Pressed,
    buttons,
    choices,
    examples,
    read_value,
    row_of,
    with_buttons,
)
from bot.slack.local.reading import buttons as words_on_buttons
from bot.slack.local.rules import blocks_refusal
from tests.bot import samples
from tests.bot.slack_texts import HOSTILE

ALL = Buttons(question=12, again=True, details=True, feedback=True, hand_over=True, share=True)


def elements(blocks: list[Json]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for block in blocks:
        inside = block["elements"]
        assert isinstance(inside, list)
        found += inside
    return found


def pressed(blocks: list[Json]) -> list[Pressed | None]:
    """What a press of each of the buttons means."""
    return [read_value(str(one["action_id"]), str(one["value"])) for one in elements(blocks) if "value" in one]


def test_the_words_are_plain() -> None:
    assert words_on_buttons(buttons(ALL)) == [
        "Check again",
        "Details",
        "Hand over to support",
        "Share in channel",
        "Helpful",
        "Not helpful",
    ]


def test_slack_takes_them() -> None:
    assert blocks_refusal(buttons(ALL)) is None


def test_only_the_wanted_ones_are_there() -> None:
    assert words_on_buttons(buttons(Buttons(question=12, again=True))) == ["Check again"]
    assert buttons(Buttons(question=12)) == []


def test_every_button_tells_a_screen_reader_what_it_does() -> None:
    for one in elements(buttons(dataclasses.replace(ALL, feedback=False))):
        text = one["text"]
        assert isinstance(text, dict)
        assert str(one["accessibility_label"]).startswith(f"{text['text']}: ")


def test_a_press_means_what_the_button_says() -> None:
    assert pressed(buttons(ALL)) == [
        Pressed(action=Action.AGAIN, question=12),
        Pressed(action=Action.DETAILS, question=12),
        Pressed(action=Action.HAND_OVER, question=12),
        Pressed(action=Action.SHARE, question=12),
    ]
    assert pressed(row_of([Action.TAKE, Action.SOLVE], question=7)) == [
        Pressed(action=Action.TAKE, question=7),
        Pressed(action=Action.SOLVE, question=7),
    ]
    assert pressed(examples(["a", "b"])) == [
        Pressed(action=Action.EXAMPLE, example=0),
        Pressed(action=Action.EXAMPLE, example=1),
    ]


def test_a_choice_carries_its_entry() -> None:
    assert pressed(choices([samples.Q3, samples.Q4], question=7)) == [
        Pressed(action=Action.CHOOSE, question=7, article="q3"),
        Pressed(action=Action.CHOOSE, question=7, article="q4"),
    ]


@pytest.mark.parametrize(("value", "helpful"), [("helpful:12", True), ("unhelpful:12", False)])
def test_an_opinion_is_one_of_two(value: str, helpful: bool) -> None:
    assert read_value("feedback", value) == Pressed(action=Action.FEEDBACK, question=12, helpful=helpful)
    [element] = elements(buttons(Buttons(question=12, feedback=True)))
    button = element["positive_button" if helpful else "negative_button"]
    assert isinstance(button, dict)
    assert button["value"] == value


def test_the_longest_number_comes_back() -> None:
    [one] = pressed(row_of([Action.TAKE], question=NUMBER_MOST))
    assert one == Pressed(action=Action.TAKE, question=NUMBER_MOST)


# What no button of ours carries.
STRANGE = (
    ("", ""),
    ("again", ""),
    ("again", "12"),
    ("again", '{"question":"12"}'),
    ("again", '{"question":true}'),
    ("again", '{"question":0}'),
    ("again", '{"question":-1}'),
    ("again", '{"question":1.5}'),
    ("again", f'{{"question":{NUMBER_MOST + 1}}}'),
    ("again", '{"question":12'),
    ("again", "[" * 1999),
    ("again", '{"question":12}' + " " * 2000),
    ("delete", '{"question":12}'),
    ("AGAIN", '{"question":12}'),
    ("choose:0", '{"question":12}'),
    ("choose:0", '{"question":12,"article":7}'),
    ("choose:0", '{"question":12,"article":""}'),
    ("choose:0", f'{{"question":12,"article":"{"a" * 501}"}}'),
    ("feedback", "helpful"),
    ("feedback", "helpful:"),
    ("feedback", "helpful:x"),
    ("feedback", "helpful:-1"),
    ("feedback", "helpful:٣"),  # a digit, but none of ours
    ("feedback", f"helpful:{'9' * 30}"),
    ("feedback", "great:12"),
    ("feedback", '{"question":12}'),
    ("example:0", '{"question":12}'),
    ("example:0", '{"example":-1}'),
    ("example:0", '{"example":true}'),
)


@pytest.mark.parametrize(("action_id", "value"), STRANGE, ids=range(len(STRANGE)))
def test_what_is_none_of_ours_means_nothing(action_id: str, value: str) -> None:
    assert read_value(action_id, value) is None


@given(st.sampled_from([*Action, "x"]), st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_value_is_read_without_a_failure(action: str, value: object) -> None:
    read_value(action, value if isinstance(value, str) else json.dumps(value))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_slack_takes_any_words_on_a_button(text: str) -> None:
    article = dataclasses.replace(samples.Q3, question=text)
    for blocks in (choices([article] * 30, question=1), examples([text or "?"] * 5)):
        assert blocks_refusal(blocks) is None
        for one in elements(blocks):
            label = one["text"]
            assert isinstance(label, dict)
            assert len(label["text"].encode("utf-16-le")) <= 150


def test_a_long_question_is_cut_with_an_ellipsis() -> None:
    [label] = words_on_buttons(examples(["why " * 50]))
    assert label.startswith("why why")
    assert label.endswith("…")


def test_a_choice_is_a_number_that_a_screen_reader_tells_with_its_question() -> None:
    blocks = choices([samples.Q3, samples.Q4], question=1)
    assert words_on_buttons(blocks) == ["1", "2"]
    assert [one["accessibility_label"] for one in elements(blocks)] == [
        "Number 1: How do I configure a certificate?",
        "Number 2: Do the CDN's certificates follow those of my origin?",
    ]


def test_an_entry_whose_name_no_button_can_carry_is_left_to_the_list() -> None:
    nameless = dataclasses.replace(samples.Q3, id="\u4e2d" * 500)
    assert words_on_buttons(choices([nameless, samples.Q4], question=1)) == ["2"]
    assert choices([nameless], question=1) == []


def test_the_buttons_of_a_message_are_replaced() -> None:
    message = SlackMessage(text="x", blocks=({"type": "divider"}, *buttons(ALL)))
    fewer = with_buttons(message, shown=Buttons(question=12, again=True))
    assert words_on_buttons(list(fewer.blocks)) == ["Check again"]
    assert with_buttons(message, shown=None).blocks == ({"type": "divider"},)
