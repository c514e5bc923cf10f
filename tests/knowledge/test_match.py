"""What a question finds, and what finds nothing."""

from pathlib import Path

import pytest

from knowledge.article import Article, ArticleKind, Match
from knowledge.library import Library
from knowledge.match import LIST_FROM
from knowledge.outcome import ANSWER_FROM, OFFER_FROM, REFUSE_BELOW, OutcomeKind, decide


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


def found(library: Library, text: str) -> list[str]:
    return [match.article.id for match in library.search(text)]


FINDS = [
    # Each entry in a voice that is not in its aliases.
    ("erm, so what would this https be", "q1"),
    ("would the CDN be able to deliver over SSL", "q2"),
    ("where should I stick my certificate file in your console", "q3"),
    ("origin got a renewed cert, must the CDN get it as well", "q4"),
    ("nobody should be able to reach us over plain http", "q5"),
    ("Since the CDN went in, our site won't open with https", "q6"),
    # Typing mistakes.
    ("how do i cofnigure an htpps certifcate", "q3"),
    # Slack's markup, emoji and a host change nothing.
    ("<@U12345> :wave: why does *https* not work on <https://shop.example.com|shop> with the _CDN_?", "q6"),
    # Other languages.
    ("什么是 HTTPS 协议呢", "q1"),
    ("CDN は HTTPS をサポートしていますか？", "q2"),
    ("HTTPS 인증서 설정하는 방법", "q3"),
    ("Wird das CDN-Zertifikat automatisch aktualisiert?", "q4"),
    ("quiero obligar a usar https", "q5"),
    ("https ne fonctionne pas depuis le CDN", "q6"),
    ("como configurar o certificado https", "q3"),
    # Error strings lead to the cause.
    ("NET::ERR_CERT_DATE_INVALID", "certificate.expired"),
    ("SEC_ERROR_UNKNOWN_ISSUER", "certificate.incomplete_chain"),
    ("curl: (60) SSL certificate problem: unable to get local issuer certificate", "certificate.incomplete_chain"),
    ("Firefox says ssl_error_bad_cert_domain", "certificate.name_mismatch"),
    ("error:0A00010B:SSL routines::wrong version number", "tls.plaintext_http"),
    ("ERR_TOO_MANY_REDIRECTS", "redirect.loop"),
    ("Error 526", "cdn.origin_certificate_invalid"),
    # Questions that a cause's page answers.
    ("what is an intermediate certificate", "certificate.incomplete_chain"),
    ("my certificate expired", "certificate.expired"),
]


@pytest.mark.parametrize(("text", "wanted"), FINDS)
def test_a_question_finds_its_entry(library: Library, text: str, wanted: str) -> None:
    assert found(library, text)[:1] == [wanted]


