"""“Diagnose this message”, on anybody's message: answered to whoever wants to know, alone."""

from typing import TYPE_CHECKING

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.intake import Body, Intake
from bot.slack.interactions import DIAGNOSE

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

SHORTCUTS = (DIAGNOSE,)


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.message_shortcut(DIAGNOSE)
    async def wanted(ack: AsyncAck, body: Body) -> None:
        await intake.shortcut(body)
        await ack()
