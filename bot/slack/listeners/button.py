"""The press of a button in a message or in the Home tab."""

import re
from typing import TYPE_CHECKING

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.render.slack_buttons import Action
from bot.slack.intake import Body, Intake

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

# Several buttons of one kind in a message carry a number behind their name.
_OURS = re.compile(rf"^(?:{'|'.join(Action)})(?::\d+)?$")


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.action(_OURS)
    async def pressed(ack: AsyncAck, body: Body) -> None:
        await intake.press(body)
        await ack()
