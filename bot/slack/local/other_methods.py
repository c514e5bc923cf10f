"""The Web API's methods beside chat.*: who is who, conversations, reactions, statuses, views, files, installation."""

import re
import secrets

from .rules import prompts_refusal, status_refusal, view_refusal
from .state import Channel, Message, View, stored_blocks
from .wire import Arguments, JsonObject, Refused, refuse
from .workspace import Workspace

PAGE = 100
STATUS_LONGEST = 3000


def auth_test(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """auth.test."""
    app = workspace.app
    return {
        "url": f"https://{app.domain}.slack.com/",
        "team": app.team_name,
        "user": app.bot_name,
        "team_id": app.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """apps.connections.open."""
    ticket = secrets.token_hex(12)
    workspace.tickets.add(ticket)
    origin = workspace.origin.replace("http", "ws", 1)
    return {"url": f"{origin}/link/?ticket={ticket}&app_id={workspace.app.app_id}"}


def oauth_access(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """oauth.v2.access."""
    app = workspace.app
    if arguments.text("client_id") != app.client_id:
        raise Refused("invalid_client_id")
    if arguments.text("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    code = arguments.text("code")
    if code not in workspace.oauth_codes:
        raise Refused("invalid_code")
    workspace.oauth_codes.remove(code)
    return {
        "access_token": app.bot_token,
        "token_type": "bot",
        "bot_user_id": app.bot_user,
        "app_id": app.app_id,
        "team": {"id": app.team_id, "name": app.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(workspace.users))},
    }


def set_status(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setStatus."""
    channel, root = _thread(workspace, arguments)
    status = arguments.values.get("status")
    if not isinstance(status, str) or len(status) > STATUS_LONGEST:
        raise Refused("invalid_arguments", problems=["missing required field: status"])
    loading = arguments.structure("loading_messages")
    refuse(status_refusal(loading))
    workspace.set_status(channel.id, root.ts, text=status, loading_messages=loading or ())
    return {}


def set_prompts(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setSuggestedPrompts, for an app with an `agent_view`."""
    channel = workspace.channel(arguments.required("channel_id"))
    prompts = arguments.structure("prompts")
    refuse(prompts_refusal(prompts))
    # A thread belongs to the older `assistant_view`; from an agent Slack takes the call and shows nothing.
    if arguments.text("thread_ts") is None:
        workspace.prompts[channel.id] = prompts
        workspace.touch()
    return {}


def set_title(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setTitle."""
    channel, root = _thread(workspace, arguments)
    workspace.titles[channel.id, root.ts] = arguments.required("title")
    workspace.touch()
    return {}


def add_reaction(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """reactions.add."""
    message, name = _reaction(workspace, arguments)
    users = message.reactions.setdefault(name, [])
    if workspace.app.bot_user in users:
        raise Refused("already_reacted")
    users.append(workspace.app.bot_user)
    workspace.touch()
    return {}


def remove_reaction(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """reactions.remove."""
    message, name = _reaction(workspace, arguments)
    if workspace.app.bot_user not in message.reactions.get(name, []):
        raise Refused("no_reaction")
    message.reactions[name].remove(workspace.app.bot_user)
    if not message.reactions[name]:
        del message.reactions[name]
    workspace.touch()
    return {}


def conversation_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.info."""
    channel = workspace.channel(arguments.required("channel"))
    shown = channel.api(viewer=workspace.app.bot_user)
    if arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def open_conversation(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.open, for one person."""
    if arguments.text("channel"):
        channel = workspace.channel(arguments.required("channel"))
    else:
        users = arguments.required("users").split(",")
        if len(users) > 1:
            raise Refused("invalid_arguments", problems=["only direct conversations are known here: users"])
        channel = workspace.direct(users[0])
    shown = channel.api(viewer=workspace.app.bot_user) if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


def history(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.history."""
    channel = _readable(workspace, arguments)
    shown = [message for message in channel.present() if not message.is_reply or message.subtype == "thread_broadcast"]
    return _page(workspace, _within(shown, arguments)[::-1], arguments)


def replies(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.replies."""
    channel = _readable(workspace, arguments)
    root = workspace.root(channel, arguments.required("ts"))
    if root.deleted:
        raise Refused("thread_not_found")
    return _page(workspace, [root, *_within(channel.in_thread(root.ts)[1:], arguments)], arguments)


def members(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.members."""
    channel = workspace.channel(arguments.required("channel"))
    start, limit = _cursor(arguments)
    return {"members": channel.members[start : start + limit], **_next(start + limit, len(channel.members))}


def user_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """users.info."""
    user = workspace.users.get(arguments.required("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user.api(workspace.app.team_id)}


def bot_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """bots.info."""
    app = workspace.app
    if (arguments.text("bot") or app.bot_id) != app.bot_id:
        raise Refused("bot_not_found")
    bot = {"id": app.bot_id, "deleted": False, "name": app.bot_name, "app_id": app.app_id, "user_id": app.bot_user}
    return {"bot": bot}


def team_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """team.info."""
    app = workspace.app
    return {"team": {"id": app.team_id, "name": app.team_name, "domain": app.domain}}


def file_info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """files.info."""
    stored = workspace.files.get(arguments.required("file"))
    if stored is None:
        raise Refused("file_not_found")
    return {"file": workspace.file_api(stored)}


def open_view(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.open."""
    trigger = workspace.triggers.get(arguments.required("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.is_used:
        raise Refused("exchanged_trigger_id")
    if workspace.clock.now() > trigger.expires_at:
        raise Refused("expired_trigger_id")
    body = _view(arguments, home=False)
    trigger.is_used = True
    view = View(id=workspace.new_id("V"), user=trigger.user, body=body, hash=secrets.token_hex(6))
    workspace.views[view.id] = view
    workspace.touch()
    return {"view": view_api(workspace, view)}


def update_view(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.update."""
    external = arguments.text("external_id")
    wanted = arguments.text("view_id")
    found = [
        view
        for view in workspace.views.values()
        if view.is_open and (view.id == wanted or (external and view.body.get("external_id") == external))
    ]
    if not found:
        raise Refused("not_found")
    view = found[0]
    if arguments.text("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    body = _view(arguments, home=False)
    view.body, view.hash = body, secrets.token_hex(6)
    workspace.touch()
    return {"view": view_api(workspace, view)}


def publish_view(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.publish."""
    user = arguments.required("user_id")
    if user not in workspace.users:
        raise Refused("user_not_found")
    known = workspace.homes.get(user)
    if arguments.text("hash") not in (None, known.hash if known else None):
        raise Refused("hash_conflict")
    body = _view(arguments, home=True)
    view = View(id=known.id if known else workspace.new_id("V"), user=user, body=body, hash=secrets.token_hex(6))
    workspace.homes[user] = view
    workspace.touch()
    return {"view": view_api(workspace, view)}


def view_api(workspace: Workspace, view: View) -> JsonObject:
    """A view as Slack shows it."""
    app = workspace.app
    own = {"id": view.id, "team_id": app.team_id, "app_id": app.app_id, "bot_id": app.bot_id, "hash": view.hash}
    empty = {"callback_id": "", "private_metadata": "", "external_id": "", "state": {"values": {}}}
    return {**empty, **view.body, **own, "root_view_id": view.id, "previous_view_id": None}


def _view(arguments: Arguments, *, home: bool) -> JsonObject:
    body: JsonObject = arguments.structure("view")
    refuse(view_refusal(body, home=home))
    return {**body, "blocks": stored_blocks(body["blocks"])}


def _thread(workspace: Workspace, arguments: Arguments) -> tuple[Channel, Message]:
    channel = workspace.channel(arguments.required("channel_id"))
    if workspace.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel, workspace.root(channel, arguments.required("thread_ts"))


def _reaction(workspace: Workspace, arguments: Arguments) -> tuple[Message, str]:
    channel = workspace.channel(arguments.required("channel"))
    name = arguments.required("name")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refused("invalid_name")
    if workspace.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return workspace.message(channel, arguments.required("timestamp")), name


def _readable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = workspace.channel(arguments.required("channel"))
    if workspace.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _within(messages: list[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = _moment(arguments, "oldest", "0"), _moment(arguments, "latest", "inf")
    if arguments.flag("inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _moment(arguments: Arguments, name: str, default: str) -> float:
    try:
        return float(arguments.text(name) or default)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _page(workspace: Workspace, messages: list[Message], arguments: Arguments) -> JsonObject:
    start, limit = _cursor(arguments)
    shown = [message.api(workspace.app.team_id) for message in messages[start : start + limit]]
    if not arguments.flag("include_all_metadata"):
        for message in shown:
            message.pop("metadata", None)
    following = _next(start + limit, len(messages))
    return {"messages": shown, "has_more": bool(following), **following}


def _cursor(arguments: Arguments) -> tuple[int, int]:
    start = arguments.text("cursor") or "0"
    if not start.isdigit():
        raise Refused("invalid_cursor")
    return int(start), max(1, arguments.number("limit", default=PAGE))


def _next(position: int, total: int) -> JsonObject:
    return {"response_metadata": {"next_cursor": str(position)}} if position < total else {}
