"""The slash command: answered to the asker alone."""

from typing import TYPE_CHECKING

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.intake import Body, Intake
from bot.store.records import StoreError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

COMMANDS = ("/padlock",)
NOT_NOW = "I cannot take questions at the moment, because my store does not work. Please try again in a minute."


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.command("/padlock")
    async def commanded(ack: AsyncAck, body: Body) -> None:
        try:
            await intake.command(body)
        except StoreError:
            await ack(NOT_NOW)  # Slack does not send a command again, so its sender has to
        else:
            await ack()
