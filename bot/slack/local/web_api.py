"""The Web API's front door: arguments in any encoding, tokens, scopes, faults, and the methods behind it."""

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from aiohttp import web

from . import chat_methods, other_methods
from .faults import ApiCall, Faults, retry_after, send_answer
from .wire import Arguments, JsonObject, Refusal, Refused
from .workspace import Workspace


class TokenKind(StrEnum):
    """Which kind of token a method wants."""

    BOT = "bot"
    APP = "app"
    NONE = "none"


Handler: TypeAlias = Callable[[Workspace, Arguments], JsonObject]


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what carries it out, and what a caller needs for it."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    """One of these is enough."""
    token: TokenKind = TokenKind.BOT


_CHAT = ("chat:write",)
_ASSISTANT = ("assistant:write", "chat:write")
_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")

METHODS: Mapping[str, Method] = {
    "auth.test": Method(other_methods.auth_test),
    "apps.connections.open": Method(other_methods.connections_open, ("connections:write",), TokenKind.APP),
    "oauth.v2.access": Method(other_methods.oauth_access, token=TokenKind.NONE),
    "chat.postMessage": Method(chat_methods.post_message, _CHAT),
    "chat.postEphemeral": Method(chat_methods.post_ephemeral, _CHAT),
    "chat.update": Method(chat_methods.update, _CHAT),
    "chat.delete": Method(chat_methods.delete, _CHAT),
    "chat.getPermalink": Method(chat_methods.permalink),
    "chat.startStream": Method(chat_methods.start_stream, _CHAT),
    "chat.appendStream": Method(chat_methods.append_stream, _CHAT),
    "chat.stopStream": Method(chat_methods.stop_stream, _CHAT),
    "assistant.threads.setStatus": Method(other_methods.set_status, _ASSISTANT),
    "assistant.threads.setSuggestedPrompts": Method(other_methods.set_prompts, ("assistant:write",)),
    "assistant.threads.setTitle": Method(other_methods.set_title, ("assistant:write",)),
    "reactions.add": Method(other_methods.add_reaction, ("reactions:write",)),
    "reactions.remove": Method(other_methods.remove_reaction, ("reactions:write",)),
    "conversations.info": Method(other_methods.conversation_info, _READ),
    "conversations.open": Method(other_methods.open_conversation, ("im:write",)),
    "conversations.history": Method(other_methods.history, _HISTORY),
    "conversations.replies": Method(other_methods.replies, _HISTORY),
    "conversations.members": Method(other_methods.members, _READ),
    "users.info": Method(other_methods.user_info, ("users:read",)),
    "bots.info": Method(other_methods.bot_info, ("users:read",)),
    "team.info": Method(other_methods.team_info, ("team:read",)),
    "files.info": Method(other_methods.file_info, ("files:read",)),
    "views.open": Method(other_methods.open_view),
    "views.update": Method(other_methods.update_view),
    "views.publish": Method(other_methods.publish_view),
}
SCOPES = frozenset(scope for method in METHODS.values() for scope in method.scopes) - {"connections:write"} | {
    "app_mentions:read",
    "commands",
}
"""Every scope of a bot token that anything here asks for."""


class WebApi:
    """Answers calls of the Web API."""

    def __init__(self, workspace: Workspace, *, faults: Faults, scopes: frozenset[str]) -> None:
        self.workspace = workspace
        self.faults = faults
        self.scopes = scopes
        self.app_scopes = frozenset({"connections:write"})
        self.dead_tokens: dict[str, str] = {}
        self.calls: list[ApiCall] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        method = request.match_info["method"]
        at = time.monotonic()
        values: JsonObject = {}
        headers: dict[str, str] = {}
        fault = None
        status = 200
        try:
            values = await read_arguments(request)
            fault = self.faults.take(method, values)
            if fault and fault.is_refused:
                status, body, headers = fault.answer()
            else:
                status, body, headers = self._call(method, values, bearer(request))
        except Refused as refused:
            body = refused.body()
        lost = fault is not None and fault.lost_reply
        shown = {key: value for key, value in values.items() if key != "token"}
        self.calls.append(
            ApiCall(
                method=method, arguments=shown, verb=request.method, at=at, status=None if lost else status, answer=body
            )
        )
        self.workspace.touch()
        answer = web.json_response(body, status=status, headers={**self._scope_headers(method), **headers})
        return await send_answer(request, answer, fault)

    def _call(self, name: str, values: JsonObject, token: str | None) -> tuple[int, JsonObject, dict[str, str]]:
        method = METHODS.get(name)
        if method is None:
            return 200, Refusal("unknown_method").body() | {"req_method": name}, {}
        self._admit(method, token or Arguments(values).text("token"))
        channel = str(values.get("channel") or values.get("channel_id") or "")
        wait = self.faults.wait(name, channel=channel, now=self.workspace.clock.now())
        if wait > 0:
            return 429, Refusal("ratelimited").body(), retry_after(wait)
        return 200, {"ok": True, **method.handler(self.workspace, Arguments(values))}, {}

    def _admit(self, method: Method, token: str | None) -> None:
        if method.token is TokenKind.NONE:
            return
        if token is None:
            raise Refused("not_authed")
        app = self.workspace.app
        if token in self.dead_tokens:
            raise Refused(self.dead_tokens[token])
        if token not in (app.bot_token, app.app_token):
            raise Refused("invalid_auth")
        if (token == app.app_token) is not (method.token is TokenKind.APP):
            raise Refused("not_allowed_token_type")
        held = self.app_scopes if method.token is TokenKind.APP else self.scopes
        if method.scopes and not held.intersection(method.scopes):
            raise Refused("missing_scope", needed=method.scopes[0], provided=",".join(sorted(held)))

    def _scope_headers(self, name: str) -> dict[str, str]:
        method = METHODS.get(name)
        if method is None or method.token is TokenKind.NONE:
            return {}
        held = self.app_scopes if method.token is TokenKind.APP else self.scopes
        return {"X-OAuth-Scopes": ",".join(sorted(held)), "X-Accepted-OAuth-Scopes": ",".join(method.scopes)}


def bearer(request: web.Request) -> str | None:
    """The token of the Authorization header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def read_arguments(request: web.Request) -> JsonObject:
    """The arguments of a request, from its query, its form or its JSON; the body wins."""
    values: JsonObject = dict(request.query)
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(credentials).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refused("invalid_auth") from None
        values |= {"client_id": name, "client_secret": secret}
    if request.method != "POST" or not request.can_read_body:
        return values
    if request.content_type == "application/json":
        try:
            sent = json.loads(await request.read())
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refused("json_not_object")
        return values | sent
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return values | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    raise Refused("invalid_post_type")
