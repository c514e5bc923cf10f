"""How an answer in Slack looks: what a phone shows first, what is folded away, what stands in words."""

import dataclasses

import pytest

from bot import wording
from bot.answer import Answer, AnswerKind
from bot.render.rich_text import TEXT_LONGEST, SlackMessage
from bot.render.slack import all_details, render, without_private
from bot.render.slack_buttons import Buttons
from bot.render.slack_markdown import in_short as page_in_short
from bot.render.slack_report import in_short, overview
from bot.report import Report
from bot.slack.local.reading import buttons as words_on_buttons
from bot.slack.local.reading import read
from diagnostics.facts import AddressFacts, Connect, ConnectStatus
from diagnostics.finding import Confidence
from knowledge.library import SHIPPED, Library
from tests.bot import golden_files, samples
from tests.bot.slack_texts import PHONE_COLUMNS, PHONE_LINES, on_a_phone, said, shown

ALL = Buttons(question=12, again=True, details=True, feedback=True, hand_over=True)


def answer_to(report: Report) -> Answer:
    return Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=(report,))


def explained(explanation: str, *, confidence: Confidence = Confidence.PROVEN) -> Report:
    """The expired certificate with another explanation."""
    report = samples.expired_on_cdn()
    root = dataclasses.replace(report.diagnosis.findings[0], explanation=explanation, confidence=confidence)
    diagnosis = dataclasses.replace(report.diagnosis, findings=(root, *report.diagnosis.findings[1:]))
    return dataclasses.replace(report, diagnosis=diagnosis)


@pytest.mark.parametrize("name", samples.answers())
def test_an_answer_looks_as_when_it_was_last_looked_at(name: str) -> None:
    rendered = render(samples.answers()[name], buttons=ALL)
    golden_files.check(f"slack_{name}.txt", said(rendered))


def test_the_details_look_as_when_they_were_last_looked_at() -> None:
    golden_files.check("slack_details.txt", said(all_details([samples.expired_on_cdn()], why="For you alone.")))


# What is known; whether all of it stands before the steps.
EXPLANATIONS = (
    ("The server sent it.", True),  # short
    (f"The certificate ended{' yesterday' * 9}. Everybody sees a warning.", False),  # one sentence fits
    (f"The certificate ended{' yesterday' * 40}.", False),  # a sentence without end
    ("x" * 500, False),  # no word ends
    ("", True),  # nothing
)


@pytest.mark.parametrize(("explanation", "whole"), EXPLANATIONS)
@pytest.mark.parametrize("confidence", [Confidence.PROVEN, Confidence.LIKELY])
def test_verdict_cause_and_first_step_are_on_a_phones_first_screen(
    explanation: str, whole: bool, confidence: Confidence
) -> None:
    [message, *_] = render(answer_to(explained(explanation, confidence=confidence)))
    lines = on_a_phone(message.blocks)
    assert lines[0].startswith("Broken: shop.example.com")
    assert lines.index("What to do") + 1 < PHONE_LINES
    assert ("More on how we know" in lines) is not whole


def test_what_is_folded_behind_the_steps_is_told_there() -> None:
    first, rest = in_short(f"It ended{' long' * 20} ago. Everybody sees a warning. It is on all addresses.")
    assert first.endswith("ago.")
    assert rest == "Everybody sees a warning. It is on all addresses."


def test_a_sentence_that_is_cut_follows_whole() -> None:
    sentence = f"It ended{' long' * 60} ago."
    first, rest = in_short(sentence)
    assert first.endswith("long…")
    assert len(first) <= 111
    assert rest == sentence


def test_an_explanation_without_end_is_told_in_full_under_details() -> None:
    report = explained(f"It ended. {'Everybody sees a warning. ' * 50}The end of it.")
    assert "The end of it." not in said(render(answer_to(report)))
    assert "The end of it." in said(all_details([report], why="For you alone."))


def test_the_entries_beside_are_told_by_their_questions_without_codes() -> None:
    page = samples.EXPIRED_PAGE
    text = said(render(Answer(question="?", kind=AnswerKind.FAQ, article=samples.Q3, also=(page, samples.Q4))))
    assert "• The certificate has expired\n• Do the CDN's certificates follow those of my origin?" in text
    assert "certificate.expired" not in text
    assert "q4" not in text


