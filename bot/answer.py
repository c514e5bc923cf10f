"""START HERE: a question in, its answer out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from bot import wording
from bot.report import Report
from bot.settings import SettingError
from knowledge.article import Article, ArticleKind, Match

if TYPE_CHECKING:
    from bot.understand import Question
    from diagnostics.facts import Facts
    from diagnostics.judge import Check, Diagnosis
    from diagnostics.options import Options
    from knowledge.library import Library

# A message that names more hosts than this is a list, for which there is `padlock check --file`.
MOST_TARGETS = 5

# As many as a person reads who has asked for something else.
MOST_NEARBY = 6

# An entry is shown beside a diagnosis where the question speaks of it this clearly; a host's fault has its own page.
STRONG_SCORE = 0.75
# The score of an entry that was chosen by what was seen on the host, not by the words of the question.
SEEN_SCORE = 1.0

# The FAQ entries that mend a cause, first the one that says how; the cause's own page follows them.
MENDED_BY = {
    "cdn.certificate_not_deployed": ("q6", "q3"),
}
# The same where the host is behind a CDN: there, the certificate that counts is the CDN's.
MENDED_ON_CDN_BY = {
    "certificate.expired": ("q4",),
    "certificate.expires_soon": ("q4",),
    "certificate.chain_expired": ("q4",),
    "redirect.missing": ("q5",),
}
# Worth reading beside the cause's page, whatever serves the host.
READ_BESIDE = {"redirect.missing": ("q5",)}

Diagnose = Callable[..., Awaitable["Diagnosis"]]
Progress = Callable[[str, "Check"], None]
Find = Callable[[str], Article | None]


class AnswerKind(StrEnum):
    """What an answer consists of."""

    FAQ = "faq"
    DIAGNOSIS = "diagnosis"
    BOTH = "both"
    UNSURE = "unsure"
    NONE = "none"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, the same for every face.

    `article` answers, where one does; `candidates` are the ranked entries (one to three where unsure, none where
    nothing fits); `also` is a second entry worth showing; `note` is what Padlock says in its own words, in Markdown
    (help, small talk, "did you mean", a host that was left out); `hint` is what it adds at the end, in Markdown;
    `reports` are the diagnoses, one a target; `brief` is whether the article is told in short, `meaning` whether it is
    asked what something is, so that a cause's page is not told as if the cause had been found.
    """

    question: str
    kind: AnswerKind
    article: Article | None = None
    score: float = 0.0
    candidates: tuple[Match, ...] = ()
    also: tuple[Article, ...] = ()
    note: str = ""
    hint: str = ""
    reports: tuple[Report, ...] = ()
    brief: bool = False
    meaning: bool = False


