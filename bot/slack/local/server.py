"""A Slack on loopback: Web API, Socket Mode, signed HTTP delivery and the people of a workspace, in one place."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from aiohttp import web

from . import reading
from .delivery import Delivery, Kind, Patience, Post
from .faults import ApiCall, Fault, Faults, Limit
from .http_delivery import HttpAnswer, HttpMode
from .loopback import loopback_only
from .page_server import PageServer
from .people import ALICE, BOB, GENERAL, SUBSCRIPTIONS, People
from .responses import ResponseUrls
from .socket_mode import DisconnectReason, Socket, SocketMode
from .state import Channel, Clock, Installation, Message, StreamState, User, View
from .web_api import SCOPES, WebApi, bearer
from .wire import JsonObject
from .workspace import Workspace

LOOPBACK = "127.0.0.1"
BODY_BYTES_MOST = 16 * 1024 * 1024
SHUTDOWN_SECONDS = 0.2
T = TypeVar("T")


class SlackServer(People):
    """A workspace with an app installed, served on loopback while the context lasts.

    `patience` is how long it waits for acknowledgements and how it tries again; `scopes` those the bot token has;
    `subscriptions` the events the app has asked for. People's acts go to the app's sockets, or to `deliver_to`.
    It listens at `host`, which has to be a loopback address, and at `port` or a free one; under / it has a page.
    """

    def __init__(
        self,
        *,
        patience: Patience | None = None,
        scopes: frozenset[str] = SCOPES,
        subscriptions: frozenset[str] = SUBSCRIPTIONS,
        app: Installation | None = None,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is not a loopback address")
        self.app = app or Installation()
        self.clock = Clock()
        workspace = Workspace(app=self.app, clock=self.clock)
        _furnish(workspace)
        self.socket_mode = SocketMode(workspace)
        post = Post(patience=patience or Patience(), over=self.socket_mode, on_settled=self.settled)
        super().__init__(workspace, post=post, subscriptions=subscriptions)
        self.faults = Faults()
        self.web_api = WebApi(workspace, faults=self.faults, scopes=scopes)
        self.response_urls = ResponseUrls(workspace, faults=self.faults, calls=self.web_api.calls)
        self.http_mode: HttpMode | None = None
        self.host = host
        self.port = port
        self.revision = 0
        self._changed = asyncio.Event()
        workspace.on_touch = self._touched
        self.page = PageServer(self, changed=self.wait_for_change, is_connected=self._is_connected)
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        routes = web.Application(client_max_size=BODY_BYTES_MOST, middlewares=[loopback_only])
        routes.router.add_route("*", "/api/{method}", self.web_api.handle)
        routes.router.add_get("/link/", self.socket_mode.handle)
        routes.router.add_post("/response/{key}", self.response_urls.handle)
        routes.router.add_get("/files-pri/{key}/download/{name}", self._download)
        routes.router.add_get("/files-pri/{key}/{name}", self._download)
        routes.router.add_get("/login", self._login)
        self.page.add_routes(routes.router)
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self._runner = web.AppRunner(routes, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.post.close()
        await self.socket_mode.drop(politely=True)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    # What the app under test is started with

    @property
    def api_url(self) -> str:
        """The base of the Web API, for SLACK_API_URL."""
        return f"{self.workspace.origin}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of an app in Socket Mode; without SLACK_APP_TOKEN they are those of HTTP mode."""
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": self.app.bot_token,
            "SLACK_APP_TOKEN": self.app.app_token,
            "SLACK_SIGNING_SECRET": self.app.signing_secret,
        }

    def deliver_to(self, url: str | None) -> None:
        """Deliver over HTTP to this address from now on; None for Socket Mode."""
        if self._session is None:
            raise RuntimeError("the stand-in is not started")
        secret = self.app.signing_secret
        self.http_mode = None if url is None else HttpMode(url, signing_secret=secret, session=self._session)
        self.post.over = self.http_mode or self.socket_mode

    async def verify_url(self, *, challenge: str = "challenge") -> HttpAnswer:
        """Ask the app's address to prove itself, as Slack does when it is entered."""
        if self.http_mode is None:
            raise RuntimeError("there is no address to verify")
        payload = {"token": self.app.verification_token, "challenge": challenge, "type": "url_verification"}
        return await self.http_mode.post(Kind.EVENT, payload)

    # What has happened

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the Web API and every post to a response_url (as `response_url`), in order."""
        return self.web_api.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was sent to the app, in order."""
        return self.post.deliveries

    @property
    def sockets(self) -> list[Socket]:
        """The app's connections."""
        return self.socket_mode.sockets

    def calls_of(self, method: str) -> list[ApiCall]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def deliveries_of(self, message: Message) -> list[Delivery]:
        """What the app was sent about the posting of a message."""
        return [
            delivery
            for delivery in self.deliveries
            if delivery.kind is Kind.EVENT and delivery.event.get("ts") == message.ts
        ]

    def channel(self, channel_id: str) -> Channel:
        """A channel; a person's id for the bot's conversation with them."""
        return self.workspace.place(channel_id)

    def replies(self, message: Message) -> list[Message]:
        """The bot's messages in the thread of a message, in their present state."""
        channel = self.workspace.channels[message.channel]
        return [
            self.workspace.refresh(reply)
            for reply in channel.in_thread(message.thread)
            if reply.bot_id == self.app.bot_id
        ]

    def ephemerals(self, user: str) -> list[Message]:
        """What the bot has shown to one person alone."""
        return [
            message
            for channel in self.workspace.channels.values()
            for message in channel.ephemerals
            if message.ephemeral_to == user and not message.deleted
        ]

    def status(self, message: Message) -> str:
        """The status shown in the thread of a message now; empty where there is none."""
        return self.workspace.status(message.channel, message.thread)

    def home(self, user: str) -> View:
        """A person's Home tab as published."""
        return self.workspace.homes[user]

    def open_views(self) -> list[View]:
        """The modals that are open."""
        return [view for view in self.workspace.views.values() if view.is_open]

    def read(self, shown: Message | View) -> str:
        """What a person reads in a message or view."""
        names = {user.id: user.name for user in self.workspace.users.values()}
        names |= {channel.id: channel.name for channel in self.workspace.channels.values()}
        if isinstance(shown, View):
            return reading.read_blocks(shown.body["blocks"], names=names)
        return reading.read(shown.text, shown.blocks, names=names)

    def pings(self, message: Message) -> set[str]:
        """Whom a message would call: ids of people and groups, `here`, `channel`, `everyone`."""
        return reading.pings(message.text, message.blocks)

    # Waiting

    async def wait_for(self, predicate: Callable[[], T], *, timeout: float = 10.0) -> T:
        """Wait until a predicate holds, asked again after every change; returns what it returned."""
        try:
            async with asyncio.timeout(timeout):
                while not (held := predicate()):
                    self._changed.clear()
                    await self._changed.wait()
                return held
        except TimeoutError:
            raise TimeoutError(f"not within {timeout} s; so far: {self.story()}") from None

    async def wait_for_change(self, revision: int) -> int:
        """Wait until anything has changed since this revision, and return the present one."""
        while self.revision == revision:
            self._changed.clear()
            await self._changed.wait()
        return self.revision

    async def wait_for_reply(self, message: Message, *, count: int = 1, timeout: float = 10.0) -> Message:
        """Wait for the bot's n-th finished message in the thread of a message, and return it."""

        def finished() -> list[Message]:
            return [
                reply
                for reply in self.replies(message)
                if reply.stream is None or reply.stream.state is not StreamState.OPEN
            ]

        return (await self.wait_for(lambda: finished()[count - 1 : count], timeout=timeout))[0]

    async def wait_for_ephemeral(self, user: str, *, count: int = 1, timeout: float = 10.0) -> Message:
        """Wait for the n-th message that the bot shows to one person alone, and return it."""
        return (await self.wait_for(lambda: self.ephemerals(user)[count - 1 : count], timeout=timeout))[0]

    async def wait_for_socket(self, *, count: int = 1, timeout: float = 10.0) -> None:
        """Wait until the app has connected."""
        await self.wait_for(lambda: len(self.socket_mode.ready) >= count, timeout=timeout)

    def advance(self, seconds: float) -> None:
        """Let time pass at once: streams, triggers, response_urls and rate limits age by it."""
        self.clock.advance(seconds)
        self.workspace.touch()

    def forget(self) -> None:
        """Drop what is only recorded: calls, settled deliveries and envelopes; for tests that run for long."""
        self.calls.clear()
        self.post.deliveries[:] = [each for each in self.deliveries if not each.settled.is_set()]
        for socket in self.sockets:
            socket.envelopes.clear()

    def story(self) -> str:
        """The last calls and deliveries in few words, for the message of a failing test."""
        calls = [f"{call.method} {call.error or 'ok'}" for call in self.calls[-15:]]
        sent = [f"{each.payload.get('type', each.kind.value)} {each.outcome}" for each in self.deliveries[-15:]]
        return f"calls {calls}, deliveries {sent}, sockets {len(self.sockets)}"

    # Things that go wrong

    def fail(
        self,
        method: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        error: str | None = None,
        retry_after: float | None = None,
        slow: float = 0.0,
        lost_reply: bool = False,
        when: Callable[[JsonObject], bool] | None = None,
    ) -> None:
        """Let the next calls of a method go wrong (`*` for any, `response_url` for the posts to those).

        `times=None` is for all calls to come.

        `status` 429 or 5xx and `error` refuse the call; `slow` answers so many seconds after carrying it out;
        `lost_reply` carries it out and drops the connection. `when` picks calls by their arguments.
        """
        self.faults.add(
            Fault(
                method=method,
                times=times,
                status=status,
                error=error,
                retry_after=retry_after,
                slow=slow,
                lost_reply=lost_reply,
                when=when,
            )
        )

    def limit(self, method: str, *, calls: int, seconds: float) -> None:
        """Take no more than so many calls of a method in a span of time, for each channel."""
        self.faults.limit(method, Limit(calls, seconds))

    def heal(self) -> None:
        """Let everything work again."""
        self.faults.clear()

    def kill_token(self, *, error: str = "token_revoked") -> None:
        """Refuse the bot token from now on (`token_revoked`, `account_inactive`, `invalid_auth`)."""
        self.web_api.dead_tokens[self.app.bot_token] = error

    def deliver_again(self, delivery: Delivery) -> None:
        """Deliver something once more though it was acknowledged."""
        self.post.deliver_again(delivery)

    async def disconnect(self, reason: DisconnectReason = DisconnectReason.REFRESH_REQUESTED) -> None:
        """Ask the app to leave its sockets."""
        await self.socket_mode.disconnect(reason)

    def mute_sockets(self) -> None:
        """Let nothing through the app's sockets any more; they stay open."""
        self.socket_mode.mute()

    async def drop_sockets(self, *, politely: bool = False) -> None:
        """End the app's sockets, with a close frame or without a word."""
        await self.socket_mode.drop(politely=politely)

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Refuse all connections, and break those that are open, while the context lasts."""
        if self._site is None or self._runner is None or self._runner.server is None:
            raise RuntimeError("the stand-in is not started")
        await self._site.stop()
        for connection in list(self._runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()
        try:
            yield
        finally:
            await self._listen()

    def _is_connected(self) -> bool:
        return self.http_mode is not None or bool(self.socket_mode.ready)

    def _touched(self) -> None:
        self.revision += 1
        self._changed.set()

    async def _listen(self) -> None:
        if self._runner is None:
            raise RuntimeError("the stand-in is not started")
        # The second time it is the port of the first, which the app under test knows.
        self._site = web.TCPSite(self._runner, self.host, self.port)
        await self._site.start()
        self.port = self._runner.addresses[0][1]
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.workspace.origin = f"http://{shown}:{self.port}"

    async def _download(self, request: web.Request) -> web.StreamResponse:
        stored = self.workspace.files.get(request.match_info["key"].rpartition("-")[2])
        may_read = bearer(request) == self.app.bot_token and "files:read" in self.web_api.scopes
        if not may_read:
            # Slack sends whoever may not read a file to its login page, which answers 200 with HTML.
            raise web.HTTPFound("/login")
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.content, content_type=stored.mimetype)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="<!DOCTYPE html><title>Log in</title>", content_type="text/html")


def _furnish(workspace: Workspace) -> None:
    app = workspace.app
    for user in (
        User(id=ALICE, name="alice"),
        User(id=BOB, name="bob"),
        User(id=app.bot_user, name=app.bot_name, is_bot=True),
    ):
        workspace.users[user.id] = user
    workspace.channels[GENERAL] = Channel(id=GENERAL, name="general", members=[ALICE, BOB, app.bot_user])
