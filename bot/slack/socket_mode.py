"""Keeps a socket to Slack open."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics

log = logging.getLogger(__name__)

# A socket that is dead without having been closed is noticed after four unanswered pings.
PING_SECONDS = 3.0
WATCH_SECONDS = 0.5
# The client mends a broken socket by itself, except where the address it was given is no longer good.
MENDING_SECONDS = 30.0
CLOSE_SECONDS = 3.0


class SocketMode:
    """The connection, and whether it stands."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        client: AsyncWebClient,
        metrics: Metrics,
        monotonic: Callable[[], float],
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._metrics = metrics
        self._monotonic = monotonic
        self._task: asyncio.Task[None] | None = None
        self._handler: AsyncSocketModeHandler | None = None
        self._said = False

    def start(self) -> None:
        """Connect, and stay connected."""
        self._task = asyncio.create_task(self._keep(), name="keep the socket")

    async def stop(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._say(False)

    async def is_connected(self) -> bool:
        """Whether Slack can reach the bot at this moment."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def _keep(self) -> None:
        while True:
            self._handler = handler = AsyncSocketModeHandler(
                self._app,
                app_token=self._app_token,
                web_client=self._client,
                ping_interval=PING_SECONDS,
                logger=logging.getLogger("bot.slack.sdk"),
            )
            connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
            try:
                await self._watch()
                log.warning("the socket to Slack could not be mended in %.0f s; a new one is made", MENDING_SECONDS)
            finally:
                connecting.cancel()
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(handler.close_async(), CLOSE_SECONDS)  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        """Return when the socket has been down for too long."""
        up_at = self._monotonic()
        while self._monotonic() - up_at < MENDING_SECONDS:
            connected = await self.is_connected()
            if connected:
                up_at = self._monotonic()
            self._say(connected)
            await asyncio.sleep(WATCH_SECONDS)

    def _say(self, connected: bool) -> None:
        if connected != self._said:
            log.info("connected to Slack" if connected else "not connected to Slack")
        self._said = connected
        self._metrics.connected.set(int(connected))
