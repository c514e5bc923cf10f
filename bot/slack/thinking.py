"""From a question to the messages that answer it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.conversation import Conversation, reply
from bot.looks import Asker, Limited, Looks
from bot.render.rich_text import SlackMessage
from bot.render.slack import details_of, render, sentence
from bot.slack import words
from bot.store.records import Claim

if TYPE_CHECKING:
    from diagnostics.options import Options
    from knowledge.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """What answers a question: messages for its thread, one for the asker alone, and what the thread remembers."""

    messages: tuple[SlackMessage, ...]
    outcome: str
    alone: SlackMessage | None = None
    conversation: Conversation | None = None
    targets: tuple[str, ...] = ()

    def dumps(self) -> str:
        """As the store keeps it until it is delivered."""
        return json.dumps(
            {
                "messages": [asdict(message) for message in self.messages],
                "alone": asdict(self.alone) if self.alone else None,
                "targets": self.targets,
            }
        )

    @classmethod
    def loads(cls, stored: str, *, outcome: str) -> "Thought":
        """From what `dumps` gave."""
        kept = json.loads(stored)
        return cls(
            messages=tuple(map(_message, kept["messages"])),
            alone=_message(kept["alone"]) if kept["alone"] else None,
            targets=tuple(kept["targets"]),
            outcome=outcome,
        )

    @classmethod
    def saying(cls, text: str, *, outcome: str) -> "Thought":
        """A few words."""
        return cls(messages=(sentence(text),), outcome=outcome)


def _message(kept: Mapping[str, object]) -> SlackMessage:
    blocks = kept["blocks"]
    return SlackMessage(text=str(kept["text"]), blocks=tuple(blocks) if isinstance(blocks, list) else ())


class Thinker:
    """Answers questions in their threads."""

    def __init__(
        self,
        *,
        library: Callable[[], "Library"],
        options: "Options",
        looks: Looks,
    ) -> None:
        self._library = library
        self._options = options
        self._looks = looks

    def sign(self, claim: Claim) -> SlackMessage:
        """What to show while the answer is not ready."""
        from bot.understand import understand

        question = understand(claim.text)
        targets = [target.text for target in question.targets] if question.wants_diagnosis else []
        if question.follow_up is not None and not targets:
            targets = list(claim.conversation.targets)
        return sentence(words.looking(targets, ahead=self._looks.ahead))

    async def think(self, claim: Claim) -> Thought:
        """The answer."""
        asker = Asker(person=claim.person, channel=claim.channel, asked_at=claim.created_at)
        try:
            found = await reply(
                claim.text,
                conversation=claim.conversation,
                library=self._library(),
                options=self._options,
                diagnose=self._looks.for_asker(asker),
            )
        except Limited as reached:
            return Thought.saying(words.limited(reached), outcome="limited")
        answer = found.answer
        alone = None
        details = found.details
        if answer.reports and not claim.direct:
            from bot.render.slack_report import is_public

            inside = [report for report in answer.reports if not is_public(report)]
            if inside:
                alone, details = details_of(inside, why=words.WHY_ALONE), False
        return Thought(
            messages=render(answer, details=details, private=claim.direct),
            alone=alone,
            outcome=answer.kind.value,
            conversation=found.conversation,
            targets=tuple(report.target for report in answer.reports),
        )
