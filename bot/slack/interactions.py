"""What presses, shortcuts and opened tabs mean to Padlock; pure."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.redaction import LONGEST, without_secrets
from bot.slack.payload import Payload, identifier, items, mapping, text, url
from bot.slack.press import Deed, Press
from bot.store.records import Incoming, Kind

if TYPE_CHECKING:
    from bot.render.slack_buttons import Pressed

DIAGNOSE = "diagnose_message"
KEY_LONGEST = 200
# A message has 50 blocks with some elements each; what is deeper or more is no message of a person.
PARTS_MOST = 2_000
DEEPEST = 12
# What is pressed is not read.
_PRESSED = frozenset({"actions", "context_actions", "button"})
# Where blocks and attachments keep what a person reads.
_READ = ("text", "url", "value", "title", "pretext", "fallback")
_WITHIN = ("elements", "fields", "text", "blocks", "rows", "accessory", "title", "message_blocks", "message")


def from_press(body: Payload, *, now: float) -> Incoming | None:
    """The press of one of our buttons, in a message or in the Home tab; None where it is none."""
    from bot.render.slack_buttons import Action, read_value

    person, team = _who(body)
    for action in map(mapping, items(body.get("actions"))):
        pressed = read_value(text(action, "action_id"), text(action, "value"))
        if pressed is not None and person and team:
            break
    else:
        return None
    where = mapping(body.get("container"))
    if text(where, "type") == "view":
        if pressed.action is not Action.EXAMPLE:
            return None
        channel, message = _home_channel(mapping(body.get("view"))) or person, identifier(where, "view_id")
        thread, alone = "", False
    else:
        channel = identifier(mapping(body.get("channel")), "id") or identifier(where, "channel_id")
        seen = mapping(body.get("message"))
        message, alone = identifier(where, "message_ts") or identifier(seen, "ts"), where.get("is_ephemeral") is True
        thread = identifier(where, "thread_ts") or identifier(seen, "thread_ts")
    moment = identifier(action, "action_ts") or identifier(body, "trigger_id")
    if not (channel and message and moment):
        return None
    return _incoming(
        _press(pressed, message=message, thread=thread, alone=alone),
        key=f"{team}:press:{channel}:{message}:{person}:{text(action, 'action_id')}:{moment}",
        team=team,
        channel=channel,
        # Only these change what the thread remembers.
        thread="" if alone or pressed.action not in (Action.AGAIN, Action.CHOOSE) else thread or message,
        ts="" if pressed.action is Action.EXAMPLE else message,
        person=person,
        response_url=url(body, "response_url"),
        now=now,
    )


def from_shortcut(body: Payload, *, now: float) -> Incoming | None:
    """The question in the message that somebody wants diagnosed; its answer goes to them alone."""
    person, team = _who(body)
    channel, message = identifier(mapping(body.get("channel")), "id"), mapping(body.get("message"))
    ts = identifier(body, "message_ts") or identifier(message, "ts")
    address, moment = url(body, "response_url"), identifier(body, "action_ts") or identifier(body, "trigger_id")
    if text(body, "callback_id") != DIAGNOSE or not (person and team and channel and ts and moment):
        return None
    return Incoming(
        key=f"{team}:shortcut:{channel}:{ts}:{person}:{moment}"[:KEY_LONGEST],
        event_id=None,
        kind=Kind.COMMAND,
        team=team,
        channel=channel,
        thread="",
        ts=ts,
        person=person,
        text=without_secrets(text(message, "text") if text(message, "text").strip() else _written_in(message)),
        direct=True,
        response_url=address,
        created_at=now,
    )


def from_tab(body: Payload, *, now: float) -> Incoming | None:
    """The opening of the Home tab or the Messages tab."""
    event = mapping(body.get("event"))
    deed = {"home": Deed.HOME, "messages": Deed.PROMPTS}.get(text(event, "tab"))
    person, channel, moment = identifier(event, "user"), identifier(event, "channel"), identifier(event, "event_ts")
    team = identifier(body, "team_id")
    if deed is None or not (person and channel and team and moment):
        return None
    return _incoming(
        Press(action=deed),
        key=f"{team}:press:{deed}:{person}:{moment}",
        event_id=identifier(body, "event_id") or None,
        team=team,
        channel=channel,
        thread="",
        ts="",
        person=person,
        response_url=None,
        now=now,
    )


def for_home(channel: str) -> str:
    """What a Home tab carries, so that a press in it says where its reader's direct messages are."""
    return json.dumps({"channel": channel})


def _home_channel(view: Payload) -> str:
    try:
        carried = json.loads(text(view, "private_metadata"))
    except (ValueError, RecursionError):
        return ""
    return identifier(mapping(carried), "channel")


def _press(pressed: "Pressed", *, message: str, thread: str, alone: bool) -> Press:
    return Press(
        action=pressed.action.value,
        question=pressed.question,
        helpful=pressed.helpful,
        article=pressed.article,
        example=pressed.example,
        message=message,
        thread=thread,
        alone=alone,
    )


def _incoming(
    press: Press,
    *,
    key: str,
    team: str,
    channel: str,
    thread: str,
    ts: str,
    person: str,
    response_url: str | None,
    now: float,
    event_id: str | None = None,
) -> Incoming:
    return Incoming(
        key=key[:KEY_LONGEST],
        event_id=event_id,
        kind=Kind.PRESS,
        team=team,
        channel=channel,
        thread=thread,
        ts=ts,
        person=person,
        text=press.dumps(),
        direct=channel.startswith("D"),
        response_url=response_url,
        created_at=now,
    )


def _who(body: Payload) -> tuple[str, str]:
    user = mapping(body.get("user"))
    return identifier(user, "id"), identifier(mapping(body.get("team")), "id") or identifier(user, "team_id")


def _written_in(message: Payload) -> str:
    """What a person reads in the blocks and attachments of a message that has no text of its own."""
    parts: list[str] = []
    size = 0
    for part in _parts([message.get("blocks"), message.get("attachments")], depth=0):
        if part.strip() and part not in parts[-1:]:
            parts.append(part)
            size += len(part)
        if size > LONGEST or len(parts) >= PARTS_MOST:
            break
    return re.sub(r"[ \t]+", " ", " ".join(parts)).strip()


def _parts(value: object, *, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    for item in items(value):
        yield from _parts(item, depth=depth + 1) if isinstance(item, list) else _read(mapping(item), depth=depth)


def _read(item: Payload, *, depth: int) -> Iterator[str]:
    if text(item, "type") in _PRESSED:
        return
    for name in _READ:
        if isinstance(said := item.get(name), str):
            yield said
            if name == "text":
                break  # a link's address stands behind its words
    for name in _WITHIN:
        inside = item.get(name)
        if isinstance(inside, list):
            yield from _parts(inside, depth=depth + 1)
        elif isinstance(inside, dict):
            yield from _parts([inside], depth=depth + 1)
