"""Follow-ups: what a short message means after what was said before."""

import json

import pytest

from bot.answer import Answer, AnswerKind
from bot.conversation import Conversation, StepKind, reply, split_target, target_text
from bot.understand import understand
from diagnostics.judge import Diagnosis
from diagnostics.options import Options
from knowledge.library import Library
from tests.bot import samples

BROKEN = Conversation(targets=("shop.example.com",), causes=("certificate.expired",))
WORKING = Conversation(targets=("shop.example.com",))
SEVERAL = Conversation(targets=("a.example.com", "www.b.example.co.uk:8443"), causes=("tcp.refused", "dns.nxdomain"))
ADDRESS = Conversation(targets=("203.0.113.7", "[2001:db8::7]:8443"))
NEW = Conversation()

ASK, CHECK, EXPLAIN, DETAILS, SAY = StepKind.ASK, StepKind.CHECK, StepKind.EXPLAIN, StepKind.DETAILS, StepKind.SAY

FOLLOW_UPS = [
    # what was said before, message, what it asks for, targets or pages
    (BROKEN, "check again", CHECK, ("shop.example.com",)),
    (SEVERAL, "check again", CHECK, SEVERAL.targets),
    (NEW, "check again", SAY, ()),
    (BROKEN, "why?", EXPLAIN, ("certificate.expired",)),
    (BROKEN, "how do I fix it?", EXPLAIN, ("certificate.expired",)),
    (SEVERAL, "why?", EXPLAIN, ("tcp.refused", "dns.nxdomain")),
    # nothing is wrong, so there is nothing to explain
    (WORKING, "why?", SAY, ()),
    (Conversation(article="q5"), "why?", EXPLAIN, ("q5",)),
    (BROKEN, "and www?", CHECK, ("www.shop.example.com",)),
    # of several hosts the last one, on its port
    (SEVERAL, "and www?", CHECK, ("www.b.example.co.uk:8443",)),
    (SEVERAL, "and without www?", CHECK, ("b.example.co.uk:8443",)),
    (SEVERAL, "and shop?", CHECK, ("shop.example.co.uk:8443",)),
    (BROKEN, "and blog?", CHECK, ("blog.example.com",)),
    (NEW, "and www?", SAY, ()),
    # an address has no names beside it
    (ADDRESS, "and www?", SAY, ()),
    (BROKEN, "and on port 8443?", CHECK, ("shop.example.com:8443",)),
    (SEVERAL, "port 443", CHECK, ("www.b.example.co.uk",)),
    (BROKEN, "details", DETAILS, ("shop.example.com",)),
    (BROKEN, "Show me more details, please!", DETAILS, ("shop.example.com",)),
    # no host before it
    (NEW, "details", SAY, ()),
    (NEW, "why?", SAY, ()),
    # questions of their own
    (BROKEN, "check example.org", ASK, ()),
    (BROKEN, "what is https?", ASK, ()),
    (BROKEN, "thanks", ASK, ()),
    (BROKEN, "how do I get more details out of my certificate on the CDN console?", ASK, ()),
]


@pytest.mark.parametrize(("before", "text", "kind", "named"), FOLLOW_UPS)
def test_a_follow_up_means_what_was_said_before(
    before: Conversation, text: str, kind: StepKind, named: tuple[str, ...]
) -> None:
    step = before.resolve(understand(text))
    assert (step.kind, step.targets or step.pages) == (kind, named)


def test_it_is_said_which_host_a_follow_up_was_taken_to_mean() -> None:
    assert "`www.shop.example.com`" in BROKEN.resolve(understand("and www?")).note


def test_a_conversation_survives_json() -> None:
    for conversation in (BROKEN, SEVERAL, NEW, Conversation(article="q5")):
        assert Conversation.from_dict(json.loads(json.dumps(conversation.to_dict()))) == conversation


@pytest.mark.parametrize("stored", [{}, {"targets": "x"}, {"targets": [1, None], "causes": {}, "article": 3}])
def test_what_another_version_stored_is_forgotten(stored: dict[str, object]) -> None:
    assert Conversation.from_dict(stored) == NEW


