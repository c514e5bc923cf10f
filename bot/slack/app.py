"""Builds the Bolt app: whatever comes in goes to the listeners, and is acknowledged when they have stored it."""

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.intake import Intake
from bot.slack.listeners import LISTENERS
from bot.slack.who import Identity

log = logging.getLogger(__name__)

CALL_SECONDS = 30
RETRIES = 3


def build(intake: Intake, *, identity: Identity, signing_secret: str | None, token: str) -> AsyncApp:
    """The app; who it is was asked once at the start, so that no event has to wait for that."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise,
            team_id=identity.team,
            bot_user_id=identity.bot_user,
            bot_id=identity.bot_id,
            bot_token=token,
        )

    app = AsyncApp(
        name="padlock",
        logger=logging.getLogger("bot.slack.bolt"),
        client=AsyncWebClient(),
        authorize=authorize,
        signing_secret=signing_secret or "",
        process_before_response=True,  # the listeners only store; an exception keeps the acknowledgement back
    )

    @app.error
    async def failed(error: Exception) -> None:
        log.error("an event was not taken in, and not acknowledged: %s: %s", type(error).__name__, error)

    for listener in LISTENERS:
        listener.register(app, intake)
    return app


def patient_client(*, token: str | None, api_url: str | None) -> AsyncWebClient:
    """A client for calls that may be repeated: it waits out rate limits, failures of Slack's and lost connections."""
    client = plain_client(token=token, api_url=api_url)
    client.retry_handlers += [
        AsyncRateLimitErrorRetryHandler(max_retry_count=RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=RETRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=RETRIES),
    ]
    return client


def plain_client(*, token: str | None, api_url: str | None) -> AsyncWebClient:
    """A client that makes each call once."""
    base = api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(
        token=token,
        base_url=base,
        timeout=CALL_SECONDS,
        retry_handlers=[],
        logger=logging.getLogger("bot.slack.client"),
    )
