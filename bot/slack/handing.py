"""What the support channel, and the answer itself, show of a question that was handed over."""

import json
from collections.abc import Sequence

from bot.render.rich_text import SlackMessage
from bot.render.slack_buttons import Action
from bot.render.slack_handover import handed_over, told_handed_over
from bot.slack.payload import mapping, text
from bot.slack.post import Poster
from bot.slack.press import Deed, Press
from bot.slack.thought import dumped, loaded, with_more, without_button
from bot.store.records import Answered, Handover, Kept


async def for_support(kept: Kept, handover: Handover, *, poster: Poster) -> SlackMessage:
    """The message for the support channel in its present state."""
    answer = loaded(kept.messages)
    return handed_over(
        question=kept.question,
        text=asked(kept),
        asker=kept.person,
        reports=[report for report in json.loads(kept.reports) if isinstance(report, dict)],
        told=answer[0].text if answer else "",
        thread=await poster.permalink(kept.channel, kept.thread) if kept.thread else None,
        taken_by=handover.taken_by,
        solved_by=handover.solved_by,
    )


async def link_to(handover: Handover, *, poster: Poster) -> str | None:
    """Where the message in the support channel can be read."""
    if handover.channel is None or handover.ts is None:
        return None
    return await poster.permalink(handover.channel, handover.ts)


def showing(messages: Sequence[SlackMessage], *, by: str, link: str | None) -> tuple[SlackMessage, ...]:
    """The messages of an answer, which show that it was handed over and can no longer be."""
    if not messages:
        return ()
    *head, last = messages
    told = told_handed_over(by, message=link)
    return (*head, with_more(without_button(last, Action.HAND_OVER), told.blocks))


def as_answered(kept: Kept, messages: Sequence[SlackMessage]) -> Answered:
    """What is kept of an answer, which is shown otherwise now."""
    fields = {name: getattr(kept, name) for name in Answered.__dataclass_fields__}
    return Answered(**fields | {"messages": dumped(messages)})


def asked(kept: Kept) -> str:
    """The question in words; of files that were sent, what was written beside them, or else their names."""
    try:
        stored = mapping(json.loads(kept.text))
    except (ValueError, RecursionError):
        return kept.text
    if text(stored, "action") != Deed.FILES:
        return kept.text
    press = Press.loads(kept.text)
    return press.words.strip() or ", ".join(file.name for file in press.files)


def hosts(kept: Kept) -> list[str]:
    """The hosts of an answer, which are no secret where they were asked about."""
    targets = [mapping(report).get("target") for report in json.loads(kept.reports)]
    return [host for target in targets if (host := text(mapping(target), "host"))]
