"""Answers in the terminal: as in the golden files, 80 columns wide, and safe whatever a host sends."""

import dataclasses
import re

import pytest

from bot.answer import Answer, AnswerKind
from bot.render.columns import columns
from bot.render.terminal import render, render_check
from bot.report import Report
from diagnostics.catalogue import finding
from diagnostics.facts import Hop, Resolution, Trace, TraceEnd
from diagnostics.judge import Check, Diagnosis
from knowledge.article import Article, ArticleKind
from knowledge.library import Library
from tests.bot import golden_files, samples

ANSWERS = samples.answers()
SGR = re.compile(r"\x1b\[[0-9;]*m")
# Everything that could do something to a terminal, hide, or turn text around.
HOSTILE = "a\x1b[31mb\x07c\x9b31md\u202ee\u200bf\r\ng\x00h\ud800i\u2066j\ufeffk\x7fl\x1b]0;title\x07m"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_looks_as_it_did(name: str) -> None:
    golden_files.check(f"{name}.txt", render(ANSWERS[name], colour=False))


def test_a_report_alone_looks_as_in_its_answer() -> None:
    report = samples.healthy()
    assert render(report, colour=False) == render(
        Answer(question="", kind=AnswerKind.DIAGNOSIS, reports=(report,)), colour=False
    )


def test_details_show_what_is_left_out_otherwise() -> None:
    golden_files.check("expired_on_cdn_details.txt", render(samples.expired_on_cdn(), colour=False, details=True))


@pytest.mark.parametrize("meaning", [True, False])
def test_a_page_that_tells_a_meaning_does_not_report_a_fault(meaning: bool) -> None:
    page = Article(id="tls.closed", question="The connection is closed", text="…", kind=ArticleKind.CAUSE, document="")
    text = render(Answer(question="?", kind=AnswerKind.FAQ, article=page, meaning=meaning), colour=False)
    assert text.startswith("About: The connection is closed") is meaning


@pytest.mark.parametrize("name", ANSWERS)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    coloured = render(ANSWERS[name], colour=True)
    assert SGR.sub("", coloured) == render(ANSWERS[name], colour=False)


def test_colour_marks_the_verdict() -> None:
    assert render(samples.expired_on_cdn(), colour=True).startswith("\x1b[1;31m[BROKEN]\x1b[0m shop.example.com")


@pytest.mark.parametrize("width", [80, 60, 40, 20])
@pytest.mark.parametrize("name", ANSWERS)
def test_no_line_is_wider_than_the_page_but_for_links_and_code(name: str, width: int) -> None:
    for line in render(ANSWERS[name], width=width, colour=False).split("\n"):
        assert columns(line) <= width or re.search(r"<?https://\S+$|listen 443", line), line


def test_the_verdict_comes_first_and_then_how_we_know_and_what_to_do() -> None:
    text = render(samples.expired_on_cdn(), colour=False)
    assert text.startswith("[BROKEN] shop.example.com: The certificate has expired\n")
    order = ["[BROKEN]", "How we know", "What to do", "Also seen", "Checks", "Looked from"]
    assert sorted(order, key=text.index) == order


def test_a_working_host_has_no_remedy() -> None:
    text = render(samples.healthy(), colour=False)
    assert text.startswith("[WORKS] HTTPS works on shop.example.com.\n")
    assert "What to do" not in text


def test_a_refused_target_tells_nothing_about_the_inside() -> None:
    text = render(samples.forbidden(), colour=False)
    assert text.startswith("[NOT CHECKED] intranet.example.com: ")
    for hidden in ("10.1.2.3", "inside.example.com", "Checks", "ms", "192.0.2.53"):
        assert hidden not in text


def test_an_entry_is_shown_once_though_two_hosts_lead_to_it() -> None:
    twice = Answer(
        question="", kind=AnswerKind.BOTH, article=samples.Q6, reports=(samples.not_deployed(), samples.not_deployed())
    )
    assert render(twice, colour=False).count("HTTPS has to be configured on the CDN too") == 1


def test_a_link_is_followed_by_its_address() -> None:
    text = render(ANSWERS["faq"], colour=False)
    assert "CDN console <https://console.example.com/cdn>" in text


def test_steps_are_numbered() -> None:
    text = render(ANSWERS["faq"], colour=False)
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == ["1", "2", "3"]


