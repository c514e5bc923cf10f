"""What a thread remembers, and what a short follow-up such as "and www?" means in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import Answer, AnswerKind, Diagnose, Progress, answer_question, answer_targets
from bot.redaction import masked

if TYPE_CHECKING:
    from bot.understand import Question
    from diagnostics.options import Options
    from knowledge.library import Library

_DETAILS = re.compile(
    r"(?:(?:show|give|the|me|all|more|full|please|and|any|of it) )*(?:details?|more|everything|evidence)(?: please)?"
    r"|详情|详细|詳細|상세|detalles|détails"
)
_PORT = re.compile(
    r"(?:and |what about |how about |try |check )?(?:on |with )?(?:the )?port (?P<port>[1-9][0-9]{0,4})"
    r"(?: too| as well| instead)?"
)
# A follow-up is a few words; what is longer is a question of its own.
_LONGEST_FOLLOW_UP = 60


class StepKind(StrEnum):
    """What a message asks for in its thread."""

    ASK = "ask"  # a message of its own
    CHECK = "check"  # diagnose these targets
    EXPLAIN = "explain"  # show these pages
    DETAILS = "details"  # show everything that was seen on these targets
    SAY = "say"  # the note is the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do about a message; `note` is what to say with it, in Markdown, `brief` whether a page is cut short."""

    kind: StepKind
    targets: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    note: str = ""
    brief: bool = False


