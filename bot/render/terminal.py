"""An answer or a report as text for a terminal."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import Answer, AnswerKind
from bot.render.page import INDENT, Page, Style
from bot.report import Report
from diagnostics.plain_text import neutralise
from knowledge.article import Article, ArticleKind

if TYPE_CHECKING:
    from diagnostics.judge import Check

WIDTH = 80
LONGEST_TITLE = 300
# The sections of a cause's page that its reader has seen already, or needs only to doubt it.
LEFT_OUT = frozenset({"what visitors see", "sources"})
# Those that answer a "why?".
IN_SHORT = frozenset({"what it means", "how we know", "how to fix it"})


def render(shown: Answer | Report, *, width: int | None = WIDTH, colour: bool, details: bool = False) -> str:
    """The text, broken at `width` columns (None: not at all); `details` adds everything that was seen."""
    page = Page(width=width, colour=colour)
    if isinstance(shown, Report):
        _report(page, report=shown, told=set(), details=details)
    else:
        _answer(page, answer=shown, details=details)
    return page.text()


def render_check(check: "Check", *, width: int = WIDTH, colour: bool) -> str:
    """One check as it ends, in one line."""
    from bot.render import terminal_report

    page = Page(width=width, colour=colour)
    terminal_report.check_row(page, check=check)
    return page.text().split("\n")[0]


def _answer(page: Page, *, answer: Answer, details: bool) -> None:
    told: set[str] = set()
    if answer.note:
        _write_markdown(page, answer.note)
    for report in answer.reports:
        page.gap()
        _report(page, report=report, told=told, details=details)
    if answer.article is not None and answer.article.id not in told:
        told.add(answer.article.id)
        title = _question(answer.article)
        title = f"About: {title}" if answer.meaning else title
        _article(page, answer.article, title=title, details=details, brief=answer.brief)
    _beside(page, [article for article in answer.also if article.id not in told], told=told)
    if answer.kind is AnswerKind.UNSURE:
        page.gap()
        for number, match in enumerate(answer.candidates, start=1):
            page.paragraph(_question(match.article), first=f"{number}. ")
    if answer.hint:
        page.gap()
        _write_markdown(page, answer.hint)


def _report(page: Page, *, report: Report, told: set[str], details: bool) -> None:
    from bot.render import terminal_report

    diagnosis = report.diagnosis
    terminal_report.verdict(page, report=report)
    terminal_report.root(page, diagnosis=diagnosis)
    articles = report.articles.get(diagnosis.cause or "", ())
    mending = [article for article in articles if article.kind is ArticleKind.FAQ and article.id not in told]
    if mending:
        told.add(mending[0].id)
        page.heading(_question(mending[0]), note=_source(mending[0]))
        _write_markdown(page, mending[0].text, lead=INDENT)
        _beside(page, mending[1:], told=told)
    terminal_report.rest(page, diagnosis=diagnosis, details=details)


def _write_markdown(page: Page, text: str, *, lead: str = "", without: Collection[str] = ()) -> None:
    from bot.render import terminal_markdown  # late: a host without a fault needs no article

    terminal_markdown.write(page, text, lead=lead, without=without)


def _article(page: Page, article: Article, *, title: str, details: bool, brief: bool) -> None:
    """An entry in full, under its title, with the document it comes from."""
    page.gap()
    page.paragraph(title, style=Style.STRONG)
    page.gap()
    if brief and article.kind is ArticleKind.CAUSE:
        _write_markdown(page, f"{_in_short(article.text)}\n\n{wording.MORE_STEPS}")
    else:
        _write_markdown(page, article.text, without=() if details else LEFT_OUT)
    if article.kind is ArticleKind.FAQ:
        page.gap()
        page.paragraph(f"From: {_source(article)}", style=Style.FAINT)


def _in_short(text: str) -> str:
    """Of a cause's page, what it means, how we know and the first steps, without what each platform needs."""
    sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = [
        section for section in sections if section.partition("\n")[0].removeprefix("## ").strip().lower() in IN_SHORT
    ]
    return "".join(map(_up_to_steps, kept)) or text


def _up_to_steps(section: str) -> str:
    """A section up to the end of its first numbered list or to its first smaller heading."""
    kept: list[str] = []
    counted = False
    for line in section.splitlines(keepends=True):
        is_step = re.match(r"\d+\. ", line) is not None
        if line.startswith("### ") or (counted and not is_step and line[:1].strip()):
            break
        counted = counted or is_step
        kept.append(line)
    return "".join(kept)


def _beside(page: Page, articles: list[Article], *, told: set[str]) -> None:
    """Entries worth reading, by their questions, which can be asked."""
    if not articles:
        return
    page.gap()
    for article in articles:
        told.add(article.id)
        source = f" ({_source(article)})" if article.kind is ArticleKind.FAQ else ""
        page.paragraph(f"See also: {_question(article)}{source}")


def _question(article: Article) -> str:
    return neutralise(article.question, limit=LONGEST_TITLE)


def _source(article: Article) -> str:
    """The document an entry stands in, and its id there."""
    identifier = neutralise(article.id, limit=LONGEST_TITLE)
    return f"{neutralise(article.document, limit=LONGEST_TITLE)}, {identifier}"
