"""The workspace itself: finds, posts and changes what it holds, and hands out ids, triggers and response_urls."""

import itertools
import secrets
from collections.abc import Callable, Iterable
from copy import deepcopy

from .state import (
    STATUS_SECONDS,
    STREAM_SECONDS,
    TRIGGER_SECONDS,
    Change,
    ChangeKind,
    Channel,
    ChannelKind,
    Clock,
    Installation,
    Message,
    ResponseUrl,
    Status,
    StoredFile,
    Stream,
    StreamState,
    Trigger,
    User,
    Version,
    View,
    stored_blocks,
)
from .wire import JsonObject, Refused


class Workspace:
    """Everything the stand-in remembers; the Web API and the people of a test both act on it."""

    def __init__(self, *, app: Installation, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.origin = ""
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.tickets: set[str] = set()
        self.oauth_codes: set[str] = set()
        self.statuses: list[Status] = []
        self.prompts: dict[str, list[JsonObject]] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.watchers: list[Callable[[Change], None]] = []
        self.on_touch: Callable[[], None] = lambda: None
        self._serial = itertools.count(1)
        self._last_ts = (0, 0)

    # Names and numbers

    def new_id(self, prefix: str) -> str:
        """An id in Slack's form that this workspace has not used."""
        return f"{prefix}0{next(self._serial):08d}"

    def new_ts(self) -> str:
        """A timestamp later than every one before it."""
        second = int(self.clock.now())
        last_second, last_micro = self._last_ts
        if second > last_second:
            self._last_ts = (second, 100)
        else:
            carry, micro = divmod(last_micro + 100, 1_000_000)
            self._last_ts = (last_second + carry, micro)
        return f"{self._last_ts[0]}.{self._last_ts[1]:06d}"

    def new_trigger(self, user: str) -> str:
        """A trigger id for one modal."""
        trigger = f"{next(self._serial)}.{secrets.token_hex(8)}"
        self.triggers[trigger] = Trigger(user=user, expires_at=self.clock.now() + TRIGGER_SECONDS)
        return trigger

    def new_response_url(self, *, channel: str, user: str, message: Message | None, thread_ts: str | None) -> str:
        """A response_url for one interaction or command."""
        key = secrets.token_hex(12)
        self.response_urls[key] = ResponseUrl(
            channel=channel, user=user, issued_at=self.clock.now(), message=message, thread_ts=thread_ts
        )
        return f"{self.origin}/response/{key}"

    # Finding

    def channel(self, channel_id: str) -> Channel:
        """A channel by its id."""
        found = self.channels.get(channel_id)
        if found is None:
            raise Refused("channel_not_found")
        return found

    def place(self, place: str) -> Channel:
        """A channel by its id or #name, or the bot's conversation with a person by that person's id."""
        if place in self.users and place != self.app.bot_user:
            return self.direct(place)
        named = [channel for channel in self.channels.values() if channel.name and f"#{channel.name}" == place]
        return named[0] if named else self.channel(place)

    def direct(self, user_id: str) -> Channel:
        """The bot's direct conversation with a user, opened where it was not."""
        if user_id not in self.users:
            raise Refused("user_not_found")
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and user_id in channel.members:
                return channel
        opened = Channel(id=self.new_id("D"), name="", kind=ChannelKind.DIRECT, members=[user_id, self.app.bot_user])
        self.channels[opened.id] = opened
        return opened

    def message(self, channel: Channel, ts: str) -> Message:
        """A message that is there."""
        found = channel.messages.get(ts)
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found

    def root(self, channel: Channel, thread_ts: str) -> Message:
        """The first message of a thread; a reply's timestamp leads to the thread it is in."""
        found = channel.messages.get(thread_ts)
        if found is None:
            raise Refused("thread_not_found")
        return channel.messages[found.thread]

    def stream(self, message: Message) -> Stream:
        """A message's stream, while it can be added to."""
        stream = self.refresh(message).stream
        if stream is None or stream.state is not StreamState.OPEN:
            raise Refused("message_not_in_streaming_state")
        return stream

    def refresh(self, message: Message) -> Message:
        """The message, its stream ended where its time is over."""
        stream = message.stream
        if stream and stream.state is StreamState.OPEN and self.clock.now() >= stream.started_at + STREAM_SECONDS:
            stream.state = StreamState.EXPIRED
        return message

    def status(self, channel: str, thread_ts: str) -> str:
        """The status that is shown in a thread now; empty where there is none."""
        for status in reversed(self.statuses):
            if (status.channel, status.thread_ts) == (channel, thread_ts):
                return status.text if self.clock.now() < status.set_at + STATUS_SECONDS else ""
        return ""

    # Changing

    def touch(self) -> None:
        """Tell those who wait that something has changed."""
        self.on_touch()

    def post(self, message: Message) -> Message:
        """Put a message into its channel; a bot's reply ends the thread's status."""
        channel = self.channels[message.channel]
        message.blocks = stored_blocks(message.blocks)
        if message.ephemeral_to is not None:
            channel.ephemerals.append(message)
            self.touch()
            return message
        channel.messages[message.ts] = message
        if message.is_reply:
            root = channel.messages[message.thread]
            root.thread_ts = root.ts
        if message.bot_id == self.app.bot_id and self.status(channel.id, message.thread):
            self.set_status(channel.id, message.thread, text="")
        self._announce(Change(ChangeKind.POSTED, message))
        return message

    def change(
        self, message: Message, *, text: str | None, blocks: Iterable[JsonObject] | None, edited_by: str | None
    ) -> None:
        """Replace what a message says; None leaves text or blocks as they are."""
        before = message.api(self.app.team_id)
        message.versions.append(Version(message.text, tuple(deepcopy(message.blocks))))
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = stored_blocks(blocks)
        if edited_by is not None:
            message.edited = {"user": edited_by, "ts": self.new_ts()}
        self._announce(Change(ChangeKind.CHANGED, message, before))

    def delete(self, message: Message) -> None:
        """Take a message away."""
        before = message.api(self.app.team_id)
        message.deleted = True
        self._announce(Change(ChangeKind.DELETED, message, before))

    def set_status(self, channel: str, thread_ts: str, *, text: str, loading_messages: Iterable[str] = ()) -> None:
        """Show a status in a thread; an empty one takes it away."""
        self.statuses.append(
            Status(
                channel=channel,
                thread_ts=thread_ts,
                text=text,
                loading_messages=tuple(loading_messages),
                set_at=self.clock.now(),
            )
        )
        self.touch()

    def store_file(self, *, name: str, content: bytes, user: str, mimetype: str) -> StoredFile:
        """Keep an uploaded file."""
        stored = StoredFile(id=self.new_id("F"), name=name, content=content, user=user, mimetype=mimetype)
        self.files[stored.id] = stored
        return stored

    def file_api(self, stored: StoredFile) -> JsonObject:
        """A file as files.info and events show it."""
        location = f"{self.origin}/files-pri/{self.app.team_id}-{stored.id}"
        extension = stored.name.rpartition(".")[2].lower()
        return {
            "id": stored.id,
            "name": stored.name,
            "title": stored.name,
            "mimetype": stored.mimetype,
            "filetype": extension,
            "user": stored.user,
            "user_team": self.app.team_id,
            "size": len(stored.content),
            "mode": "hosted",
            "is_external": False,
            "created": int(self.clock.now()),
            "url_private": f"{location}/{stored.name}",
            "url_private_download": f"{location}/download/{stored.name}",
        }

    def _announce(self, change: Change) -> None:
        for watcher in self.watchers:
            watcher(change)
        self.touch()
