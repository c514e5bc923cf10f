"""Never silent, never double: one promise a test, each with a bot of its own."""

import asyncio
import random
import signal
import sqlite3
from pathlib import Path

import pytest

from bot.slack.local import ALICE, BOB, GENERAL, DisconnectReason, Message, Outcome, SlackServer
from bot.slack.local.wire import JsonObject
from bot.store.buckets import TARGET
from tests import postgres
from tests.bot.conftest import NewDatabase
from tests.bot.slack.conftest import StartBot, Switch
from tests.lab.hosts import Lab, Node, Site, serves
from tests.lab.http import http
from tests.lab.tcp import Server, hang
from tests.lab.tls import slow_handshake, tls

ENTRY = "Hypertext Transfer Protocol Secure"


def slow(lab: Lab, name: str, *, seconds: float) -> Site:
    """A good host whose diagnosis takes a while."""
    return lab.site(name, nodes=[Node(Server(slow_handshake(tls(lab.ca.leaf(name), http()), seconds=seconds)))])


async def one_answer(slack: SlackServer, question: Message, *, timeout: float = 30.0) -> str:
    """Wait until the thread's only message is an answer; what it says."""

    def final() -> str | None:
        said = [slack.read(reply) for reply in slack.replies(question)]
        return said[0] if said and not said[0].startswith("Looking") else None

    answer = await slack.wait_for(final, timeout=timeout)
    assert answer is not None
    return answer


async def assert_one_answer_each(slack: SlackServer, questions: list[Message], *, timeout: float = 30.0) -> list[str]:
    answers = [await one_answer(slack, question, timeout=timeout) for question in questions]
    assert [len(slack.replies(question)) for question in questions] == [1] * len(questions), slack.story()
    return answers


async def marker(slack: SlackServer) -> None:
    """A further question and its answer: whatever was under way before is over."""
    await one_answer(slack, slack.mention(GENERAL, BOB, "what is https?"))


# While it works


async def test_a_sign_shows_within_a_second_and_becomes_the_answer(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "slow.example.com", seconds=1.0)
    await start_bot()
    await marker(slack)
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    sign = await slack.wait_for_reply(question, timeout=1.0)
    assert slack.read(sign).startswith("Looking at slow.example.com")
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Works: slow.example.com")


async def test_a_faq_does_not_wait_for_hosts_that_hang(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    sites = [lab.site(f"hangs-{number}.example.com", https=hang) for number in range(2)]
    await start_bot(PADLOCK_JOBS="1", PADLOCK_TIMEOUT="1.5")
    waiting = [slack.mention(GENERAL, ALICE, f"check {site.target}") for site in sites]
    entry = slack.mention(GENERAL, BOB, "what is https?")
    assert ENTRY in await one_answer(slack, entry, timeout=2.0)
    signs = [await slack.wait_for_reply(each, timeout=1.0) for each in waiting]
    assert any("before it" in slack.read(sign) for sign in signs)  # the place in a queue that is long
    answers = await assert_one_answer_each(slack, waiting)
    assert all(answer.startswith("Broken") for answer in answers)


# Slack fails


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 1},
        {"status": 500},
        {"status": 503},
        {"error": "internal_error"},
        {"lost_reply": True},  # posted, and the bot does not learn of it
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
async def test_a_post_that_fails_once_leads_to_one_answer(
    slack: SlackServer, start_bot: StartBot, fault: JsonObject
) -> None:
    await start_bot()
    slack.fail("chat.postMessage", **fault)
    [answer] = await assert_one_answer_each(slack, [slack.mention(GENERAL, ALICE, "what is https?")])
    assert ENTRY in answer
    await marker(slack)


async def test_a_channel_that_slack_slows_down_is_not_hurried(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    slack.limit("chat.postMessage", calls=1, seconds=0.5)
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(4)]
    await assert_one_answer_each(slack, questions)
    refused = [call for call in slack.calls_of("chat.postMessage") if not call.ok]
    assert len(refused) <= 2 * len(questions)


async def test_a_revoked_token_shows_and_the_answer_comes_with_a_good_one(
    slack: SlackServer, start_bot: StartBot
) -> None:
    bot = await start_bot()
    slack.kill_token()
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await bot.says("token_revoked")
    assert await bot.get("/readyz") == (503, "Slack refuses the token: token_revoked\n")
    slack.web_api.dead_tokens.clear()
    await assert_one_answer_each(slack, [question])


async def test_a_sign_whose_reply_was_lost_becomes_the_answer(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "lost-sign.example.com", seconds=1.0)
    await start_bot()
    slack.fail("chat.postMessage", lost_reply=True)
    [answer] = await assert_one_answer_each(slack, [slack.mention(GENERAL, ALICE, f"check {site.target}")])
    assert answer.startswith("Works")


async def test_an_update_that_fails_is_made_again(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = slow(lab, "update.example.com", seconds=1.0)
    await start_bot()
    slack.fail("chat.update", status=500)
    slack.fail("chat.update", lost_reply=True)
    [answer] = await assert_one_answer_each(slack, [slack.mention(GENERAL, ALICE, f"check {site.target}")])
    assert answer.startswith("Works")


async def test_a_sign_that_somebody_deletes_is_followed_by_the_answer(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "deleted.example.com", seconds=1.0)
    await start_bot()
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    slack.delete(await slack.wait_for_reply(question))
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Works")


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long"])
async def test_a_refused_rich_message_falls_back_to_a_plain_one(
    slack: SlackServer, start_bot: StartBot, error: str
) -> None:
    await start_bot()
    slack.fail("chat.postMessage", error=error, times=None, when=lambda arguments: bool(arguments.get("blocks")))
    question = slack.mention(GENERAL, ALICE, "what is https?")
    [answer] = await assert_one_answer_each(slack, [question])
    assert ENTRY in answer
    assert slack.replies(question)[0].blocks == []


async def test_a_sign_becomes_a_plain_answer_where_the_rich_one_is_refused(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "plain.example.com", seconds=1.0)
    await start_bot()
    slack.fail("chat.update", error="invalid_blocks", times=None, when=lambda arguments: bool(arguments.get("blocks")))
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Works: plain.example.com")
    assert slack.replies(question)[0].blocks == []


async def test_a_command_is_answered_once_whatever_fails(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    slack.fail("response_url", status=429, retry_after=1)
    slack.fail("response_url", status=500)
    slack.fail("response_url", lost_reply=True)
    slack.command(ALICE, GENERAL, "what is https?")
    assert ENTRY in slack.read(await slack.wait_for_ephemeral(ALICE, timeout=15))
    slack.command(BOB, GENERAL, "what is https?")
    await slack.wait_for_ephemeral(BOB)
    assert len(slack.ephemerals(ALICE)) == 1


async def test_an_answer_is_posted_when_slack_is_back(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = slow(lab, "outage.example.com", seconds=0.3)
    bot = await start_bot(http=True)
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    for delivery in slack.deliveries_of(question):
        await delivery.wait()
    async with slack.unreachable():
        await bot.says("is not reached")
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Works")


async def test_a_channel_that_takes_no_message_ends_the_question(slack: SlackServer, start_bot: StartBot) -> None:
    bot = await start_bot()
    slack.fail("chat.postMessage", error="is_archived")
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await bot.says("cannot be answered: Slack says is_archived")
    await marker(slack)
    assert slack.replies(question) == []


# Sockets


@pytest.mark.parametrize("reason", DisconnectReason)
async def test_a_refreshed_socket_loses_nothing(
    slack: SlackServer, start_bot: StartBot, reason: DisconnectReason
) -> None:
    await start_bot()
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(5)]
    await slack.disconnect(reason)
    questions += [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(5)]
    await assert_one_answer_each(slack, questions)


async def test_a_dropped_socket_is_replaced_and_loses_nothing(slack: SlackServer, start_bot: StartBot) -> None:
    bot = await start_bot()
    await slack.drop_sockets()
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(5)]
    assert (await bot.get("/healthz"))[0] == 200
    await assert_one_answer_each(slack, questions)
    assert (await bot.get("/readyz"))[0] == 200


async def test_a_socket_that_has_gone_dead_without_a_word_is_replaced(slack: SlackServer, start_bot: StartBot) -> None:
    await start_bot()
    slack.mute_sockets()
    await slack.wait_for(lambda: len([one for one in slack.sockets if not one.is_mute]) == 1, timeout=30)
    await assert_one_answer_each(slack, [slack.mention(GENERAL, ALICE, "what is https?")])


# The process ends


async def test_sigterm_finishes_what_is_in_hand(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = slow(lab, "term.example.com", seconds=1.0)
    bot = await start_bot()
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    assert await bot.terminate() == 0
    [answer] = await assert_one_answer_each(slack, [question], timeout=1.0)
    assert answer.startswith("Works")


async def test_sigterm_hands_on_what_takes_too_long(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = lab.site("hands-on.example.com", https=hang)
    bot = await start_bot(PADLOCK_TIMEOUT="60")
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    slack.fail("chat.update", status=500, times=None)
    slack.fail("chat.postMessage", status=500, times=None)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert await bot.terminate() == 0
    assert loop.time() - begun < 20
    slack.heal()
    await start_bot(PADLOCK_TIMEOUT="2")
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Broken")


async def test_a_conversation_goes_on_after_a_restart(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = lab.site("restart.example.com")
    bot = await start_bot()
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    await bot.kill()
    await start_bot()
    slack.message(GENERAL, ALICE, "check again", thread_ts=question.ts)
    assert "Works: restart.example.com" in slack.read(await slack.wait_for_reply(question, count=2))


async def test_two_deaths_during_one_question_end_in_a_plain_word(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = lab.site("poison.example.com", https=hang)
    question = None
    for _ in range(2):
        bot = await start_bot(PADLOCK_TIMEOUT="60")
        if question is None:
            question = slack.mention(GENERAL, ALICE, f"check {site.target}")
            await slack.wait_for_reply(question)
        else:
            await bot.says("questions taken over")
            await until_asked(site, times=2)
        await bot.kill()
    assert question is not None
    await start_bot()
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("I could not check this, because I was interrupted twice")


async def until_asked(site: Site, *, times: int) -> None:
    """Wait until a host has been contacted so often."""
    async with asyncio.timeout(10):
        while site.servers[0].connections < times:  # noqa: ASYNC110 - the lab's own thread rings no bell
            await asyncio.sleep(0.05)


async def test_killed_at_random_moments_it_answers_everything_once(
    slack: SlackServer, lab: Lab, start_bot: StartBot, new_database: NewDatabase
) -> None:
    database = new_database()
    sites = [slow(lab, f"kill-{number}-{random.randrange(10**6)}.example.com", seconds=0.2) for number in range(3)]
    questions: list[Message] = []
    over_http = database.startswith("postgresql")  # one database in each mode
    for _ in range(5):
        bot = await start_bot(database=database, http=over_http)
        for number in range(4):
            words = "what is https?" if number % 2 else f"check {random.choice(sites).target}"
            questions.append(slack.mention(GENERAL, random.choice((ALICE, BOB)), words))
        await asyncio.sleep(random.uniform(0, 0.6))
        await bot.kill()
    await start_bot(database=database, http=over_http)
    # What was never acknowledged was never accepted: Slack gives up on it, and so may the test.
    accepted = []
    for question in questions:
        if any([(await delivery.wait()).is_acknowledged for delivery in slack.deliveries_of(question)]):
            accepted.append(question)
    assert len(accepted) > len(questions) // 2
    await assert_one_answer_each(slack, accepted, timeout=60)
    await marker(slack)
    assert [len(slack.replies(question)) for question in accepted] == [1] * len(accepted)


# Two processes on one database


async def test_two_replicas_answer_each_question_once(
    slack: SlackServer, start_bot: StartBot, new_database: NewDatabase
) -> None:
    database = new_database()
    for _ in range(2):
        await start_bot(database=database)
    await slack.wait_for_socket(count=2)
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(20)]
    for question in questions:
        for delivery in slack.deliveries_of(question):
            slack.deliver_again(await delivery.wait())
    await assert_one_answer_each(slack, questions)
    await marker(slack)
    assert [len(slack.replies(question)) for question in questions] == [1] * len(questions)


async def test_what_a_killed_replica_had_in_hand_the_other_answers(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "replica.example.com", seconds=1.5)
    first = await start_bot()
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    await start_bot()
    await first.kill()
    [answer] = await assert_one_answer_each(slack, [question])
    assert answer.startswith("Works")


async def test_a_replica_that_was_paused_past_its_lease_does_not_answer_again(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    server = Switch(hang)
    site = lab.site("paused.example.com", https=server)
    first = await start_bot(PADLOCK_TIMEOUT="15")
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    await start_bot()
    first.process.send_signal(signal.SIGSTOP)
    server.handler = serves(lab.ca.leaf("paused.example.com"))
    [answer] = await assert_one_answer_each(slack, [question])
    updates = len(slack.calls_of("chat.update"))
    first.process.send_signal(signal.SIGCONT)
    await first.says("another process's now", timeout=20)
    assert answer.startswith("Works")
    assert len(slack.replies(question)) == 1
    assert len(slack.calls_of("chat.update")) == updates


# The store fails


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackServer, start_bot: StartBot, sqlite_url: str, over_http: bool
) -> None:
    bot = await start_bot(http=over_http)
    other = sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")))
    other.execute("BEGIN IMMEDIATE")
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await bot.says("not acknowledged")
    assert not any(delivery.is_acknowledged for delivery in slack.deliveries_of(question))
    assert (await bot.get("/readyz"))[0] == 503
    other.rollback()
    other.close()
    [answer] = await assert_one_answer_each(slack, [question])
    assert ENTRY in answer
    assert (await bot.get("/readyz"))[0] == 200


async def test_a_restart_of_postgresql_loses_nothing(
    slack: SlackServer, start_bot: StartBot, postgres_server: postgres.Server
) -> None:
    bot = await start_bot(database=postgres_server.database())
    questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(3)]
    postgres_server.stop()
    questions += [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(3)]
    await bot.says("not acknowledged")
    postgres_server.start()
    await assert_one_answer_each(slack, questions)


async def test_a_command_that_cannot_be_stored_is_told_so(
    slack: SlackServer, start_bot: StartBot, sqlite_url: str
) -> None:
    await start_bot()
    other = sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")))
    other.execute("BEGIN IMMEDIATE")
    delivery = await slack.command(ALICE, GENERAL, "what is https?").wait()
    other.rollback()
    other.close()
    assert delivery.outcome is Outcome.ACKNOWLEDGED
    assert "cannot take questions at the moment" in slack.read(await slack.wait_for_ephemeral(ALICE))


# Limits


async def test_a_host_that_is_asked_for_too_often_is_left_alone(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = lab.site("popular.example.com")
    await start_bot()
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await slack.wait_for_reply(question)
    for number in range(TARGET.burst + 1):
        slack.message(GENERAL, ALICE, "check again", thread_ts=question.ts)
        last = await slack.wait_for_reply(question, count=number + 2)
        if "because of a limit" in slack.read(last):
            break
    assert slack.read(last).startswith("I could not check this, because of a limit. popular.example.com")
    other = slack.mention(GENERAL, ALICE, "what is https?")
    assert ENTRY in await one_answer(slack, other)
