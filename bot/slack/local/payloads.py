"""What Slack sends to an app: events, commands and interactions, in the form they have there."""

import secrets
import time

from .other_methods import view_api
from .state import Channel, Message, View
from .wire import JsonObject
from .workspace import Workspace


def event_callback(workspace: Workspace, event: JsonObject, *, channel: Channel | None = None) -> JsonObject:
    """An event in its outer envelope."""
    app = workspace.app
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "context_team_id": app.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": app.team_id,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{secrets.token_hex(12)}",
    }


def message_event(workspace: Workspace, channel: Channel, message: Message) -> JsonObject:
    """A message event for a message that was posted."""
    event = message.api(workspace.app.team_id)
    if message.is_reply:
        root = channel.messages[message.thread]
        event["parent_user_id"] = root.user
        if message.subtype == "thread_broadcast":
            event["root"] = root.api(workspace.app.team_id)
    event.pop("reactions", None)
    return {**event, "channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind.value}


def mention_event(workspace: Workspace, channel: Channel, message: Message) -> JsonObject:
    """An app_mention event for a message that names the bot."""
    event = message.api(workspace.app.team_id)
    event.pop("reactions", None)
    # An app_mention has no subtype of its own, not even where files came with the message.
    event.pop("subtype", None)
    return {**event, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}


def changed_event(workspace: Workspace, channel: Channel, message: Message, before: JsonObject) -> JsonObject:
    """A message_changed event."""
    ts = workspace.new_ts()
    shown = message.api(workspace.app.team_id)
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": shown,
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind.value,
    }


def deleted_event(workspace: Workspace, channel: Channel, message: Message, before: JsonObject) -> JsonObject:
    """A message_deleted event."""
    ts = workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind.value,
    }


def home_opened_event(workspace: Workspace, channel: Channel, *, user: str, tab: str) -> JsonObject:
    """An app_home_opened event."""
    event: JsonObject = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": tab,
        "event_ts": workspace.new_ts(),
    }
    if tab == "home" and user in workspace.homes:
        event["view"] = view_api(workspace, workspace.homes[user])
    return event


def slash_command(
    workspace: Workspace, channel: Channel, *, user: str, command: str, text: str, trigger_id: str, response_url: str
) -> JsonObject:
    """A slash command; over HTTP it goes as a form."""
    app = workspace.app
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "team_domain": app.domain,
        "channel_id": channel.id,
        "channel_name": channel.name or "directmessage",
        "user_id": user,
        "user_name": workspace.users[user].name,
        "command": command,
        "text": text,
        "api_app_id": app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(workspace: Workspace, kind: str, *, user: str, trigger_id: str) -> JsonObject:
    """What all interactions have in common."""
    app = workspace.app
    who = workspace.users[user]
    return {
        "type": kind,
        "user": {"id": user, "username": who.name, "name": who.name, "team_id": app.team_id},
        "api_app_id": app.app_id,
        "token": app.verification_token,
        "trigger_id": trigger_id,
        "team": {"id": app.team_id, "domain": app.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(workspace: Workspace, channel: Channel, message: Message, *, response_url: str) -> JsonObject:
    """What an interaction with a message says about where it happened."""
    is_ephemeral = message.ephemeral_to is not None
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    where: JsonObject = {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "response_url": response_url,
        "state": {"values": {}},
    }
    # The app never gets to see an ephemeral message again.
    return where if is_ephemeral else {**where, "message": message.api(workspace.app.team_id)}


def in_view(workspace: Workspace, view: View) -> JsonObject:
    """What an interaction with a view says about where it happened."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_api(workspace, view)}


def action(element: JsonObject, *, block_id: str, choice: str | None) -> JsonObject:
    """The action of pressing an element, or of choosing one of its options by value or text."""
    kind = element["type"]
    acted: JsonObject = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": f"{time.time():.6f}",
    }
    if kind in ("button", "icon_button", "workflow_button"):
        return acted | {key: element[key] for key in ("text", "value", "style") if key in element}
    if kind == "feedback_buttons":
        both = [element["positive_button"], element["negative_button"]]
        chosen = next(button for button in both if choice in (button["value"], button["text"]["text"]))
        return acted | {"text": chosen["text"], "value": chosen["value"]}
    groups = element.get("option_groups", ())
    options = [*element.get("options", ()), *(option for group in groups for option in group["options"])]
    if options:
        chosen = next(option for option in options if choice in (option["value"], option["text"]["text"]))
        several = kind.startswith("multi_") or kind == "checkboxes"
        return acted | ({"selected_options": [chosen]} if several else {"selected_option": chosen})
    key = {
        "users_select": "selected_user",
        "channels_select": "selected_channel",
        "conversations_select": "selected_conversation",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
    }.get(kind, "value")
    return acted | {key: choice}
