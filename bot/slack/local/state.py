"""What a workspace holds: people, channels, messages, files and views, and a clock that tests can move."""

import secrets
import time
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .wire import JsonObject

STREAM_SECONDS = 300.0
"""Slack ends a stream about five minutes after its start, whatever was appended meanwhile."""
STATUS_SECONDS = 120.0
"""A status that nothing follows disappears by itself after two minutes."""
TRIGGER_SECONDS = 3.0
"""A trigger opens one modal, and only within three seconds of the person's act."""
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_USES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The app under test as Slack knows it: who it is and what it proves that with."""

    app_id: str = "A0LOCALAPP"
    team_id: str = "T0LOCALTEAM"
    team_name: str = "Local"
    domain: str = "local"
    bot_user: str = "U0LOCALBOT"
    bot_id: str = "B0LOCALBOT"
    bot_name: str = "padlock"
    bot_token: str = "xoxb-local-bot"
    app_token: str = "xapp-local-app"
    signing_secret: str = "local-signing-secret"
    verification_token: str = "local-verification"
    client_id: str = "1.1"
    client_secret: str = "local-client-secret"


class Clock:
    """The workspace's time: the real one, and as far ahead of it as a test has moved it."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds


class ChannelKind(StrEnum):
    """Slack's `channel_type`."""

    PUBLIC = "channel"
    PRIVATE = "group"
    DIRECT = "im"


class StreamState(StrEnum):
    """Where a streamed message is in its life."""

    OPEN = "streaming"
    STOPPED = "stopped"
    EXPIRED = "expired"


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot of the workspace."""

    id: str
    name: str
    is_bot: bool = False
    is_guest: bool = False
    home: JsonObject | None = None

    def api(self, team_id: str) -> JsonObject:
        """The user as users.info shows it."""
        profile = {"real_name": self.name.title(), "display_name": self.name, "team": team_id}
        return {
            "id": self.id,
            "team_id": team_id,
            "name": self.name,
            "real_name": self.name.title(),
            "deleted": False,
            "tz": "Etc/UTC",
            "tz_offset": 0,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": False,
            "is_app_user": False,
        }


@dataclass(slots=True, kw_only=True)
class Stream:
    """What a streamed message has received so far."""

    started_at: float
    recipient: str | None
    state: StreamState = StreamState.OPEN
    markdown: str = ""
    plan: str | None = None
    tasks: dict[str, JsonObject] = field(default_factory=dict)
    blocks: list[JsonObject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said before it was changed."""

    text: str
    blocks: tuple[JsonObject, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message, in its present state."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    attachments: list[JsonObject] = field(default_factory=list)
    files: list[JsonObject] = field(default_factory=list)
    metadata: JsonObject | None = None
    edited: JsonObject | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    ephemeral_to: str | None = None
    unfurl_links: bool = True
    unfurl_media: bool = True
    deleted: bool = False
    stream: Stream | None = None
    versions: list[Version] = field(default_factory=list)

    @property
    def thread(self) -> str:
        """The thread that a reply to this message belongs in."""
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def snapshot(self) -> "Message":
        """The message as it is now, for a person who acts on what they saw earlier."""
        return deepcopy(self)

    def api(self, team_id: str) -> JsonObject:
        """The message as Slack's API and events show it."""
        shown: JsonObject = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team_id}
        optional = {
            "bot_id": self.bot_id,
            "thread_ts": self.thread_ts,
            "subtype": self.subtype,
            "client_msg_id": self.client_msg_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "metadata": self.metadata,
            "edited": self.edited,
        }
        shown.update({key: deepcopy(value) for key, value in optional.items() if value})
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)} for name, users in self.reactions.items()
            ]
        return shown


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, a private channel or a direct conversation."""

    id: str
    name: str
    kind: ChannelKind = ChannelKind.PUBLIC
    members: list[str] = field(default_factory=list)
    is_ext_shared: bool = False
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)

    def present(self) -> list[Message]:
        """The messages that are not deleted, oldest first."""
        return [message for message in self.messages.values() if not message.deleted]

    def in_thread(self, thread_ts: str) -> list[Message]:
        """A thread's messages, its first one included, oldest first."""
        return [message for message in self.present() if message.thread == thread_ts]

    def api(self, *, viewer: str) -> JsonObject:
        """The channel as conversations.info shows it."""
        is_im = self.kind is ChannelKind.DIRECT
        shown: JsonObject = {
            "id": self.id,
            "is_channel": self.kind is ChannelKind.PUBLIC,
            "is_group": self.kind is ChannelKind.PRIVATE,
            "is_im": is_im,
            "is_mpim": False,
            "is_private": self.kind is not ChannelKind.PUBLIC,
            "is_archived": self.is_archived,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
        }
        if is_im:
            shown["user"] = next((member for member in self.members if member != viewer), viewer)
        else:
            shown |= {"name": self.name, "name_normalized": self.name, "is_member": viewer in self.members}
        return shown


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file that somebody has uploaded."""

    id: str
    name: str
    content: bytes
    user: str
    mimetype: str


@dataclass(slots=True, kw_only=True)
class View:
    """A modal that is open, or a published Home tab."""

    id: str
    user: str
    body: JsonObject
    hash: str
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Trigger:
    """What allows one modal to be opened for a person."""

    user: str
    expires_at: float
    is_used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """What a response_url answers to, and how often it has been used."""

    channel: str
    user: str
    issued_at: float
    message: Message | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """An assistant status as it was set."""

    channel: str
    thread_ts: str
    text: str
    loading_messages: tuple[str, ...]
    set_at: float


class ChangeKind(StrEnum):
    """What can happen to a message."""

    POSTED = "posted"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a message, and what the message was before."""

    kind: ChangeKind
    message: Message
    before: JsonObject | None = None


def stored_blocks(blocks: Iterable[JsonObject]) -> list[JsonObject]:
    """Blocks as Slack keeps them: without nulls, and with the ids it gives where there are none."""
    stored: list[JsonObject] = [_without_nulls(block) for block in blocks]
    for block in stored:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in interactive_elements(block):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return stored


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value


def interactive_elements(block: JsonObject) -> list[JsonObject]:
    """The elements of a block that a person can press or fill in, those of blocks within it included."""
    found: list[JsonObject] = []
    if block.get("type") in ("actions", "context_actions"):
        found += [element for element in block.get("elements", ()) if isinstance(element, dict)]
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict) and block[key].get("type") != "image":
            found.append(block[key])
    if block.get("type") == "card":
        found += [element for element in block.get("actions", ()) if isinstance(element, dict)]
    for inner in [*block.get("child_blocks", ()), *(block["elements"] if block.get("type") == "carousel" else ())]:
        found += interactive_elements(inner)
    return found
