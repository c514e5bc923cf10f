"""What of all that Slack sends is a question to Padlock; pure."""

import re
from collections.abc import Mapping

from bot.redaction import without_secrets
from bot.store.records import Incoming, Kind

Payload = Mapping[str, object]

# A message with files is a question like any other; one that was also sent to the channel arrives with this subtype.
_ASKING_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
_SLACKBOT = "USLACKBOT"
_LONGEST_ID = 64
_TO_SOMEBODY_ELSE = re.compile(r"\s*<[@!]")


def from_event(body: Payload, *, bot_user: str, now: float) -> Incoming | None:
    """The question in an event, or None where it is none.

    What bots write, edits, deletions, joins, previews and messages to others are none. A message in a channel's
    thread may be one; whether Padlock is part of that thread only the store knows.
    """
    event = _mapping(body.get("event"))
    kind, channel, ts = _id(event, "type"), _id(event, "channel"), _id(event, "ts")
    person, team = _id(event, "user"), _id(body, "team_id") or _id(event, "team")
    if not (channel and ts and person and team) or _is_by_a_bot(event, bot_user) or "edited" in event:
        return None
    if _id(event, "subtype") not in _ASKING_SUBTYPES or event.get("hidden") is True:
        return None
    text = event.get("text")
    text = text if isinstance(text, str) else ""
    thread = _id(event, "thread_ts")
    direct = _id(event, "channel_type") == "im" or channel.startswith("D")
    if kind == "app_mention" or direct or re.search(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", text):
        asked = Kind.MESSAGE
    elif kind == "message" and thread and not _TO_SOMEBODY_ELSE.match(text):
        asked = Kind.FOLLOW_UP
    else:
        return None
    return Incoming(
        key=f"{team}:{channel}:{ts}",  # a mention arrives as app_mention and as message, with two event ids
        event_id=_id(body, "event_id") or None,
        kind=asked,
        team=team,
        channel=channel,
        thread=thread or ts,
        ts=ts,
        person=person,
        text=without_secrets(text),
        direct=direct,
        response_url=None,
        created_at=now,
    )


def from_command(body: Payload, *, now: float) -> Incoming | None:
    """The question in a slash command; None where the payload lacks what makes it one."""
    team, channel, person = _id(body, "team_id"), _id(body, "channel_id"), _id(body, "user_id")
    url, trigger = body.get("response_url"), body.get("trigger_id")
    if not (team and channel and person and isinstance(url, str) and isinstance(trigger, str)):
        return None
    if not (url + trigger).isprintable():  # no database would keep it
        return None
    text = body.get("text")
    return Incoming(
        key=f"{team}:command:{trigger}"[:200],
        event_id=None,
        kind=Kind.COMMAND,
        team=team,
        channel=channel,
        thread="",
        ts="",
        person=person,
        text=without_secrets(text if isinstance(text, str) else ""),
        direct=True,
        response_url=url,
        created_at=now,
    )


def _is_by_a_bot(event: Payload, bot_user: str) -> bool:
    """Whether no person wrote it: two bots that answer each other never stop."""
    return bool(
        event.get("bot_id")
        or event.get("bot_profile")
        or event.get("subtype") == "bot_message"
        or event.get("user") in (bot_user, _SLACKBOT)
    )


def _mapping(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}


def _id(payload: Payload, name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST_ID and value.isprintable() else ""
