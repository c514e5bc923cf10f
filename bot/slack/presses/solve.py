"""Solved: support says that a question is solved, and its asker is told."""

from bot.render.slack_handover import told_solved
from bot.slack import words
from bot.slack.notes import About
from bot.slack.presses.pressed import Pressed
from bot.slack.presses.support import handed_over_here, show_state
from bot.store.patience import persist


async def solve(pressed: Pressed) -> None:
    """Whoever of support has taken it: the first word that it is solved counts."""
    claim, tools = pressed.claim, pressed.tools
    async with pressed.lock:
        kept = await handed_over_here(pressed)
        if kept is None:
            return
        handover = await persist(lambda: tools.store.solve(kept.question, person=claim.person, now=claim.created_at))
        if handover is None or handover.solved_by is None:
            await pressed.tell(words.NO_LONGER_KEPT)
            return
        if handover.solved_by == claim.person:
            await tools.notes.tell_asker(About.SOLVED, kept, told_solved(claim.person), by=claim.person)
        else:
            await pressed.show_alone(words.solved_already(handover.solved_by))
        await show_state(pressed, kept, handover)
