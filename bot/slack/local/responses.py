"""What an app says outside the Web API: to a response_url, and with an acknowledgement."""

import time

from aiohttp import web

from .faults import RESPONSE_URL, ApiCall, Faults, send_answer
from .rules import message_refusal, view_refusal
from .state import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Message, ResponseUrl, View, stored_blocks
from .web_api import read_arguments
from .wire import Arguments, JsonObject, Refused, refuse
from .workspace import Workspace


class ResponseUrls:
    """Answers posts to response_urls, and records them among the calls."""

    def __init__(self, workspace: Workspace, *, faults: Faults, calls: list[ApiCall]) -> None:
        self.workspace = workspace
        self._faults = faults
        self._calls = calls

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one post."""
        at = time.monotonic()
        values: JsonObject = {}
        headers: dict[str, str] = {}
        fault = None
        status, body = 200, {"ok": True}
        try:
            values = await read_arguments(request)
            fault = self._faults.take(RESPONSE_URL, values)
            if fault and fault.is_refused:
                status, body, headers = fault.answer()
            else:
                self._use(request.match_info["key"], values)
        except Refused as refused:
            status = 404 if refused.refusal.error in ("expired_url", "used_url") else 400
            body = refused.body()
        lost = fault is not None and fault.lost_reply
        self._calls.append(
            ApiCall(
                method=RESPONSE_URL, arguments=values, verb="POST", at=at, status=None if lost else status, answer=body
            )
        )
        self.workspace.touch()
        return await send_answer(request, web.json_response(body, status=status, headers=headers), fault)

    def _use(self, key: str, values: JsonObject) -> None:
        target = self.workspace.response_urls.get(key)
        if target is None or self.workspace.clock.now() > target.issued_at + RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if target.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        respond(self.workspace, target, values)
        target.uses += 1


def respond(workspace: Workspace, target: ResponseUrl, values: JsonObject) -> None:
    """Carry out what an app posts to a response_url."""
    arguments = Arguments(values)
    if arguments.flag("delete_original"):
        if target.message is None or target.message.deleted:
            raise Refused("message_not_found")
        workspace.delete(target.message)
        return
    blocks = arguments.structure("blocks", malformed="invalid_blocks_format")
    text = arguments.text("text")
    refuse(message_refusal(text=text, blocks=blocks, attachments=arguments.structure("attachments")))
    if arguments.flag("replace_original") and target.message is not None:
        if target.message.deleted:
            raise Refused("message_not_found")
        workspace.change(target.message, text=text or "", blocks=blocks or [], edited_by=None)
        return
    in_channel = arguments.text("response_type") == "in_channel"
    workspace.post(
        Message(
            channel=target.channel,
            ts=workspace.new_ts(),
            user=workspace.app.bot_user,
            bot_id=workspace.app.bot_id,
            text=text or "",
            blocks=list(blocks or []),
            thread_ts=arguments.text("thread_ts") or target.thread_ts,
            ephemeral_to=None if in_channel else target.user,
            unfurl_links="unfurl_links" not in values or arguments.flag("unfurl_links"),
            unfurl_media="unfurl_media" not in values or arguments.flag("unfurl_media"),
        )
    )


def acknowledged_command(workspace: Workspace, *, channel: str, user: str, said: JsonObject | None) -> None:
    """Show what an app says with the acknowledgement of a command: to the asker, unless it says otherwise."""
    if said and (said.get("text") or said.get("blocks")):
        respond(workspace, ResponseUrl(channel=channel, user=user, issued_at=workspace.clock.now()), said)


def acknowledged_submission(workspace: Workspace, view: View, *, said: JsonObject | None) -> None:
    """Carry out what an app says with the acknowledgement of a submitted view: by default it closes."""
    action = (said or {}).get("response_action")
    view.errors = {}
    if said and action == "errors":
        view.errors = {str(block): str(error) for block, error in said["errors"].items()}
    elif said and action in ("update", "push"):
        refuse(view_refusal(said.get("view"), home=False))
        view.body = {**said["view"], "blocks": stored_blocks(said["view"]["blocks"])}
    else:
        view.is_open = False
    workspace.touch()