def test_no_answer_shows_the_code_of_a_cause() -> None:
    for answer in samples.answers().values():
        text = said(render(answer, buttons=ALL))
        assert not any(code in text for code in samples.TITLES)


def brief(*, short: bool) -> str:
    page = Library.load(*SHIPPED).get("certificate.expired")
    assert page is not None
    return said(render(Answer(question="why?", kind=AnswerKind.FAQ, article=page, brief=short)))


def test_a_why_is_answered_in_short_and_says_how_to_get_the_rest() -> None:
    text = brief(short=True)
    assert "What it means" in text
    assert "how do I fix it?" in text
    assert len(text) < len(brief(short=False)) / 2


def test_the_page_itself_is_told_in_full() -> None:
    assert wording.MORE_STEPS.partition("`")[0] not in brief(short=False)


def test_a_page_without_the_usual_headings_is_told_up_to_its_first_list() -> None:
    blocks = list(page_in_short("Words.\n\n1. one\n2. two\n\nMore words."))
    assert read("", blocks, names={}).split("\n") == ["Words.", "1. one", "2. two"]


# The details


def addresses(count: int) -> Report:
    report = samples.expired_on_cdn()
    many = tuple(
        AddressFacts(ip=f"2001:db8::{number:x}", connect=Connect(status=ConnectStatus.TIMEOUT))
        for number in range(count)
    )
    facts = dataclasses.replace(report.diagnosis.facts, addresses=many, omitted_addresses=0)
    return dataclasses.replace(report, diagnosis=dataclasses.replace(report.diagnosis, facts=facts))


def kinds(report: Report, *others: Report) -> list[object]:
    messages = all_details([report, *others], why="For you alone.")
    return [block["type"] for message in messages for block in message.blocks]


def test_the_addresses_of_one_host_stand_in_a_table() -> None:
    [message] = all_details([samples.expired_on_cdn()], why="For you alone.")
    [table] = [block for block in message.blocks if block["type"] == "table"]
    rows = table["rows"]
    assert isinstance(rows, list)
    assert [[cell["text"] for cell in row] for row in rows[:3]] == [
        ["Address", "What was seen"],
        [
            "203.0.113.7",
            "reached, 20 ms, TLSv1.3, h2; The certificate has expired; Plain HTTP does not lead to HTTPS",
        ],
        ["203.0.113.8", "refuses the connection; Plain HTTP does not lead to HTTPS"],
    ]


def test_several_hosts_have_no_table_as_slack_takes_one_in_a_message() -> None:
    report = samples.expired_on_cdn()
    assert "table" not in kinds(report, report)
    assert "203.0.113.8: refuses the connection" in said(all_details([report, report], why="For you alone."))


def test_a_table_that_would_be_too_long_says_how_many_more_there_are() -> None:
    text = said(all_details([addresses(60)], why="For you alone."))
    assert text.count("2001:db8::") == 20
    assert "and 40 more, which were not tried" in text


def test_a_host_without_addresses_has_no_table() -> None:
    assert "table" not in kinds(addresses(0))


def test_of_a_host_that_was_refused_the_details_tell_nothing() -> None:
    text = said(all_details([samples.forbidden()], why="For you alone."))
    assert "Nothing was looked at." in text
    assert "10.1.2.3" not in text
    assert "inside.example.com" not in text


def test_the_details_have_steps_times_hops_and_certificate() -> None:
    text = said(all_details([samples.expired_on_cdn()], why="For you alone."))
    assert "Certificate: Failed, 48 ms, expired 3 days ago" in text
    assert "1. http://shop.example.com/ answers 301 and leads to https://shop.example.com/" in text
    assert "Issuer: CN=Example Issuing CA 3" in text
    assert "with the roots of certifi 2026.10.22, in 315 ms" in text


def test_the_details_say_it_without_blocks_too() -> None:
    [message] = all_details([samples.expired_on_cdn()], why="For you alone.")
    assert "Certificate: Failed, 48 ms, expired 3 days ago" in message.text
    assert "203.0.113.8, refuses the connection" in message.text


