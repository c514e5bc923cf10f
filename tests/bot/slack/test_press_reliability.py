"""Presses are never lost and never done twice: after restarts, kills, failures of Slack's, and with two processes."""

import asyncio
import random

import pytest

from bot.slack.local import ALICE, BOB, GENERAL, Message, SlackServer
from tests.bot.conftest import NewDatabase
from tests.bot.slack.conftest import StartBot, Switch, has_button
from tests.lab.certificates import DAY
from tests.lab.hosts import Lab, serves
from tests.lab.tcp import hang


async def answered(slack: SlackServer, question: Message, *, timeout: float = 20.0) -> Message:
    reply = await slack.wait_for_reply(question, timeout=timeout)
    await slack.wait_for(lambda: not slack.read(reply).startswith("Looking"), timeout=timeout)
    return reply


async def marker(slack: SlackServer) -> None:
    """A further question and its answer: whatever was under way before is over."""
    await answered(slack, slack.mention(GENERAL, BOB, "what is https?"))


async def accepted(slack: SlackServer) -> None:
    """Wait until nothing is on its way to the bot any more."""
    for delivery in slack.deliveries:
        await delivery.wait()


def about(slack: SlackServer, channel: str, words: str) -> list[Message]:
    return [each for each in slack.channel(channel).present() if words in slack.read(each)]


