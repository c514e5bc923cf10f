"""The stand-in against the real clients: slack_sdk's Web API client, and Bolt in both modes."""

import ast
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.context.say.async_say import AsyncSay
from slack_bolt.context.say_stream.async_say_stream import AsyncSayStream
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

import bot.slack.local as local
from bot.slack.local import ALICE, BOB, GENERAL, DisconnectReason, Kind, Outcome, Patience, SlackServer, StreamState
from bot.slack.local.http_delivery import encode
from bot.slack.local.web_api import METHODS, SCOPES

PATIENT = Patience(acknowledgement=10.0, pauses=(0.0, 0.05, 0.05))
"""For apps that acknowledge; long, so that a busy machine makes no redeliveries."""
QUICK = Patience(acknowledgement=0.3, pauses=(0.0, 0.05, 0.05))
"""For apps that do not acknowledge."""
Body = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(patience=PATIENT) as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=5)


async def refused(call: Awaitable[object]) -> str:
    """Slack's name for the refusal that a call meets."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def button(action_id: str = "again", text: str = "Check again") -> Body:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, "value": "v"}


def section(text: str) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


# A small bot of the real framework


def echo_bot(slack: SlackServer) -> AsyncApp:
    """Answers mentions and direct messages in their thread, commands to the asker, presses in place."""
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=5)
    # The handlers count their retries together, so that one alone would not outlast a 429 and a 500.
    client.retry_handlers += [
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        AsyncServerErrorRetryHandler(max_retry_count=3, interval_calculator=FixedValueRetryIntervalCalculator(0.01)),
    ]
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.event("app_mention")
    async def mentioned(event: Body, say: AsyncSay) -> None:
        blocks = [section(f"echo {event['text']}"), {"type": "actions", "elements": [button()]}]
        await say(text=f"echo {event['text']}", blocks=blocks, thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def written(event: Body, say: AsyncSay) -> None:
        if event["channel_type"] == "im" and "subtype" not in event:
            await say(text="direct", thread_ts=event["ts"])

    @app.command("/padlock")
    async def commanded(ack: AsyncAck, respond: AsyncRespond, command: Body) -> None:
        await ack()
        await respond(text=f"to you: {command['text']}")

    @app.action("again")
    async def pressed(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="pressed", replace_original=True)

    return app


@asynccontextmanager
async def by_socket(app: AsyncApp, slack: SlackServer) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, app_token=slack.app.app_token, ping_interval=0.1)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.wait_for_socket()
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http(answer: Callable[[web.Request], Awaitable[web.Response]], slack: SlackServer) -> AsyncIterator[None]:
    routes = web.Application()
    routes.router.add_post("/slack/events", answer)
    runner = web.AppRunner(routes, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


def bolt_over_http(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return answer


@pytest.fixture(params=["socket", "http"])
async def bot(request: pytest.FixtureRequest, slack: SlackServer) -> AsyncIterator[AsyncApp]:
    app = echo_bot(slack)
    how = by_socket(app, slack) if request.param == "socket" else by_http(bolt_over_http(app), slack)
    async with how:
        yield app


async def test_a_mention_is_answered_once_in_its_thread(slack: SlackServer, bot: AsyncApp) -> None:
    question = slack.mention(GENERAL, ALICE, "why does example.com not work?")
    answer = await slack.wait_for_reply(question)
    assert answer.thread_ts == question.ts
    assert slack.read(answer) == "echo @padlock why does example.com not work?\n[Check again]"
    for delivery in slack.deliveries_of(question):
        await delivery.wait()
    assert [each.event["type"] for each in slack.deliveries_of(question)] == ["app_mention", "message"]
    assert len(slack.replies(question)) == 1


async def test_a_direct_message_is_answered(slack: SlackServer, bot: AsyncApp) -> None:
    question = slack.direct_message(BOB, "hello")
    assert slack.read(await slack.wait_for_reply(question)) == "direct"


async def test_a_command_is_answered_to_the_asker_alone(slack: SlackServer, bot: AsyncApp) -> None:
    delivery = await slack.command(ALICE, GENERAL, "example.com").wait()
    assert delivery.outcome is Outcome.ACKNOWLEDGED
    assert (await slack.wait_for_ephemeral(ALICE)).text == "to you: example.com"
    assert slack.ephemerals(BOB) == []


async def test_a_press_reaches_the_app_and_may_replace_the_message(slack: SlackServer, bot: AsyncApp) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "hello"))
    seen = answer.snapshot()
    await slack.press(answer, "again", BOB).wait()
    await slack.wait_for(lambda: answer.text == "pressed" and not answer.blocks)
    # Whoever saw the old message can still press its button; on the new one there is none.
    assert (await slack.press(seen, "again", BOB).wait()).is_acknowledged
    await slack.wait_for(lambda: len(answer.versions) == 2)
    with pytest.raises(LookupError):
        slack.press(answer, "again", BOB)


async def test_a_rate_limited_call_is_made_again_by_the_client(slack: SlackServer, bot: AsyncApp) -> None:
    slack.fail("chat.postMessage", status=429, retry_after=1)
    slack.fail("chat.postMessage", status=500)
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "hello"))
    assert [call.status for call in slack.calls_of("chat.postMessage")] == [429, 500, 200]
    assert len(slack.replies(answer)) == 1


async def test_what_the_bot_posts_comes_back_as_an_event(slack: SlackServer, bot: AsyncApp) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "hello"))
    [echo] = await slack.wait_for(lambda: slack.deliveries_of(answer))
    assert echo.event["bot_id"] == slack.app.bot_id
    assert echo.event["parent_user_id"] == ALICE


# Acknowledgement and redelivery


def unstored(app: AsyncApp, *, failures: int) -> list[Body]:
    """Let a global middleware fail so often, as one does that cannot store; returns the bodies it has seen."""
    seen: list[Body] = []

    @app.middleware
    async def store(body: Body, next: Callable[[], Awaitable[None]]) -> None:
        if body.get("event", {}).get("type") == "app_mention":
            seen.append(body)
            if len(seen) <= failures:
                raise OSError("the store is full")
        await next()

    return seen


async def test_an_event_that_is_not_acknowledged_comes_again(slack: SlackServer, bot: AsyncApp) -> None:
    slack.post.patience = QUICK
    seen = unstored(bot, failures=2)
    question = slack.mention(GENERAL, ALICE, "hello")
    await slack.wait_for_reply(question)
    [mention, _] = slack.deliveries_of(question)
    assert [attempt.number for attempt in mention.attempts] == [0, 1, 2]
    assert mention.attempts[0].reason is None
    assert mention.attempts[1].reason in ("timeout", "http_error")
    assert len({body["event_id"] for body in seen}) == 1


async def test_an_event_is_given_up_after_three_redeliveries(slack: SlackServer, bot: AsyncApp) -> None:
    slack.post.patience = QUICK
    unstored(bot, failures=99)
    question = slack.mention(GENERAL, ALICE, "hello")
    [mention, message] = slack.deliveries_of(question)
    await mention.wait()
    assert mention.outcome is Outcome.GIVEN_UP
    assert len(mention.attempts) == 4
    assert (await message.wait()).outcome is Outcome.ACKNOWLEDGED


async def test_an_event_can_arrive_twice_though_it_was_acknowledged(slack: SlackServer, bot: AsyncApp) -> None:
    seen = unstored(bot, failures=0)
    question = slack.mention(GENERAL, ALICE, "hello")
    mention = await slack.deliveries_of(question)[0].wait()
    slack.deliver_again(mention)
    await mention.wait()
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_the_time_to_acknowledge_is_recorded(slack: SlackServer, bot: AsyncApp) -> None:
    delivery = await slack.command(ALICE, GENERAL, "x").wait()
    assert 0 < delivery.seconds_to_acknowledge < PATIENT.acknowledgement


# Socket Mode on the wire


@asynccontextmanager
async def raw_socket(slack: SlackServer, client: AsyncWebClient) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    opened = await client.apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        yield socket


async def test_a_socket_starts_with_hello_and_its_ticket_works_once(slack: SlackServer, client: AsyncWebClient) -> None:
    opened = await client.apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as socket:
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_an_envelope_carries_its_retry_and_is_acknowledged_late(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    slack.post.patience = QUICK
    async with raw_socket(slack, client) as socket:
        await socket.receive_json()
        slack.subscriptions = frozenset({"app_mention"})
        question = slack.mention(GENERAL, ALICE, "hello")
        [mention] = slack.deliveries_of(question)
        first, second = await socket.receive_json(), await socket.receive_json()
        assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert first["payload"] == second["payload"]
        await socket.send_json({"envelope_id": first["envelope_id"]})
        await slack.wait_for(lambda: mention.is_acknowledged)
        await socket.send_json({"envelope_id": second["envelope_id"]})
        assert (await mention.wait()).outcome is Outcome.ACKNOWLEDGED


async def test_several_sockets_share_the_envelopes(slack: SlackServer, client: AsyncWebClient) -> None:
    async with raw_socket(slack, client) as one, raw_socket(slack, client) as other:
        await one.receive_json()
        await other.receive_json()
        for _ in range(4):
            slack.command(ALICE, GENERAL, "x")
        for socket in (one, one, other, other):
            assert (await socket.receive_json(timeout=1))["type"] == "slash_commands"


async def test_an_event_that_a_dying_app_had_goes_to_the_next(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.post.patience = QUICK
    slack.subscriptions = frozenset({"app_mention"})
    async with raw_socket(slack, client) as dying:
        await dying.receive_json()
        question = slack.mention(GENERAL, ALICE, "hello")
        lost = await dying.receive_json()
        await slack.drop_sockets()
    async with raw_socket(slack, client) as living:
        await living.receive_json()
        again = await living.receive_json(timeout=5)
        assert again["payload"] == lost["payload"]
        await living.send_json({"envelope_id": again["envelope_id"]})
        [mention] = slack.deliveries_of(question)
        assert (await mention.wait()).outcome is Outcome.ACKNOWLEDGED


async def test_the_eleventh_socket_is_turned_away(slack: SlackServer, client: AsyncWebClient) -> None:
    async with AsyncExitStack() as open_sockets:
        for _ in range(10):
            socket = await open_sockets.enter_async_context(raw_socket(slack, client))
            assert (await socket.receive_json())["type"] == "hello"
        async with raw_socket(slack, client) as socket:
            farewell = await socket.receive_json()
            assert (farewell["type"], farewell["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_ping_is_answered(slack: SlackServer) -> None:
    async with by_socket(echo_bot(slack), slack):
        await slack.socket_mode.ping()
        await slack.wait_for(lambda: any(pong.startswith(b"Ping") for pong in slack.sockets[0].pongs))


@pytest.mark.parametrize("reason", [DisconnectReason.WARNING, DisconnectReason.REFRESH_REQUESTED])
async def test_an_app_that_is_asked_to_leave_connects_anew(slack: SlackServer, reason: DisconnectReason) -> None:
    async with by_socket(echo_bot(slack), slack):
        await slack.disconnect(reason)
        question = slack.mention(GENERAL, ALICE, "hello")
        await slack.wait_for_reply(question)
        await slack.wait_for(lambda: slack.socket_mode.opened == 2 and len(slack.sockets) == 1)


@pytest.mark.parametrize("politely", [True, False], ids=["close frame", "broken"])
async def test_an_event_waits_for_the_next_socket(slack: SlackServer, politely: bool) -> None:
    async with by_socket(echo_bot(slack), slack):
        await slack.drop_sockets(politely=politely)
        question = slack.mention(GENERAL, ALICE, "hello")
        await slack.wait_for_reply(question)
        assert len(slack.replies(question)) == 1


async def test_a_command_without_a_socket_fails(slack: SlackServer) -> None:
    slack.post.patience = QUICK
    delivery = await slack.command(ALICE, GENERAL, "x").wait()
    assert delivery.outcome is Outcome.GIVEN_UP
    assert len(delivery.attempts) == 1


async def test_an_unreachable_slack_comes_back_at_the_same_address(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=5)
    client.retry_handlers = []
    async with slack.unreachable():
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.auth_test()
    assert (await client.auth_test())["ok"]


# HTTP mode on the wire


async def test_a_redelivery_over_http_says_so_and_no_retry_ends_it(slack: SlackServer) -> None:
    slack.post.patience = QUICK
    seen: list[tuple[str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        if len(seen) == 1:
            await asyncio.sleep(QUICK.acknowledgement * 2)
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"} if len(seen) == 3 else {})

    slack.subscriptions = frozenset({"app_mention"})
    async with by_http(answer, slack):
        [mention] = slack.deliveries_of(slack.mention(GENERAL, ALICE, "hello"))
        await mention.wait()
    assert seen == [(None, None), ("1", "http_timeout"), ("2", "http_error")]


async def test_an_address_that_refuses_is_tried_again(slack: SlackServer) -> None:
    slack.subscriptions = frozenset({"app_mention"})
    slack.deliver_to("http://127.0.0.1:1/slack/events")
    [mention] = slack.deliveries_of(slack.mention(GENERAL, ALICE, "hello"))
    await mention.wait()
    assert [attempt.reason for attempt in mention.attempts] == [None, *["connection_failed"] * 3]


async def test_bolt_takes_the_signature_and_refuses_false_and_old_ones(slack: SlackServer) -> None:
    async with by_http(bolt_over_http(echo_bot(slack)), slack):
        assert slack.http_mode is not None
        payload = {"type": "event_callback", "event": {"type": "app_mention", "text": "x"}}
        now = int(time.time())
        assert (await slack.http_mode.post(Kind.EVENT, payload, secret="false")).status == 401
        assert (await slack.http_mode.post(Kind.EVENT, payload, timestamp=now - 301)).status == 401
        verified = await slack.verify_url(challenge="abc")
        assert (verified.status, json.loads(verified.body)) == (200, {"challenge": "abc"})


def test_commands_and_interactions_are_forms_over_http() -> None:
    assert encode(Kind.COMMAND, {"text": "a b"}) == ("application/x-www-form-urlencoded", "text=a+b")
    kind, body = encode(Kind.INTERACTION, {"type": "shortcut"})
    assert (kind, body) == ("application/x-www-form-urlencoded", "payload=%7B%22type%22%3A+%22shortcut%22%7D")


# The Web API: arguments, tokens, scopes


async def call(slack: SlackServer, method: str, *, verb: str = "POST", token: str | None = None, **kwargs: Any) -> Body:
    headers = {"Authorization": f"Bearer {token or slack.app.bot_token}"} if token != "" else {}
    async with (
        aiohttp.ClientSession() as session,
        session.request(verb, slack.api_url + method, headers=headers, **kwargs) as response,
    ):
        answer: Body = await response.json()
        return answer


async def test_arguments_come_as_query_form_or_json(slack: SlackServer) -> None:
    arguments = {"channel": GENERAL, "text": "x"}
    ways: list[Body] = [{"params": arguments}, {"data": arguments}, {"json": arguments}]
    for way in ways:
        assert (await call(slack, "chat.postMessage", **way))["message"]["text"] == "x"
    assert (await call(slack, "conversations.info", verb="GET", params={"channel": GENERAL}))["channel"]["is_member"]


async def test_a_form_carries_blocks_as_json_text(slack: SlackServer) -> None:
    blocks = json.dumps([section("x")])
    assert (await call(slack, "chat.postMessage", data={"channel": GENERAL, "text": "x", "blocks": blocks}))["ok"]
    answer = await call(slack, "chat.postMessage", data={"channel": GENERAL, "text": "x", "blocks": "[{"})
    assert answer["error"] == "invalid_blocks_format"


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [
        ({"data": "{", "headers": {"Content-Type": "application/json"}}, "invalid_json"),
        ({"json": ["x"]}, "json_not_object"),
        ({"data": "<x/>", "headers": {"Content-Type": "text/xml"}}, "invalid_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(slack: SlackServer, kwargs: Body, error: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(slack.api_url + "auth.test", **kwargs) as response:
        assert (await response.json())["error"] == error


async def test_a_token_is_asked_for_and_has_to_be_the_right_one(slack: SlackServer) -> None:
    assert (await call(slack, "auth.test", token=""))["error"] == "not_authed"
    assert (await call(slack, "auth.test", token="xoxb-other"))["error"] == "invalid_auth"
    assert (await call(slack, "auth.test", token=slack.app.app_token))["error"] == "not_allowed_token_type"
    assert (await call(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await call(slack, "auth.test", token="", data={"token": slack.app.bot_token}))["ok"]
    slack.kill_token(error="account_inactive")
    assert (await call(slack, "auth.test"))["error"] == "account_inactive"


async def test_an_unknown_method_is_refused(slack: SlackServer) -> None:
    assert (await call(slack, "chat.shout"))["error"] == "unknown_method"


async def test_a_missing_scope_is_named(client: AsyncWebClient) -> None:
    async with SlackServer(scopes=SCOPES - {"chat:write"}) as poor:
        weak = AsyncWebClient(token=poor.app.bot_token, base_url=poor.api_url)
        with pytest.raises(SlackApiError) as caught:
            await weak.chat_postMessage(channel=GENERAL, text="x")
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == "chat:write"
        held = (await weak.auth_test()).headers["X-OAuth-Scopes"]
        assert "chat:write" not in held.split(",")
    assert (await client.chat_postMessage(channel=GENERAL, text="x"))["ok"]


def test_the_methods_are_those_the_bot_may_need() -> None:
    assert len(METHODS) == 28


# The Web API: what it refuses, each beside a call that it takes


async def test_messages_are_refused_where_slack_refuses_them(slack: SlackServer, client: AsyncWebClient) -> None:
    foreign = slack.add_channel("foreign", with_bot=False)
    question = slack.message(GENERAL, ALICE, "hello")
    assert await refused(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=foreign, text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel=GENERAL, text="x", thread_ts="1.1")) == "thread_not_found"
    assert (await call(slack, "chat.postMessage", json={"channel": GENERAL, "text": " "}))["error"] == "no_text"
    assert await refused(client.chat_postMessage(channel=GENERAL, text="x" * 40_001)) == "msg_too_long"
    assert await refused(client.chat_update(channel=GENERAL, ts=question.ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_update(channel=GENERAL, ts="1.1", text="x")) == "message_not_found"
    assert await refused(client.chat_delete(channel=GENERAL, ts=question.ts)) == "cant_delete_message"
    assert await refused(client.chat_postEphemeral(channel=GENERAL, user="U0NOBODY", text="x")) == "user_not_found"
    stranger = slack.add_user("stranger")
    assert await refused(client.chat_postEphemeral(channel=GENERAL, user=stranger, text="x")) == "user_not_in_channel"
    slack.channel(foreign).is_archived = True
    assert await refused(client.chat_postMessage(channel=foreign, text="x")) == "is_archived"

    posted = await client.chat_postMessage(channel=GENERAL, text="x", thread_ts=question.ts, unfurl_links=False)
    assert (await client.chat_update(channel=GENERAL, ts=posted["ts"], text="y"))["text"] == "y"
    [reply] = slack.replies(question)
    assert (reply.text, reply.unfurl_links, reply.unfurl_media) == ("y", False, True)
    assert reply.versions[0].text == "x"
    assert await refused(client.chat_update(channel=GENERAL, ts=posted["ts"], text="x" * 4001)) == "msg_too_long"
    await client.chat_delete(channel=GENERAL, ts=posted["ts"])
    assert slack.replies(question) == []


async def test_refused_blocks_are_pointed_at(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=GENERAL, text="x", blocks=[section("x" * 3001)])
    assert caught.value.response["error"] == "invalid_blocks"
    problem = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.response["errors"] == [problem]
    assert caught.value.response["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


async def test_an_update_without_blocks_leaves_them(slack: SlackServer, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=GENERAL, text="x", blocks=[section("x")])
    message = slack.channel(GENERAL).messages[posted["ts"]]
    await client.chat_update(channel=GENERAL, ts=posted["ts"], text="y")
    assert slack.read(message) == "x"
    await client.chat_update(channel=GENERAL, ts=posted["ts"], text="y", blocks=[])
    assert slack.read(message) == "y"


async def test_a_message_goes_to_a_channel_by_name_and_to_a_person_by_id(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    assert (await client.chat_postMessage(channel="#general", text="x"))["channel"] == GENERAL
    posted = await client.chat_postMessage(channel=ALICE, text="x")
    assert posted["channel"] == slack.channel(ALICE).id
    assert await refused(client.chat_update(channel=ALICE, ts=posted["ts"], text="y")) == "channel_not_found"


async def test_reactions_are_added_once(slack: SlackServer, client: AsyncWebClient) -> None:
    message = slack.message(GENERAL, ALICE, "hello")
    arguments = {"channel": GENERAL, "timestamp": message.ts, "name": "eyes"}
    assert await refused(client.reactions_remove(**arguments)) == "no_reaction"
    await client.reactions_add(**arguments)
    assert await refused(client.reactions_add(**arguments)) == "already_reacted"
    assert message.reactions == {"eyes": [slack.app.bot_user]}
    await client.reactions_remove(**arguments)
    assert message.reactions == {}
    assert await refused(client.reactions_add(**{**arguments, "name": "No!"})) == "invalid_name"


async def test_conversations_and_people_can_be_looked_up(slack: SlackServer, client: AsyncWebClient) -> None:
    root = slack.message(GENERAL, ALICE, "one")
    slack.message(GENERAL, BOB, "two", thread_ts=root.ts)
    shared = slack.add_channel("shared", is_ext_shared=True, is_private=True)
    assert [m["text"] for m in (await client.conversations_history(channel=GENERAL))["messages"]] == ["one"]
    thread = await client.conversations_replies(channel=GENERAL, ts=root.ts, limit=1)
    assert [message["text"] async for page in thread for message in page["messages"]] == ["one", "two"]
    assert (await client.conversations_info(channel=shared))["channel"]["is_ext_shared"]
    assert slack.app.bot_user in (await client.conversations_members(channel=GENERAL))["members"]
    opened = await client.conversations_open(users=[ALICE])
    assert opened["channel"]["id"] == slack.channel(ALICE).id
    assert (await client.users_info(user=ALICE))["user"]["name"] == "alice"
    assert await refused(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert (await client.bots_info(bot=slack.app.bot_id))["bot"]["app_id"] == slack.app.app_id
    assert (await client.team_info())["team"]["id"] == slack.app.team_id
    link = (await client.chat_getPermalink(channel=GENERAL, message_ts=root.ts))["permalink"]
    assert link == f"https://local.slack.com/archives/{GENERAL}/p{root.ts.replace('.', '')}"


async def test_metadata_is_read_where_it_is_asked_for(slack: SlackServer, client: AsyncWebClient) -> None:
    metadata = {"event_type": "padlock_answer", "event_payload": {"question": "k", "place": 0}}
    posted = await client.chat_postMessage(channel=GENERAL, text="x", metadata=metadata)
    thread: Body = {"channel": GENERAL, "ts": posted["ts"]}
    [message] = (await client.conversations_replies(**thread))["messages"]
    assert "metadata" not in message
    [message] = (await client.conversations_replies(**thread, include_all_metadata=True))["messages"]
    assert message["metadata"] == metadata


@pytest.mark.filterwarnings("ignore:BasicAuth:DeprecationWarning")  # the client's own
async def test_an_installation_is_exchanged_for_a_token(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.workspace.oauth_codes.add("code")
    arguments = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": "code"}
    assert (await client.oauth_v2_access(**arguments))["access_token"] == slack.app.bot_token
    assert await refused(client.oauth_v2_access(**arguments)) == "invalid_code"
    assert await refused(client.oauth_v2_access(**{**arguments, "client_secret": "x"})) == "bad_client_secret"


# Streams and statuses


async def test_a_stream_grows_and_ends_as_one_message(slack: SlackServer, client: AsyncWebClient) -> None:
    question = slack.message(GENERAL, ALICE, "hello")
    recipient = {"recipient_user_id": ALICE, "recipient_team_id": slack.app.team_id}
    stream = await client.chat_stream(channel=GENERAL, thread_ts=question.ts, buffer_size=1, **recipient)
    step = {"type": "task_update", "id": "dns", "title": "DNS", "status": "in_progress", "details": "asking"}
    await stream.append(chunks=[step])
    await stream.append(chunks=[{**step, "status": "complete", "details": ", answered"}])
    await stream.append(markdown_text="**It** works")
    [message] = slack.replies(question)
    assert message.stream is not None
    assert message.stream.state is StreamState.OPEN
    assert stream.ts == message.ts
    assert await refused(client.chat_update(channel=GENERAL, ts=message.ts, text="x")) == "streaming_state_conflict"
    assert await refused(client.chat_delete(channel=GENERAL, ts=message.ts)) == "cant_delete_message"
    await stream.stop(blocks=[{"type": "actions", "elements": [button()]}])
    assert slack.read(message) == "DNS (complete): asking, answered\nIt works\n[Check again]"
    late = client.chat_appendStream(channel=GENERAL, ts=message.ts, markdown_text="x")
    assert await refused(late) == "message_not_in_streaming_state"


async def test_a_stream_expires_and_can_be_updated_then(slack: SlackServer, client: AsyncWebClient) -> None:
    question = slack.direct_message(ALICE, "hello")
    started = await client.chat_startStream(channel=question.channel, thread_ts=question.ts, markdown_text="so far")
    where = {"channel": question.channel, "ts": started["ts"]}
    slack.advance(299)
    await client.chat_appendStream(**where, markdown_text=", so good")
    slack.advance(2)
    assert await refused(client.chat_appendStream(**where, markdown_text="x")) == "message_not_in_streaming_state"
    assert await refused(client.chat_stopStream(**where)) == "message_not_in_streaming_state"
    [message] = slack.replies(question)
    assert (message.text, message.stream and message.stream.state) == ("so far, so good", StreamState.EXPIRED)
    assert (await client.chat_update(**where, text="whole", blocks=[]))["ok"]


async def test_a_stream_in_a_channel_needs_its_recipient(slack: SlackServer, client: AsyncWebClient) -> None:
    question = slack.message(GENERAL, ALICE, "hello")
    where: Body = {"channel": GENERAL, "thread_ts": question.ts}
    assert await refused(client.chat_startStream(**where)) == "missing_recipient_user_id"
    assert await refused(client.chat_startStream(**where, recipient_user_id=ALICE)) == "missing_recipient_team_id"
    assert (await client.chat_startStream(**where, recipient_user_id=ALICE, recipient_team_id="T0"))["ok"]


async def test_bolt_streams_its_answer(slack: SlackServer) -> None:
    app = AsyncApp(client=AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url), signing_secret="x")

    @app.event("app_mention")
    async def mentioned(say_stream: AsyncSayStream) -> None:
        stream = await say_stream(buffer_size=1)
        await stream.append(markdown_text="one ")
        await stream.append(markdown_text="two")
        await stream.stop()

    slack.subscriptions = frozenset({"app_mention"})
    async with by_socket(app, slack):
        answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "hello"))
    assert slack.read(answer) == "one two"


async def test_a_status_is_shown_until_the_answer(slack: SlackServer, client: AsyncWebClient) -> None:
    question = slack.message(GENERAL, ALICE, "hello")
    where: Body = {"channel_id": GENERAL, "thread_ts": question.ts}
    await client.assistant_threads_setStatus(**where, status="is looking…", loading_messages=["Asking DNS…"])
    assert slack.status(question) == "is looking…"
    await client.chat_postMessage(channel=GENERAL, thread_ts=question.ts, text="x")
    assert slack.status(question) == ""
    await client.assistant_threads_setStatus(**where, status="is looking…")
    slack.advance(121)
    assert slack.status(question) == ""
    await client.assistant_threads_setTitle(**where, title="A question")
    assert slack.workspace.titles == {(GENERAL, question.ts): "A question"}


async def test_suggested_prompts_stand_in_the_conversation_and_not_in_a_thread(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    direct = slack.channel(ALICE).id
    question = slack.direct_message(ALICE, "hello")
    prompts = [{"title": "Check", "message": "Check example.com"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=direct, thread_ts=question.ts, prompts=prompts)
    assert slack.workspace.prompts == {}  # an agent's call with a thread fails without a word
    await client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts)
    assert slack.workspace.prompts == {direct: prompts}


# Faults


async def test_a_lost_reply_leaves_the_message(slack: SlackServer, client: AsyncWebClient) -> None:
    client.retry_handlers = []
    slack.fail("chat.postMessage", lost_reply=True)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert [message.text for message in slack.channel(GENERAL).present()] == ["x"]
    assert slack.calls_of("chat.postMessage")[0].status is None
    client.retry_handlers = [AsyncConnectionErrorRetryHandler()]
    slack.fail("chat.postMessage", lost_reply=True)
    await client.chat_postMessage(channel=GENERAL, text="y")
    assert [message.text for message in slack.channel(GENERAL).present()] == ["x", "y", "y"]


async def test_a_failure_happens_as_often_as_it_was_told_to(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.fail("auth.test", error="fatal_error", times=2)
    assert [await refused(client.auth_test()) for _ in range(2)] == ["fatal_error"] * 2
    assert (await client.auth_test())["ok"]
    slack.fail("*", status=500, times=None)
    assert [await refused(client.auth_test()) for _ in range(3)] == ["internal_error"] * 3
    slack.heal()
    assert (await client.auth_test())["ok"]


async def test_a_failure_can_pick_its_calls(slack: SlackServer, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", error="invalid_blocks", when=lambda arguments: "blocks" in arguments)
    assert (await client.chat_postMessage(channel=GENERAL, text="x"))["ok"]
    refusal = client.chat_postMessage(channel=GENERAL, text="x", blocks=[section("x")])
    assert await refused(refusal) == "invalid_blocks"


async def test_a_slow_answer_outlasts_an_impatient_client(slack: SlackServer) -> None:
    impatient = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=1)
    slack.fail("auth.test", slow=5)
    with pytest.raises(TimeoutError):
        await impatient.auth_test()
    slack.fail("auth.test", slow=0.01)
    assert (await impatient.auth_test())["ok"]


async def test_a_rate_limit_holds_for_each_channel(slack: SlackServer, client: AsyncWebClient) -> None:
    other = slack.add_channel("other")
    slack.limit("chat.postMessage", calls=2, seconds=10)
    for _ in range(2):
        assert (await client.chat_postMessage(channel=GENERAL, text="x"))["ok"]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "10"
    assert (await client.chat_postMessage(channel=other, text="x"))["ok"]
    slack.advance(10)
    for _ in range(2):
        assert (await client.chat_postMessage(channel=GENERAL, text="x"))["ok"]
    assert await refused(client.chat_postMessage(channel=GENERAL, text="x")) == "ratelimited"


# response_url, views, files


async def test_a_response_url_takes_five_posts_in_half_an_hour(slack: SlackServer) -> None:
    url = slack.command(ALICE, GENERAL, "x").payload["response_url"]
    hook = AsyncWebhookClient(url)
    for number in range(4):
        assert (await hook.send(text=f"{number}")).status_code == 200
    assert (await hook.send(text="to all", response_type="in_channel")).status_code == 200
    used = await hook.send(text="one too many")
    assert (used.status_code, json.loads(used.body)["error"]) == (404, "used_url")
    assert [message.text for message in slack.ephemerals(ALICE)] == ["0", "1", "2", "3"]
    assert [message.text for message in slack.channel(GENERAL).present()] == ["to all"]

    late = AsyncWebhookClient(slack.command(ALICE, GENERAL, "x").payload["response_url"])
    slack.advance(1801)
    assert json.loads((await late.send(text="x")).body)["error"] == "expired_url"


async def test_a_response_url_fails_as_it_is_told_to(slack: SlackServer) -> None:
    hook = AsyncWebhookClient(slack.command(ALICE, GENERAL, "x").payload["response_url"], retry_handlers=[])
    slack.fail("response_url", status=500)
    slack.fail("response_url", lost_reply=True)
    assert (await hook.send(text="x")).status_code == 500
    assert slack.ephemerals(ALICE) == []
    with pytest.raises(aiohttp.ClientConnectionError):
        await hook.send(text="y")
    assert [message.text for message in slack.ephemerals(ALICE)] == ["y"]
    assert [call.status for call in slack.calls_of("response_url")] == [500, None]


async def test_a_response_url_refuses_what_a_message_may_not_be(slack: SlackServer) -> None:
    hook = AsyncWebhookClient(slack.command(ALICE, GENERAL, "x").payload["response_url"])
    refusal = await hook.send(blocks=[section("")])
    assert (refusal.status_code, json.loads(refusal.body)["error"]) == (400, "invalid_blocks")
    assert (await hook.send(blocks=[section("x")])).status_code == 200


def modal() -> Body:
    element = {"type": "plain_text_input", "action_id": "host"}
    label = {"type": "plain_text", "text": "Host"}
    title = {"type": "plain_text", "text": "Check"}
    blocks = [{"type": "input", "block_id": "b", "label": label, "element": element}]
    return {"type": "modal", "title": title, "submit": title, "callback_id": "check", "blocks": blocks}


async def test_what_one_person_sees_alone_is_replaced_and_deleted_through_its_press(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    blocks = [{"type": "actions", "elements": [button("share")]}]
    await client.chat_postEphemeral(channel=GENERAL, user=ALICE, text="x", blocks=blocks)
    [message] = slack.ephemerals(ALICE)
    assert await refused(client.chat_update(channel=GENERAL, ts=message.ts, text="y")) == "message_not_found"
    payload = slack.press(message, "share", ALICE).payload
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    hook = AsyncWebhookClient(payload["response_url"])
    await hook.send(text="Shared", replace_original=True)
    assert [slack.read(each) for each in slack.ephemerals(ALICE)] == ["Shared"]
    await hook.send(delete_original=True)
    assert slack.ephemerals(ALICE) == []


async def test_a_trigger_opens_one_modal_within_three_seconds(slack: SlackServer, client: AsyncWebClient) -> None:
    fresh = slack.shortcut("check", ALICE).payload["trigger_id"]
    opened = await client.views_open(trigger_id=fresh, view=modal())
    assert await refused(client.views_open(trigger_id=fresh, view=modal())) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.x", view=modal())) == "invalid_trigger_id"
    old = slack.shortcut("check", ALICE).payload["trigger_id"]
    slack.advance(4)
    assert await refused(client.views_open(trigger_id=old, view=modal())) == "expired_trigger_id"
    [view] = slack.open_views()
    assert (view.user, view.id) == (ALICE, opened["view"]["id"])
    stale = client.views_update(view_id=view.id, hash="stale", view=modal())
    assert await refused(stale) == "hash_conflict"
    assert (await client.views_update(view_id=view.id, hash=view.hash, view=modal()))["ok"]


async def test_a_modal_is_submitted_and_closes_or_shows_its_errors(slack: SlackServer) -> None:
    app = echo_bot(slack)

    @app.shortcut("check")
    async def opened(ack: AsyncAck, shortcut: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal())

    @app.view("check")
    async def submitted(ack: AsyncAck, view: Body) -> None:
        if view["state"]["values"]["b"]["host"]["value"] == "bad":
            await ack(response_action="errors", errors={"b": "No host"})
        else:
            await ack()

    async with by_socket(app, slack):
        slack.shortcut("check", ALICE)
        [view] = await slack.wait_for(slack.open_views)
        await slack.submit(view, ALICE, {"host": {"value": "bad"}}).wait()
        assert (view.is_open, view.errors) == (True, {"b": "No host"})
        await slack.submit(view, ALICE, {"host": {"value": "good"}}).wait()
        assert slack.open_views() == []


async def test_a_home_tab_is_published_and_pressed(slack: SlackServer, client: AsyncWebClient) -> None:
    assert slack.open_home(ALICE) is not None
    home = {"type": "home", "blocks": [{**section("*Hello*"), "accessory": button("try", "Try it")}]}
    await client.views_publish(user_id=ALICE, view=home)
    assert slack.read(slack.home(ALICE)) == "Hello\n[Try it]"
    assert slack.press(slack.home(ALICE), "try", ALICE).payload["view"]["type"] == "home"
    opened = slack.open_home(ALICE)
    assert opened is not None
    assert opened.event["view"]["id"] == slack.home(ALICE).id
    assert await refused(client.views_publish(user_id=ALICE, view=modal())) == "invalid_arguments"


async def test_a_file_is_read_with_the_token_alone(slack: SlackServer, client: AsyncWebClient) -> None:
    stored = slack.upload_file(ALICE, "chain.pem", b"-----BEGIN", mimetype="application/x-pem-file")
    message = slack.direct_message(ALICE, "this one", files=[stored])
    event = slack.deliveries_of(message)[0].event
    assert event["subtype"] == "file_share"
    url = event["files"][0]["url_private_download"]
    assert (await client.files_info(file=stored.id))["file"]["url_private_download"] == url
    assert await refused(client.files_info(file="F0NONE")) == "file_not_found"
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
        async with session.get(url, headers=headers) as response:
            assert await response.read() == b"-----BEGIN"
        async with session.get(url) as response:
            assert (response.status, response.content_type) == (200, "text/html")


# What people do


async def test_an_edit_is_a_change_and_a_mention_once_more(slack: SlackServer) -> None:
    message = slack.mention(GENERAL, ALICE, "hello")
    before = len(slack.deliveries)
    slack.edit(message, f"<@{slack.app.bot_user}> hello again")
    mention, change = (delivery.event for delivery in slack.deliveries[before:])
    assert (mention["type"], mention["edited"]["user"]) == ("app_mention", ALICE)
    assert (change["subtype"], change["previous_message"]["text"]) == (
        "message_changed",
        f"<@{slack.app.bot_user}> hello",
    )
    slack.unfurl(message, "https://example.com")
    slack.delete(message)
    subtypes = [delivery.event["subtype"] for delivery in slack.deliveries[before + 2 :]]
    assert subtypes == ["message_changed", "message_deleted"]


async def test_events_come_where_the_bot_is_and_as_they_were_asked_for(slack: SlackServer) -> None:
    foreign = slack.add_channel("foreign", with_bot=False)
    assert slack.deliveries_of(slack.mention(foreign, ALICE, "hello")) == []
    private = slack.add_channel("private", is_private=True)
    [event] = slack.deliveries_of(slack.message(private, ALICE, "hello"))
    assert event.event["channel_type"] == "group"
    [direct] = slack.deliveries_of(slack.direct_message(ALICE, f"<@{slack.app.bot_user}> hello"))
    assert (direct.event["type"], direct.event["channel_type"]) == ("message", "im")
    slack.subscriptions = frozenset()
    assert slack.deliveries_of(slack.mention(GENERAL, ALICE, "hello")) == []
    assert slack.uninstall() is None


async def test_events_look_like_slacks(slack: SlackServer) -> None:
    shared = slack.add_channel("shared", is_ext_shared=True)
    root = slack.message(shared, BOB, "first")
    mention, message = slack.deliveries_of(slack.mention(shared, ALICE, "see example.com", thread_ts=root.ts))
    assert mention.payload["type"] == "event_callback"
    assert mention.payload["is_ext_shared_channel"]
    assert mention.payload["authorizations"][0]["user_id"] == slack.app.bot_user
    assert mention.payload["event_id"] != message.payload["event_id"]
    assert mention.event["text"] == f"<@{slack.app.bot_user}> see <http://example.com|example.com>"
    assert mention.event["ts"] == message.event["ts"]
    assert mention.event["thread_ts"] == root.ts
    assert message.event["client_msg_id"]
    assert message.event["parent_user_id"] == BOB
    assert (message.event["channel_type"], "channel_type" in mention.event) == ("channel", False)


async def test_a_reply_that_goes_to_the_channel_too_says_so(slack: SlackServer) -> None:
    root = slack.message(GENERAL, BOB, "first")
    reply = slack.message(GENERAL, ALICE, "second", thread_ts=root.ts, also_to_channel=True)
    [event] = slack.deliveries_of(reply)
    assert (event.event["subtype"], event.event["root"]["ts"]) == ("thread_broadcast", root.ts)
    assert event.event["client_msg_id"]
    [join] = slack.deliveries_of(slack.message(GENERAL, ALICE, "has joined", subtype="channel_join"))
    assert "client_msg_id" not in join.event


async def test_other_bots_are_bots(slack: SlackServer) -> None:
    [event] = slack.deliveries_of(slack.other_bot_message(GENERAL, "build failed"))
    assert (event.event["subtype"], event.event["bot_id"]) == ("bot_message", "B0OTHERBOT")


async def test_a_message_shortcut_carries_the_message(slack: SlackServer) -> None:
    message = slack.message(GENERAL, BOB, "example.com is down")
    payload = slack.shortcut("diagnose_message", ALICE, message=message).payload
    assert (payload["type"], payload["callback_id"]) == ("message_action", "diagnose_message")
    assert (payload["message"]["user"], payload["user"]["id"]) == (BOB, ALICE)


async def test_a_choice_is_a_value_or_its_words(slack: SlackServer, client: AsyncWebClient) -> None:
    def said(text: str, value: str) -> Body:
        return {"text": {"type": "plain_text", "text": text}, "value": value}

    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": said("Helpful", "yes"),
        "negative_button": said("Not helpful", "no"),
    }
    more = {"type": "overflow", "action_id": "more", "options": [said("Details", "d"), said("Hand over", "h")]}
    blocks = [{"type": "context_actions", "elements": [feedback]}, {"type": "actions", "elements": [more]}]
    posted = await client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    message = slack.channel(GENERAL).messages[posted["ts"]]
    [action] = slack.press(message, "feedback", ALICE, choice="no").payload["actions"]
    assert (action["type"], action["value"]) == ("feedback_buttons", "no")
    [action] = slack.press(message, "more", ALICE, choice="Hand over").payload["actions"]
    assert action["selected_option"]["value"] == "h"


def test_the_stand_in_needs_aiohttp_and_nothing_else() -> None:
    here = Path(local.__file__).parent
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for source in here.glob("*.py")
        if source.name != "run.py"  # it starts the bot beside the stand-in
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.level == 0)
    }
    roots = {str(name).partition(".")[0] for name in imported}
    assert roots - sys.stdlib_module_names == {"aiohttp"}


async def test_waiting_in_vain_tells_what_happened(slack: SlackServer, client: AsyncWebClient) -> None:
    await client.auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test ok"):
        await slack.wait_for(lambda: False, timeout=0.01)
