"""What people do in the workspace: write, mention, edit, command, press, open the Home tab, upload."""

import uuid
from collections.abc import Mapping, Sequence

from . import payloads
from .delivery import Delivery, Kind, Post
from .other_methods import view_api
from .responses import acknowledged_command, acknowledged_submission
from .state import Change, ChangeKind, Channel, ChannelKind, Message, StoredFile, User, View, interactive_elements
from .typed_text import as_typed
from .wire import JsonObject, Refused
from .workspace import Workspace

GENERAL = "C0GENERAL"
ALICE = "U0ALICE"
BOB = "U0BOB"

SUBSCRIPTIONS = frozenset(
    {
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
        "app_home_opened",
        "tokens_revoked",
        "app_uninstalled",
    }
)
"""The events an app can ask for here. With app_mention and message.channels a mention arrives twice, as at Slack."""


class People:
    """The acts of people, each of which leads to the events and payloads that it leads to at Slack.

    A mention in a channel, for one, is an app_mention and, where the app has asked for them, a message event.
    What the app itself posts comes back to it as message events too.
    """

    def __init__(self, workspace: Workspace, *, post: Post, subscriptions: frozenset[str]) -> None:
        self.workspace = workspace
        self.post = post
        self.subscriptions = subscriptions
        workspace.watchers.append(self._tell_app)

    # People and places

    def add_user(self, name: str, *, is_guest: bool = False, is_bot: bool = False) -> str:
        """A new person; returns the id."""
        user = User(id=self.workspace.new_id("U"), name=name, is_guest=is_guest, is_bot=is_bot)
        self.workspace.users[user.id] = user
        return user.id

    def add_channel(
        self,
        name: str,
        *,
        members: Sequence[str] = (ALICE, BOB),
        with_bot: bool = True,
        is_private: bool = False,
        is_ext_shared: bool = False,
    ) -> str:
        """A new channel; returns the id."""
        everyone = [*members, self.workspace.app.bot_user] if with_bot else list(members)
        channel = Channel(
            id=self.workspace.new_id("C"),
            name=name,
            kind=ChannelKind.PRIVATE if is_private else ChannelKind.PUBLIC,
            members=everyone,
            is_ext_shared=is_ext_shared,
        )
        self.workspace.channels[channel.id] = channel
        return channel.id

    # Writing

    def mention(
        self, channel: str, user: str, text: str, *, thread_ts: str | None = None, files: Sequence[StoredFile] = ()
    ) -> Message:
        """Somebody mentions the bot."""
        return self.message(channel, user, f"<@{self.workspace.app.bot_user}> {text}", thread_ts=thread_ts, files=files)

    def direct_message(
        self, user: str, text: str, *, thread_ts: str | None = None, files: Sequence[StoredFile] = ()
    ) -> Message:
        """Somebody writes to the bot alone."""
        return self.message(self.workspace.direct(user).id, user, text, thread_ts=thread_ts, files=files)

    def message(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        subtype: str | None = None,
        also_to_channel: bool = False,
        files: Sequence[StoredFile] = (),
        raw: bool = False,
    ) -> Message:
        """Somebody writes; `text` is what they type, or with `raw` what Slack would have made of it.

        `also_to_channel` is the tick at a reply; `subtype` is for what Slack itself writes (`channel_join`).
        """
        typed = as_typed(text)
        if also_to_channel:
            subtype = "thread_broadcast"
        return self.workspace.post(
            Message(
                channel=self.workspace.place(channel).id,
                ts=self.workspace.new_ts(),
                user=user,
                text=text if raw else typed.text,
                blocks=[] if raw else list(typed.blocks),
                thread_ts=self._root(channel, thread_ts),
                subtype="file_share" if files and subtype is None else subtype,
                client_msg_id=None if subtype and not also_to_channel else str(uuid.uuid4()),
                files=[self.workspace.file_api(stored) for stored in files],
            )
        )

    def other_bot_message(self, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """Another app writes."""
        return self.workspace.post(
            Message(
                channel=self.workspace.place(channel).id,
                ts=self.workspace.new_ts(),
                user="U0OTHERBOT",
                bot_id="B0OTHERBOT",
                text=text,
                subtype="bot_message",
                thread_ts=self._root(channel, thread_ts),
            )
        )

    def edit(self, message: Message, text: str) -> None:
        """Somebody edits their message; an edit that mentions the bot is an app_mention once more."""
        typed = as_typed(text)
        self.workspace.change(message, text=typed.text, blocks=list(typed.blocks), edited_by=message.user)

    def unfurl(self, message: Message, url: str) -> None:
        """Slack adds a preview to a message: a change that nobody made."""
        message.attachments.append({"id": 1, "from_url": url, "title": "A preview", "fallback": "A preview"})
        self.workspace.change(message, text=None, blocks=None, edited_by=None)

    def delete(self, message: Message) -> None:
        """Somebody deletes their message."""
        self.workspace.delete(message)

    def upload_file(self, user: str, name: str, content: bytes, *, mimetype: str = "text/plain") -> StoredFile:
        """Somebody uploads a file; it is shared by giving it to a message."""
        return self.workspace.store_file(name=name, content=content, user=user, mimetype=mimetype)

    # Commands, buttons, shortcuts, views

    def command(self, user: str, channel: str, text: str, *, command: str = "/padlock") -> Delivery:
        """Somebody sends a slash command."""
        where = self.workspace.place(channel)
        payload = payloads.slash_command(
            self.workspace,
            where,
            user=user,
            command=command,
            text=text,
            trigger_id=self.workspace.new_trigger(user),
            response_url=self.workspace.new_response_url(channel=where.id, user=user, message=None, thread_ts=None),
        )
        return self._send(Kind.COMMAND, payload)

    def press(
        self,
        target: Message | View,
        action_id: str,
        user: str,
        *,
        choice: str | None = None,
        nth: int = 0,
        block_id: str | None = None,
    ) -> Delivery:
        """Somebody presses a button, or makes a choice, in a message or view as they see it.

        `choice` is the value or the words of an option or a feedback button; `nth` and `block_id` tell elements apart
        that share an action_id. What is not there cannot be pressed: LookupError.
        """
        blocks = target.body["blocks"] if isinstance(target, View) else target.blocks
        found = [
            (block["block_id"], element)
            for block in blocks
            for element in interactive_elements(block)
            if element.get("action_id") == action_id and block_id in (None, block["block_id"])
        ]
        if len(found) <= nth:
            raise LookupError(f"there is no {action_id!r} to press")
        block_id, element = found[nth]
        payload = self._interaction("block_actions", user)
        if isinstance(target, View):
            payload |= payloads.in_view(self.workspace, target)
        else:
            payload |= self._in_message(target, user)
        payload["actions"] = [payloads.action(element, block_id=block_id, choice=choice)]
        return self._send(Kind.INTERACTION, payload)

    def shortcut(self, callback_id: str, user: str, *, message: Message | None = None) -> Delivery:
        """Somebody uses a shortcut: on a message, or without one a global one."""
        payload = self._interaction("shortcut" if message is None else "message_action", user)
        payload |= {"callback_id": callback_id, "action_ts": self.workspace.new_ts()}
        if message is not None:
            where = self._in_message(message, user)
            payload |= {"message_ts": message.ts} | {key: where[key] for key in ("channel", "response_url")}
            payload["message"] = message.api(self.workspace.app.team_id)
        return self._send(Kind.INTERACTION, payload)

    def submit(self, view: View, user: str, values: Mapping[str, JsonObject]) -> Delivery:
        """Somebody submits a modal; `values` gives the state of each element by its action_id."""
        state: JsonObject = {}
        for block in view.body["blocks"]:
            for element in interactive_elements(block):
                if element["action_id"] in values:
                    state.setdefault(block["block_id"], {})[element["action_id"]] = {
                        "type": element["type"],
                        **values[element["action_id"]],
                    }
        shown = view_api(self.workspace, view) | {"state": {"values": state}}
        return self._send(Kind.INTERACTION, self._interaction("view_submission", user) | {"view": shown})

    def open_home(self, user: str, *, tab: str = "home") -> Delivery | None:
        """Somebody opens the app's Home or Messages tab."""
        channel = self.workspace.direct(user)
        return self._event(
            payloads.home_opened_event(self.workspace, channel, user=user, tab=tab), needs="app_home_opened"
        )

    def revoke_tokens(self) -> Delivery | None:
        """The app's token is revoked."""
        bot = self.workspace.app.bot_user
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}, "event_ts": self.workspace.new_ts()}
        return self._event(event, needs="tokens_revoked")

    def uninstall(self) -> Delivery | None:
        """The app is taken out of the workspace."""
        event = {"type": "app_uninstalled", "event_ts": self.workspace.new_ts()}
        return self._event(event, needs="app_uninstalled")

    def event(self, event: JsonObject, *, channel: str | None = None) -> Delivery:
        """Any event, whether or not the app has asked for it."""
        where = None if channel is None else self.workspace.place(channel)
        return self._send(Kind.EVENT, payloads.event_callback(self.workspace, event, channel=where))

    # What the acts lead to

    def settled(self, delivery: Delivery) -> None:
        """Show what the app has said with its acknowledgement."""
        payload = delivery.payload
        try:
            if delivery.kind is Kind.COMMAND:
                acknowledged_command(
                    self.workspace, channel=payload["channel_id"], user=payload["user_id"], said=delivery.response
                )
            elif payload.get("type") == "view_submission" and delivery.is_acknowledged:
                view = self.workspace.views[payload["view"]["id"]]
                acknowledged_submission(self.workspace, view, said=delivery.response)
        except Refused as refused:
            # Slack tells the person that the app has failed, and the app nothing.
            delivery.response = refused.body()
        self.workspace.touch()

    def _tell_app(self, change: Change) -> None:
        message = change.message
        channel = self.workspace.channels[message.channel]
        app = self.workspace.app
        if message.ephemeral_to is not None or app.bot_user not in channel.members:
            return
        is_mention = f"<@{app.bot_user}>" in message.text and message.bot_id != app.bot_id
        if is_mention and channel.kind is not ChannelKind.DIRECT and _is_new(change):
            self._event(payloads.mention_event(self.workspace, channel, message), needs="app_mention", channel=channel)
        needs = {
            ChannelKind.PUBLIC: "message.channels",
            ChannelKind.PRIVATE: "message.groups",
            ChannelKind.DIRECT: "message.im",
        }[channel.kind]
        if change.kind is ChangeKind.POSTED:
            event = payloads.message_event(self.workspace, channel, message)
        elif change.kind is ChangeKind.CHANGED:
            event = payloads.changed_event(self.workspace, channel, message, change.before or {})
        else:
            event = payloads.deleted_event(self.workspace, channel, message, change.before or {})
        self._event(event, needs=needs, channel=channel)

    def _event(self, event: JsonObject, *, needs: str, channel: Channel | None = None) -> Delivery | None:
        if needs not in self.subscriptions:
            return None
        return self._send(Kind.EVENT, payloads.event_callback(self.workspace, event, channel=channel))

    def _send(self, kind: Kind, payload: JsonObject) -> Delivery:
        return self.post.deliver(kind, payload)

    def _interaction(self, kind: str, user: str) -> JsonObject:
        return payloads.interaction(self.workspace, kind, user=user, trigger_id=self.workspace.new_trigger(user))

    def _in_message(self, message: Message, user: str) -> JsonObject:
        channel = self.workspace.channels[message.channel]
        # The one in the channel, where `message` is what the person saw of it earlier.
        present = channel.messages.get(message.ts, message)
        url = self.workspace.new_response_url(
            channel=channel.id, user=user, message=present, thread_ts=message.thread_ts
        )
        return payloads.in_message(self.workspace, channel, message, response_url=url)

    def _root(self, channel: str, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        return self.workspace.root(self.workspace.place(channel), thread_ts).ts


def _is_new(change: Change) -> bool:
    if change.kind is ChangeKind.POSTED:
        return True
    # An edit by a person, and not the preview of a link.
    return change.kind is ChangeKind.CHANGED and change.message.edited != (change.before or {}).get("edited")
