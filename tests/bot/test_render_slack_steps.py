"""The steps of a look as it goes on: what is done, what is being done, what is to come."""

import pytest

from bot.render.slack_steps import steps, steps_plain
from bot.slack.local.rules import message_refusal
from diagnostics.catalogue import CheckName
from diagnostics.judge import Check, CheckStatus
from tests.bot import samples
from tests.bot.slack_texts import HOSTILE, assert_sound, assert_visible, hostile_check, refusal, shown

CHECKS = samples.expired_on_cdn().diagnosis.checks
HOST = "shop.example.com"


def cards(*checks: Check) -> list[tuple[str, str]]:
    """The title and status of each card."""
    [plan] = steps([(HOST, checks)], ahead=0).blocks
    tasks = plan["tasks"]
    assert isinstance(tasks, list)
    return [(task["title"], task["status"]) for task in tasks]


def test_at_first_the_name_is_looked_up_and_all_else_is_to_come() -> None:
    assert cards() == [
        ("Looking up the name", "in_progress"),
        ("Connection", "pending"),
        ("Encrypted connection", "pending"),
        ("Certificate", "pending"),
        ("Redirects", "pending"),
    ]


def test_a_step_that_has_ended_says_so_and_the_next_is_being_taken() -> None:
    assert cards(*CHECKS[:2]) == [
        ("Name found", "complete"),
        ("Connected, with a warning", "complete"),
        ("Agreeing on encryption", "in_progress"),
        ("Certificate", "pending"),
        ("Redirects", "pending"),
    ]


def test_a_fault_and_what_it_left_out_are_told_in_words() -> None:
    assert cards(*CHECKS)[2:] == [
        ("Encrypted connection made", "complete"),
        ("Certificate: a fault", "error"),
        ("Redirects: left out", "complete"),
    ]


def test_steps_in_any_order_stand_in_theirs() -> None:
    assert cards(*reversed(CHECKS)) == cards(*CHECKS)


@pytest.mark.parametrize("status", CheckStatus)
@pytest.mark.parametrize("name", CheckName)
def test_every_end_of_every_step_is_accepted(name: CheckName, status: CheckStatus) -> None:
    check = Check(name=name, status=status, seconds=0.1, detail="seen")
    message = steps([(HOST, [check])], ahead=0)
    assert_sound([message])


def test_several_hosts_are_groups_of_their_own() -> None:
    message = steps([(HOST, CHECKS), ("xn--mnchen-3ya.example", [])], ahead=0)
    assert [plan["title"] for plan in message.blocks] == [
        f"Looking at {HOST}",
        "Looking at münchen.example (xn--mnchen-3ya.example)",
    ]
    assert_sound([message])


def test_the_plain_lines_say_the_same() -> None:
    message = steps_plain([(HOST, CHECKS[:2])], ahead=0)
    assert message.blocks == ()
    assert message.text.split("\n") == [
        f"Looking at {HOST}",
        "- Name found (3 addresses, 1 alias)",
        "- Connected, with a warning (1 of 2 reached)",
        "- Agreeing on encryption…",
        "- Certificate: to come",
        "- Redirects: to come",
    ]
    assert steps([(HOST, CHECKS[:2])], ahead=0).text == message.text


def test_the_queue_is_told_where_there_is_one() -> None:
    assert "There are 3 looks before it." in shown(steps([(HOST, [])], ahead=3))
    assert "There is one look before it." in steps_plain([(HOST, [])], ahead=1).text
    assert "before it" not in shown(steps([(HOST, [])], ahead=0))


def test_without_a_host_an_answer_is_looked_for() -> None:
    assert shown(steps([], ahead=0)) == "Looking for an answer…"
    assert steps_plain([], ahead=0).text == "Looking for an answer…"


def test_addresses_that_are_not_public_are_not_told() -> None:
    check = Check(name=CheckName.TCP, status=CheckStatus.FAILED, seconds=1.0, detail="10.1.2.3 refuses, 8.8.8.8 not")
    message = steps([(HOST, [check])], ahead=0)
    assert "10.1.2.3" not in shown(message) + message.text
    assert "8.8.8.8" in shown(message)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_any_text_is_accepted(text: str) -> None:
    checks = [hostile_check(check, text) for check in CHECKS]
    message = steps([(text, checks)] * 9, ahead=10**9)
    assert refusal(message) is None
    assert message_refusal(text=steps_plain([(text, checks)] * 9, ahead=1).text, blocks=None) is None
    assert_visible(message.blocks)
