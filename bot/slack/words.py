"""What Padlock says in Slack beside its answers, in Markdown."""

from collections.abc import Sequence

from bot import wording
from bot.looks import Limited

INTERRUPTED = (
    "I could not check this, because I was interrupted twice while I looked. Please ask again; if it happens once "
    "more, tell the people who run this Padlock."
)
BROKEN = (
    "I could not check this, because something in Padlock itself failed, twice. It says nothing about the host. "
    "Please tell the people who run this Padlock, with the time of your question."
)
WHY_ALONE = "For you alone, because it tells of a network that is not public."


def looking(targets: Sequence[str], *, ahead: int) -> str:
    """That the question is being worked on, and how long the queue is where it is long."""
    hosts = " and ".join(wording.code(target) for target in targets)
    what = f"Looking at {hosts}…" if hosts else "Looking for an answer…"
    return f"{what} There are {ahead} looks before it." if ahead else what


def limited(reached: Limited) -> str:
    """That somebody, or everybody together, has asked too much."""
    minutes = max(1, round(reached.seconds / 60))
    when = f"in {minutes} minutes" if minutes > 1 else "in a minute"
    who = {
        "person": "You have had very many hosts looked at in the last minutes",
        "channel": "Very many hosts have been looked at for this channel in the last minutes",
        "target": f"{wording.code(reached.host)} has been looked at very often in the last minutes",
    }[reached.limit.name]
    return f"I could not check this, because of a limit. {who}. Please ask again {when}."