async def ask(
    text: str,
    *,
    library: "Library",
    options: "Options",
    diagnose: Diagnose | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer one message: from the knowledge, by looking at the hosts it names, or both.

    `diagnose` looks at one target (Padlock's own unless given); `progress` is told of each check as it ends, with its
    target. An option that no diagnosis can work with is a SettingError.
    """
    from bot.redaction import masked
    from bot.understand import understand

    text = masked(text)
    question = understand(text)
    return await answer_question(
        question, text=text, library=library, options=options, diagnose=diagnose, progress=progress
    )


async def answer_question(
    question: "Question",
    *,
    text: str,
    library: "Library",
    options: "Options",
    diagnose: Diagnose | None = None,
    progress: Progress | None = None,
) -> Answer:
    """The same for a message that has been understood already; `text` is the message as it came."""
    known = answer_from_knowledge(question, text=text, library=library)
    if not asks_to_look(question):
        return known
    targets = [target.text for target in question.targets]
    looked = await answer_targets(
        targets[:MOST_TARGETS], question=text, library=library, options=options, diagnose=diagnose, progress=progress
    )
    notes = [wording.KEY_EXPOSED] if question.exposed_key else []
    notes += [wording.link_leads_elsewhere(conflict.shown, conflict.host) for conflict in question.conflicts]
    if len(targets) > MOST_TARGETS:
        notes.append(wording.left_out(len(targets) - MOST_TARGETS, most=MOST_TARGETS))
    return replace(_joined(looked, known, question=question), note="\n\n".join(notes))


async def answer_targets(
    targets: Sequence[str],
    *,
    question: str,
    library: "Library",
    options: "Options",
    diagnose: Diagnose | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Look at these targets, side by side, and answer with what was found and the entries that mend it."""
    import asyncio  # a question that names no host does without

    reports = await asyncio.gather(
        *(
            check(target, find=library.get, options=options, diagnose=diagnose, progress=progress)
            for target in targets[:MOST_TARGETS]
        )
    )
    return Answer(
        question=question,
        kind=AnswerKind.DIAGNOSIS,
        reports=tuple(reports),
    )


async def check(
    target: str,
    *,
    find: Find,
    options: "Options",
    diagnose: Diagnose | None = None,
    progress: Progress | None = None,
) -> Report:
    """Look at one target, and join what was found with the entries that explain it, which `find` has by their id."""
    look = diagnose or _own_diagnose()

    # Nobody is told where nobody listens: each telling costs a judgement of what has been seen so far.
    tell = None if progress is None else partial(progress, target)
    try:
        diagnosis = await look(target, options=options, progress=tell)
    except ValueError as error:
        raise SettingError(str(error)) from None
    return Report(target=diagnosis.facts.text, diagnosis=diagnosis, articles=explaining(diagnosis, find=find))


def asks_to_look(question: "Question") -> bool:
    """Whether a host is to be looked at."""
    return bool(question.targets) and question.wants_diagnosis


def answer_from_knowledge(question: "Question", *, text: str, library: "Library") -> Answer:
    """What Padlock knows without looking at any host."""
    warning = wording.KEY_EXPOSED if question.exposed_key else ""
    small_talk = question.small_talk
    if small_talk is not None:
        return Answer(question=text, kind=AnswerKind.SMALLTALK, note=wording.SMALL_TALK[small_talk.value])
    if question.empty:
        return Answer(question=text, kind=AnswerKind.NONE, note=warning or wording.HELP)
    if question.follow_up is not None and not question.targets:
        # "check again" as the first thing that is said
        return Answer(question=text, kind=AnswerKind.NONE, note=wording.NO_HOST_YET)
    from knowledge.outcome import OutcomeKind, decide

    matches = library.search(question.text)
    outcome = decide(matches)
    if question.wants_diagnosis and not question.targets and (not matches or matches[0].score < STRONG_SCORE):
        # "check my site"
        return Answer(question=text, kind=AnswerKind.NONE, note=wording.NO_HOST_YET)
    # Whoever reports a fault without a host, or asks for "my site", does not know yet what Padlock can do.
    asked_to_look = question.wants_diagnosis or question.reports_fault
    hint = wording.NAME_A_HOST if asked_to_look and not question.targets else ""
    friendly = _friendly(question)
    if friendly and (outcome.article is None or outcome.article.kind is ArticleKind.CAUSE):
        note = "\n\n".join(filter(None, (warning, friendly)))
        return Answer(question=text, kind=AnswerKind.NONE, note=note)
    match outcome.kind:
        case OutcomeKind.ANSWER:
            return Answer(
                question=text,
                kind=AnswerKind.FAQ,
                article=outcome.article,
                score=matches[0].score,
                candidates=outcome.candidates,
                also=_cause_beside(outcome.candidates) if question.reports_fault else (),
                note=warning,
                hint=hint,
                meaning=_asks_meaning(text, outcome.article),
            )
        case OutcomeKind.UNSURE:
            note = "\n\n".join(filter(None, (warning, wording.DID_YOU_MEAN)))
            return Answer(
                question=text,
                kind=AnswerKind.UNSURE,
                score=matches[0].score,
                candidates=outcome.candidates,
                note=note,
                hint=hint,
            )
        case OutcomeKind.NONE:
            note = "\n\n".join(filter(None, (warning, wording.unknown(_nearby(library)))))
            return Answer(question=text, kind=AnswerKind.NONE, note=note)


def _asks_meaning(text: str, article: Article | None) -> bool:
    """Whether a cause's page answers what something is."""
    if article is None or article.kind is not ArticleKind.CAUSE:
        return False
    from bot.besides import asks_meaning

    return asks_meaning(text)


def _friendly(question: "Question") -> str:
    """What to say to whoever only tells that a host works, or that it is to be left alone; else nothing."""
    if question.reports_fault or "?" in question.text:
        return ""
    if question.good_news:
        return wording.GOOD_TO_HEAR
    return wording.LEFT_ALONE if question.left_alone else ""


def _cause_beside(candidates: Sequence[Match]) -> tuple[Article, ...]:
    """Beside a FAQ entry, the page of the cause that the question speaks of."""
    if candidates[0].article.kind is not ArticleKind.FAQ:
        return ()
    return tuple(match.article for match in candidates[1:] if match.article.kind is ArticleKind.CAUSE)[:1]


def _nearby(library: "Library") -> list[str]:
    """Questions that are answered, to show what can be asked."""
    faq = [entry.question for entry in library.entries if entry.kind is ArticleKind.FAQ]
    return faq[:MOST_NEARBY]


def _own_diagnose() -> Diagnose:
    from diagnostics.diagnose import diagnose  # it brings half of Padlock, which a FAQ question does without

    return diagnose


def explaining(diagnosis: "Diagnosis", *, find: Find) -> dict[str, tuple[Article, ...]]:
    """For each finding's code the entries that explain it: those that mend it, then the cause's own page."""
    if not diagnosis.findings:
        return {}
    on_cdn = _on_cdn(diagnosis.facts)
    found = {}
    for code in dict.fromkeys(finding.code for finding in diagnosis.findings):
        ids = (
            *MENDED_BY.get(code, ()),
            *(MENDED_ON_CDN_BY.get(code, ()) if on_cdn else ()),
            code,
            *READ_BESIDE.get(code, ()),
        )
        articles = tuple(article for article in map(find, dict.fromkeys(ids)) if article is not None)
        if articles:
            found[code] = articles
    return found


def _on_cdn(facts: "Facts") -> bool:
    from diagnostics.providers import provider_of

    provider = provider_of(facts)
    return provider is not None and provider.is_cdn


def _joined(looked: Answer, known: Answer, *, question: "Question") -> Answer:
    """A diagnosis with the FAQ entry that mends it, or else with the one that the question itself speaks of."""
    mending: list[Article] = []
    for report in looked.reports:
        articles = report.articles.get(report.diagnosis.cause or "", ())
        mending += [article for article in articles if article.kind is ArticleKind.FAQ and article not in mending]
    scores = {match.article.id: match.score for match in known.candidates}
    if mending:
        first, *others = mending
        return replace(
            looked,
            kind=AnswerKind.BOTH,
            article=first,
            score=scores.get(first.id, SEEN_SCORE),
            candidates=known.candidates,
            also=tuple(others),
        )
    asked = known.article
    is_strong = known.score >= STRONG_SCORE
    if asked is not None and asked.kind is ArticleKind.FAQ and is_strong and _is_apt(looked, question):
        return replace(looked, kind=AnswerKind.BOTH, article=asked, score=known.score, candidates=known.candidates)
    return looked


def _is_apt(looked: Answer, question: "Question") -> bool:
    """Whether the entry that a question's words lead to says more than the look that it asks for.

    That a host fails says nothing about a CDN; the entries do, so they help where one is spoken of or seen. Whether
    HTTPS is fine on a host is no question about HTTPS.
    """
    from bot.besides import asks_besides, speaks_of_cdn

    if speaks_of_cdn(question.text):
        return True
    if question.reports_fault:
        return any(_on_cdn(report.diagnosis.facts) for report in looked.reports)
    return asks_besides(question.text)
