"""A question in, its answer out: the knowledge, a diagnosis, or both, and an honest word where there is neither."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot import wording
from bot.answer import MOST_TARGETS, Answer, AnswerKind, ask, check, explaining
from bot.report import Report, gravest_cause
from bot.settings import SettingError
from diagnostics.catalogue import CheckName, finding
from diagnostics.facts import DnsStatus, Facts, Resolution
from diagnostics.judge import Check, Diagnosis, Verdict
from diagnostics.options import Options
from knowledge.article import ArticleKind
from knowledge.library import Library
from tests.bot import samples
from tests.lab.hosts import Lab

LIBRARY = Library.load()
OPTIONS = Options()
FAQ, DIAGNOSIS, BOTH = AnswerKind.FAQ, AnswerKind.DIAGNOSIS, AnswerKind.BOTH
UNSURE, NONE, SMALLTALK = AnswerKind.UNSURE, AnswerKind.NONE, AnswerKind.SMALLTALK


def diagnosed(code: str | None, *, host: str = "shop.example.com", alias: str | None = None) -> Diagnosis:
    """A hand-made diagnosis with one finding."""
    found = () if code is None else (finding(code, summary="It is so.", explanation="Seen.", fix=("Mend it.",)),)
    aliases = () if alias is None else (alias,)
    return Diagnosis(
        verdict=Verdict.WORKS if code is None else Verdict.BROKEN,
        cause=code,
        summary="It is so.",
        findings=found,
        checks=(),
        facts=Facts(
            text=host,
            host=host,
            port=443,
            started_at=samples.NOON,
            resolution=Resolution(status=DnsStatus.ANSWERED, addresses=("203.0.113.7",), aliases=aliases),
        ),
    )


class Looks:
    """A diagnosis that is known beforehand; `targets` are those it was asked about."""

    def __init__(self, code: str | None = None, *, alias: str | None = None) -> None:
        self.targets: list[str] = []
        self._code, self._alias = code, alias

    async def __call__(self, target: str, **_: object) -> Diagnosis:
        self.targets.append(target)
        return diagnosed(self._code, host=target.partition(":")[0], alias=self._alias)


async def answered(text: str, looks: Looks | None = None) -> Answer:
    return await ask(text, library=LIBRARY, options=OPTIONS, diagnose=looks or Looks())


KINDS = [
    # text, kind, the entry that answers
    ("what is https?", FAQ, "q1"),
    ("how do I force https?", FAQ, "q5"),
    ("why does https not work after I configured the CDN?", FAQ, "q6"),
    ("is shop.example.com broken?", DIAGNOSIS, None),
    ("https://shop.example.com/cart", DIAGNOSIS, None),
    ("thanks!", SMALLTALK, None),
    ("hello", SMALLTALK, None),
    ("help", SMALLTALK, None),
    ("what shall we have for lunch today?", NONE, None),
    ("", NONE, None),
    ("???", NONE, None),
    ("check again", NONE, None),
    ("please check my site", NONE, None),
    # a how-to names a host as an example only
    ("how do I force https on shop.example.com?", FAQ, "q5"),
]


@pytest.mark.parametrize(("text", "kind", "article"), KINDS)
async def test_a_message_gets_an_answer_of_its_kind(text: str, kind: AnswerKind, article: str | None) -> None:
    answer = await answered(text)
    assert (answer.kind, answer.article.id if answer.article else None) == (kind, article)
    assert answer.question == text


@pytest.mark.parametrize(("text", "kind", "_"), KINDS)
async def test_candidates_are_offered_where_the_contract_says_so(text: str, kind: AnswerKind, _: str | None) -> None:
    answer = await answered(text)
    if kind in (NONE, SMALLTALK):
        assert answer.candidates == ()
    if kind is FAQ:
        assert answer.article is not None
        assert answer.candidates[0].article == answer.article
        assert answer.score == answer.candidates[0].score
    assert len(answer.candidates) <= 3


async def test_a_bare_error_is_answered_with_the_cause_s_page() -> None:
    answer = await answered("SSL_ERROR_BAD_CERT_DOMAIN")
    assert answer.article is not None
    assert answer.article.kind is ArticleKind.CAUSE
    # Whoever pastes one has a site in mind.
    assert "name the host" in answer.hint


async def test_a_failing_site_on_a_cdn_is_answered_with_the_faq_and_then_the_cause() -> None:
    answer = await answered("we switched on the CDN and now the browser says NET::ERR_CERT_COMMON_NAME_INVALID")
    assert answer.article is not None
    assert answer.article.id == "q6"
    assert [article.kind for article in answer.also] == [ArticleKind.CAUSE]


async def test_what_is_not_known_is_admitted_with_what_is() -> None:
    answer = await answered("how do I renew my passport in Portugal?")
    assert answer.kind is NONE
    assert answer.note.startswith("I don't know that one.")
    assert "What is HTTPS?" in answer.note


FRIENDLY = [
    # message, what the one line begins with
    ("shop.example works now", wording.GOOD_TO_HEAR),
    ("shop.example.com is back up, thanks for nothing", wording.GOOD_TO_HEAR),
    ("don't check shop.example", wording.LEFT_ALONE),
    ("please leave shop.example.com alone", wording.LEFT_ALONE),
    ("please leave https://shop.example.com/ alone", wording.LEFT_ALONE),
    # what is asked besides
    ("shop.example works now, what was NET::ERR_CERT_DATE_INVALID?", ""),
    # neither of the two
    ("who owns the moon", "I don't know that one."),
]


@pytest.mark.parametrize(("text", "told"), FRIENDLY)
async def test_whoever_asks_for_nothing_gets_one_line(text: str, told: str) -> None:
    note = (await ask(text, library=LIBRARY, options=OPTIONS)).note
    assert note.startswith(told) if told else not note


async def test_without_a_question_there_is_help() -> None:
    assert "and www?" in (await answered("")).note


async def test_a_site_that_is_not_named_is_asked_for() -> None:
    assert "Which host?" in (await answered("check my site")).note


async def test_a_pasted_private_key_is_warned_of() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"
    for text in (key, f"is this right for shop.example.com? it is broken\n{key}"):
        answer = await answered(text)
        assert "private key" in answer.note
        assert "MIIEvQIBADANBg" not in answer.note


JOINED = [
    # cause, alias, what stands first, and then
    ("cdn.certificate_not_deployed", "shop.example.com.cdn.dnsv1.com", ["q6", "q3", "cdn.certificate_not_deployed"]),
    ("certificate.expired", "shop.example.com.cdn.dnsv1.com", ["q4", "certificate.expired"]),
    ("certificate.expires_soon", "shop.example.com.cdn.dnsv1.com", ["q4", "certificate.expires_soon"]),
    ("certificate.chain_expired", "shop.example.com.cdn.dnsv1.com", ["q4", "certificate.chain_expired"]),
    ("redirect.missing", "shop.example.com.cdn.dnsv1.com", ["q5", "redirect.missing"]),
    # without a CDN the CDN's entries are beside the point
    ("certificate.expired", None, ["certificate.expired"]),
    ("certificate.expired", "shop.hosting.example.net", ["certificate.expired"]),
    ("redirect.missing", None, ["redirect.missing", "q5"]),
    ("tcp.refused", "shop.example.com.cdn.dnsv1.com", ["tcp.refused"]),
]


@pytest.mark.parametrize(("cause", "alias", "articles"), JOINED)
def test_a_cause_leads_to_the_entry_that_mends_it(cause: str, alias: str | None, articles: list[str]) -> None:
    found = explaining(diagnosed(cause, alias=alias), find=LIBRARY.get)
    assert [article.id for article in found[cause]] == articles


def test_an_entry_that_the_library_lacks_is_left_out() -> None:
    assert explaining(diagnosed("cdn.certificate_not_deployed"), find=lambda _: None) == {}


async def test_a_host_behind_a_cdn_shows_the_entry_beside_the_diagnosis() -> None:
    looks = Looks("cdn.certificate_not_deployed", alias="shop.example.com.cdn.dnsv1.com")
    answer = await answered("why does https not work on shop.example.com?", looks)
    assert answer.kind is BOTH
    assert answer.article is not None
    assert [answer.article.id, *(article.id for article in answer.also)] == ["q6", "q3"]


async def test_a_broken_host_without_a_cdn_is_not_answered_with_the_cdn_s_entries() -> None:
    answer = await answered("why does https not work on shop.example.com?", Looks("certificate.expired"))
    assert (answer.kind, answer.article) == (DIAGNOSIS, None)


async def test_a_question_that_speaks_of_the_cdn_and_names_a_host_gets_both() -> None:
    text = "https does not work on shop.example.com since I configured the CDN, why?"
    answer = await answered(text, Looks("certificate.self_signed"))
    assert answer.kind is BOTH
    assert answer.article is not None
    assert answer.article.id == "q6"
    assert len(answer.reports) == 1


BESIDE = [
    # a message that asks for a look, the entry that stands beside it
    ("is https fine on shop.example.com ?", None),
    ("does shop.example.com support https?", None),
    ("is https configured on shop.example.com?", None),
    ("does shop.example.com redirect http to https?", None),
    ("what certificate does shop.example.com send?", None),
    # the host's name speaks of a CDN, and the question does not
    ("is https fine on cdn.example.com?", None),
    ("is https fine on shop-cdn.example.com?", None),
    # what it asks besides, before and behind the host
    ("what is https? is it fine on shop.example.com?", "q1"),
    ("what is https and does shop.example.com have it?", "q1"),
    ("check shop.example.com and tell me what https is", "q1"),
    ("https://shop.example.com what is https", "q1"),
    ("does the CDN support https on shop.example.com?", "q2"),
]


@pytest.mark.parametrize(("text", "article"), BESIDE)
async def test_an_entry_stands_beside_a_look_only_where_it_is_asked_for(text: str, article: str | None) -> None:
    answer = await answered(text)
    assert len(answer.reports) == 1
    assert (answer.kind, answer.article.id if answer.article else None) == (BOTH if article else DIAGNOSIS, article)


MEANINGS = [
    # a question that a cause's page answers, whether it asks what something is
    ("what is an intermediate certificate?", True),
    ("what are intermediate certificates for", True),
    ("what's a CA bundle?", True),
    ("so, what does NET::ERR_CERT_DATE_INVALID mean?", True),
    ("SSL_ERROR_BAD_CERT_DOMAIN", False),
    ("NET::ERR_CERT_DATE_INVALID, what do I do?", False),
    ("intermediate certificate missing", False),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
async def test_a_question_for_a_meaning_is_no_report_of_a_fault(text: str, meaning: bool) -> None:
    answer = await answered(text)
    assert answer.article is not None
    assert answer.article.kind is ArticleKind.CAUSE
    assert answer.meaning is meaning


async def test_an_entry_of_the_faq_is_told_as_it_is() -> None:
    assert not (await answered("what is https?")).meaning


CAUSES = [
    # what was found on the hosts in their order, what is told of all of them
    ((), None),
    ((samples.healthy,), None),
    ((samples.healthy, samples.expired_on_cdn), "certificate.expired"),
    ((samples.expired_on_cdn, samples.healthy), "certificate.expired"),
    ((samples.forbidden, samples.expired_on_cdn), "certificate.expired"),
    ((samples.healthy, samples.forbidden), "target.forbidden"),
]


@pytest.mark.parametrize(("reports", "cause"), CAUSES)
def test_of_several_hosts_the_cause_is_that_of_the_one_that_is_worst_off(
    reports: tuple[Callable[[], Report], ...], cause: str | None
) -> None:
    assert gravest_cause([report() for report in reports]) == cause


async def test_every_host_is_looked_at_once() -> None:
    looks = Looks("tcp.refused")
    answer = await answered("a.example.com, b.example.com:8443 and a.example.com are broken", looks)
    assert looks.targets == ["a.example.com", "b.example.com:8443"]
    assert len(answer.reports) == 2


async def test_of_too_many_hosts_the_first_are_looked_at_and_the_rest_is_told() -> None:
    names = [f"{letter}.example.com" for letter in "abcdefgh"]
    looks = Looks("tcp.refused")
    answer = await answered(f"{' '.join(names)} are all broken", looks)
    assert looks.targets == names[:MOST_TARGETS]
    assert "--file" in answer.note


async def test_progress_names_the_target() -> None:
    told: list[tuple[str, str]] = []
    ended = samples.healthy().diagnosis.checks[0]

    async def look(target: str, **given: object) -> Diagnosis:
        progress = given["progress"]
        assert callable(progress)
        progress(ended)
        return diagnosed(None)

    def progress(target: str, check: Check) -> None:
        told.append((target, check.name))

    await ask("is shop.example.com broken?", library=LIBRARY, options=OPTIONS, diagnose=look, progress=progress)
    assert told == [("shop.example.com", "dns")]


async def test_an_option_that_no_diagnosis_can_work_with_is_a_setting_error() -> None:
    with pytest.raises(SettingError, match="timeout"):
        await check("shop.example.com", find=LIBRARY.get, options=dataclasses.replace(OPTIONS, timeout=-1.0))


async def test_a_target_that_is_none_is_a_report_too() -> None:
    report = await check("not a host", find=LIBRARY.get, options=OPTIONS)
    assert report.diagnosis.cause == "target.invalid"
    assert [article.id for article in report.articles["target.invalid"]] == ["target.invalid"]


async def test_credentials_are_in_no_report() -> None:
    report = await check("https://user:hidden@127.0.0.1/", find=LIBRARY.get, options=OPTIONS)
    assert "hidden" not in report.target


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        lab.site("edge.cdn.dnsv1.com", https=lab.ca.issue("old.example.com", ends=timedelta(days=-3)).healthy)
        lab.dns.add("old.example.com", "CNAME edge.cdn.dnsv1.com.")
        yield lab


async def test_an_expired_certificate_on_a_cdn_is_found_and_answered_with_its_entry(lab: Lab) -> None:
    options = lab.check("").options(timeout=15)
    answer = await ask(f"why can nobody open {lab.target('old.example.com')}?", library=LIBRARY, options=options)
    assert answer.kind is BOTH
    assert answer.article is not None
    assert answer.article.id == "q4"
    assert answer.reports[0].diagnosis.cause == "certificate.expired"
    assert {check.name: check.status for check in answer.reports[0].diagnosis.checks}[CheckName.CERTIFICATE] == "failed"
