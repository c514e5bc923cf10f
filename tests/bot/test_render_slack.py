"""Answers as Slack messages: accepted by Slack's rules, safe with anything in them, and good to read."""

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AnswerKind
from bot.render import rich_text
from bot.render.blocks_in_words import in_words
from bot.render.rich_text import (
    BLOCKS_MOST,
    ELEMENT_LONGEST,
    MESSAGES_MOST,
    TEXT_LONGEST,
    Part,
    escaped,
    measure,
    messages,
    sections,
    small_print,
)
from bot.render.slack import all_details, details_of, plain_form, render, sentence, without_private
from bot.render.slack_buttons import Buttons
from bot.render.slack_markdown import markdown
from bot.render.slack_report import is_public, masked
from bot.report import Report
from bot.slack.local.reading import links, read
from diagnostics.catalogue import CATALOGUE
from diagnostics.facts import AddressFacts, Connect, ConnectStatus
from knowledge.article import Article, ArticleKind, Match
from knowledge.library import SHIPPED, Library
from tests.bot import samples
from tests.bot.slack_texts import HOSTILE, assert_sound, hostile_report, refusal, said, shown


@pytest.mark.parametrize("name", samples.answers())
@pytest.mark.parametrize("details", [False, True])
@pytest.mark.parametrize("private", [False, True])
def test_every_kind_of_answer_is_accepted(name: str, details: bool, private: bool) -> None:
    assert_sound(render(samples.answers()[name], details=details, private=private))


BUTTONS = Buttons(question=12, again=True, details=True, feedback=True, hand_over=True, share=True)


@pytest.mark.parametrize("code", [row.code for row in CATALOGUE])
def test_every_cause_is_accepted_with_anything_in_it(code: str) -> None:
    for text in HOSTILE:
        report = hostile_report(code, text)
        answer = Answer(question=text, kind=AnswerKind.DIAGNOSIS, note="A `note`.", reports=(report,))
        assert_sound(render(answer, private=False, buttons=BUTTONS))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_everything_that_was_seen_is_accepted_with_anything_in_it(text: str) -> None:
    report = hostile_report("certificate.expired", text)
    answer = Answer(question=text, kind=AnswerKind.DIAGNOSIS, reports=(report,))
    assert_sound(render(answer, details=True, buttons=BUTTONS))
    assert_sound(all_details([report], why="For you alone."))
    assert_sound(all_details([report] * 5, why="For you alone."))
    assert_sound([without_private(message) for message in render(answer)])


@pytest.mark.parametrize("article", Library.load(*SHIPPED).articles, ids=lambda article: article.id)
def test_every_shipped_article_is_accepted_and_shows_no_markers(article: Article) -> None:
    rendered = render(Answer(question="?", kind=AnswerKind.FAQ, article=article), details=True)
    assert_sound(rendered)
    text = said(rendered)
    assert "](" not in text
    assert "**" not in text


# What an answer says, and in which order


def told(answer: Answer, *, private: bool = True, details: bool = False) -> str:
    return said(render(answer, private=private, details=details))


