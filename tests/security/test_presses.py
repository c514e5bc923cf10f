"""Whatever a press, a shortcut or a file's description says, it is read as what it may be or not at all."""

import copy
import gzip
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.slack.files import Files, NotFetched
from bot.slack.incoming import from_event
from bot.slack.interactions import PARTS_MOST, from_press, from_shortcut, from_tab
from bot.slack.local import ALICE, BOB, GENERAL, SlackServer
from bot.slack.local.delivery import Kind as Delivered
from bot.slack.press import FILES_KEPT, NAME_LONGEST, Press, SharedFile
from bot.store.records import Incoming, Kind
from bot.understand import understand
from tests.bot.slack.running import environment, ready, start
from tests.security.nasty import NASTY

Body = dict[str, object]
Read = Callable[..., Incoming | None]
LONGEST_STORED = 60_000

PRESS: Body = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1"},
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "thread_ts": "1.1"},
    "channel": {"id": "C1"},
    "message": {"ts": "1.2", "thread_ts": "1.1"},
    "actions": [{"action_id": "again", "value": '{"question":1}', "action_ts": "1.3"}],
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
}
PRESS_AT_HOME: Body = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "container": {"type": "view", "view_id": "V1"},
    "view": {"id": "V1", "private_metadata": '{"channel":"D1"}'},
    "actions": [{"action_id": "example:0", "value": '{"example":0}', "action_ts": "1.3"}],
}
SHORTCUT: Body = {
    "type": "message_action",
    "callback_id": "diagnose_message",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "message_ts": "1.2",
    "message": {
        "ts": "1.2",
        "text": "",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "is shop.example.com broken?"}}],
        "attachments": [{"fallback": "an alert", "blocks": []}],
    },
    "action_ts": "1.4",
    "response_url": "https://hooks.slack.com/app/T1/1/x",
}
TAB: Body = {
    "team_id": "T1",
    "event_id": "E1",
    "event": {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home", "event_ts": "1.5"},
}
FILES: Body = {
    "team_id": "T1",
    "event_id": "E1",
    "event": {
        "type": "message",
        "subtype": "file_share",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "ts": "1.6",
        "text": "is this right?",
        "files": [{"id": "F1", "name": "shop.pem", "mimetype": "text/plain", "size": 5, "url_private": "https://x/y"}],
    },
}


def _event(body: Body, *, now: float) -> Incoming | None:
    return from_event(body, bot_user="UBOT", now=now)


SOUND: list[tuple[str, Body, Read]] = [
    ("press", PRESS, from_press),
    ("press at home", PRESS_AT_HOME, from_press),
    ("shortcut", SHORTCUT, from_shortcut),
    ("tab", TAB, from_tab),
    ("files", FILES, _event),
]


def _deep(levels: int) -> object:
    inner: object = {"type": "text", "text": "deep.example.com"}
    for _ in range(levels):
        inner = {"type": "rich_text", "elements": [inner]}
    return [inner]


# What a field may hold in place of what belongs there.
WRONG: list[object] = [
    None, True, False, 0, -1, 7, 10**30, 1.5, float("inf"), "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "x" * 10_000,
    "<!channel>", "../..", "'; DROP TABLE questions; --", "{", "[" * 100_000, "1" * 5_000, '{"question":true}',
    '{"question":-1}', '{"question":1e999}', '{"question":NaN}', '{"question":9999999999999999999999}',
    '{"question":[1]}', '{"question":"1"}', '{"example":9e9}', '{"channel":{"id":1}}', "helpful:1; x", "helpful:٣",
    "unhelpful:0", [], [None], [[]], ["x"] * 5_000, {}, {"id": None}, {"id": {"id": "U1"}}, {"": {}}, *NASTY.values(),
]  # fmt: skip


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))


def _with(body: Body, path: tuple[str | int, ...], wrong: object) -> Body:
    changed = copy.deepcopy(body)
    place: object = changed
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = wrong  # type: ignore[index]
    return changed


def spoilt(body: Body) -> Iterator[Body]:
    """The payload with each wrong thing in each place in turn."""
    yield from (_with(body, path, wrong) for path in _places(body) for wrong in WRONG)


def is_sound(found: Incoming | None) -> bool:
    """Whether it is no question, or one that can be stored."""
    if found is not None:
        _assert_can_be_stored(found)
    return True


def _assert_can_be_stored(found: Incoming) -> None:
    """Any database takes it, it is bounded, and who works on it can read it."""
    for text in (found.key, found.team, found.channel, found.thread, found.ts, found.person, found.text):
        text.encode("utf-8")
        assert "\x00" not in text
        assert len(text) < LONGEST_STORED
    assert len(found.key) <= 200
    assert found.team
    assert found.person
    assert (found.response_url or "").isprintable()
    if found.kind is Kind.PRESS:
        press = Press.loads(found.text)
        assert press.action
        assert abs(press.question) < 2**63
        assert abs(press.example or 0) < 2**63
        assert len(press.files) <= FILES_KEPT
        assert all(len(file.name) <= NAME_LONGEST for file in press.files)
    else:
        understand(found.text)


