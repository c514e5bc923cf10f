"""Take it: somebody of support looks after a question, and its asker is told."""

from bot.render.slack_handover import told_taken
from bot.slack import words
from bot.slack.notes import About
from bot.slack.presses.pressed import Pressed
from bot.slack.presses.support import handed_over_here, show_state
from bot.store.patience import persist


async def take(pressed: Pressed) -> None:
    """The first one has it; whoever is later is told who."""
    claim, tools = pressed.claim, pressed.tools
    async with pressed.lock:
        kept = await handed_over_here(pressed)
        if kept is None:
            return
        handover = await persist(lambda: tools.store.take(kept.question, person=claim.person, now=claim.created_at))
        if handover is None:
            await pressed.tell(words.NO_LONGER_KEPT)
            return
        if handover.taken_by == claim.person:
            await tools.notes.tell_asker(About.TAKEN, kept, told_taken(claim.person), by=claim.person)
        elif handover.taken_by is not None:
            await pressed.show_alone(words.taken_already(handover.taken_by))
        elif handover.solved_by is not None:
            await pressed.show_alone(words.solved_already(handover.solved_by))
        await show_state(pressed, kept, handover)
