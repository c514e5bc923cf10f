"""Who the bot is at Slack, asked once at the start."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import SettingError

log = logging.getLogger(__name__)

PAUSE_LEAST, PAUSE_MOST = 1.0, 30.0
WRONG = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
BOT_HELP = (
    "SLACK_BOT_TOKEN needs the bot token, which starts with xoxb-: api.slack.com/apps, your app, OAuth & Permissions."
)
APP_HELP = (
    "SLACK_APP_TOKEN needs an app-level token with the scope connections:write, which starts with xapp-: "
    "api.slack.com/apps, your app, Basic Information."
)
SIGNING_HELP = (
    "SLACK_SIGNING_SECRET needs the signing secret: api.slack.com/apps, your app, Basic Information. "
    "Or set SLACK_APP_TOKEN to use Socket Mode, which needs no address of yours."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The bot and its workspace; `scopes` are those of its token, where Slack says so."""

    team: str
    team_name: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    scopes: frozenset[str]


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack; SettingError where the token is wrong."""
    try:
        answer: Any = await client.auth_test()
    except SlackApiError as failure:
        raise _wrong(failure, BOT_HELP) from None
    headers = {str(name).lower(): str(value) for name, value in dict(answer.headers).items()}
    return Identity(
        team=str(answer["team_id"]),
        team_name=str(answer.get("team", "")),
        enterprise=answer.get("enterprise_id"),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id", "")),
        scopes=frozenset(filter(None, (scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")))),
    )


async def may_connect(client: AsyncWebClient, *, app_token: str) -> None:
    """Ask for the address of a socket; SettingError where the token is wrong."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as failure:
        raise _wrong(failure, APP_HELP) from None


async def patiently_identify(client: AsyncWebClient, *, app_token: str | None) -> Identity:
    """The same, again and again while Slack cannot be reached."""
    pause = PAUSE_LEAST
    while True:
        try:
            identity = await identify(client)
            if app_token is not None:
                await may_connect(client, app_token=app_token)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as failure:
            log.warning("Slack cannot be reached, trying again: %s", type(failure).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_MOST)
        else:
            return identity


def _wrong(failure: SlackApiError, words: str) -> Exception:
    data = getattr(failure.response, "data", None)
    error = str(data.get("error", "")) if isinstance(data, dict) else ""
    if error in WRONG or error == "missing_scope":
        return SettingError(f"Slack refuses the token ({error}). {words}")
    return failure
