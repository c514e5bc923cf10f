"""An answer as Slack messages: verdict and cause first, how we know, what to do, the entry that explains it."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import Answer, AnswerKind
from bot.render import slack_buttons
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
    shortened,
    small_print,
)
from bot.render.slack_buttons import Buttons
from bot.render.slack_markdown import MEANING, in_short, markdown
from bot.render.terminal import LEFT_OUT
from diagnostics.plain_text import neutralise
from knowledge.article import Article, ArticleKind
from knowledge.markdown import plain as plain_markdown

if TYPE_CHECKING:
    from bot.report import Report

LONGEST_TITLE = 300
# What is cut off a long entry can be read where it comes from, and in a terminal.
CUT = "There is more, which is too long for Slack."
CUT_ENTRY = "There is more, which is too long for Slack: see {}."


def render(
    answer: Answer, *, details: bool = False, private: bool = True, buttons: Buttons | None = None
) -> tuple[SlackMessage, ...]:
    """The messages of an answer, in their order; `buttons` stand under the last one.

    `details` adds everything that was seen. Where others than the asker read (`private` is false), addresses that are
    not public are left out; `all_details` has them.
    """
    blocks = list(_blocks(answer, details=details, private=private, buttons=buttons))
    tail = slack_buttons.buttons(buttons) if buttons else []
    return messages(blocks, text=_text(answer), cut=_cut(answer), tail=tail)


def all_details(reports: "Sequence[Report]", *, why: str) -> tuple[SlackMessage, ...]:
    """Everything that was seen of these hosts, for one person alone; `why` says why it is for them alone."""
    from bot.render.slack_details import closing, everything, everything_in_words
    from bot.render.slack_report import target

    blocks: list[Json] = [small_print(why)]
    for place, report in enumerate(reports):
        blocks += [divider()] if place else []
        blocks += block(sections([bold(f"Everything I have seen of {target(report)}")]))
        blocks += everything(report, table=len(reports) == 1)
        blocks.append(closing(report))
    text = "\n".join([why, *map(everything_in_words, reports)])
    return messages(blocks, text=text, cut=CUT)


def details_of(reports: "Sequence[Report]", *, why: str) -> SlackMessage:
    """The first message of `all_details`."""
    return all_details(reports, why=why)[0]


def without_private(message: SlackMessage, *, but: Collection[str] = ()) -> SlackMessage:
    """A message that was made for one person, without the addresses that are not public, but for these hosts."""
    from bot.render.slack_report import masked

    def hidden(value: object) -> object:
        if isinstance(value, dict):
            return {
                name: masked(inner, but=but) if name == "text" and isinstance(inner, str) else hidden(inner)
                for name, inner in value.items()
            }
        return list(map(hidden, value)) if isinstance(value, list) else value

    blocks = tuple(shown for one in message.blocks if isinstance(shown := hidden(one), dict))
    return SlackMessage(text=shortened(masked(message.text, but=but)), blocks=blocks)


def sentence(text: str) -> SlackMessage:
    """A message of a few words of Padlock's own, in Markdown."""
    return messages(list(markdown(text)), text=plain_markdown(text), cut=CUT)[0]


def plain_form(message: SlackMessage) -> SlackMessage:
    """The same without blocks, for where Slack refuses them."""
    return SlackMessage(text=message.text or escaped(CUT))


def _blocks(answer: Answer, *, details: bool, private: bool, buttons: Buttons | None) -> Iterator[Json]:
    told: set[str] = set()
    yield from markdown(answer.note)
    if len(answer.reports) > 1:
        from bot.render.slack_report import overview

        yield from block(sections([bold(overview(answer.reports))]))
    for place, report in enumerate(answer.reports):
        from bot.render import slack_report

        if place or answer.note or len(answer.reports) > 1:
            yield divider()
        yield from slack_report.verdict(report, private=private)
        articles = report.articles.get(report.diagnosis.cause or "", ())
        mending = [entry for entry in articles if entry.kind is ArticleKind.FAQ and entry.id not in told]
        if mending:
            yield from _entry(mending[0], told=told, details=details, brief=False)
            yield from _beside(mending[1:], told=told)
        yield from slack_report.also_seen(report, private=private)
        if details:
            from bot.render.slack_details import everything

            yield from everything(report, table=len(answer.reports) == 1)
        yield small_print(slack_report.vantage(report, private=private))
    if answer.article is not None and answer.article.id not in told:
        if answer.meaning:
            yield from _meaning(answer.article)
        else:
            yield from _entry(answer.article, told=told, details=details, brief=answer.brief)
    yield from _beside([entry for entry in answer.also if entry.id not in told], told=told)
    if answer.kind is AnswerKind.UNSURE:
        candidates = [match.article for match in answer.candidates]
        yield from block(listing([[plain(_question(article))] for article in candidates], ordered=True))
        if buttons is not None:
            yield from slack_buttons.choices(candidates, question=buttons.question)
    yield from markdown(answer.hint)


def _entry(article: Article, *, told: set[str], details: bool, brief: bool) -> Iterator[Json]:
    """An entry under its question: in full, or what answers a "why?" where it is a cause's page."""
    told.add(article.id)
    yield from block(sections([bold(_question(article))]))
    if brief and article.kind is ArticleKind.CAUSE:
        yield from in_short(article.text)
        yield from markdown(wording.MORE_STEPS)
    else:
        yield from markdown(article.text, without=() if details else LEFT_OUT)
    if article.kind is ArticleKind.FAQ:
        yield small_print(f"From: {_source(article)}")


def _meaning(article: Article) -> Iterator[Json]:
    """Of a cause's page, what it means and how it is mended: no host was looked at, so nothing is missing anywhere."""
    yield from block(sections([bold(f"About: {_question(article)}")]))
    yield from in_short(article.text, kept=MEANING)


def _beside(articles: Sequence[Article], *, told: set[str]) -> Iterator[Json]:
    """Entries worth reading, by their questions, which can be asked."""
    told.update(article.id for article in articles)
    if articles:
        heading = sections([bold("See also")])
        items = [[plain(_question(article))] for article in articles]
        yield from block([*heading, *listing(items, ordered=False)])


def _text(answer: Answer) -> str:
    """The answer in a few sentences."""
    lines = [plain_markdown(answer.note)] if answer.note else []
    if len(answer.reports) > 1:
        from bot.render.slack_report import overview

        lines.append(overview(answer.reports))
    for report in answer.reports:
        from bot.render.slack_report import in_words

        lines.append(in_words(report))
    if not answer.reports and answer.article is not None:
        title = _question(answer.article)
        lines += [f"About: {title}" if answer.meaning else title, plain_markdown(answer.article.text)]
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
