"""`padlock slack --check`: tries tokens, scopes, the store and DNS, and says what is missing."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.settings import SettingError, Settings
from bot.slack import who
from bot.slack.app import plain_client
from bot.slack.scopes import NEEDED, USEFUL
from bot.store.records import StoreError
from bot.store.store import Store

SOUND, UNSOUND = 0, 1
DNS_SECONDS = 5.0


async def check(settings: Settings, *, say: Callable[[str], None]) -> int:
    """Try everything the bot needs, one line each; 0 where all of it works."""
    trials: list[Callable[[Settings], Awaitable[str]]] = [_bot_token, _way_in, _store, _dns]
    if settings.support_channel is not None:
        trials.append(_support_channel)
    sound = True
    for trial in trials:
        try:
            say(f"ok       {await trial(settings)}")
        except (SettingError, StoreError) as error:
            say(f"MISSING  {error}")
            sound = False
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            say(f"MISSING  Slack cannot be reached ({type(error).__name__}): see SLACK_API_URL and the network")
            sound = False
    return SOUND if sound else UNSOUND


async def _bot_token(settings: Settings) -> str:
    if settings.slack_bot_token is None:
        raise SettingError(who.BOT_HELP)
    client = plain_client(token=settings.slack_bot_token, api_url=settings.slack_api_url)
    identity = await who.identify(client)
    lacking = sorted(NEEDED - identity.scopes)
    if identity.scopes and lacking:
        raise SettingError(
            f"the bot token lacks {', '.join(lacking)}: add them under OAuth & Permissions, or update the app from "
            "bot/slack/manifest.yaml, and install it again"
        )
    told = f"SLACK_BOT_TOKEN: {identity.bot_user} in {identity.team_name or identity.team}, with every scope it needs"
    without = [f"without {scope} {loss}" for scope, loss in USEFUL.items() if scope not in identity.scopes]
    return "; ".join([told, *(without if identity.scopes else [])])


async def _way_in(settings: Settings) -> str:
    if settings.slack_app_token is not None:
        client = plain_client(token=None, api_url=settings.slack_api_url)
        await who.may_connect(client, app_token=settings.slack_app_token)
        return "SLACK_APP_TOKEN: sockets may be opened (Socket Mode)"
    if settings.slack_signing_secret is None:
        raise SettingError(who.SIGNING_HELP)
    return f"SLACK_SIGNING_SECRET is set (HTTP mode on {settings.listen.host}:{settings.listen.port})"


async def _support_channel(settings: Settings) -> str:
    """Whoever may read a channel is a member of it, and a member may post."""
    client = plain_client(token=settings.slack_bot_token, api_url=settings.slack_api_url)
    channel = settings.support_channel or ""
    try:
        await client.conversations_history(channel=channel, limit=1)
    except SlackApiError as failure:
        data = getattr(failure.response, "data", None)
        error = str(data.get("error", "")) if isinstance(data, dict) else ""
        if error in ("not_in_channel", "channel_not_found"):
            raise SettingError(
                f"PADLOCK_SUPPORT_CHANNEL is {channel}, which I am no member of, or which does not exist: it needs "
                "the channel's id, such as C0123456789, and in the channel /invite @Padlock"
            ) from None
        if error:
            raise SettingError(f"PADLOCK_SUPPORT_CHANNEL is {channel}, which Slack refuses: {error}") from None
        raise
    return f"PADLOCK_SUPPORT_CHANNEL: I can post in {channel}"


async def _store(settings: Settings) -> str:
    store = await Store.open(settings.database)
    try:
        await store.ping()
    finally:
        await store.close()
    return f"the store can be read and written; it keeps questions for {settings.retention_days} days"


async def _dns(settings: Settings) -> str:
    from diagnostics.facts import DnsStatus
    from diagnostics.instruments import Instruments

    try:
        resolver = Instruments(settings.options()).resolver
    except ValueError as error:
        raise SettingError(str(error)) from None
    servers = ", ".join(map(str, resolver.nameservers)) or "none"
    loop = asyncio.get_running_loop()
    found = await resolver.resolve("slack.com", deadline=loop.time() + DNS_SECONDS)
    if found.status in (DnsStatus.TIMEOUT, DnsStatus.NO_NETWORK):
        raise SettingError(f"no DNS server answers ({servers}); PADLOCK_NAMESERVERS names others")
    return f"DNS answers ({servers})"