@pytest.mark.parametrize(("body", "read"), [(body, read) for _, body, read in SOUND], ids=[name for name, *_ in SOUND])
def test_a_payload_with_something_wrong_anywhere_is_stored_soundly_or_not_at_all(body: Body, read: Read) -> None:
    assert read(body, now=1.0) is not None
    outcomes = set()
    for changed in spoilt(body):
        found = read(changed, now=1.0)
        outcomes.add(found is None)
        assert is_sound(found)
    assert outcomes == {True, False}


# Each of these is sent by nobody who presses a button of Padlock's.
NO_PRESS: list[tuple[str, dict[str, object]]] = [
    ("an action of nobody's", {"action_id": "delete_all"}),
    ("a name with an action in it", {"action_id": "not_again"}),
    ("no action", {"action_id": ""}),
    ("a value of words", {"value": "1"}),
    ("a list", {"value": "[1]"}),
    ("a question that is true", {"value": '{"question":true}'}),
    ("a question before the first", {"value": '{"question":0}'}),
    ("a question beyond every database", {"value": '{"question":9223372036854775808}'}),
    ("a fraction", {"value": '{"question":1.0}'}),
    ("JSON without end", {"value": "[" * 100_000}),
    ("a number without end", {"value": '{"question":' + "9" * 5_000 + "}"}),
    ("a value that no button holds", {"value": '{"question":1}' + " " * 5_000}),
    ("an entry that is none", {"action_id": "choose:0", "value": '{"question":1,"article":["q1"]}'}),
    ("an entry with a name without end", {"action_id": "choose:0", "value": '{"question":1,"article":"' + "q" * 1_900}),
    ("an opinion that is none", {"action_id": "feedback", "value": "perfect:1"}),
    ("an opinion on an answer in other digits", {"action_id": "feedback", "value": "helpful:１"}),
    ("an example before the first", {"action_id": "example:0", "value": '{"example":-1}'}),
    ("no moment", {"action_ts": None}),
    ("a moment without end", {"action_ts": "1" * 100}),
]


@pytest.mark.parametrize(("title", "change"), NO_PRESS, ids=[title for title, _ in NO_PRESS])
def test_this_is_no_press(title: str, change: dict[str, object]) -> None:
    body = copy.deepcopy(PRESS)
    body["actions"][0] |= change  # type: ignore[index]
    assert from_press(body, now=1.0) is None, title


def test_a_button_of_an_answer_does_not_work_in_the_home_tab() -> None:
    body = copy.deepcopy(PRESS_AT_HOME)
    body["actions"] = PRESS["actions"]
    assert from_press(body, now=1.0) is None
    assert from_press(PRESS_AT_HOME, now=1.0) is not None


@pytest.mark.parametrize(
    "message",
    [
        {"text": "", "blocks": _deep(3_000)},  # deeper than Python goes
        {"text": "", "blocks": [{"text": "w" * 1_000}] * 20_000},
        {"text": "", "blocks": [[[[{"text": "x"}] * 50] * 50] * 50]},
        {"text": "", "attachments": [{"fields": [{"title": "t", "value": "v"}] * 5_000}] * 50},
        {"text": "w" * 5_000_000},
        {"text": NASTY["hidden"] * 500},
        {"text": "-----BEGIN PRIVATE KEY-----" * 20_000},
        {"text": "https://" + "a:b@" * 100_000},
        {"text": "", "blocks": {"text": "no list"}, "attachments": "no list either"},
    ],
    ids=["deep", "long", "branching", "attachments", "text", "hidden", "keys", "credentials", "types"],
)
def test_a_hostile_message_is_read_in_no_time(message: Body) -> None:
    assert PARTS_MOST < 10_000
    started = time.monotonic()
    found = from_shortcut(SHORTCUT | {"message": {"ts": "1.2", **message}}, now=1.0)
    assert time.monotonic() - started < 5  # it is some milliseconds; the machine may be busy
    assert found is not None
    _assert_can_be_stored(found)


def test_the_deep_message_is_deep() -> None:
    found = from_shortcut(SHORTCUT | {"message": {"ts": "1.2", "blocks": _deep(3)}}, now=1.0)
    assert found is not None
    assert found.text == "deep.example.com"


# --- where the token goes ---------------------------------------------------------------------------------------------

