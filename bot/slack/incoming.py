"""What of all that people write is a question to Padlock; pure."""

import re

from bot.redaction import without_secrets
from bot.slack.payload import Payload, identifier, mapping, text
from bot.slack.press import Deed, Press, SharedFile, shared_files
from bot.store.records import Incoming, Kind

# A message with files is a question like any other; one that was also sent to the channel arrives with this subtype.
_ASKING_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
_SLACKBOT = "USLACKBOT"
_CERTIFICATE_ENDINGS = frozenset(
    ("pem", "crt", "cer", "cert", "der", "p7b", "p7c", "p7s", "pfx", "p12", "key", "ca-bundle", "chain", "fullchain")
)
_CERTIFICATE_KINDS = re.compile(r"x509|pkix|pkcs|pem|^application/octet-stream$|^text/plain$|^$")
_TO_SOMEBODY_ELSE = re.compile(r"\s*<[@!]")


def from_event(body: Payload, *, bot_user: str, now: float) -> Incoming | None:
    """The question in an event, or None where it is none.

    What bots write, edits, deletions, joins, previews and messages to others are none. A message in a channel's
    thread may be one; whether Padlock is part of that thread only the store knows.
    """
    event = mapping(body.get("event"))
    kind, channel, ts = identifier(event, "type"), identifier(event, "channel"), identifier(event, "ts")
    person, team = identifier(event, "user"), identifier(body, "team_id") or identifier(event, "team")
    if not (channel and ts and person and team) or _is_by_a_bot(event, bot_user) or "edited" in event:
        return None
    if identifier(event, "subtype") not in _ASKING_SUBTYPES or event.get("hidden") is True:
        return None
    words = without_secrets(text(event, "text"))
    thread = identifier(event, "thread_ts")
    direct = identifier(event, "channel_type") == "im" or channel.startswith("D")
    if kind == "app_mention" or direct or re.search(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", words):
        asked = Kind.MESSAGE
    elif kind == "message" and thread and not _TO_SOMEBODY_ELSE.match(words):
        asked = Kind.FOLLOW_UP
    else:
        return None
    files = shared_files(event) if direct else ()
    if files and (not words.strip() or any(map(may_be_certificate, files))):
        asked, words = Kind.PRESS, Press(action=Deed.FILES, words=words, files=files).dumps()
    return Incoming(
        key=f"{team}:{channel}:{ts}",  # a mention arrives as app_mention and as message, with two event ids
        event_id=identifier(body, "event_id") or None,
        kind=asked,
        team=team,
        channel=channel,
        thread=thread or ts,
        ts=ts,
        person=person,
        text=words,
        direct=direct,
        response_url=None,
        created_at=now,
    )


def from_command(body: Payload, *, now: float) -> Incoming | None:
    """The question in a slash command; None where the payload lacks what makes it one."""
    team, channel, person = identifier(body, "team_id"), identifier(body, "channel_id"), identifier(body, "user_id")
    url, trigger = body.get("response_url"), body.get("trigger_id")
    if not (team and channel and person and isinstance(url, str) and isinstance(trigger, str)):
        return None
    if not (url + trigger).isprintable():  # no database would keep it
        return None
    return Incoming(
        key=f"{team}:command:{trigger}"[:200],
        event_id=None,
        kind=Kind.COMMAND,
        team=team,
        channel=channel,
        thread="",
        ts="",
        person=person,
        text=without_secrets(text(body, "text")),
        direct=True,
        response_url=url,
        created_at=now,
    )


def may_be_certificate(file: SharedFile) -> bool:
    """Whether it is worth a look inside: what people call certificate files, and what Slack cannot tell the kind of."""
    ending = file.name.lower().rpartition(".")[2]
    return ending in _CERTIFICATE_ENDINGS or bool(_CERTIFICATE_KINDS.search(file.mimetype.lower()))


def _is_by_a_bot(event: Payload, bot_user: str) -> bool:
    """Whether no person wrote it: two bots that answer each other never stop."""
    return bool(
        event.get("bot_id")
        or event.get("bot_profile")
        or event.get("subtype") == "bot_message"
        or event.get("user") in (bot_user, _SLACKBOT)
    )
