"""Lets in only what this machine asks of itself: no other host's page, and no name that leads here."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host that is not loopback, as a rebound name has, and an Origin that is not this server."""
    if not is_loopback(request.host):
        return web.Response(status=403, text="This is served to its own machine alone: open it as 127.0.0.1.")
    if "Origin" in request.headers and not is_same_origin(request):
        return web.Response(status=403, text="This takes nothing from pages of other addresses.")
    return await handler(request)


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine itself: an address of 127.0.0.0/8, ::1 or localhost, with any port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_same_origin(request: web.Request) -> bool:
    """Whether the request comes from a page of this very server."""
    return request.headers.get("Origin") == f"http://{request.host}"
