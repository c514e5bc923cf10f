"""What people get, in both modes: one running bot, many questions."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.slack.local import ALICE, BOB, GENERAL, Kind, Message, SlackServer
from bot.slack.local.reading import links
from tests.bot.slack.conftest import QUICK
from tests.bot.slack.running import Bot, environment, ready, start
from tests.lab.certificates import DAY
from tests.lab.hosts import Lab, Site
from tests.lab.http import http
from tests.lab.tls import slow_handshake, tls

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["socket", "http"])
async def running(
    request: pytest.FixtureRequest, lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[SlackServer, Bot]]:
    database: Path = tmp_path_factory.mktemp("store") / "padlock.db"
    async with SlackServer(patience=QUICK) as slack:
        settings = environment(slack, http=request.param == "http", database=f"sqlite:///{database}", lab=lab)
        bot = await start(settings)
        try:
            await ready(bot, slack)
            yield slack, bot
        finally:
            await bot.end()


@pytest.fixture
def slack(running: tuple[SlackServer, Bot]) -> SlackServer:
    return running[0]


@pytest.fixture
def bot(running: tuple[SlackServer, Bot]) -> Bot:
    return running[1]


@pytest.fixture(scope="module")
def good(lab: Lab) -> Site:
    return lab.site("good.example.com")


@pytest.fixture(scope="module")
def expired(lab: Lab) -> Site:
    name = "expired.example.com"
    return lab.site(name, https=lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy)


async def quiet(slack: SlackServer, message: Message, *others: Message) -> None:
    """Wait until a question asked later is answered: by then these would have been too."""
    channel = message.channel
    later = slack.mention(channel if channel.startswith("C") else GENERAL, BOB, "thanks")
    await slack.wait_for_reply(later)
    for each in (message, *others):
        for delivery in slack.deliveries_of(each):
            await delivery.wait()


# How questions come


async def test_a_mention_is_answered_once_in_a_thread_under_it(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    answer = await slack.wait_for_reply(question)
    assert answer.thread_ts == question.ts
    assert "Hypertext Transfer Protocol Secure" in slack.read(answer)
    await quiet(slack, question)
    assert len(slack.deliveries_of(question)) == 2  # as app_mention and as message
    assert len(slack.replies(question)) == 1


async def test_a_mention_that_arrives_as_a_message_alone_is_answered(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    event = next(each.event for each in slack.deliveries_of(question) if each.event["type"] == "message")
    twin = slack.message(GENERAL, ALICE, "nothing for the bot")
    slack.event(event | {"ts": twin.ts, "event_ts": twin.ts}, channel=GENERAL)
    assert "Hypertext" in slack.read(await slack.wait_for_reply(twin))


async def test_a_direct_message_is_answered(slack: SlackServer) -> None:
    question = slack.direct_message(BOB, "can I deny http?")
    answer = await slack.wait_for_reply(question)
    assert answer.thread_ts == question.ts
    assert "Forced Redirection" in slack.read(answer)


async def test_a_command_is_answered_to_its_sender_alone(slack: SlackServer) -> None:
    eve = slack.add_user("eve")
    channel = slack.add_channel("commands", members=(ALICE, eve))
    delivery = await slack.command(eve, channel, "what is https?").wait()
    assert delivery.is_acknowledged
    assert delivery.response is None  # nothing is left behind by the acknowledgement
    assert "Hypertext" in slack.read(await slack.wait_for_ephemeral(eve))
    assert slack.channel(channel).present() == []


async def test_a_further_message_in_the_thread_is_answered(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    slack.message(GENERAL, BOB, "can I deny http?", thread_ts=question.ts)
    assert "Forced Redirection" in slack.read(await slack.wait_for_reply(question, count=2))


async def test_an_acknowledgement_comes_at_once(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    for delivery in slack.deliveries_of(question):
        assert (await delivery.wait()).seconds_to_acknowledge < 1


async def test_a_redelivered_event_is_not_answered_again(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    for delivery in slack.deliveries_of(question):
        slack.deliver_again(await delivery.wait())
    await quiet(slack, question)
    assert len(slack.replies(question)) == 1


# What is no question


async def test_bots_are_not_answered(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    messages = [
        slack.other_bot_message(GENERAL, f"<@{slack.app.bot_user}> what is https?"),
        slack.other_bot_message(GENERAL, "what is https?", thread_ts=question.ts),
    ]
    await quiet(slack, *messages)
    assert slack.replies(messages[0]) == []
    assert len(slack.replies(question)) == 1  # and it has not answered itself either


async def test_an_edit_is_not_answered(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    slack.edit(question, f"<@{slack.app.bot_user}> can I deny http?")
    await quiet(slack, question)
    assert len(slack.replies(question)) == 1


async def test_a_preview_and_a_deletion_are_not_answered(slack: SlackServer) -> None:
    question = slack.direct_message(BOB, "what is https?")
    await slack.wait_for_reply(question)
    slack.unfurl(question, "https://example.com/")
    other = slack.message(GENERAL, ALICE, "https://example.com/")
    slack.delete(other)
    await quiet(slack, question)
    assert len(slack.replies(question)) == 1


async def test_a_join_is_not_answered(slack: SlackServer) -> None:
    joined = slack.message(GENERAL, ALICE, f"<@{ALICE}> has joined the channel", subtype="channel_join", raw=True)
    await quiet(slack, joined)
    assert slack.replies(joined) == []


async def test_threads_and_messages_of_others_are_left_alone(slack: SlackServer) -> None:
    message = slack.message(GENERAL, ALICE, "is https broken on good.example.com?")
    reply = slack.message(GENERAL, BOB, "why?", thread_ts=message.ts)
    await quiet(slack, message, reply)
    assert slack.replies(message) == []


async def test_a_reply_to_somebody_else_in_the_thread_is_left_to_them(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    slack.message(GENERAL, ALICE, f"<@{BOB}> did you know?", thread_ts=question.ts)
    await quiet(slack, question)
    assert len(slack.replies(question)) == 1


async def test_a_reply_that_is_also_sent_to_the_channel_is_answered_once(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(question)
    slack.message(GENERAL, ALICE, "can I deny http?", thread_ts=question.ts, also_to_channel=True)
    await slack.wait_for_reply(question, count=2)
    await quiet(slack, question)
    assert len(slack.replies(question)) == 2


async def test_what_padlock_has_no_use_for_is_acknowledged_so_that_it_does_not_come_again(slack: SlackServer) -> None:
    message = slack.message(GENERAL, ALICE, "just talking")
    home = slack.open_home(ALICE)
    assert home is not None
    for delivery in (home, slack.shortcut("another_app", ALICE, message=message), slack.event({"type": "team_join"})):
        assert (await delivery.wait()).is_acknowledged


# What an answer is


async def test_a_broken_host_gets_verdict_cause_proof_and_steps(slack: SlackServer, expired: Site) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, f"https broken on {expired.target}"))
    said = slack.read(answer)
    assert said.startswith("Broken: expired.example.com: The certificate has expired")
    parts = ["How we know", "What to do", "1. ", "Looked at 20"]
    assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)
    assert "from the machine this Padlock runs on" in said


async def test_an_entry_keeps_its_links(slack: SlackServer) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "how do I configure an https certificate?"))
    found = dict(links(answer.text, answer.blocks))
    assert found, slack.read(answer)
    assert all(url.startswith("https://") for url in found.values())
    assert not any(mark in slack.read(answer) for mark in ("](", "**", "[]("))


async def test_two_hosts_get_two_verdicts_in_one_answer(slack: SlackServer, good: Site, expired: Site) -> None:
    question = slack.mention(GENERAL, ALICE, f"check {good.target} and {expired.target}")
    said = slack.read(await slack.wait_for_reply(question))
    assert "Works: good.example.com" in said
    assert "Broken: expired.example.com" in said
    await quiet(slack, question)
    assert len(slack.replies(question)) == 1


@pytest.mark.parametrize("nothing", ["", "   ", "?!"])
async def test_text_with_nothing_in_it_gets_help(slack: SlackServer, nothing: str) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, nothing))
    assert "name the host" in slack.read(answer)


async def test_a_thread_remembers_its_hosts_and_cause(slack: SlackServer, expired: Site) -> None:
    question = slack.mention(GENERAL, ALICE, f"is https broken on {expired.target}?")
    await slack.wait_for_reply(question)
    slack.message(GENERAL, BOB, "why?", thread_ts=question.ts)
    assert "The certificate has expired" in slack.read(await slack.wait_for_reply(question, count=2))
    slack.message(GENERAL, ALICE, "check again", thread_ts=question.ts)
    assert "Broken: expired.example.com" in slack.read(await slack.wait_for_reply(question, count=3))
    slack.message(GENERAL, ALICE, "and www?", thread_ts=question.ts)
    assert "I looked at www.expired.example.com" in slack.read(await slack.wait_for_reply(question, count=4))


async def test_an_answer_unfurls_nothing_and_has_a_text(slack: SlackServer, good: Site) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, f"check https://{good.target}/"))
    assert (answer.unfurl_links, answer.unfurl_media) == (False, False)
    assert answer.text.startswith("Works: good.example.com")


async def test_nobody_is_called_by_what_a_message_says(slack: SlackServer) -> None:
    question = slack.message(
        GENERAL, ALICE, f"<@{slack.app.bot_user}> check &lt;!channel&gt;.example.com <!here> <@{BOB}>", raw=True
    )
    answer = await slack.wait_for_reply(question)
    assert slack.pings(answer) == set()


# What is not for everybody


async def test_what_was_seen_inside_goes_to_the_asker_alone(slack: SlackServer, lab: Lab) -> None:
    inside = lab.site("inside.example.com")
    mallory = slack.add_user("mallory")
    channel = slack.add_channel("inside", members=(mallory, BOB), is_ext_shared=True)
    answer = await slack.wait_for_reply(slack.mention(channel, mallory, f"check {inside.target}"))
    alone = await slack.wait_for_ephemeral(mallory)
    assert "Works: inside.example.com" in slack.read(answer)
    assert inside.addresses[0] not in slack.read(answer) + answer.text
    assert lab.dns.address.rpartition(":")[0] not in slack.read(answer) + answer.text
    assert inside.addresses[0] in slack.read(alone)


async def test_in_a_direct_message_everything_is_said_at_once(slack: SlackServer, lab: Lab, good: Site) -> None:
    carol = slack.add_user("carol")
    question = slack.direct_message(carol, f"check {good.target}")
    await slack.wait_for_reply(question)
    slack.direct_message(carol, "details", thread_ts=question.ts)
    assert good.addresses[0] in slack.read(await slack.wait_for_reply(question, count=2))
    assert slack.ephemerals(carol) == []


# Ten at once


async def test_the_same_host_asked_ten_times_at_once_is_looked_at_once(slack: SlackServer, lab: Lab) -> None:
    site = lab.site(
        "popular.example.com",
        https=slow_handshake(tls(lab.ca.leaf("popular.example.com"), http()), seconds=0.1),
    )
    server = site.servers[0]
    first = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, f"check {site.target}"))
    one_look = server.connections
    assert "Works" in slack.read(first)
    questions = [slack.mention(GENERAL, BOB, f"check https://{site.target}/{number}") for number in range(10)]
    answers = await asyncio.gather(*map(slack.wait_for_reply, questions))
    assert all("Works: popular.example.com" in slack.read(each) for each in answers)
    assert server.connections == 2 * one_look


# The HTTP side


async def test_the_bot_says_that_it_lives_and_is_ready(bot: Bot) -> None:
    assert await bot.get("/healthz") == (200, "alive\n")
    assert await bot.get("/readyz") == (200, "ready\n")


async def test_the_figures_count_what_was_asked(slack: SlackServer, bot: Bot) -> None:
    await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "what is https?"))
    figures = (
        'padlock_questions_total{outcome="faq"}',
        "padlock_first_sign_seconds_bucket",
        "padlock_answer_seconds_count",
        "padlock_queue",
        "padlock_connected 1.0",
    )
    async with asyncio.timeout(15):  # an answer is counted after it has been given
        missing: tuple[str, ...] = figures
        while missing:
            text = (await bot.get("/metrics"))[1]
            missing = tuple(figure for figure in figures if figure not in text)


async def test_a_request_with_a_false_or_old_signature_is_refused(slack: SlackServer, bot: Bot) -> None:
    if slack.http_mode is None:
        assert (await bot.get("/slack/events"))[0] == 404  # in Socket Mode nobody can post
        return
    event = {"type": "app_mention", "user": ALICE, "channel": GENERAL, "ts": "1.1", "text": "what is https?"}
    payload = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}
    false = await slack.http_mode.post(Kind.EVENT, payload, secret="guessed")
    old = await slack.http_mode.post(Kind.EVENT, payload, timestamp=int(time.time()) - 310)
    good = await slack.http_mode.post(Kind.EVENT, payload)
    assert (false.status, old.status, good.status) == (401, 401, 200)


async def test_the_address_proves_itself_to_slack(slack: SlackServer) -> None:
    if slack.http_mode is None:
        return
    answer = await slack.verify_url(challenge="abc")
    assert (answer.status, "abc" in answer.body) == (200, True)
