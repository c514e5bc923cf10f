"""The HTTP side: Slack's requests in HTTP mode, and in both modes what operators and their monitors ask."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.metrics import Metrics
from bot.setting_values import Address

log = logging.getLogger(__name__)

# Slack's payloads have some kilobytes; a message has at most 40,000 characters and comes with its blocks.
BODY_BYTES_MOST = 1024 * 1024
CLOSING_SECONDS = 3.0
SLACK_PATH = "/slack/events"


class HttpServer:
    """Listens from the start; what is for Slack is answered once the app is there."""

    def __init__(self, *, metrics: Metrics, ready: Callable[[], Awaitable[str]], for_slack: bool) -> None:
        self._metrics = metrics
        self._ready = ready
        self.app: AsyncApp | None = None
        routes = web.Application(client_max_size=BODY_BYTES_MOST)
        routes.router.add_get("/healthz", self._healthz)
        routes.router.add_get("/readyz", self._readyz)
        routes.router.add_get("/metrics", self._metrics_page)
        if for_slack:
            routes.router.add_post(SLACK_PATH, self._slack)
        self._runner = web.AppRunner(routes, access_log=None, shutdown_timeout=CLOSING_SECONDS)

    async def start(self, where: Address) -> int:
        """Listen; the port, which matters where it was left open."""
        await self._runner.setup()
        await web.TCPSite(self._runner, where.host, where.port).start()
        port = int(self._runner.addresses[0][1])
        log.info("listening on %s port %d", where.host, port)
        return port

    async def stop(self) -> None:
        """Finish what has begun and listen no more."""
        await self._runner.cleanup()

    async def _slack(self, request: web.Request) -> web.Response:
        if self.app is None:
            return web.Response(status=503, text="starting")  # Slack sends again
        try:
            wanted = await to_bolt_request(request)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # Bolt reads the body before it asks for the signature, and anybody may send anything.
            return web.Response(status=400, text="this is not what Slack sends")
        return await to_aiohttp_response(await self.app.async_dispatch(wanted))

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        lacking = await self._ready()
        return web.Response(status=503, text=f"{lacking}\n") if lacking else web.Response(text="ready\n")

    async def _metrics_page(self, _: web.Request) -> web.Response:
        return web.Response(
            body=self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )
