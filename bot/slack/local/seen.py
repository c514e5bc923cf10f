"""What one person sees of the workspace, as the page draws it."""

from collections.abc import Mapping

from .state import Channel, ChannelKind, Message, StreamState
from .wire import JsonObject
from .workspace import Workspace

MESSAGES_MOST = 300
"""The newest of a conversation; a preview that ran for days would else send all of them with every change."""


def seen(workspace: Workspace, *, person: str, is_connected: bool, shortcuts: Mapping[str, str]) -> JsonObject:
    """Everything on the screen of a person."""
    app = workspace.app
    direct = workspace.direct(person)
    rooms = [room for room in workspace.channels.values() if person in room.members and room is not direct]
    home = workspace.homes.get(person)
    return {
        "team": f"{app.team_name} workspace",
        "app": workspace.users[app.bot_user].name.title(),
        "connected": is_connected,
        "people": [{"id": user.id, "name": user.name.title()} for user in workspace.users.values() if not user.is_bot],
        "names": _names(workspace),
        "channels": [_room(workspace, room, person=person) for room in (*rooms, direct)],
        "statuses": {
            f"{status.channel}/{status.thread_ts}": shown
            for status in workspace.statuses
            if (shown := workspace.status(status.channel, status.thread_ts))
        },
        "prompts": workspace.prompts.get(direct.id, []),
        "home": None if home is None else {"blocks": home.body["blocks"]},
        "modals": [
            {"id": view.id, "hash": view.hash, **view.body}
            for view in workspace.views.values()
            if view.is_open and view.user == person
        ],
        "shortcuts": dict(shortcuts),
    }


def _names(workspace: Workspace) -> JsonObject:
    users = {user.id: user.name.title() for user in workspace.users.values()}
    return users | {room.id: room.name for room in workspace.channels.values() if room.kind is not ChannelKind.DIRECT}


def _room(workspace: Workspace, room: Channel, *, person: str) -> JsonObject:
    is_direct = room.kind is ChannelKind.DIRECT
    alone = [message for message in room.ephemerals if message.ephemeral_to == person and not message.deleted]
    messages = sorted([*room.present(), *alone], key=lambda message: [int(part) for part in message.ts.split(".")])
    return {
        "id": room.id,
        "name": workspace.users[workspace.app.bot_user].name.title() if is_direct else room.name,
        "direct": is_direct,
        "messages": [_message(workspace, message) for message in messages[-MESSAGES_MOST:]],
    }


def _message(workspace: Workspace, message: Message) -> JsonObject:
    stream = workspace.refresh(message).stream
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "bot": message.bot_id is not None,
        "text": message.text,
        "blocks": message.blocks,
        "files": [{"name": each["name"], "size": each["size"]} for each in message.files],
        "reactions": {name: len(users) for name, users in message.reactions.items()},
        "edited": message.edited is not None,
        "alone": message.ephemeral_to is not None,
        "broadcast": message.subtype == "thread_broadcast",
        "streaming": stream is not None and stream.state is StreamState.OPEN,
    }