OWN = "http://127.0.0.1:4711/api/"
SLACKS = [
    "https://files.slack.com/files-pri/T1-F1/download/shop.pem",
    "https://slack.com/x",
    "https://acme.slack.com:443/files/x",
    "https://acme.enterprise.slack.com/x",
    "https://FILES.slack.com/x",
    "https://files.slack-gov.com/x",
    "http://127.0.0.1:4711/files/F1",  # the operator's own SLACK_API_URL
]
NOT_SLACKS = [
    "",
    "files.slack.com/x",
    "//files.slack.com/x",
    "http://files.slack.com/x",  # in the clear
    "ftp://files.slack.com/x",
    "file:///etc/passwd",
    "https://files.slack.com:8443/x",
    "https://files.slack.com:0/x",
    "https://files.slack.com:99999/x",
    "https://files.slack.com.evil.example/x",
    "https://evil-slack.com/x",
    "https://slack.com.evil.example/x",
    "https://slackXcom/x",
    "https://evil.example/files.slack.com",
    "https://evil.example?files.slack.com",
    "https://evil.example#files.slack.com",
    "https://evil.example#.slack.com/x",
    "https://evil.example?.slack.com/x",
    "https://evil.example/.slack.com/x",
    "https://files.slack.com@evil.example/x",
    "https://files.slack.com:443@evil.example/x",
    "https://name:secret@files.slack.com/x",
    "https://@files.slack.com/x",
    "https://evil.example\\.slack.com/x",
    "https://evil.example\\@files.slack.com/x",
    "https://evil.example%2f.slack.com/x",
    "https://evil.example%00.slack.com/x",
    "https://evil.example／.slack.com/x",
    "https://evil.example＃.slack.com/x",
    "https://evil.example .slack.com/x",
    "https://evil.example\t.slack.com/x",
    "https://evil.example\n.slack.com/x",
    "https://files.slack.com\u200b.evil.example/x",
    "https://[::1].slack.com/x",
    "https://[::1]/x",
    "https://127.0.0.1/x",
    "https://127.0.0.1:4711/files/F1",  # the operator's own, by another scheme
    "http://127.0.0.1:4712/files/F1",  # by another port
    "http://127.0.0.1.evil.example:4711/files/F1",
    "http://localhost:4711/files/F1",
    "http://2130706433:4711/files/F1",
    "http://name@127.0.0.1:4711/files/F1",
    "https://..slack.com/x",
    "https://.slack.com/x",
    "https://" + "a" * 300 + ".slack.com/x",
]


def _files(api_url: str | None = OWN) -> Files:
    return Files(token="xoxb-1", api_url=api_url)


@pytest.mark.parametrize("url", SLACKS)
def test_the_token_is_shown_to_slack(url: str) -> None:
    assert _files().is_slacks(url)


@pytest.mark.parametrize("url", NOT_SLACKS)
async def test_the_token_is_shown_to_nobody_else(url: str) -> None:
    assert not _files().is_slacks(url)
    with pytest.raises(NotFetched, match="does not lie in Slack"):
        await _files().fetch(SharedFile(name="x.pem", mimetype="text/plain", url=url, size=1))


@pytest.mark.parametrize("url", SLACKS)
def test_who_fetches_reads_the_same_host(url: str) -> None:
    """The check and the client have each their own reading of a URL."""
    host = URL(url).host or ""
    assert host.lower().endswith(("slack.com", "slack-gov.com")) or host == "127.0.0.1"


def test_without_an_address_of_the_operators_there_is_slack_alone() -> None:
    assert not _files(None).is_slacks("http://127.0.0.1:4711/files/F1")
    assert _files(None).is_slacks(SLACKS[0])


