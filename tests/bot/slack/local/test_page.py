"""What the page's server lets in, and what it tells whom."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import ALICE, BOB, GENERAL, Kind, SlackServer
from bot.slack.local.loopback import is_loopback

Body = dict[str, Any]
ACT = "/page/act"


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=5)


@pytest.fixture
async def http(slack: SlackServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=slack.workspace.origin) as session:
        yield session


@pytest.fixture
async def page(slack: SlackServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that says, as a browser does, that it is the page."""
    own = {"Origin": slack.workspace.origin}
    async with aiohttp.ClientSession(base_url=slack.workspace.origin, headers=own) as session:
        yield session


async def act(page: aiohttp.ClientSession, do: str, *, user: str = ALICE, **more: Any) -> Body:
    async with page.post(ACT, json={"do": do, "user": user, **more}) as answer:
        assert answer.status == 200, await answer.text()
        said: Body = await answer.json()
        return said


async def acknowledge(slack: SlackServer, client: AsyncWebClient) -> AsyncIterator[None]:
    """An app that acknowledges whatever it is sent, and does nothing."""
    url = (await client.apps_connections_open(app_token=slack.app.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:

        async def answer() -> None:
            async for message in socket:
                if "envelope_id" in (envelope := json.loads(message.data)):
                    await socket.send_json({"envelope_id": envelope["envelope_id"]})

        task = asyncio.create_task(answer())
        yield
        task.cancel()


@pytest.fixture
async def app(slack: SlackServer, client: AsyncWebClient) -> AsyncIterator[None]:
    async for _ in acknowledge(slack, client):
        yield


async def screen(http: aiohttp.ClientSession, user: str = ALICE) -> Body:
    """What a person sees now."""
    async with http.get("/page/stream", params={"user": user}) as stream:
        line = await stream.content.readline()
    state: Body = json.loads(line.removeprefix(b"data: "))
    return state


def messages(state: Body, channel: str = GENERAL) -> list[Body]:
    return [message for room in state["channels"] if room["id"] == channel for message in room["messages"]]


# What is let in


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1:8080", True),
        ("127.9.9.9", True),
        ("[::1]:80", True),
        ("localhost:8080", True),
        ("rebound.example:8080", False),  # a name that was made to lead here
        ("127.0.0.1.rebound.example", False),
        ("localhost.rebound.example", False),
        ("192.168.1.4:8080", False),
        ("0.0.0.0:8080", False),
        ("127.0.0.1@rebound.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_host_is_loopback_or_not(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("path", ["/", "/page/stream?user=U0ALICE", "/api/auth.test"])
async def test_a_name_that_leads_here_is_refused(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path, headers={"Host": "rebound.example"}) as refused:
        assert refused.status == 403
    async with http.get(path) as taken:
        assert taken.status == 200


async def test_another_sites_page_is_refused_everything(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    foreign = {"Origin": "https://attacker.example"}
    call: Body = {"data": {"token": slack.app.bot_token, "channel": GENERAL, "text": "x"}}
    async with http.post("/api/chat.postMessage", headers=foreign, **call) as refused:
        assert refused.status == 403
    assert slack.channel(GENERAL).present() == []
    async with http.post("/api/chat.postMessage", **call) as taken:
        assert (await taken.json())["ok"]


@pytest.mark.parametrize("path", [ACT, "/page/file?user=U0ALICE&name=a.pem"])
async def test_deeds_are_taken_from_the_page_alone(
    slack: SlackServer, http: aiohttp.ClientSession, page: aiohttp.ClientSession, path: str
) -> None:
    deed = json.dumps({"do": "say", "user": ALICE, "channel": GENERAL, "text": "hello"}).encode()
    async with http.post(path, data=deed) as refused:  # no Origin: not the page
        assert refused.status == 403
    assert not slack.channel(GENERAL).present()
    assert not slack.workspace.files
    async with page.post(path, data=deed, headers={"Content-Type": "application/json"}) as taken:
        assert taken.status == 200
    assert slack.channel(GENERAL).present() or slack.workspace.files


async def test_the_page_may_ask_nobody_else(http: aiohttp.ClientSession) -> None:
    for path, kind in (("/", "text/html"), ("/page/app.js", "text/javascript"), ("/page/style.css", "text/css")):
        async with http.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind)
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'")
            assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/page/..%2Fpage_server.py", "/page/missing.js", "/page/"])
async def test_no_other_file_is_served(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        assert answer.status == 404


def test_what_comes_from_messages_is_never_parsed_as_html() -> None:
    folder = Path(__file__).parents[4] / "bot" / "slack" / "local" / "page"
    script = "".join(file.read_text() for file in folder.glob("*.js"))
    assert "textContent" in script
    for door in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc"):
        assert door not in script


async def test_the_stand_in_listens_on_loopback_alone() -> None:
    with pytest.raises(ValueError, match="not a loopback"):
        SlackServer(host="0.0.0.0")
    async with SlackServer(host="127.0.0.2") as slack:
        assert slack.workspace.origin == f"http://127.0.0.2:{slack.port}"


# What a person sees


async def test_a_person_sees_what_is_theirs_and_no_more(
    slack: SlackServer, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    secret = slack.add_channel("secret", members=(BOB,))
    slack.message(secret, BOB, "for me")
    slack.direct_message(BOB, "between us")
    await client.chat_postEphemeral(channel=GENERAL, user=BOB, text="for Bob alone")
    await client.views_publish(user_id=BOB, view={"type": "home", "blocks": [{"type": "divider"}]})
    slack.message(GENERAL, BOB, "for all")
    bobs, alices = await screen(http, BOB), await screen(http, ALICE)
    for words in ("for me", "between us", "for Bob alone", "divider"):
        assert words in json.dumps(bobs)
        assert words not in json.dumps(alices)
    assert [message["text"] for message in messages(alices)] == ["for all"]
    [alone, _] = messages(bobs)
    assert (alone["alone"], alone["bot"]) == (True, True)


async def test_a_change_reaches_the_page_at_once(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    async with http.get("/page/stream", params={"user": ALICE}) as stream:
        await stream.content.readline()
        slack.message(GENERAL, BOB, "hello")
        async with asyncio.timeout(5):
            while b"hello" not in await stream.content.readline():
                pass


async def test_nobody_can_be_the_bot(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    for user in (slack.app.bot_user, "U0NOBODY", ""):
        async with http.get("/page/stream", params={"user": user}) as answer:
            assert answer.status == 404


# What a person does


async def test_names_that_are_typed_become_mentions(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    typed = "@padlock is #general fine, @bob? mail bob@padlock.com or @padlock.com or @nobody"
    await act(page, "say", channel=GENERAL, text=typed)
    [message] = slack.channel(GENERAL).present()
    bot = slack.app.bot_user
    assert message.text.startswith(f"<@{bot}> is <#{GENERAL}> fine, <@{BOB}>? mail <mailto:bob@padlock.com|")
    assert message.text.endswith("@nobody")
    assert message.text.count(f"<@{bot}>") == 1


async def test_a_reply_goes_into_its_thread(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    root = slack.message(GENERAL, BOB, "one")
    said = await act(page, "say", channel=GENERAL, text="two", thread_ts=root.ts)
    assert slack.channel(GENERAL).messages[said["ts"]].thread_ts == root.ts


@pytest.mark.usefixtures("app")
async def test_a_command_is_sent_and_not_said(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    assert await act(page, "say", channel=GENERAL, text="/padlock what is https?") == {}
    [delivery] = [each for each in slack.deliveries if each.kind is Kind.COMMAND]
    assert (delivery.payload["command"], delivery.payload["text"]) == ("/padlock", "what is https?")
    assert slack.channel(GENERAL).present() == []
    root = slack.message(GENERAL, BOB, "one")
    said = await act(page, "say", channel=GENERAL, text="/padlock x", thread_ts=root.ts)
    assert "not supported in threads" in said["error"]
    assert "not a command" in (await act(page, "say", channel=GENERAL, text="/remind me"))["error"]


@pytest.mark.usefixtures("app")
async def test_a_press_and_a_shortcut_reach_the_app(
    slack: SlackServer, page: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    def button(action_id: str) -> Body:
        return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "x"}, "value": "v"}

    rows = [{"type": "actions", "block_id": name, "elements": [button("again")]} for name in ("first", "second")]
    ts = (await client.chat_postMessage(channel=GENERAL, text="x", blocks=rows))["ts"]
    where: Body = {"channel": GENERAL, "ts": ts, "action_id": "again"}
    assert await act(page, "press", **where, block_id="second") == {}
    [action] = slack.deliveries[-1].payload["actions"]
    assert action["block_id"] == "second"
    assert "no longer" in (await act(page, "press", **where, block_id="third"))["error"]
    assert await act(page, "shortcut", channel=GENERAL, ts=ts, callback_id="diagnose_message") == {}
    assert slack.deliveries[-1].payload["callback_id"] == "diagnose_message"
    assert "error" in await act(page, "shortcut", channel=GENERAL, ts=ts, callback_id="another")


async def test_a_press_that_nobody_takes_is_told(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    slack.post.patience = type(slack.post.patience)(acknowledgement=0.1, pauses=())
    message = slack.message(GENERAL, BOB, "one")
    said = await act(page, "shortcut", channel=GENERAL, ts=message.ts, callback_id="diagnose_message")
    assert "did not respond" in said["error"]


async def test_a_file_is_shared_by_its_owner_alone(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    where = {"user": ALICE, "name": "../../chain.pem", "type": "application/x-pem-file"}
    async with page.post("/page/file", params=where, data=b"-----BEGIN") as answer:
        file = (await answer.json())["id"]
    direct = slack.channel(ALICE).id
    assert "error" in await act(page, "say", user=BOB, channel=GENERAL, files=[file])
    said = await act(page, "say", channel=direct, text="this one", files=[file])
    message = slack.channel(direct).messages[said["ts"]]
    assert (message.subtype, message.files[0]["name"]) == ("file_share", "chain.pem")
    assert slack.workspace.files[file].content == b"-----BEGIN"


async def test_opening_the_conversation_tells_the_app_which_tab(
    slack: SlackServer, page: aiohttp.ClientSession
) -> None:
    await act(page, "open", tab="home")
    await act(page, "open", tab="messages")
    assert [delivery.event["tab"] for delivery in slack.deliveries] == ["home", "messages"]


async def test_what_is_not_theirs_cannot_be_touched(
    slack: SlackServer, page: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    secret = slack.add_channel("secret", members=(BOB,))
    hidden = slack.message(secret, BOB, "for me")
    await client.chat_postEphemeral(channel=GENERAL, user=BOB, text="for Bob alone")
    [alone] = slack.ephemerals(BOB)
    for channel, ts in ((secret, hidden.ts), (GENERAL, alone.ts)):
        said = await act(page, "shortcut", channel=channel, ts=ts, callback_id="diagnose_message")
        assert "error" in said
    assert "error" in await act(page, "say", channel=secret, text="hello")
    assert slack.channel(secret).present() == [hidden]


@pytest.mark.parametrize("deed", [b"", b"[]", b"{}", b'{"do": "say"', b'{"do": "unknown", "user": "U0ALICE"}'])
async def test_no_deed_is_refused(page: aiohttp.ClientSession, deed: bytes) -> None:
    async with page.post(ACT, data=deed, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
