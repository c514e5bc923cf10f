"""What presses, shortcuts, tabs and files in a payload mean; no network, no store."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.slack_buttons import Action
from bot.slack.files import Files
from bot.slack.incoming import from_event, may_be_certificate
from bot.slack.interactions import for_home, from_press, from_shortcut, from_tab
from bot.slack.press import FILES_KEPT, Deed, Press, SharedFile
from bot.store.records import Incoming, Kind

NOON = 1_800_000_000.0
URL = "https://hooks.slack.example/1"


def press(action_id: str = "again", value: str = '{"question":12}', **more: object) -> dict[str, object]:
    sent: dict[str, object] = {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "2.2", "thread_ts": "1.1", "channel_id": "C1"},
        "response_url": URL,
        "actions": [{"action_id": action_id, "value": value, "action_ts": "3.3"}],
    }
    return sent | more


def read(body: dict[str, object]) -> tuple[Incoming, Press]:
    found = from_press(body, now=NOON)
    assert found is not None
    return found, Press.loads(found.text)


def test_a_press_says_what_who_and_where() -> None:
    found, pressed = read(press())
    assert (found.kind, found.team, found.channel, found.person) == (Kind.PRESS, "T1", "C1", "U1")
    assert (found.thread, found.ts, found.response_url, found.direct) == ("1.1", "2.2", URL, False)
    assert (pressed.action, pressed.question, pressed.message, pressed.thread) == ("again", 12, "2.2", "1.1")


@pytest.mark.parametrize(
    ("action_id", "value", "kept"),
    [
        ("feedback", "unhelpful:12", Press(action="feedback", question=12, helpful=False)),
        ("feedback", "helpful:12", Press(action="feedback", question=12, helpful=True)),
        ("choose:1", '{"question":12,"article":"q5"}', Press(action="choose", question=12, article="q5")),
    ],
)
def test_what_a_button_carries_is_kept(action_id: str, value: str, kept: Press) -> None:
    found, pressed = read(press(action_id, value))
    assert (pressed.action, pressed.question, pressed.helpful, pressed.article) == (
        kept.action,
        kept.question,
        kept.helpful,
        kept.article,
    )
    # Only what changes the thread's memory belongs to the thread.
    assert bool(found.thread) is (pressed.action == "choose")


def test_each_press_has_a_key_of_its_own_and_each_copy_the_same() -> None:
    first, copy = read(press())[0], read(press())[0]
    later = read(press(actions=[{"action_id": "again", "value": '{"question":12}', "action_ts": "4.4"}]))[0]
    assert first.key == copy.key
    assert first.key != later.key


def test_a_press_in_the_home_tab_knows_the_messages_of_its_presser() -> None:
    view = {"private_metadata": for_home("D1")}
    body = press("example:2", '{"example":2}', container={"type": "view", "view_id": "V1"}, view=view, channel=None)
    found, pressed = read(body)
    assert (found.channel, found.direct, found.ts, pressed.example) == ("D1", True, "", 2)


@pytest.mark.parametrize("metadata", ["", "nonsense", "[]", json.dumps({"channel": "D" * 100})])
def test_a_home_tab_that_does_not_say_leads_to_the_presser(metadata: str) -> None:
    where = {"type": "view", "view_id": "V1"}
    body = press("example:0", '{"example":0}', container=where, view={"private_metadata": metadata}, channel=None)
    assert read(body)[0].channel == "U1"


@pytest.mark.parametrize(
    "body",
    [
        press("unknown"),
        press(value="12"),
        press(value='{"question":"12"}'),
        press(user=None),
        press(team=None, user={"id": "U1"}),
        press(channel=None, container={"type": "message", "message_ts": "2.2"}),
        press(container={"type": "view", "view_id": "V1"}),  # a button of messages in the Home tab
        press(actions=[]),
        press(actions="again"),
    ],
)
def test_this_is_no_press(body: dict[str, object]) -> None:
    assert from_press(body, now=NOON) is None


def shortcut(message: object, **more: object) -> dict[str, object]:
    sent: dict[str, object] = {
        "type": "message_action",
        "callback_id": "diagnose_message",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "message_ts": "2.2",
        "action_ts": "3.3",
        "response_url": URL,
        "message": message,
    }
    return sent | more


def words(message: object) -> str:
    found = from_shortcut(shortcut(message), now=NOON)
    assert found is not None
    return found.text


def test_a_shortcut_is_a_question_to_be_answered_to_one_person() -> None:
    found = from_shortcut(shortcut({"text": "why?", "user": "U2"}), now=NOON)
    assert found is not None
    assert (found.kind, found.person, found.thread, found.ts) == (Kind.COMMAND, "U1", "", "2.2")
    assert found.direct


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"text": "the text", "blocks": [{"type": "section", "text": {"text": "a block"}}]}, "the text"),
        ({"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a block"}}]}, "a block"),
        (
            {"blocks": [{"type": "header", "text": {"text": "one"}}, {"type": "section", "fields": [{"text": "two"}]}]},
            "one two",
        ),
        (
            {
                "blocks": [
                    {
                        "type": "rich_text",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [
                                    {"type": "text", "text": "see"},
                                    {"type": "link", "url": "https://a.example/"},
                                ],
                            }
                        ],
                    }
                ]
            },
            "see https://a.example/",
        ),
        ({"attachments": [{"fallback": "an alert", "title": "Down", "text": "NET::ERR"}]}, "NET::ERR"),
        (
            {"blocks": [{"type": "actions", "elements": [{"type": "button", "text": {"text": "no"}, "value": "no"}]}]},
            "",
        ),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_message_without_text_is_read_in_its_blocks_and_attachments(message: object, said: str) -> None:
    assert words(message).startswith(said)
    assert bool(words(message)) is bool(said)


@pytest.mark.parametrize("missing", ["callback_id", "user", "team", "channel"])
def test_a_shortcut_that_lacks_something_is_none(missing: str) -> None:
    assert from_shortcut(shortcut({"text": "why?"}, **{missing: None}), now=NOON) is None


@pytest.mark.parametrize(("tab", "deed"), [("home", Deed.HOME), ("messages", Deed.PROMPTS)])
def test_an_opened_tab_is_kept_like_a_press(tab: str, deed: Deed) -> None:
    event = {"type": "app_home_opened", "tab": tab, "user": "U1", "channel": "D1", "event_ts": "1.1"}
    found = from_tab({"team_id": "T1", "event_id": "Ev1", "event": event}, now=NOON)
    assert found is not None
    assert Press.loads(found.text).action == deed
    assert from_tab({"team_id": "T1", "event": event | {"tab": "about"}}, now=NOON) is None


# Files


def message(files: list[dict[str, object]], *, text: str = "", channel: str = "D1") -> Incoming | None:
    event = {"type": "message", "subtype": "file_share", "user": "U1", "channel": channel, "ts": "1.1", "text": text}
    return from_event({"team_id": "T1", "event": event | {"files": files}}, bot_user="UBOT", now=NOON)


def a_file(name: str = "shop.pem", kind: str = "text/plain") -> dict[str, object]:
    return {"id": "F1", "name": name, "mimetype": kind, "size": 9, "url_private_download": "https://files.slack.com/1"}


def test_a_file_in_a_direct_message_is_kept_by_its_address() -> None:
    found = message([a_file()], text="for shop.example.com")
    assert found is not None
    kept = Press.loads(found.text)
    assert (found.kind, kept.action, kept.words) == (Kind.PRESS, Deed.FILES, "for shop.example.com")
    assert kept.files == (SharedFile(name="shop.pem", mimetype="text/plain", url="https://files.slack.com/1", size=9),)


def test_a_file_in_a_channel_is_left_to_the_channel() -> None:
    assert message([a_file()], channel="C1") is None


def test_a_picture_does_not_take_the_place_of_a_question() -> None:
    found = message([a_file("screen.png", "image/png")], text="what is https?")
    assert found is not None
    assert (found.kind, found.text) == (Kind.MESSAGE, "what is https?")


def test_more_files_than_are_examined_are_not_all_kept() -> None:
    found = message([a_file(f"{number}.pem") for number in range(50)])
    assert found is not None
    assert len(Press.loads(found.text).files) == FILES_KEPT


@pytest.mark.parametrize(
    ("name", "kind", "worth"),
    [
        ("shop.pem", "text/plain", True),
        ("SHOP.CRT", "application/x-x509-ca-cert", True),
        ("shop.pfx", "application/x-pkcs12", True),
        ("shop.p7b", "application/x-pkcs7-certificates", True),
        ("chain", "application/octet-stream", True),
        ("pasted", "text/plain", True),  # what is too long for a message
        ("screen.png", "image/png", False),
        ("report.pdf", "application/pdf", False),
        ("shop.zip", "application/zip", False),
    ],
)
def test_these_files_are_worth_a_look(name: str, kind: str, worth: bool) -> None:
    assert may_be_certificate(SharedFile(name=name, mimetype=kind, url="", size=1)) is worth


@pytest.mark.parametrize(
    ("url", "slacks"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/shop.pem", True),
        ("https://acme.slack.com/files/x", True),
        ("https://files.slack-gov.com/x", True),
        ("http://127.0.0.1:9000/files-pri/x", True),  # where SLACK_API_URL is
        ("http://127.0.0.1:9001/files-pri/x", False),  # another port
        ("https://127.0.0.1:9000/files-pri/x", False),
        ("http://files.slack.com/x", False),  # the token would travel in the clear
        ("https://files.slack.com:8443/x", False),
        ("https://files.slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("https://files.slack.com@evil.example/x", False),
        ("https://user:pw@files.slack.com/x", False),
        ("https://evil.example/?files.slack.com", False),
        ("file:///etc/passwd", False),
        ("https://[::1/x", False),
        ("https://files.slack.com:port/x", False),
        ("", False),
    ],
)
def test_the_token_goes_to_slack_alone(url: str, slacks: bool) -> None:
    assert Files(token="xoxb-1", api_url="http://127.0.0.1:9000/api/").is_slacks(url) is slacks


def test_without_an_address_of_its_own_only_slack_is_slack() -> None:
    assert not Files(token="xoxb-1", api_url=None).is_slacks("http://127.0.0.1:9000/x")


# Anything

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
VALUES = JSON | st.sampled_from(['{"question":1}', '{"example":0}', "helpful:1", '{"question":1,"article":"q1"}'])
IDS = st.sampled_from([*Action, "choose:0", "example:1", "feedback"]) | st.text()


@given(
    st.fixed_dictionaries(
        {
            "actions": st.lists(
                st.fixed_dictionaries({"action_id": IDS, "value": VALUES, "action_ts": JSON}), max_size=2
            )
        },
        optional=dict.fromkeys(("user", "team", "channel", "container", "view", "message", "response_url"), JSON),
    )
)
def test_any_press_is_read_without_an_exception(body: dict[str, object]) -> None:
    found = from_press(body, now=NOON)
    assert found is None or Press.loads(found.text).action


@given(JSON, JSON)
def test_any_shortcut_and_tab_is_read_without_an_exception(message: object, more: object) -> None:
    found = from_shortcut(shortcut({"blocks": message, "attachments": more}), now=NOON)
    assert found is not None
    found.text.encode()
    assert from_tab({"event": message, "team_id": more}, now=NOON) is None


@given(
    st.lists(
        JSON | st.fixed_dictionaries({"name": JSON, "mimetype": JSON, "size": JSON, "url_private": JSON}), max_size=8
    )
)
def test_any_files_are_read_without_an_exception(files: list[dict[str, object]]) -> None:
    found = message(files)
    assert found is not None
    if found.kind is Kind.PRESS:
        assert Press.loads(found.text) == Press.loads(Press.loads(found.text).dumps())
    found.text.encode()