def test_verdict_and_cause_come_first_then_proof_steps_entry_and_vantage() -> None:
    text = told(samples.answers()["expired_on_cdn"])
    order = [
        "Broken: shop.example.com: The certificate has expired",
        "How we know",
        "What to do",
        "Do the CDN's certificates follow those of my origin?",
        "From: HTTPS on the CDN, q4",
        "Also seen",
        "Looked at 2026-11-24 12:00 UTC",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_likely_cause_says_that_it_is_only_likely() -> None:
    assert "How we know (likely: the usual reason for what was seen)" in told(samples.answers()["not_deployed"])


def test_a_good_host_is_told_in_a_few_lines() -> None:
    assert len(told(samples.answers()["healthy"]).splitlines()) <= 4


def test_candidates_are_told_by_their_questions() -> None:
    text = told(samples.answers()["unsure"])
    assert "1. How do I configure a certificate?" in text
    assert "2. Do the CDN's certificates follow" in text


def test_an_entry_keeps_its_links_its_numbers_and_its_code() -> None:
    [message] = render(samples.answers()["faq"])
    text = shown(message)
    assert ("CDN console", "https://console.example.com/cdn") in links(message.text, list(message.blocks))
    assert "1. Log in to the CDN console." in text
    assert "3. Open HTTPS Configuration" in text
    assert "listen 443 ssl;" in text
    assert "Setting: Protocol; Value: HTTP/2" in text


def test_the_text_for_notifications_has_verdict_cause_and_steps() -> None:
    [message, *_] = render(samples.answers()["expired_on_cdn"])
    assert message.text.startswith("Broken: shop.example.com: The certificate has expired.")
    assert "What to do:\n1. " in message.text


def test_the_plain_form_has_no_blocks_and_still_says_it() -> None:
    [message, *_] = render(samples.answers()["expired_on_cdn"])
    plain = plain_form(message)
    assert plain.blocks == ()
    assert plain.text == message.text


# Long answers


def long_article(count: int) -> Article:
    steps = "\n".join(
        f"{number}. Step {number} of the way, with [a link](https://docs.example.com/{number})."
        for number in range(1, count + 1)
    )
    return Article(
        id="faq/long", kind=ArticleKind.FAQ, question="How?", text=f"Like this:\n\n{steps}", document="A FAQ"
    )


def test_a_long_answer_goes_on_in_a_further_message_with_its_numbers() -> None:
    rendered = render(Answer(question="?", kind=AnswerKind.FAQ, article=long_article(200)))
    assert_sound(rendered)
    text = said(rendered)
    assert len(rendered) > 1
    assert all(f"\n{number}. Step {number} of" in text for number in range(1, 201))


def test_a_further_message_says_without_blocks_what_stands_in_it() -> None:
    rendered = render(Answer(question="?", kind=AnswerKind.FAQ, article=long_article(200)))
    first = next(line for line in shown(rendered[1]).split("\n") if line)
    assert rendered[1].text.startswith(f"(continued)\n{first.split(' <')[0].split('. ')[0]}. ")
    assert len(rendered[1].text) <= TEXT_LONGEST


# Blocks, and how they are told without being blocks.
WORDS: tuple[tuple[list[rich_text.Json], str], ...] = (
    ([*rich_text.block(sections([Part(text="a "), Part(text="b", url="https://example.com/")]))], "a b"),
    ([*rich_text.block(rich_text.listing([[Part(text="a")], [Part(text="b")]], ordered=False))], "• a\n• b"),
    ([*rich_text.block(rich_text.listing([[Part(text="a")]], ordered=True, first=7))], "7. a"),
    ([*rich_text.block(rich_text.verbatim("a\n  b"))], "a\n  b"),
    ([*rich_text.block(rich_text.quotes([Part(text="a")])), rich_text.divider(), small_print("b")], "a\nb"),
    ([{"type": "table", "rows": [[{"text": "a"}, {"text": "b"}], [{"text": "c"}, {"text": "d"}]]}], "a, b\nc, d"),
)


@pytest.mark.parametrize(("blocks", "words"), WORDS)
def test_blocks_are_told_in_words(blocks: list[rich_text.Json], words: str) -> None:
    assert in_words(blocks) == words


def test_an_endless_answer_is_cut_and_says_where_the_rest_is() -> None:
    rendered = render(Answer(question="?", kind=AnswerKind.FAQ, article=long_article(2000)))
    assert_sound(rendered)
    assert len(rendered) == MESSAGES_MOST
    assert shown(rendered[-1]).endswith("There is more, which is too long for Slack: see A FAQ, faq/long.")


def test_a_short_answer_is_one_message() -> None:
    assert len(render(Answer(question="?", kind=AnswerKind.FAQ, article=long_article(3)))) == 1


def test_a_long_paragraph_is_broken_between_sentences() -> None:
    text = "This is a sentence of some length. " * 200
    whole = list(sections([Part(text=text)]))
    assert len(whole) > 1
    assert all(measure(element) <= ELEMENT_LONGEST for element in whole)
    assert all(shown_element(element).endswith(".") for element in whole)


def shown_element(element: rich_text.Json) -> str:
    return read("", [{"type": "rich_text", "elements": [element]}], names={}).rstrip()


# Text from outside


def test_a_text_is_cut_before_it_is_escaped() -> None:
    text = escaped("&" * 10_000)
    assert len(text) <= TEXT_LONGEST
    assert text.removesuffix("…").replace("&amp;", "") == ""


def test_the_three_characters_are_escaped_once() -> None:
    assert escaped("<!channel> & <@U1> &amp;") == "&lt;!channel&gt; &amp; &lt;@U1&gt; &amp;amp;"


def test_an_international_host_is_shown_with_its_punycode() -> None:
    report = samples.healthy()
    facts = dataclasses.replace(report.diagnosis.facts, host="xn--mnchen-3ya.example")
    report = dataclasses.replace(report, diagnosis=dataclasses.replace(report.diagnosis, facts=facts))
    answer = Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=(report,))
    assert "münchen.example (xn--mnchen-3ya.example)" in told(answer)


