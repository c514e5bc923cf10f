"""Socket Mode: the sockets of an app, the envelopes that go down them, and the acknowledgements that come back."""

import asyncio
import json
import secrets
import time
from enum import StrEnum

from aiohttp import WSMsgType, web

from .delivery import Attempt, Delivery, Kind, Reply
from .wire import JsonObject
from .workspace import Workspace

SOCKETS_MOST = 10
"""An app may have ten connections; Slack turns the next one away."""
CONNECTION_SECONDS = 18_060
"""How long Slack says that a connection will last."""


class DisconnectReason(StrEnum):
    """Why Slack says that a socket will end."""

    WARNING = "warning"
    REFRESH_REQUESTED = "refresh_requested"
    LINK_DISABLED = "link_disabled"
    TOO_MANY_WEBSOCKETS = "too_many_websockets"


class Socket:
    """One connection of the app."""

    def __init__(self, number: int, stream: web.WebSocketResponse, request: web.Request) -> None:
        self.number = number
        self.stream = stream
        self.is_leaving = False
        self.is_mute = False
        self.envelopes: list[JsonObject] = []
        self.pongs: list[bytes] = []
        self._request = request

    async def send(self, message: JsonObject) -> bool:
        """Send a message; False where the connection is gone."""
        if self.is_mute:
            return True
        try:
            await self.stream.send_str(json.dumps(message))
        except (ConnectionError, RuntimeError):
            return False
        return True

    def abort(self) -> None:
        """End the connection without a word, as a broken network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


class SocketMode:
    """The app's sockets; any one of them gets an envelope, in turn."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.sockets: list[Socket] = []
        self.opened = 0
        self._turn = 0
        self._waiting: dict[str, tuple[Attempt, asyncio.Future[JsonObject | None]]] = {}
        self._arrival = asyncio.Event()

    @property
    def ready(self) -> list[Socket]:
        """The sockets that still get envelopes."""
        return [socket for socket in self.sockets if not socket.is_leaving]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.workspace.tickets:
            return web.Response(status=404, text="invalid ticket")
        stream = web.WebSocketResponse(autoping=False)
        await stream.prepare(request)
        self.workspace.tickets.discard(ticket)
        self.opened += 1
        socket = Socket(self.opened, stream, request)
        if len(self.sockets) >= SOCKETS_MOST:
            await socket.send(self._farewell(DisconnectReason.TOO_MANY_WEBSOCKETS))
            await stream.close()
            return stream
        self.sockets.append(socket)
        try:
            await socket.send(self._hello())
            self._arrival.set()
            self.workspace.touch()
            await self._listen(socket)
        finally:
            self.sockets.remove(socket)
            self.workspace.touch()
        return stream

    async def send(self, delivery: Delivery, attempt: Attempt, *, timeout: float) -> Reply:
        """Send an envelope down one socket and wait for its acknowledgement.

        An event waits for a socket as long as it takes: Slack's redeliveries span minutes, in which an app comes
        back. Commands and interactions do not wait longer than for an acknowledgement.
        """
        try:
            async with asyncio.timeout(None if delivery.kind is Kind.EVENT else timeout):
                while (answer := await self._send(delivery, attempt)) is None:
                    await self._socket_arrives()
        except TimeoutError:
            return Reply(False, reason="timeout")
        try:
            return Reply(True, await asyncio.wait_for(asyncio.shield(answer), timeout))
        except TimeoutError:
            return Reply(False, reason="timeout")

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Ask the app to leave the sockets it has; a disabled link ends at once, the others when the app leaves."""
        for socket in list(self.sockets):
            # After a warning a socket works on for some seconds.
            socket.is_leaving = reason is not DisconnectReason.WARNING
            await socket.send(self._farewell(reason))
            if reason is DisconnectReason.LINK_DISABLED:
                await socket.stream.close()

    async def drop(self, *, politely: bool) -> None:
        """End all sockets, with a close frame or without a word."""
        for socket in list(self.sockets):
            socket.is_leaving = True
            if politely:
                await socket.stream.close()
            else:
                socket.abort()

    def mute(self) -> None:
        """Let nothing through any more, in neither direction, as a network does that has lost a connection."""
        for socket in self.sockets:
            socket.is_mute = True

    async def ping(self) -> None:
        """Send a ping down every socket; the answers are in `Socket.pongs`."""
        for socket in list(self.sockets):
            await socket.stream.ping(b"Ping from the stand-in")

    async def _send(self, delivery: Delivery, attempt: Attempt) -> "asyncio.Future[JsonObject | None] | None":
        ready = self.ready
        if not ready:
            return None
        envelope_id = secrets.token_hex(16)
        self._turn += 1
        socket = ready[self._turn % len(ready)]
        envelope: JsonObject = {
            "envelope_id": envelope_id,
            "type": delivery.kind.value,
            "accepts_response_payload": delivery.kind is not Kind.EVENT,
            "payload": delivery.payload,
        }
        if delivery.kind is Kind.EVENT:
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason or ""}
        attempt.sent_at = time.monotonic()
        answer: asyncio.Future[JsonObject | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (attempt, answer)
        if not await socket.send(envelope):
            del self._waiting[envelope_id]
            socket.is_leaving = True
            return None
        socket.envelopes.append(envelope)
        return answer

    async def _socket_arrives(self) -> None:
        if not self.ready:
            self._arrival.clear()
            await self._arrival.wait()

    async def _listen(self, socket: Socket) -> None:
        async for message in socket.stream:
            if socket.is_mute:
                continue
            if message.type is WSMsgType.PING:
                await socket.stream.pong(message.data)
            elif message.type is WSMsgType.PONG:
                socket.pongs.append(bytes(message.data))
                self.workspace.touch()
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
            # An envelope stays known until it is acknowledged, however late.
            attempt, waiting = self._waiting.pop(answer["envelope_id"])
        except (ValueError, KeyError, TypeError):
            return
        attempt.acknowledged_at = time.monotonic()
        if not waiting.done():
            waiting.set_result(answer.get("payload"))
        self.workspace.touch()

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self.sockets),
            "debug_info": {
                "host": "applink-local",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self.workspace.app.app_id},
        }

    @staticmethod
    def _farewell(reason: DisconnectReason) -> JsonObject:
        return {"type": "disconnect", "reason": reason.value, "debug_info": {"host": "applink-local"}}