REFUSED = [
    # Not about this at all, or about nothing.
    "what is for dinner",
    "the lift is stuck again",
    "我想订一个会议室",
    "hello",
    ":wave:",
    "https://shop.example.com/",
    "",
    "   \n ",
    "???",
    # Near: other keys and certificates, other functions of a CDN, money.
    "my ssh key was rejected",
    "which VPN client do we use",
    "get me an S/MIME certificate",
    "sign a windows exe with a code signing certificate",
    "does the CDN do HTTP/2",
    "what does a certificate cost per year",
    "please purge the cache of the CDN",
    "we are under DDoS attack",
    "Was kostet das CDN im Monat?",
    "CDN 的价格是多少",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_question_that_no_entry_answers_finds_nothing(library: Library, text: str) -> None:
    assert found(library, text) == []


VAGUE = [
    # A word of this field and no question.
    ("ssl", False),
    ("certificate", False),
    ("redirect", False),
    ("help with ssl", False),
    ("what is a certificate", False),
    # As short, and a question that an entry answers.
    ("what is ssl", True),
    ("force https", True),
    ("mixed content", True),
    ("ERR_CERT_DATE_INVALID", True),
]


@pytest.mark.parametrize(("text", "answered"), VAGUE)
def test_a_word_without_a_question_is_answered_with_a_choice(library: Library, text: str, answered: bool) -> None:
    outcome = decide(library.search(text))
    assert (outcome.kind is OutcomeKind.ANSWER) is answered
    assert answered or len(outcome.candidates) > 1


ELSEWHERE = [
    # What fails is no website, whatever the error.
    ("ssh: connect to host gate port 22: Connection refused", False),
    ("openvpn: VERIFY ERROR: certificate has expired", False),
    ("smtp: tls handshake failure", False),
    # The same of a website, and curl's message that names both.
    ("curl: (7) Failed to connect to port 443: Connection refused", True),
    ("SSL peer certificate or SSH remote key was not OK", True),
]


@pytest.mark.parametrize(("text", "answered"), ELSEWHERE)
def test_an_error_of_another_service_leads_to_no_cause(library: Library, text: str, answered: bool) -> None:
    assert (decide(library.search(text)).kind is OutcomeKind.ANSWER) is answered


def test_what_an_owner_does_not_answer_is_refused_in_the_owners_words(tmp_path: Path) -> None:
    (tmp_path / "c.md").write_text("[](id:v)\n### How long is my certificate still valid?\nSee the console.")
    asked = "how long is a certificate valid in years"
    assert found(Library.load(tmp_path), asked) == ["c/v"]
    (tmp_path / "c.asks.toml").write_text(f'decoys = ["{asked}"]')
    assert found(Library.load(tmp_path), asked) == []


def test_a_cdn_and_a_failing_site_lead_to_the_faq_and_then_to_the_cause(library: Library) -> None:
    first, second, *_ = found(library, "NET::ERR_CERT_COMMON_NAME_INVALID on our shop since we use the CDN")
    assert first == "q6"
    assert second == "certificate.name_mismatch"


LEADS = [
    # An expired certificate on a CDN is renewed at the CDN, whatever the browser calls it.
    ("NET::ERR_CERT_DATE_INVALID, and we use a CDN", "q4"),
    ("our certificate on the CDN expired and the site is down", "q4"),
    # What the CDN reports of its origin is not mended by its certificate.
    ("Cloudflare shows error 526", "cdn.origin_certificate_invalid"),
    ("the CDN answers 525 error since today", "http.origin_tls_error"),
    # A loop is no missing certificate.
    ("ERR_TOO_MANY_REDIRECTS since we turned on the CDN", "redirect.loop"),
]


@pytest.mark.parametrize(("text", "wanted"), LEADS)
def test_what_fails_on_the_cdn_leads_to_what_mends_it(library: Library, text: str, wanted: str) -> None:
    assert found(library, text)[0] == wanted


def test_the_bare_error_leads_to_the_cause(library: Library) -> None:
    assert found(library, "NET::ERR_CERT_COMMON_NAME_INVALID")[0] == "certificate.name_mismatch"


def test_the_question_at_the_end_of_a_long_message_counts(library: Library) -> None:
    story = "Hi all. We had a great offsite last week and I am still going through my mails. Anna sends her regards. "
    assert found(library, f"{story * 4}Quick one: how do I force https?")[0] == "q5"


def test_scores_are_probabilities_in_order(library: Library) -> None:
    scores = [match.score for match in library.search("how do I set up https on the cdn")]
    assert scores == sorted(scores, reverse=True)
    assert REFUSE_BELOW <= scores[0] <= 1
    # Behind a first that is worth showing, the unlikelier ones are listed too.
    assert LIST_FROM <= scores[-1] < REFUSE_BELOW


def test_the_limit_is_kept(library: Library) -> None:
    assert len(library.search("https", limit=2)) <= 2
    assert library.search("https", limit=0) == []


def test_an_owners_own_subject_is_found_without_any_sidecar(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "garden.md").write_text("### When do I prune the roses?\nIn spring.\n### How much does a rake cost?\n5.")
    library = Library.load(folder)
    assert found(library, "when should roses be pruned") == ["garden/when-do-i-prune-the-roses"]
    assert found(library, "what is the price of a rake") == ["garden/how-much-does-a-rake-cost"]
    assert found(library, "where do we have lunch") == []


def match(name: str, score: float) -> Match:
    return Match(Article(id=name, kind=ArticleKind.FAQ, question="?", text="!", document="d"), score)


OUTCOMES = [
    # Nothing found, and nothing worth showing.
    ([], OutcomeKind.NONE, None, 0),
    ([match("a", REFUSE_BELOW - 0.01)], OutcomeKind.NONE, None, 0),
    # Clearly ahead.
    ([match("a", 0.9), match("b", 0.4)], OutcomeKind.ANSWER, "a", 2),
    # So sure that a rather near second does not matter, and one that is nearer still does.
    ([match("a", 0.95), match("b", 0.85)], OutcomeKind.ANSWER, "a", 2),
    ([match("a", 0.95), match("b", 0.9)], OutcomeKind.UNSURE, None, 2),
    # Ahead by too little, and too unsure.
    ([match("a", 0.6), match("b", 0.55)], OutcomeKind.UNSURE, None, 2),
    ([match("a", ANSWER_FROM - 0.01)], OutcomeKind.UNSURE, None, 1),
    # Offered are rivals that would not be shown alone, and no hopeless ones.
    ([match("a", 0.5), match("b", OFFER_FROM), match("c", OFFER_FROM - 0.01)], OutcomeKind.UNSURE, None, 2),
    # At most three are offered.
    ([match(name, 0.5) for name in "abcde"], OutcomeKind.UNSURE, None, 3),
]


@pytest.mark.parametrize(("matches", "kind", "article", "candidates"), OUTCOMES)
def test_the_outcome_follows_from_the_scores(
    matches: list[Match], kind: OutcomeKind, article: str | None, candidates: int
) -> None:
    outcome = decide(matches)
    assert outcome.kind is kind
    assert (outcome.article.id if outcome.article else None) == article
    assert len(outcome.candidates) == candidates
