"""Details: everything that was seen, to the presser alone."""

from bot.slack import words
from bot.slack.presses.pressed import Pressed
from bot.slack.thought import loaded


async def details(pressed: Pressed) -> None:
    """Show it; what tells of a network that is not public, to the asker only."""
    kept = await pressed.answer()
    if kept is None:
        return
    if not kept.public and kept.person != pressed.claim.person:
        await pressed.show_alone(words.only_for(kept.person))
        return
    messages = loaded(kept.details)
    if messages:
        await pressed.show_alone(*messages)
    else:
        await pressed.tell(words.NOTHING_MORE)