def test_a_message_for_one_person_loses_its_secrets_when_it_is_shared() -> None:
    report = samples.expired_on_cdn()
    root = dataclasses.replace(report.diagnosis.findings[0], fix=("Look at 10.1.2.3 and 8.8.8.8.",))
    report = dataclasses.replace(report, diagnosis=dataclasses.replace(report.diagnosis, findings=(root,)))
    [message] = render(answer_to(report), private=True)
    open_text = said([without_private(message)])
    assert "10.1.2.3" in said([message])
    assert "10.1.2.3" not in open_text
    assert "8.8.8.8" in open_text
    assert "10.1.2.3" in said([without_private(message, but=["10.1.2.3"])])


# Text that ends in many addresses, after so many characters more.
@pytest.mark.parametrize("more", range(6))
def test_a_text_that_grows_when_its_secrets_are_hidden_is_cut_between_entities(more: int) -> None:
    text = without_private(SlackMessage(text="a" * more + "10.1.2.3 &amp; " * 180)).text
    assert len(text) <= TEXT_LONGEST
    assert text.endswith("…")
    assert "&" not in text.replace("&amp;", "")


# The buttons


def test_the_buttons_stand_under_the_last_message_alone() -> None:
    article = dataclasses.replace(samples.Q6, text="\n\n".join(f"{number}. {'words ' * 300}" for number in range(12)))
    rendered = render(Answer(question="?", kind=AnswerKind.FAQ, article=article), buttons=ALL)
    assert len(rendered) > 1
    assert [words_on_buttons(list(message.blocks)) for message in rendered[:-1]] == [[]] * (len(rendered) - 1)
    assert words_on_buttons(list(rendered[-1].blocks))[0] == "Check again"


def test_without_buttons_there_are_none() -> None:
    for answer in samples.answers().values():
        for message in render(answer):
            assert words_on_buttons(list(message.blocks)) == []


def test_what_may_have_been_meant_can_be_pressed_below_its_list() -> None:
    [message] = render(samples.answers()["unsure"], buttons=Buttons(question=12))
    assert words_on_buttons(list(message.blocks)) == ["1", "2"]
    assert "1. How do I configure a certificate?\n2. Do the CDN's certificates follow" in shown(message)


# Several hosts in one answer


# Those that were looked at; what is said of them all.
OVERVIEWS = (
    ((), ""),
    (("healthy",), ""),  # it says so itself
    (("healthy", "healthy"), "All 2 hosts work."),
    (("healthy", "expired_on_cdn"), "2 hosts: 1 works, 1 is broken."),
    (("expired_on_cdn", "expired_on_cdn", "healthy"), "3 hosts: 1 works, 2 are broken."),
    (("forbidden", "expired_on_cdn"), "2 hosts: 1 is broken, 1 was not checked."),
)


@pytest.mark.parametrize(("names", "words"), OVERVIEWS)
def test_of_several_hosts_the_first_line_says_how_many_work(names: tuple[str, ...], words: str) -> None:
    reports = tuple(getattr(samples, name)() for name in names)
    assert overview(reports) == words
    if len(reports) > 1:
        [message, *_] = render(Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=reports))
        assert shown(message).startswith(f"{words}\n")
        assert message.text.startswith(f"{words}\n")


def test_one_host_has_no_overview_above_it() -> None:
    assert said(render(answer_to(samples.expired_on_cdn()))).startswith("Broken: shop.example.com")


# What something is


MISSING = "certificate.incomplete_chain"


def meant(*, meaning: bool) -> str:
    page = Library.load(*SHIPPED).get(MISSING)
    assert page is not None
    [message] = render(Answer(question="?", kind=AnswerKind.FAQ, article=page, meaning=meaning))
    assert message.text.startswith("About: ") is meaning
    return shown(message)


def test_what_something_is_is_not_told_as_if_it_had_been_found() -> None:
    text = meant(meaning=True)
    assert text.startswith("About: An intermediate certificate is missing\nWhat it means\n")
    assert "1. Get the full chain." in text
    assert "How we know" not in text
    assert len(text) < PHONE_COLUMNS * PHONE_LINES * 4


def test_an_error_is_answered_with_the_whole_page() -> None:
    text = meant(meaning=False)
    assert text.startswith("An intermediate certificate is missing\n")
    assert "How we know" in text
