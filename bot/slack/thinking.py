"""From a question to the messages that answer it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import MOST_TARGETS, Answer, AnswerKind, Progress, answer_question, answer_targets
from bot.conversation import Conversation, Reply, StepKind, reply
from bot.looks import Asker, Limited, Looks
from bot.render.rich_text import SlackMessage
from bot.render.slack import all_details, details_of, render
from bot.render.slack_buttons import Buttons
from bot.report import gravest_cause
from bot.slack import words
from bot.slack.thought import Thought, dumped
from bot.store.records import Answered, Claim, Kept, Kind

if TYPE_CHECKING:
    from bot.report import Report
    from diagnostics.options import Options
    from knowledge.article import Article
    from knowledge.library import Library


class Thinker:
    """Answers questions in their threads; `may_hand_over` is whether there is a support channel."""

    def __init__(
        self,
        *,
        library: Callable[[], "Library"],
        options: "Options",
        looks: Looks,
        clock: Callable[[], float],
        may_hand_over: bool,
    ) -> None:
        self._library = library
        self._options = options
        self._looks = looks
        self._clock = clock
        self._may_hand_over = may_hand_over

    @property
    def ahead(self) -> int:
        """How many looks come before a new one."""
        return self._looks.ahead

    def targets(self, claim: Claim) -> tuple[str, ...]:
        """The hosts that will be looked at for a question."""
        from bot.understand import understand

        question = understand(claim.text)
        step = claim.conversation.resolve(question)
        if step.kind is not StepKind.ASK:
            return step.targets
        wanted = question.wants_diagnosis or is_shortcut(claim)
        return tuple(target.text for target in question.targets[:MOST_TARGETS]) if wanted else ()

    async def think(self, claim: Claim, *, progress: Progress | None = None) -> Thought:
        """The answer to a question; `progress` is told of each step of a look."""
        try:
            found = await self._reply(claim, progress)
        except Limited as reached:
            return Thought.saying(words.limited(reached), outcome="limited")
        return self._thought(
            found.answer,
            question=claim.id,
            direct=claim.direct,
            to_one=claim.kind is Kind.COMMAND,
            details=found.details,
            conversation=found.conversation,
        )

    async def look_again(self, claim: Claim, kept: Kept) -> Thought:
        """The same hosts once more, for a press; the first sentence says what has changed. Raises Limited."""
        from bot.render.slack_changes import changes

        answer = await answer_targets(
            kept.targets,
            question=kept.text,
            library=self._library(),
            options=self._options,
            diagnose=self._looks.for_asker(_asker(claim)),
        )
        before = json.loads(kept.reports)
        note = changes(before, answer.reports, looked_at=kept.looked_at) if before else ""
        return self._of_kept(replace(answer, note=note), kept=kept, conversation=claim.conversation)

    def chosen(self, article: "Article", *, claim: Claim, kept: Kept) -> Thought:
        """The entry that somebody chose among those that might have been meant."""
        answer = Answer(question=kept.text, kind=AnswerKind.FAQ, article=article, score=1.0)
        return self._of_kept(answer, kept=kept, conversation=claim.conversation)

    def article(self, name: str) -> "Article | None":
        """An entry of the knowledge as it is now."""
        return self._library().get(name)

    async def _reply(self, claim: Claim, progress: Progress | None) -> Reply:
        from bot.understand import understand

        look = self._looks.for_asker(_asker(claim))
        if is_shortcut(claim) and (question := understand(claim.text)).targets:
            # Whoever wants a message diagnosed wants its hosts looked at, whatever it says of them.
            answer = await answer_question(
                replace(question, wants_diagnosis=True),
                text=claim.text,
                library=self._library(),
                options=self._options,
                diagnose=look,
                progress=progress,
            )
            return Reply(answer=answer, conversation=claim.conversation.after(answer))
        return await reply(
            claim.text,
            conversation=claim.conversation,
            library=self._library(),
            options=self._options,
            diagnose=look,
            progress=progress,
        )

    def _of_kept(self, answer: Answer, *, kept: Kept, conversation: Conversation) -> Thought:
        thought = self._thought(
            answer,
            question=kept.question,
            direct=kept.direct,
            to_one=not kept.thread,
            details=False,
            conversation=conversation.after(answer),
        )
        # What is for the asker alone they have seen, and see again under "details".
        made_of = replace(thought.made_of, candidates=kept.candidates) if thought.made_of else None
        return replace(thought, alone=None, made_of=made_of)

    def _thought(
        self, answer: Answer, *, question: int, direct: bool, to_one: bool, details: bool, conversation: Conversation
    ) -> Thought:
        inside = _inside(answer.reports)
        alone = None
        if inside and not direct:
            alone, details = details_of(inside, why=words.WHY_ALONE), False
        shown = render(answer, details=details, private=direct, buttons=self._buttons(answer, question, to_one=to_one))
        why = words.WHY_ALONE if inside else words.WHY_DETAILS
        everything = all_details(answer.reports, why=why) if answer.reports else ()
        return Thought(
            messages=shown,
            alone=alone,
            outcome=answer.kind.value,
            conversation=conversation,
            targets=tuple(report.target for report in answer.reports),
            made_of=self._made_of(answer, shown=shown, details=everything, public=not inside),
        )

    def _buttons(self, answer: Answer, question: int, *, to_one: bool) -> Buttons | None:
        if answer.kind is AnswerKind.SMALLTALK or answer.note in (wording.HELP, wording.NO_HOST_YET):
            return None
        looked = bool(answer.reports)
        return Buttons(
            question=question,
            again=looked,
            details=looked,
            feedback=True,
            hand_over=self._may_hand_over,
            share=to_one,
        )

    def _made_of(
        self, answer: Answer, *, shown: Sequence[SlackMessage], details: Sequence[SlackMessage], public: bool
    ) -> Answered:
        return Answered(
            public=public,
            targets=tuple(report.target for report in answer.reports),
            reports=_reports(answer.reports),
            details=dumped(details),
            messages=dumped(shown),
            article=answer.article.id if answer.article else None,
            candidates=tuple(match.article.id for match in answer.candidates),
            cause=gravest_cause(answer.reports) if answer.reports else None,
            looked_at=self._clock(),
        )


def is_shortcut(claim: Claim) -> bool:
    """Whether a question is a message that somebody wants diagnosed: it alone has a place and an answer to one."""
    return claim.kind is Kind.COMMAND and bool(claim.ts)


def _asker(claim: Claim) -> Asker:
    return Asker(person=claim.person, channel=claim.channel, asked_at=claim.created_at)


def _reports(reports: "Sequence[Report]") -> str:
    if not reports:
        return "[]"
    from bot.render.json import report_object

    return json.dumps([report_object(report) for report in reports])


def _inside(reports: "Sequence[Report]") -> "list[Report]":
    if not reports:
        return []
    from bot.render.slack_report import is_public

    return [report for report in reports if not is_public(report)]