def test_a_page_in_short_ends_with_its_first_steps() -> None:
    page = Library.load().get("certificate.expired")
    assert page is not None
    answer = Answer(question="", kind=AnswerKind.FAQ, article=page)
    short = render(dataclasses.replace(answer, brief=True), colour=False)
    assert short.startswith(page.question)
    for kept in ("What it means", "How we know", "\n1. ", "how do I fix it?"):
        assert kept in short
    for left_out in ("nginx\n", "How to check that it is fixed"):
        assert left_out not in short
        assert left_out in render(answer, colour=False)


def test_an_empty_target_is_called_empty() -> None:
    empty = dataclasses.replace(samples.invalid(), target="")
    assert render(empty, colour=False).startswith("[NOT CHECKED] (empty): ")
    assert "(empty)" not in render(samples.invalid(), colour=False)


def test_a_wide_table_is_shown_row_by_row() -> None:
    article = dataclasses.replace(samples.Q4, text=f"| Name | Value |\n|---|---|\n| a | {'long ' * 30} |")
    text = render(Answer(question="", kind=AnswerKind.FAQ, article=article), colour=False)
    assert "- Name: a\n  Value: long long" in text
    assert all(columns(line) <= 80 for line in text.split("\n"))


def hostile_report() -> Report:
    """A report with hostile text wherever text from outside can be."""
    base = samples.expired_on_cdn()
    facts = base.diagnosis.facts
    assert facts.certificate is not None
    bad = finding(
        "certificate.expired",
        summary=HOSTILE,
        explanation=HOSTILE * 200,
        fix=(HOSTILE,),
        evidence={HOSTILE: [HOSTILE, {HOSTILE: HOSTILE}], "addresses": [HOSTILE]},
    )
    hop = Hop(url=f"http://{HOSTILE}", status=301, location=HOSTILE * 300)
    return Report(
        target=HOSTILE,
        diagnosis=Diagnosis(
            verdict=base.diagnosis.verdict,
            cause=bad.code,
            summary=HOSTILE,
            findings=(bad, dataclasses.replace(bad, code="redirect.missing")),
            checks=tuple(dataclasses.replace(check, detail=HOSTILE) for check in base.diagnosis.checks),
            facts=dataclasses.replace(
                facts,
                text=HOSTILE,
                host=HOSTILE,
                resolution=Resolution(status=facts.resolution.status, aliases=(HOSTILE,) * 50)
                if facts.resolution
                else None,
                traces=(Trace(start=HOSTILE, ip="203.0.113.7", hops=(hop,), end=TraceEnd.ANSWER, last_url=HOSTILE),),
                certificate=dataclasses.replace(
                    facts.certificate, subject=HOSTILE, issuer=HOSTILE, dns_names=(HOSTILE,) * 3_000, chain=(HOSTILE,)
                ),
                vantage=dataclasses.replace(facts.vantage, nameservers=(HOSTILE,), roots=HOSTILE),
            ),
        ),
        articles={bad.code: (hostile_article(),)},
    )


def hostile_article() -> Article:
    return Article(
        id=HOSTILE,
        kind=ArticleKind.FAQ,
        question=HOSTILE,
        text=f"# {HOSTILE}\n\n- {HOSTILE}\n\n`{HOSTILE}`\n\n[{HOSTILE}](https://example.com/)\n\n```\n{HOSTILE}\n```",
        document=HOSTILE,
    )


@pytest.mark.parametrize("details", [False, True])
def test_nothing_from_outside_reaches_the_terminal_as_a_control(details: bool) -> None:
    text = render(hostile_report(), colour=False, details=details)
    assert not CONTROL.search(text)
    assert "<U+001B>[31m" in text
    assert len(text) < 100_000
    article = Answer(question=HOSTILE, kind=AnswerKind.UNSURE, article=hostile_article(), also=(hostile_article(),))
    assert not CONTROL.search(render(article, colour=False, details=details))


def test_a_hostile_report_stays_within_the_columns() -> None:
    article_free = dataclasses.replace(hostile_report(), articles={})
    for line in render(article_free, colour=False).split("\n"):
        assert columns(line) <= 80, line


def test_the_port_is_named_where_it_is_not_the_usual_one() -> None:
    assert "shop.example.com:8443:" in render(samples.not_deployed(), colour=False)
    assert "shop.example.com:443" not in render(samples.expired_on_cdn(), colour=False)


def test_a_check_is_one_line_however_long_its_detail() -> None:
    check = samples.healthy().diagnosis.checks[0]
    assert render_check(check, colour=False) == "  ok       DNS           12 ms  1 address"
    long = Check(name=check.name, status=check.status, seconds=12.3, detail="证书 " * 200)
    line = render_check(long, width=40, colour=False)
    assert "\n" not in line
    assert columns(line) <= 40
