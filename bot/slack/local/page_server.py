"""The page in the browser: its files, the stream of what a person sees, and what that person does there."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

from .delivery import Delivery
from .loopback import is_same_origin
from .people import People
from .seen import seen
from .state import Channel, ChannelKind, Message, User, View
from .wire import Arguments, JsonObject, Refused

FOLDER = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SHORTCUTS: Mapping[str, str] = {"diagnose_message": "Diagnose this message"}
"""The app's message shortcuts, by callback_id, with their names in its manifest."""
GATHER_SECONDS = 0.05
"""Changes that follow each other this closely reach the page together."""
KEEPALIVE_SECONDS = 10.0
"""After so long without a change the page is told all the same: a status or a socket may have ended by itself."""
TEXT_LONGEST = 40_000
_MENTION = re.compile(r"(?<![\w.@#/-])([@#])([\w-]+)(?![\w@-]|\.\w)")


class PageServer:
    """Serves the page; the people it lets one be are those of the workspace."""

    def __init__(
        self,
        people: People,
        *,
        changed: Callable[[int], Awaitable[int]],
        is_connected: Callable[[], bool],
        shortcuts: Mapping[str, str] = SHORTCUTS,
        command: str = "/padlock",
    ) -> None:
        self._people = people
        self._workspace = people.workspace
        self._changed = changed
        self._is_connected = is_connected
        self._shortcuts = shortcuts
        self._command = command
        self._deeds: Mapping[str, Callable[[User, Arguments], Awaitable[JsonObject]]] = {
            "say": self._say,
            "press": self._press,
            "shortcut": self._shortcut,
            "open": self._open,
            "close": self._close,
        }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Put the page's addresses into the stand-in's."""
        router.add_get("/", self._file)
        router.add_get("/favicon.ico", self._no_icon)
        router.add_get("/page/stream", self._stream)
        router.add_get("/page/{name}", self._file)
        router.add_post("/page/act", self._act)
        router.add_post("/page/file", self._take_file)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "index.html")
        path = FOLDER / name
        if path.parent != FOLDER or path.suffix not in KINDS or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=KINDS[path.suffix], charset="utf-8", headers=HEADERS)

    async def _no_icon(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=204, headers=HEADERS)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a page what its person sees, now and after every change."""
        person = self._person(request.query.get("user", ""))
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        revision, last = 0, ""
        while True:
            state = json.dumps(
                seen(
                    self._workspace,
                    person=person.id,
                    is_connected=self._is_connected(),
                    shortcuts=self._shortcuts,
                )
            )
            try:
                await response.write(f"data: {state}\n\n".encode() if state != last else b": nothing new\n\n")
                last = state
                async with asyncio.timeout(KEEPALIVE_SECONDS):
                    revision = await self._changed(revision)
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                continue
            except ConnectionError:
                return response

    async def _act(self, request: web.Request) -> web.StreamResponse:
        """Carry out one deed of a person."""
        _from_the_page(request)
        try:
            given = await request.json()
            if not isinstance(given, dict):
                raise ValueError
            arguments = Arguments(given)
            deed = self._deeds[arguments.required("do")]
        except (ValueError, KeyError, Refused):
            raise web.HTTPBadRequest(text="no such deed") from None
        person = self._person(arguments.text("user") or "")
        try:
            said = await deed(person, arguments)
        except (Refused, LookupError, StopIteration) as error:
            words = error.refusal.error if isinstance(error, Refused) else "That is no longer there."
            said = {"error": words}
        return web.json_response(said, headers=HEADERS)

    async def _take_file(self, request: web.Request) -> web.StreamResponse:
        _from_the_page(request)
        person = self._person(request.query.get("user", ""))
        name = Path(request.query.get("name", "")).name or "file"
        kind = request.query.get("type", "")
        if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
            kind = "application/octet-stream"
        stored = self._people.upload_file(person.id, name, await request.read(), mimetype=kind)
        return web.json_response({"id": stored.id}, headers=HEADERS)

    # What people do

    async def _say(self, person: User, arguments: Arguments) -> JsonObject:
        channel = self._channel(person, arguments)
        text, thread = arguments.text("text") or "", arguments.text("thread_ts")
        if len(text) > TEXT_LONGEST:
            return {"error": "This is too long for one message."}
        if text.startswith("/"):
            return await self._send_command(person, channel, text, in_thread=thread is not None)
        files = [self._workspace.files[name] for name in arguments.structure("files") or ()]
        if any(file.user != person.id for file in files):
            raise LookupError
        message = self._people.message(channel.id, person.id, self._with_ids(text), thread_ts=thread, files=files)
        return {"ts": message.ts}

    async def _send_command(self, person: User, channel: Channel, text: str, *, in_thread: bool) -> JsonObject:
        command, _, rest = text.partition(" ")
        if command != self._command:
            return {"error": f"{command[:40]} is not a command here; {self._command} is."}
        if in_thread:
            return {"error": f"{command} is not supported in threads."}
        return await _outcome(self._people.command(person.id, channel.id, rest, command=command), name=command)

    async def _press(self, person: User, arguments: Arguments) -> JsonObject:
        view = arguments.text("view")
        target: Message | View
        if view == "home":
            target = self._workspace.homes[person.id]
        elif view is not None:
            target = self._view(person, view)
        else:
            target = self._message(person, arguments)
        delivery = self._people.press(
            target,
            arguments.required("action_id"),
            person.id,
            choice=arguments.text("choice"),
            block_id=arguments.text("block_id"),
        )
        return await _outcome(delivery, name="The app")

    async def _shortcut(self, person: User, arguments: Arguments) -> JsonObject:
        callback = arguments.required("callback_id")
        if callback not in self._shortcuts:
            raise LookupError
        message = self._message(person, arguments)
        return await _outcome(self._people.shortcut(callback, person.id, message=message), name="The app")

    async def _open(self, person: User, arguments: Arguments) -> JsonObject:
        self._people.open_home(person.id, tab="home" if arguments.text("tab") == "home" else "messages")
        return {}

    async def _close(self, person: User, arguments: Arguments) -> JsonObject:
        self._view(person, arguments.required("view")).is_open = False
        self._workspace.touch()
        return {}

    # What they name

    def _person(self, identifier: str) -> User:
        person = self._workspace.users.get(identifier)
        if person is None or person.is_bot:
            raise web.HTTPNotFound(text="there is no such person")
        return person

    def _channel(self, person: User, arguments: Arguments) -> Channel:
        channel = self._workspace.channel(arguments.required("channel"))
        if person.id not in channel.members:
            raise Refused("channel_not_found")
        return channel

    def _message(self, person: User, arguments: Arguments) -> Message:
        channel, ts = self._channel(person, arguments), arguments.required("ts")
        for message in channel.ephemerals:
            if message.ts == ts and message.ephemeral_to == person.id and not message.deleted:
                return message
        return self._workspace.message(channel, ts)

    def _view(self, person: User, identifier: str) -> View:
        view = self._workspace.views[identifier]
        if view.user != person.id or not view.is_open:
            raise LookupError
        return view

    def _with_ids(self, text: str) -> str:
        """What was typed, with the names after @ and # as ids."""
        people = {user.name: user.id for user in self._workspace.users.values()}
        rooms = {
            room.name: room.id for room in self._workspace.channels.values() if room.kind is not ChannelKind.DIRECT
        }

        def named(found: re.Match[str]) -> str:
            sign, name = found.groups()
            identifier = (people if sign == "@" else rooms).get(name.lower())
            if identifier is None and sign == "@" and name in ("here", "channel", "everyone"):
                return f"<!{name}>"
            return f"<{sign}{identifier}>" if identifier else found[0]

        return _MENTION.sub(named, text)


async def _outcome(delivery: Delivery, *, name: str) -> JsonObject:
    """Wait for the acknowledgement; without one Slack tells the person that it failed."""
    await delivery.settled.wait()
    return {} if delivery.is_acknowledged else {"error": f"{name} did not respond in time."}


def _from_the_page(request: web.Request) -> None:
    """Take deeds from the page alone: a browser says with every POST which page it comes from."""
    if not is_same_origin(request):
        raise web.HTTPForbidden(text="This is for the page alone.")