# What a server says that hands out files; each is none of theirs.
BOMB = gzip.compress(b"\x00" * 20_000_000, compresslevel=9)
ANSWERS: list[tuple[str, Callable[[], web.StreamResponse]]] = [
    ("a redirect", lambda: web.Response(status=302, headers={"Location": "/elsewhere"})),
    ("a redirect to nowhere", lambda: web.Response(status=301)),
    ("a login", lambda: web.Response(status=401)),
    ("nothing there", lambda: web.Response(status=404)),
    ("a failure", lambda: web.Response(status=500)),
    ("more than it said", lambda: web.Response(body=b"x" * 3_000_000)),
]


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, list[str]]]:
    """Where files are handed out, and the paths that were asked for with a token."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            asked.append(request.path)
        if request.path == "/bomb":
            return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})
        number = request.path.removeprefix("/")
        return ANSWERS[int(number)][1]() if number.isdigit() else web.Response(body=b"a file")

    routes = web.Application()
    routes.router.add_get("/{path}", answer)
    runner = web.AppRunner(routes)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


def _shared(url: str, *, size: int = 1) -> SharedFile:
    return SharedFile(name="x.pem", mimetype="text/plain", url=url, size=size)


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=[title for title, _ in ANSWERS])
async def test_an_answer_that_is_no_file_is_not_taken_for_one(number: int, server: tuple[str, list[str]]) -> None:
    url, asked = server
    with pytest.raises(NotFetched):
        await _files(f"{url}/api/").fetch(_shared(f"{url}/{number}"))
    assert asked == [f"/{number}"]  # a redirect is not followed, least of all with the token


async def test_a_compressed_file_is_not_unpacked(server: tuple[str, list[str]]) -> None:
    url, _ = server
    assert await _files(f"{url}/api/").fetch(_shared(f"{url}/bomb")) == BOMB
    assert await _files(f"{url}/api/").fetch(_shared(f"{url}/file")) == b"a file"


@pytest.mark.parametrize("size", [2**21 + 1, 10**30])
async def test_a_file_that_is_said_to_be_large_is_not_asked_for(size: int, server: tuple[str, list[str]]) -> None:
    url, asked = server
    with pytest.raises(NotFetched, match="far too large"):
        await _files(f"{url}/api/").fetch(_shared(f"{url}/file", size=size))
    assert asked == []


# --- a whole bot ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


def _can_be_sent(value: object) -> bool:
    """Whether it can be encoded: no lone surrogate is in it, and no number that JSON has no word for."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_a_bot_lives_through_hostile_presses(slack: SlackServer, tmp_path: Path, http: bool) -> None:
    settings = environment(slack, http=http, database=f"sqlite:///{tmp_path / 'padlock.db'}", lab=None)
    bot = await start(settings)
    try:
        await ready(bot, slack)
        asked = slack.mention(GENERAL, ALICE, "what is https?")
        answer = await slack.wait_for_reply(asked)
        real = slack.press(answer, "feedback", BOB, choice="Helpful")
        await real.wait()
        bodies: list[Body] = []
        for path in list(_places(real.payload)):
            if path[0] in ("token", "api_app_id"):  # Slack's own, which bolt reads
                continue
            wrong = WRONG[len(bodies) % len(WRONG)]
            bodies.append(_with(real.payload, path, wrong if _can_be_sent(wrong) else "x"))
        assert len(bodies) > 50
        sent = [slack.post.deliver(Delivered.INTERACTION, json.loads(json.dumps(body))) for body in bodies]
        for delivery in sent:
            await delivery.settled.wait()
        again = slack.mention(GENERAL, BOB, "can I deny http?")
        await slack.wait_for_reply(again)
        assert bot.process.returncode is None
        assert await bot.terminate() == 0
    finally:
        await bot.end()
    assert "xoxb" not in bot.log


UNSIGNED: list[tuple[str, bytes, str]] = [
    ("deep JSON", b"[" * 200_000, "application/json"),
    ("deep objects", b'{"a":' * 100_000, "application/json"),
    ("a deep payload", b"payload=" + b"%5B" * 100_000, "application/x-www-form-urlencoded"),
    ("a number without end", b'{"a":' + b"9" * 100_000 + b"}", "application/json"),
    ("bytes that are no text", b"\xff\xfe\x00" * 1_000, "application/json"),
    ("bytes in a form", b"payload=%ff%fe&payload=%00", "application/x-www-form-urlencoded"),
    ("a form without end", b"a=b&" * 100_000, "application/x-www-form-urlencoded"),
    ("nothing", b"", "application/json"),
    ("null", b"null", "application/json"),
    ("a list", b"[1]", "application/json"),
    ("a proof that nobody asked for", b'{"type":"url_verification","challenge":"x"}', "application/json"),
    ("a question", b'{"type":"event_callback","event":{"type":"app_mention","text":"what is https?"}}', "text/plain"),
    ("parts", b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
]


async def test_what_slack_has_not_signed_is_refused_whatever_it_is(slack: SlackServer, tmp_path: Path) -> None:
    bot = await start(environment(slack, http=True, database=f"sqlite:///{tmp_path / 'padlock.db'}", lab=None))
    try:
        await ready(bot, slack)
        url = f"http://127.0.0.1:{bot.port}/slack/events"
        ended: dict[str, int] = {}
        async with aiohttp.ClientSession() as session:
            for title, body, kind in UNSIGNED:
                signed = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00", "Content-Type": kind}
                for headers in (signed, {"Content-Type": kind}):
                    async with session.post(url, data=body, headers=headers) as answer:
                        ended[title] = max(ended.get(title, 0), answer.status)
        await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "what is https?"))
        assert len(slack.calls_of("chat.postMessage")) == 1
        assert await bot.terminate() == 0
    finally:
        await bot.end()
    assert {title: status for title, status in ended.items() if not 400 <= status < 500} == {}
    assert "Traceback" not in bot.log