_ASK = Step(kind=StepKind.ASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The last hosts (as `target_text` writes them), the causes found on them, and the last entry that was shown."""

    targets: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    article: str | None = None

    def resolve(self, question: "Question") -> Step:
        """What the message asks for, given what was said before."""
        from bot.intent import FollowUp

        if question.targets:
            return _ASK
        match question.follow_up:
            case FollowUp.WHY:
                return self._explain(brief=True)
            case FollowUp.MEND:
                return self._explain(brief=False)
            case FollowUp.CHECK_AGAIN:
                return self._check(self.targets)
            case FollowUp.SUBDOMAIN:
                return self._neighbour(question.subdomain)
            case FollowUp.WITHOUT_WWW:
                return self._neighbour(None)
            case _:
                return self._other(question)

    def interrupted(self, text: str) -> "Conversation":
        """The conversation after a message whose answer nobody waited for: it was about the hosts it names."""
        from bot.understand import understand

        question = understand(text)
        step = self.resolve(question)
        named = tuple(target_text(target.host, target.port) for target in question.targets) or step.targets
        return replace(self, targets=named, causes=()) if named else self

    def after(self, answer: Answer) -> "Conversation":
        """The conversation with this answer in it; an answer without a host leaves the hosts as they were."""
        article = answer.article.id if answer.article else self.article
        if not answer.reports:
            return replace(self, article=article)
        facts = [report.diagnosis.facts for report in answer.reports]
        targets = [target_text(one.host, one.port) for one in facts if one.host is not None and one.port is not None]
        causes = [report.diagnosis.cause for report in answer.reports if report.diagnosis.cause is not None]
        return Conversation(
            targets=tuple(dict.fromkeys(targets)) or self.targets,
            causes=tuple(dict.fromkeys(causes)),
            article=article,
        )

    def to_dict(self) -> dict[str, object]:
        """As what JSON can hold."""
        return {"targets": list(self.targets), "causes": list(self.causes), "article": self.article}

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> "Conversation":
        """From what `to_dict` gave; what does not fit, as from another version, is forgotten."""
        article = stored.get("article")
        return cls(
            targets=_texts(stored.get("targets")),
            causes=_texts(stored.get("causes")),
            article=article if isinstance(article, str) else None,
        )

    def _check(self, targets: tuple[str, ...], *, note: str = "") -> Step:
        if not targets:
            return Step(kind=StepKind.SAY, note=wording.NO_HOST_YET)
        return Step(kind=StepKind.CHECK, targets=targets, note=note)

    def _explain(self, *, brief: bool) -> Step:
        if self.causes:
            return Step(kind=StepKind.EXPLAIN, pages=self.causes, brief=brief)
        if self.targets:
            return Step(kind=StepKind.SAY, note=wording.nothing_to_explain(self.targets))
        if self.article:
            return Step(kind=StepKind.EXPLAIN, pages=(self.article,))
        return self._check(())

    def _neighbour(self, label: str | None) -> Step:
        """A name beside the last host: its www, its bare name (None), or another label of the same domain."""
        if not self.targets:
            return self._check(())
        host, port = split_target(self.targets[-1])
        if ":" in host or re.fullmatch(r"[0-9.]+", host):
            return Step(kind=StepKind.SAY, note=wording.address_has_no_neighbours(host))
        if label == "www":
            host = f"www.{host.removeprefix('www.')}"
        elif label is None:
            host = host.removeprefix("www.")
        else:
            host = f"{label}.{_registered(host)}"
        return self._look_at(host, port)

    def _other(self, question: "Question") -> Step:
        """A follow-up that is no question without the hosts before it."""
        if len(question.text) > _LONGEST_FOLLOW_UP:
            return _ASK
        words = " ".join(re.sub(r"[?!.,;:…？！。，]+", " ", question.text.lower()).split())
        if not self.targets:
            return self._check(()) if _DETAILS.fullmatch(words) else _ASK
        if _DETAILS.fullmatch(words):
            return Step(kind=StepKind.DETAILS, targets=self.targets)
        if found := _PORT.fullmatch(words):
            return self._look_at(split_target(self.targets[-1])[0], int(found["port"]))
        if question.wants_diagnosis:  # "check my site"
            return self._check(self.targets, note=wording.looked_at(*self.targets))
        return _ASK

    def _look_at(self, host: str, port: int) -> Step:
        target = target_text(host, port)
        return self._check((target,), note=wording.looked_at(target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in its conversation; `details` where everything that was seen is asked for."""

    answer: Answer
    conversation: Conversation
    details: bool = False


async def reply(
    text: str,
    *,
    conversation: Conversation,
    library: "Library",
    options: "Options",
    last: Answer | None = None,
    diagnose: Diagnose | None = None,
    progress: Progress | None = None,
) -> Reply:
    """Answer a message in its thread; `last` is the last answer with a diagnosis, where it is still at hand."""
    from bot.understand import understand

    text = masked(text)
    question = understand(text)
    step = conversation.resolve(question)
    if step.kind is StepKind.DETAILS and last is not None and last.reports:
        return Reply(answer=last, conversation=conversation, details=True)
    match step.kind:
        case StepKind.CHECK | StepKind.DETAILS:
            answer = await answer_targets(
                step.targets, question=text, library=library, options=options, diagnose=diagnose, progress=progress
            )
            answer = replace(answer, note=step.note)
        case StepKind.EXPLAIN:
            answer = _pages(step.pages, question=text, library=library, brief=step.brief)
        case StepKind.SAY:
            answer = Answer(question=text, kind=AnswerKind.SMALLTALK, note=step.note)
        case StepKind.ASK:
            answer = await answer_question(
                question, text=text, library=library, options=options, diagnose=diagnose, progress=progress
            )
    return Reply(answer=answer, conversation=conversation.after(answer), details=step.kind is StepKind.DETAILS)


def _pages(ids: tuple[str, ...], *, question: str, library: "Library", brief: bool) -> Answer:
    """The pages of the causes, the first as a page and the others by their titles."""
    pages = [page for page in map(library.get, ids) if page is not None]
    if not pages:
        return Answer(question=question, kind=AnswerKind.NONE, note=wording.NO_PAGE)
    return Answer(
        question=question,
        kind=AnswerKind.FAQ,
        article=pages[0],
        score=1.0,
        also=tuple(pages[1:]),
        brief=brief,
    )


def target_text(host: str, port: int) -> str:
    """A target as people write it: the port only where it is not HTTPS's own."""
    if port == 443:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_target(target: str) -> tuple[str, int]:
    """Host and port of what `target_text` made."""
    if target.startswith("["):
        host, _, port = target[1:].partition("]:")
    elif target.count(":") == 1:
        host, _, port = target.partition(":")
    else:
        host, port = target, ""
    return host, int(port) if re.fullmatch("[0-9]{1,5}", port) else 443


def _registered(host: str) -> str:
    """The domain under which the host's owner makes names, such as example.co.uk."""
    from publicsuffixlist import PublicSuffixList  # its list costs a tenth of a second to read

    return str(PublicSuffixList().privatesuffix(host) or host)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
