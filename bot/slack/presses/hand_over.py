"""Hand over to support: question, verdict and evidence go to the support channel, once."""

from bot.slack import words
from bot.slack.handing import as_answered, for_support, link_to, showing
from bot.slack.notes import About
from bot.slack.presses.pressed import Pressed
from bot.slack.thought import loaded
from bot.store.patience import persist
from bot.store.records import Accepted, Handover, Kept


async def hand_over(pressed: Pressed) -> None:
    """Hand it over; whoever presses later is told that it was."""
    claim, tools = pressed.claim, pressed.tools
    channel = tools.support_channel
    async with pressed.lock:
        kept = await pressed.answer()
        if kept is None:
            return
        if channel is None:
            await pressed.tell(words.NO_SUPPORT)
            return
        handover = await persist(
            lambda: tools.store.hand_over(kept.question, person=claim.person, now=claim.created_at)
        )
        if handover is None:
            await pressed.tell(words.NO_LONGER_KEPT)
            return
        message = await for_support(kept, handover, poster=tools.poster)
        accepted = await tools.notes.say(
            About.HANDED_OVER,
            kept,
            [message],
            by=handover.handed_by,
            channel=channel,
            response_url=claim.response_url,
        )
        if accepted is Accepted.KNOWN:
            await _tell_already(pressed, handover)
        if not kept.thread:
            await _show_in_answer(pressed, kept)


async def _tell_already(pressed: Pressed, handover: Handover) -> None:
    if handover.ts is None:
        await pressed.tell(words.BEING_HANDED_OVER)
        return
    link = await link_to(handover, poster=pressed.tools.poster)
    await pressed.show_alone(words.handed_over_already(handover.handed_by, message=link))


async def _show_in_answer(pressed: Pressed, kept: Kept) -> None:
    """In an answer that its asker alone sees; others are changed when the support channel has its message."""
    shown = showing(loaded(kept.messages), by=kept.person, link=None)
    if shown:
        made_of = as_answered(kept, shown)
        await persist(lambda: pressed.tools.store.renew(kept.question, answered=made_of, now=pressed.tools.clock()))
        await pressed.replace(kept, shown[-1:])
