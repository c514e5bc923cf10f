"""`padlock slack --local`: the stand-in, its page and the whole bot in one process, without a workspace."""

import asyncio
import secrets
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bot.logs import set_up
from bot.setting_values import Address
from bot.settings import SettingError, Settings
from bot.slack.run import serve
from bot.slack.scopes import ALL
from bot.store.records import StoreError

from .loopback import is_loopback
from .people import ALICE, BOB
from .server import LOOPBACK, SlackServer
from .state import Channel, Installation

SUPPORT = "C0SUPPORT"


def run(settings: Settings, *, at: Address | None, keep: bool) -> int:
    """Serve the page `at` this address, or at a free port, until SIGTERM or SIGINT; the exit status.

    With `keep` the store is that of the settings, else one that is gone in the end.
    """
    set_up(settings.log)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the bot listens to it, so that nothing is left
    with ExitStack() as stack:
        if not keep:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="padlock-"))
            settings = replace(settings, database=f"sqlite:///{Path(folder) / 'padlock.db'}")
        try:
            return asyncio.run(_serve(settings, slack=_stand_in(settings, at=at)))
        except StoreError as error:
            raise SettingError(str(error)) from None


def _stand_in(settings: Settings, *, at: Address | None) -> SlackServer:
    """A workspace whose tokens nobody can guess, as any page in a browser may try to reach this machine."""
    host, port = at or Address(LOOPBACK, 0)
    if host == "localhost":
        host = LOOPBACK
    if not is_loopback(f"[{host}]" if ":" in host else host):
        raise SettingError(f'--listen has "{host}:{port}", which others can reach. A good value: {LOOPBACK}:8080')
    app = Installation(
        bot_token=f"xoxb-{secrets.token_hex(16)}",
        app_token=f"xapp-{secrets.token_hex(16)}",
        signing_secret=secrets.token_hex(16),
    )
    slack = SlackServer(app=app, scopes=ALL, host=host, port=port)
    identifier = settings.support_channel or SUPPORT
    slack.workspace.channels[identifier] = Channel(id=identifier, name="support", members=[ALICE, BOB, app.bot_user])
    return slack


async def _serve(settings: Settings, *, slack: SlackServer) -> int:
    try:
        await slack.__aenter__()
    except OSError as error:
        where = f"{slack.host}:{slack.port}"
        raise SettingError(f"--listen has {where}, where nothing can listen: {error.strerror}") from None
    try:
        sys.stdout.write(f"Padlock's page is at {slack.workspace.origin}/ (Ctrl-C ends it)\n")
        sys.stdout.flush()
        own = replace(
            settings,
            slack_bot_token=slack.app.bot_token,
            slack_app_token=slack.app.app_token,
            slack_signing_secret=slack.app.signing_secret,
            slack_api_url=slack.api_url,
            support_channel=settings.support_channel or SUPPORT,
            listen=Address(LOOPBACK, 0),
        )
        return await serve(own, token=slack.app.bot_token)
    finally:
        await slack.__aexit__(None, None, None)
