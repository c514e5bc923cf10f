"""What Slack sends and Padlock has no use for: acknowledged, so that it is not sent again."""

import re
from typing import TYPE_CHECKING

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.intake import Intake

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

_ANY = re.compile("")


def register(app: "AsyncApp", _: Intake) -> None:
    """Listen."""

    @app.event(_ANY)
    async def happened() -> None:
        return

    @app.action(_ANY)
    @app.shortcut(_ANY)
    @app.view(_ANY)
    @app.command(_ANY)
    async def pressed(ack: AsyncAck) -> None:
        await ack()