async def test_every_button_works_after_a_restart(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    support = slack.add_channel("support", members=(BOB,))
    name = "restarted.example.com"
    server = Switch(serves(lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy))
    site = lab.site(name, https=server)
    bot = await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    answer = await answered(slack, question)
    unsure = await answered(slack, slack.mention(GENERAL, ALICE, "redirect problem"))
    slack.command(ALICE, GENERAL, "what is https?")
    alone = (
        await slack.wait_for(lambda: [each for each in slack.ephemerals(ALICE) if "Hypertext" in slack.read(each)])
    )[0]
    await bot.kill()
    await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    server.handler = serves(lab.ca.leaf(name))
    slack.press(answer, "details", ALICE)
    slack.press(answer, "feedback", BOB, choice="Not helpful")
    slack.press(unsure, "choose:0", ALICE)
    slack.press(alone, "share", ALICE)
    slack.press(answer, "again", BOB)
    await slack.wait_for(lambda: "now works" in slack.read(answer))
    await slack.wait_for(lambda: not has_button(unsure, "choose"))
    await slack.wait_for(lambda: about(slack, GENERAL, "shares an answer"))
    await slack.wait_for(lambda: any("noted" in slack.read(each) for each in slack.ephemerals(BOB)))
    await slack.wait_for(lambda: any(site.addresses[0] in slack.read(each) for each in slack.ephemerals(ALICE)))
    slack.press(answer, "hand_over", ALICE)
    [there] = await slack.wait_for(lambda: about(slack, support, name))
    await slack.wait_for_reply(question, count=2)
    second = await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    assert second.process.returncode is None
    slack.press(there, "take", BOB)
    await slack.wait_for(lambda: "Taken by" in slack.read(there))


async def test_without_a_support_channel_there_is_no_button(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    answer = await answered(slack, slack.mention(GENERAL, ALICE, "what is https?"))
    assert not has_button(answer, "hand_over")
    assert has_button(answer, "feedback")


async def test_small_talk_and_help_have_no_buttons(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    for words in ("thanks", "", "check my site"):
        answer = await answered(slack, slack.mention(GENERAL, ALICE, words))
        assert not has_button(answer, "feedback"), slack.read(answer)


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_killed_while_handing_over_it_asks_support_once(
    slack: SlackServer, lab: Lab, start_bot: StartBot, over_http: bool
) -> None:
    support = slack.add_channel("support", members=(BOB,))
    settings = {"PADLOCK_SUPPORT_CHANNEL": support}
    bot = await start_bot(http=over_http, **settings)
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(4)]
    answers = [await answered(slack, question) for question in questions]
    for answer in answers:
        pressed = [slack.press(answer, "hand_over", person) for person in (ALICE, BOB)]
        await pressed[0].wait()
        await asyncio.sleep(random.uniform(0, 0.15))
        await bot.kill()
        bot = await start_bot(http=over_http, **settings)
    await accepted(slack)

    def links(question: Message) -> list[Message]:
        stamp = question.ts.replace(".", "")
        return [each for each in slack.channel(support).present() if stamp in str(each.blocks)]

    await slack.wait_for(lambda: all(map(links, questions)), timeout=30)
    await slack.wait_for(lambda: all(len(slack.replies(question)) == 2 for question in questions), timeout=30)
    await marker(slack)
    assert [len(links(question)) for question in questions] == [1] * len(questions)
    assert [len(slack.replies(question)) for question in questions] == [2] * len(questions)
    for question, answer in zip(questions, answers, strict=True):
        assert "has handed this over" in slack.read(slack.replies(question)[1])
        await slack.wait_for(lambda shown=answer: not has_button(shown, "hand_over"))  # type: ignore[misc]


async def test_what_a_press_did_stays_though_the_answer_is_delivered_once_more(
    slack: SlackServer, start_bot: StartBot
) -> None:
    support = slack.add_channel("support", members=(BOB,))
    bot = await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    slack.fail("chat.postMessage", slow=30)  # it stands, and the bot does not know
    question = slack.mention(GENERAL, ALICE, "what is https?")
    answer = await answered(slack, question)
    await slack.press(answer, "hand_over", ALICE).wait()
    await bot.kill()
    await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    await slack.wait_for_reply(question, count=2, timeout=30)
    await slack.wait_for(lambda: not has_button(answer, "hand_over"), timeout=30)
    await marker(slack)
    assert "has handed this over" in slack.read(answer)
    assert len(slack.replies(question)) == 2


async def test_killed_while_it_is_taken_and_solved_the_asker_is_told_once(
    slack: SlackServer, start_bot: StartBot
) -> None:
    support = slack.add_channel("support", members=(BOB,))
    bot = await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    question = slack.mention(GENERAL, ALICE, "what is https?")
    slack.press(await answered(slack, question), "hand_over", ALICE)
    [there] = await slack.wait_for(lambda: about(slack, support, "Handed over"))
    await slack.wait_for_reply(question, count=2)
    for action, state in (("take", "Taken by"), ("solve", "Solved by")):
        await slack.press(there, action, BOB).wait()
        await asyncio.sleep(random.uniform(0, 0.1))
        await bot.kill()
        bot = await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
        await slack.wait_for(lambda shown=state: shown in slack.read(there), timeout=30)  # type: ignore[misc]
    await slack.wait_for_reply(question, count=4, timeout=30)
    await marker(slack)
    said = [slack.read(reply) for reply in slack.replies(question)]
    assert len(said) == 4
    assert "has taken this question" in said[2]
    assert "is solved" in said[3]


async def test_killed_while_sharing_it_is_shared_once(slack: SlackServer, start_bot: StartBot) -> None:
    bot = await start_bot()
    channel = slack.add_channel("sharing")
    slack.command(ALICE, channel, "what is https?")
    answer = await slack.wait_for_ephemeral(ALICE)
    await slack.press(answer, "share", ALICE).wait()
    await asyncio.sleep(random.uniform(0, 0.1))
    await bot.kill()
    await start_bot()
    slack.press(answer, "share", ALICE) if has_button(answer, "share") else None
    await slack.wait_for(lambda: about(slack, channel, "Hypertext"), timeout=30)
    await marker(slack)
    assert len(slack.channel(channel).present()) == 1


async def test_killed_while_checking_again_the_press_is_answered_after_the_restart(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    name = "killed-again.example.com"
    serving = serves(lab.ca.leaf(name))
    server = Switch(serving)
    site = lab.site(name, https=server)
    bot = await start_bot()
    answer = await answered(slack, slack.mention(GENERAL, ALICE, f"check {site.target}"))
    server.handler = hang
    slack.press(answer, "again", ALICE)
    await slack.wait_for(lambda: "Looking again" in slack.read(answer))
    await bot.kill()
    server.handler = serving
    await start_bot()
    await slack.wait_for(lambda: "Nothing has changed since" in slack.read(answer), timeout=30)
    assert "Looking again" not in slack.read(answer)
    assert len(slack.replies(answer)) == 1


async def test_two_deaths_during_one_press_leave_the_answer_as_it_was(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    name = "poisoned.example.com"
    server = Switch(serves(lab.ca.leaf(name)))
    site = lab.site(name, https=server)
    bot = await start_bot()
    answer = await answered(slack, slack.mention(GENERAL, ALICE, f"check {site.target}"))
    before = slack.read(answer)
    server.handler = hang
    slack.press(answer, "again", ALICE)
    for _ in range(2):
        await slack.wait_for(lambda: "Looking again" in slack.read(answer), timeout=20)
        await bot.kill()
        await restored(slack, answer, before)
        bot = await start_bot(PADLOCK_TIMEOUT="60")
    await slack.wait_for(
        lambda: any("That did not work" in slack.read(each) for each in slack.ephemerals(ALICE)), timeout=30
    )
    assert slack.read(answer) == before


async def restored(slack: SlackServer, answer: Message, text: str) -> None:
    """Put back what the answer said, so that the next sign can be told from the last."""
    version = next(version for version in reversed(answer.versions) if "Looking again" not in str(version.blocks))
    slack.workspace.change(answer, text=version.text, blocks=version.blocks, edited_by=None)
    assert slack.read(answer) == text


async def test_a_press_is_worked_on_once_by_two_replicas(
    slack: SlackServer, start_bot: StartBot, new_database: NewDatabase
) -> None:
    support = slack.add_channel("support", members=(BOB,))
    database = new_database()
    for _ in range(2):
        await start_bot(database=database, PADLOCK_SUPPORT_CHANNEL=support)
    await slack.wait_for_socket(count=2)
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(5)]
    answers = [await answered(slack, question) for question in questions]
    for answer in answers:
        for person in (ALICE, BOB):
            slack.press(answer, "hand_over", person)
    await accepted(slack)
    await slack.wait_for(lambda: all(len(slack.replies(question)) == 2 for question in questions), timeout=20)
    await marker(slack)
    assert len(slack.channel(support).present()) == len(questions)
    assert [len(slack.replies(question)) for question in questions] == [2] * len(questions)


@pytest.mark.parametrize(
    "fault",
    [{"status": 429, "retry_after": 1}, {"status": 500}, {"lost_reply": True}],
    ids=["rate limit", "failure", "lost reply"],
)
async def test_a_hand_over_survives_a_failure_of_slacks(
    slack: SlackServer, start_bot: StartBot, fault: dict[str, object]
) -> None:
    support = slack.add_channel("support", members=(BOB,))
    await start_bot(PADLOCK_SUPPORT_CHANNEL=support)
    question = slack.mention(GENERAL, ALICE, "what is https?")
    answer = await answered(slack, question)
    slack.fail("chat.postMessage", when=lambda call: call.get("channel") == support, **fault)  # type: ignore[arg-type]
    slack.press(answer, "hand_over", ALICE)
    await slack.wait_for_reply(question, count=2)
    await marker(slack)
    assert len(slack.channel(support).present()) == 1
    assert len(slack.replies(question)) == 2


async def test_a_lost_response_url_leads_to_another_way(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    answer = await answered(slack, slack.mention(GENERAL, ALICE, "what is https?"))
    slack.fail("response_url", error="expired_url")
    slack.press(answer, "feedback", BOB, choice="Helpful")
    assert "Thanks, noted" in slack.read(await slack.wait_for_ephemeral(BOB))
