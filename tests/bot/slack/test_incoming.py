"""What of all that Slack sends is a question; no network, no store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import LONGEST, without_secrets
from bot.slack.incoming import from_command, from_event
from bot.store.records import Incoming, Kind

BOT = "U0BOT"
NOON = 1_800_000_000.0


def body(event: dict[str, object], **more: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "type": "app_mention",
        "user": "U1",
        "channel": "C1",
        "ts": "1.1",
        "text": f"<@{BOT}> why?",
    }
    return {"team_id": "T1", "event_id": "Ev1", "event": whole | event} | more


def read(event: dict[str, object], **more: object) -> Incoming | None:
    return from_event(body(event, **more), bot_user=BOT, now=NOON)


def test_a_mention_is_a_question_in_a_thread_of_its_own() -> None:
    found = read({})
    assert found is not None
    assert (found.kind, found.key, found.thread, found.direct) == (Kind.MESSAGE, "T1:C1:1.1", "1.1", False)


def test_a_mention_and_its_message_have_one_key() -> None:
    mention, message = read({}), read({"type": "message", "channel_type": "channel"}, event_id="Ev2")
    assert mention is not None
    assert message is not None
    assert mention.key == message.key
    assert message.kind is Kind.MESSAGE


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},  # another app
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message"},
        {"user": BOT},  # itself
        {"user": "USLACKBOT"},
        {"user": None},
        {"edited": {"user": "U1", "ts": "2.2"}},  # an edit that mentions it
        {"type": "message", "subtype": "message_changed"},
        {"type": "message", "subtype": "message_deleted"},
        {"type": "message", "subtype": "channel_join"},
        {"type": "message", "hidden": True},
        {"type": "message", "text": "just talking", "channel_type": "channel"},
        {"type": "message", "text": "<@U2> look", "thread_ts": "0.1", "channel_type": "channel"},  # to somebody else
        {"type": "reaction_added"},
        {"ts": 1.1},
        {"channel": "C" * 65},
        {"channel": ["C1"]},
    ],
)
def test_this_is_no_question(event: dict[str, object]) -> None:
    text = {} if event.get("type") != "reaction_added" else {"text": ""}
    assert read(event | text) is None


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "message", "text": "why?", "channel": "D1", "channel_type": "im"}, Kind.MESSAGE),
        ({"type": "message", "text": "", "channel": "D1", "channel_type": "im"}, Kind.MESSAGE),
        ({"type": "message", "text": "why?", "thread_ts": "0.1", "channel_type": "channel"}, Kind.FOLLOW_UP),
        ({"type": "message", "subtype": "file_share", "thread_ts": "0.1", "text": "x"}, Kind.FOLLOW_UP),
        ({"type": "message", "subtype": "thread_broadcast", "thread_ts": "0.1", "text": "x"}, Kind.FOLLOW_UP),
        ({"type": "message", "text": f"<@{BOT}|padlock> why?", "channel_type": "group"}, Kind.MESSAGE),
    ],
)
def test_this_is_one(event: dict[str, object], kind: Kind) -> None:
    found = read(event)
    assert found is not None
    assert found.kind is kind
    assert found.thread == event.get("thread_ts", "1.1")


def command(**more: object) -> dict[str, object]:
    sent: dict[str, object] = {
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.example/1",
        "text": "why?",
    }
    return sent | more


def test_a_command_is_a_question_to_be_answered_to_one_person() -> None:
    found = from_command(command(), now=NOON)
    assert found is not None
    assert (found.kind, found.direct, found.thread) == (Kind.COMMAND, True, "")


@pytest.mark.parametrize("missing", ["team_id", "channel_id", "user_id", "trigger_id", "response_url"])
def test_a_command_that_lacks_something_is_none(missing: str) -> None:
    assert from_command(command(**{missing: None}), now=NOON) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b",
            "a -----BEGIN RSA PRIVATE KEY----------END RSA PRIVATE KEY----- b",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMII without an end", "-----BEGIN PRIVATE KEY-----"),
        ("PuTTY-User-Key-File-3: ssh-rsa\nsecret", "PuTTY-User-Key-File-3"),
        ("https://me:secret@shop.example.com/", "https://shop.example.com/"),
        ("mail me@example.com or https://example.com/@me", "mail me@example.com or https://example.com/@me"),
        (
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        ),
        ("a\x00b\ud800c", "ab?c"),
        ("x" * 50_000, "x" * LONGEST),
    ],
)
def test_what_must_not_be_kept_is_not(text: str, kept: str) -> None:
    assert without_secrets(text) == kept


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
KEYS = ("type", "user", "channel", "ts", "text", "thread_ts", "subtype", "edited", "bot_id", "hidden", "channel_type")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)), JSON)
def test_any_payload_is_read_without_an_exception(event: dict[str, object], team: object) -> None:
    found = from_event({"event": event, "team_id": team}, bot_user=BOT, now=NOON)
    assert found is None or isinstance(found, Incoming)
    assert from_event({"event": team}, bot_user=BOT, now=NOON) is None
