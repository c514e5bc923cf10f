"""An answer as Slack messages: verdict and cause first, how we know, what to do, the entry that explains it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, AnswerKind
from bot.render.rich_text import (
    Json,
    SlackMessage,
    block,
    bold,
    divider,
    escaped,
    listing,
    messages,
    plain,
    sections,
    small_print,
)
from bot.render.slack_markdown import markdown
from diagnostics.plain_text import neutralise
from knowledge.article import Article, ArticleKind
from knowledge.markdown import plain as plain_markdown

if TYPE_CHECKING:
    from bot.report import Report

LONGEST_TITLE = 300
# What is cut off a long entry can be read where it comes from, and in a terminal.
CUT = "There is more, which is too long for Slack."
CUT_ENTRY = "There is more, which is too long for Slack: see {}."
# The sections of a cause's page that its reader has seen already, or needs only to doubt it.
LEFT_OUT = frozenset({"what visitors see", "sources"})


def render(answer: Answer, *, details: bool = False, private: bool = True) -> tuple[SlackMessage, ...]:
    """The messages of an answer, in their order.

    `details` adds everything that was seen. Where others than the asker read (`private` is false), addresses that are
    not public are left out; `details_of` has them.
    """
    return messages(list(_blocks(answer, details=details, private=private)), text=_text(answer), cut=_cut(answer))


def details_of(reports: "Sequence[Report]", *, why: str) -> SlackMessage:
    """Everything that was seen of these hosts, for one person alone."""
    from bot.render.slack_report import raw, target

    blocks: list[Json] = [small_print(why)]
    for report in reports:
        blocks += block(sections([bold(target(report))]))
        blocks += raw(report)
    hosts = ", ".join(target(report) for report in reports)
    return messages(blocks, text=f"Everything I have seen of {hosts}. {why}", cut=CUT)[0]


def sentence(text: str) -> SlackMessage:
    """A message of a few words of Padlock's own, in Markdown."""
    return messages(list(markdown(text)), text=plain_markdown(text), cut=CUT)[0]


def plain_form(message: SlackMessage) -> SlackMessage:
    """The same without blocks, for where Slack refuses them."""
    return SlackMessage(text=message.text or escaped(CUT))


def _blocks(answer: Answer, *, details: bool, private: bool) -> Iterator[Json]:
    told: set[str] = set()
    yield from markdown(answer.note)
    for place, report in enumerate(answer.reports):
        from bot.render import slack_report

        if place or answer.note:
            yield divider()
        yield from slack_report.verdict(report, private=private)
        articles = report.articles.get(report.diagnosis.cause or "", ())
        mending = [entry for entry in articles if entry.kind is ArticleKind.FAQ and entry.id not in told]
        if mending:
            yield from _entry(mending[0], told=told, details=details)
            yield from _beside(mending[1:], told=told)
        yield from slack_report.also_seen(report, private=private)
        if details:
            yield from slack_report.raw(report)
        yield small_print(slack_report.vantage(report, private=private))
    if answer.article is not None and answer.article.id not in told:
        yield from _entry(answer.article, told=told, details=details)
    yield from _beside([entry for entry in answer.also if entry.id not in told], told=told)
    if answer.kind is AnswerKind.UNSURE:
        yield from block(
            listing([[plain(_question(match.article))] for match in answer.candidates], ordered=True),
        )
    yield from markdown(answer.hint)


def _entry(article: Article, *, told: set[str], details: bool) -> Iterator[Json]:
    """An entry in full, under its question."""
    told.add(article.id)
    yield from block(sections([bold(_question(article))]))
    yield from markdown(article.text, without=() if details else LEFT_OUT)
    if article.kind is ArticleKind.FAQ:
        yield small_print(f"From: {_source(article)}")


def _beside(articles: Sequence[Article], *, told: set[str]) -> Iterator[Json]:
    """Entries worth reading, by their questions, which can be asked."""
    told.update(article.id for article in articles)
    if articles:
        heading = sections([bold("See also")])
        items = [[plain(f"{_question(article)} ({_source(article)})")] for article in articles]
        yield from block([*heading, *listing(items, ordered=False)])


def _text(answer: Answer) -> str:
    """The answer in a few sentences."""
    lines = [plain_markdown(answer.note)] if answer.note else []
    for report in answer.reports:
        from bot.render.slack_report import in_words

        lines.append(in_words(report))
    if not answer.reports and answer.article is not None:
        lines += [_question(answer.article), plain_markdown(answer.article.text)]
    if answer.kind is AnswerKind.UNSURE:
        lines += [f"{number}. {_question(match.article)}" for number, match in enumerate(answer.candidates, start=1)]
    if answer.hint:
        lines.append(plain_markdown(answer.hint))
    return "\n".join(filter(str.strip, lines)) or CUT


def _cut(answer: Answer) -> str:
    return CUT_ENTRY.format(_source(answer.article)) if answer.article is not None and not answer.reports else CUT


def _question(article: Article) -> str:
    return neutralise(article.question, limit=LONGEST_TITLE)


def _source(article: Article) -> str:
    """The document an entry stands in, and its id there."""
    identifier = neutralise(article.id, limit=LONGEST_TITLE)
    if article.kind is ArticleKind.CAUSE:
        return identifier
    return f"{neutralise(article.document, limit=LONGEST_TITLE)}, {identifier}"
