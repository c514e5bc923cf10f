"""HTTP mode: the same payloads, signed and posted to the app's address, as JSON or as a form."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from .delivery import Attempt, Delivery, Kind, Reply
from .wire import JsonObject

REDIRECTS_MOST = 2
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What the app's address answered."""

    status: int
    body: str


def signature(secret: str, *, timestamp: int, body: str) -> str:
    """Slack's signature of a request."""
    base = f"v0:{timestamp}:{body}"
    return "v0=" + hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()


def encode(kind: Kind, payload: JsonObject) -> tuple[str, str]:
    """Content type and body of a payload: events are JSON, commands a form, interactions JSON within a form."""
    if kind is Kind.COMMAND:
        return _FORM, urlencode(payload)
    if kind is Kind.INTERACTION:
        return _FORM, urlencode({"payload": json.dumps(payload)})
    return "application/json", json.dumps(payload)


class HttpMode:
    """Posts to one address of the app."""

    def __init__(self, url: str, *, signing_secret: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.signing_secret = signing_secret
        self.answers: list[HttpAnswer] = []
        self._session = session

    async def send(self, delivery: Delivery, attempt: Attempt, *, timeout: float) -> Reply:
        """Post a payload; a status of 200 acknowledges it."""
        headers: dict[str, str] = {}
        if attempt.number:
            headers = {
                "X-Slack-Retry-Num": str(attempt.number),
                "X-Slack-Retry-Reason": attempt.reason or "unknown_error",
            }
        attempt.sent_at = time.monotonic()
        content_type, body = encode(delivery.kind, delivery.payload)
        try:
            async with asyncio.timeout(timeout), self._post(content_type, body, headers) as response:
                text = await response.text()
        except TimeoutError:
            return Reply(False, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Reply(False, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Reply(False, reason="ssl_error")
        except aiohttp.ClientConnectionError:
            return Reply(False, reason="connection_failed")
        except aiohttp.ClientError:
            return Reply(False, reason="unknown_error")
        self.answers.append(HttpAnswer(status=response.status, body=text))
        if response.status == 200:
            return Reply(True, _said(text))
        return Reply(False, reason="http_error", no_retry=response.headers.get("X-Slack-No-Retry") == "1")

    async def post(
        self, kind: Kind, payload: JsonObject, *, timestamp: int | None = None, secret: str | None = None
    ) -> HttpAnswer:
        """Post once and outside of any delivery, with a signature that may be old or false."""
        content_type, body = encode(kind, payload)
        async with self._post(content_type, body, {}, timestamp=timestamp, secret=secret) as response:
            return HttpAnswer(status=response.status, body=await response.text())

    def _post(
        self,
        content_type: str,
        body: str,
        headers: dict[str, str],
        *,
        timestamp: int | None = None,
        secret: str | None = None,
    ) -> "aiohttp.client._RequestContextManager":
        at = int(time.time()) if timestamp is None else timestamp
        signed = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": signature(secret or self.signing_secret, timestamp=at, body=body),
        }
        return self._session.post(
            self.url, data=body.encode(), headers={**signed, **headers}, max_redirects=REDIRECTS_MOST
        )


def _said(text: str) -> JsonObject | None:
    if not text:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else None