def test_an_answer_without_a_host_leaves_the_hosts_as_they_were() -> None:
    answer = Answer(question="", kind=AnswerKind.FAQ, article=samples.Q4)
    assert BROKEN.after(answer) == Conversation(targets=BROKEN.targets, causes=BROKEN.causes, article="q4")


def test_an_answer_with_hosts_takes_their_place() -> None:
    reports = (samples.expired_on_cdn(), samples.not_deployed(), samples.invalid())
    after = BROKEN.after(Answer(question="", kind=AnswerKind.DIAGNOSIS, reports=reports))
    assert after.targets == ("shop.example.com", "shop.example.com:8443")
    assert after.causes == ("certificate.expired", "cdn.certificate_not_deployed", "target.invalid")


TARGETS = [
    # host, port, text
    ("shop.example.com", 443, "shop.example.com"),
    ("shop.example.com", 8443, "shop.example.com:8443"),
    ("2001:db8::7", 443, "2001:db8::7"),
    ("2001:db8::7", 8443, "[2001:db8::7]:8443"),
]


@pytest.mark.parametrize(("host", "port", "text"), TARGETS)
def test_a_target_is_written_and_read(host: str, port: int, text: str) -> None:
    assert target_text(host, port) == text
    assert split_target(text) == (host, port)


LIBRARY = Library.load()
OPTIONS = Options()


async def expired(target: str, **_: object) -> Diagnosis:
    return samples.expired_on_cdn().diagnosis


INTERRUPTED = [
    # what was said before, message, hosts and causes after it
    (BROKEN, "check other.example.org:8443", ("other.example.org:8443",), ()),
    (BROKEN, "and www?", ("www.shop.example.com",), ()),
    (BROKEN, "what is https?", BROKEN.targets, BROKEN.causes),
]


@pytest.mark.parametrize(("before", "text", "targets", "causes"), INTERRUPTED)
def test_a_look_that_was_interrupted_leaves_its_hosts(
    before: Conversation, text: str, targets: tuple[str, ...], causes: tuple[str, ...]
) -> None:
    after = before.interrupted(text)
    assert (after.targets, after.causes) == (targets, causes)


async def test_why_is_told_in_short_and_how_to_mend_it_in_full() -> None:
    why = await reply("why?", conversation=BROKEN, library=LIBRARY, options=OPTIONS)
    mend = await reply("how do I fix it?", conversation=BROKEN, library=LIBRARY, options=OPTIONS)
    assert (why.answer.brief, mend.answer.brief) == (True, False)


async def test_why_shows_the_page_of_the_cause() -> None:
    found = await reply("why?", conversation=BROKEN, library=LIBRARY, options=OPTIONS)
    assert found.answer.article is not None
    assert found.answer.article.id == "certificate.expired"
    assert found.conversation.targets == BROKEN.targets


async def test_a_follow_up_looks_at_the_host_again() -> None:
    found = await reply("and www?", conversation=BROKEN, library=LIBRARY, options=OPTIONS, diagnose=expired)
    assert [report.diagnosis.cause for report in found.answer.reports] == ["certificate.expired"]
    assert "www.shop.example.com" in found.answer.note


async def test_details_show_the_last_answer_without_looking_again() -> None:
    last = Answer(question="x", kind=AnswerKind.DIAGNOSIS, reports=(samples.expired_on_cdn(),))
    found = await reply("details", conversation=BROKEN, library=LIBRARY, options=OPTIONS, last=last)
    assert (found.answer, found.details) == (last, True)
    # Where it is not at hand any more, as after a restart, it is looked at again.
    found = await reply("details", conversation=BROKEN, library=LIBRARY, options=OPTIONS, diagnose=expired)
    assert (len(found.answer.reports), found.details) == (1, True)


async def test_a_question_of_its_own_is_answered_as_such() -> None:
    found = await reply("what is https?", conversation=BROKEN, library=LIBRARY, options=OPTIONS)
    assert found.answer.article is not None
    assert found.answer.article.id == "q1"
    assert not found.details


async def test_a_cause_without_a_page_is_admitted() -> None:
    unknown = Conversation(targets=("a.example",), causes=("of.another_version",))
    found = await reply("why?", conversation=unknown, library=LIBRARY, options=OPTIONS)
    assert found.answer.kind is AnswerKind.NONE
