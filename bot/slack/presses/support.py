"""What the buttons in the support channel have in common: who may press them, and what the message shows then."""

from bot.slack import words
from bot.slack.handing import for_support
from bot.slack.presses.pressed import Pressed
from bot.store.patience import persist
from bot.store.records import Handover, Kept


async def handed_over_here(pressed: Pressed) -> Kept | None:
    """The question whose hand-over the button belongs to; None, and the presser told, where it is not this one."""
    claim, tools = pressed.claim, pressed.tools
    kept = await persist(lambda: tools.store.kept(pressed.press.question))
    handover = await persist(lambda: tools.store.handover(pressed.press.question))
    if kept is None or handover is None:
        await pressed.tell(words.NO_LONGER_KEPT)
        return None
    # It is pressed a moment before it is noted where it stands.
    channel, ts = handover.channel or tools.support_channel, handover.ts or claim.ts
    if (kept.team, channel, ts) != (claim.team, claim.channel, claim.ts):
        await pressed.tell(words.NOT_HERE)
        return None
    return kept


async def show_state(pressed: Pressed, kept: Kept, handover: Handover) -> None:
    """Show in the message who has taken or solved it."""
    await pressed.deliver(await for_support(kept, handover, poster=pressed.tools.poster), ts=pressed.claim.ts)