def test_an_address_of_a_host_is_no_link() -> None:
    report = hostile_report("redirect.loop", "https://evil.example.com/")
    for message in render(Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=(report,)), details=True):
        assert links("", list(message.blocks)) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", f"https://{'a' * 3000}.example"]
)
def test_a_link_that_is_none_is_text(url: str) -> None:
    blocks = list(markdown(f"See [here](<{url}>)."))
    assert links("", blocks) == []
    assert "here" in read("", blocks, names={})


# What is not for everybody


def inside() -> Report:
    """A host with a private address, which its explanation names."""
    report = samples.expired_on_cdn()
    address = AddressFacts(ip="10.1.2.3", connect=Connect(status=ConnectStatus.CONNECTED))
    facts = dataclasses.replace(
        report.diagnosis.facts,
        addresses=(address,),
        resolution=None,
        vantage=dataclasses.replace(samples.VANTAGE, nameservers=("10.0.0.53:5353", "fd00::53")),
    )
    root = dataclasses.replace(
        report.diagnosis.findings[0], explanation="10.1.2.3, fd00::1 and 192.0.2.7 answered at 10:15:00, not 8.8.8.8."
    )
    diagnosis = dataclasses.replace(report.diagnosis, findings=(root,), facts=facts)
    return dataclasses.replace(report, diagnosis=diagnosis)


def test_addresses_that_are_not_public_are_shown_to_the_asker_alone() -> None:
    answer = Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=(inside(),))
    open_text = told(answer, private=False)
    for secret in ("10.1.2.3", "10.0.0.53", "fd00::"):
        assert secret not in open_text + render(answer, private=False)[0].text
    assert "at 10:15:00, not 8.8.8.8" in open_text
    assert "10.1.2.3" in told(answer, private=True)
    assert "10.1.2.3" in shown(details_of([inside()], why="For you alone."))


# A text; the same without the addresses that are not public.
MASKED = (
    ("10.1.2.3 closed.", "(an address that is not public) closed."),
    ("Its nodes (10.1.2.3) answered.", "Its nodes (an address that is not public) answered."),
    ("10.1.2.3, fd00::1 and 10.1.2.4 closed.", "(addresses that are not public) closed."),
    ("Its nodes (10.1.2.3, 10.1.2.4) answered.", "Its nodes (addresses that are not public) answered."),
    ("Its nodes (10.1.2.3, 8.8.8.8) answered.", "Its nodes ((an address that is not public), 8.8.8.8) answered."),
    ("Its nodes (8.8.8.8) answered at 10:15:00.", "Its nodes (8.8.8.8) answered at 10:15:00."),
)


@pytest.mark.parametrize(("text", "left"), MASKED)
def test_what_is_left_of_addresses_that_are_not_public_reads_well(text: str, left: str) -> None:
    assert masked(text) == left


def test_a_host_is_public_where_all_its_addresses_are() -> None:
    assert not is_public(inside())
    facts = dataclasses.replace(inside().diagnosis.facts, addresses=(samples.reached("8.8.8.8"),))
    report = dataclasses.replace(inside(), diagnosis=dataclasses.replace(inside().diagnosis, facts=facts))
    assert is_public(report)


def test_of_a_host_that_was_not_contacted_there_is_nothing_to_tell() -> None:
    assert is_public(samples.forbidden())


# Whatever it is


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=6000), st.text(max_size=200))
def test_any_text_is_accepted_anywhere(long: str, short: str) -> None:
    article = Article(id="faq/x", kind=ArticleKind.FAQ, question=short or "?", text=long, document=short)
    answer = Answer(
        question=short,
        kind=AnswerKind.UNSURE,
        article=article,
        candidates=(Match(article, 0.4),),
        note=long,
        reports=(hostile_report("certificate.expired", long),),
    )
    for message in render(answer):
        assert refusal(message) is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=6))
def test_no_character_of_a_paragraph_is_lost(texts: list[str]) -> None:
    parts = [Part(text=text.replace("\n", "x"), bold=bool(number % 2)) for number, text in enumerate(texts)]
    whole = "".join(part.text for part in parts)
    again = "".join("".join(part.text for part in run) for run in rich_text._pieces(parts, most=500))
    assert "".join(again.split()) == "".join(whole.split())


def test_blocks_are_cut_at_the_last_message_only() -> None:
    def many() -> Iterator[rich_text.Json]:
        for number in range(BLOCKS_MOST * MESSAGES_MOST + 1):
            yield small_print(str(number))

    rendered = messages(list(many()), text="x", cut="cut")
    assert [len(message.blocks) for message in rendered] == [BLOCKS_MOST, BLOCKS_MOST, BLOCKS_MOST + 1]
    assert shown(rendered[-1]).endswith("cut")


def test_a_few_words_are_a_message() -> None:
    assert shown(sentence("Looking at `shop.example.com`…")) == "Looking at shop.example.com…"
