"""What a message asks, and which hosts it names."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hosts import Conflict, MentionedHost
from bot.lexicon import lookalikes, phrases
from bot.short_message import FollowUp, SmallTalk
from bot.understand import MAX_TARGETS, understand
from tests.bot.messages import CHECK, HELD_OUT, IN_OTHER_WORDS, LATER, MORE, TUNE, Row

ROWS = (*TUNE, *CHECK, *HELD_OUT, *MORE, *IN_OTHER_WORDS, *LATER)


def _spelled(target: MentionedHost) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == 443 else f"{host}:{target.port}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.about}: {row.text[:40]!a}")
def test_the_hosts_of_a_message_are_the_ones_a_reader_sees(row: Row) -> None:
    assert " ".join(map(_spelled, understand(row.text).targets)) == row.hosts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.about}: {row.text[:40]!a}")
def test_a_diagnosis_is_wanted_where_a_reader_would_make_one(row: Row) -> None:
    assert understand(row.text).wants_diagnosis is row.wants


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("shop.example.com:8443 fails", "shop.example.com:8443"),  # as typed, with its port
        ("SHOP.example.com fails", "SHOP.example.com"),  # as typed, not in normal form
        ("https://shop.example.com/cart#top fails", "https://shop.example.com/cart"),  # without the fragment
        ("https://joe:secret@shop.example.com/ fails", "https://shop.example.com/"),  # without credentials
        ("hxxps://shop[.]example[.]com/ fails", "https://shop.example.com/"),  # defanged no more
        ("<https://shop.example.com/a?b=1&amp;c=2|shop> fails", "https://shop.example.com/a?b=1&c=2"),  # unescaped
        ("<http://shop.example.com|shop.example.com> fails", "shop.example.com"),  # Slack's own link: as typed
        ("http://0x7f.1/ fails", "http://0x7f.1/"),  # an odd spelling is the diagnosis's to judge
        ("2001:db8::1 fails", "[2001:db8::1]"),  # in brackets
        ("shop.example.com on port 8443 fails", "shop.example.com:8443"),  # a port in words
        ("https:/shop.example.com fails", "https://shop.example.com"),  # a slash forgotten
        ("ftp://shop.example.com fails", "ftp://shop.example.com"),  # a scheme the diagnosis refuses
    ],
)
def test_a_target_is_handed_on_as_it_was_typed(message: str, text: str) -> None:
    assert [target.text for target in understand(message).targets] == [text]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("<@U012ABC> why does *HTTPS* not work?", "why does HTTPS not work?"),  # mention and bold
        ("<!here> see <#C012|web> and `nginx`", "see and nginx"),  # broadcast, channel, code
        ("<https://shop.example.com|the shop> fails", "the shop fails"),  # a link's label is what was read
        ("<mailto:joe@example.com|joe@example.com> a &lt; b &amp; c", "joe@example.com a < b & c"),  # entities
        ("https://joe:secret@shop.example.com fails", "https://shop.example.com fails"),  # credentials
        ("&gt; broken\nme too :cry:", "broken me too"),  # quotation and emoji
        ("a\x00b\x1bc\ud800d", "a b c d"),  # control characters and surrogates
        ("my_file and 2*3*4", "my_file and 2*3*4"),  # marks inside words are no marks
    ],
)
def test_the_text_is_what_was_asked_without_markup(message: str, text: str) -> None:
    assert understand(message).text == text


@pytest.mark.parametrize("message", ["", "  \n", "<@U012ABC>", "?!", ":wave:", "\x00", "\ud800", "<!here> <#C1|x>"])
def test_a_message_that_asks_nothing_is_empty(message: str) -> None:
    assert understand(message).empty


@pytest.mark.parametrize("message", ["why?", "example.com", "<https://example.com>", "什么是HTTPS"])
def test_a_message_that_asks_something_is_not_empty(message: str) -> None:
    assert not understand(message).empty


@pytest.mark.parametrize(
    ("message", "conflicts"),
    [
        # the label is another host
        ("<https://other.example|shop.example> fails", (Conflict("shop.example", "other.example"),)),
        # the label speaks of another host
        ("<https://other.example|log in at shop.example> fails", (Conflict("shop.example", "other.example"),)),
        ("<https://shop.example/cart|shop.example> fails", ()),  # the same host
        ("<https://SHOP.example/|shop.example.> fails", ()),  # the same host in another spelling
        ("<https://shop.example|the shop> fails", ()),  # no host in the label
        ("<https://shop.example> fails", ()),  # no label
    ],
)
def test_a_link_that_shows_another_host_is_told(message: str, conflicts: tuple[Conflict, ...]) -> None:
    question = understand(message)
    assert question.conflicts == conflicts
    assert len(question.targets) == 1


@pytest.mark.parametrize(
    ("message", "exposed"),
    [
        ("my key: -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY----- ok?", True),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg", True),  # cut off
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END ENCRYPTED PRIVATE KEY-----", True),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END OPENSSH PRIVATE KEY-----", True),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nMIIEvQIBADANBg", True),
        ("x" * 50_000 + "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", True),  # far behind
        ("-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBg\n-----END CERTIFICATE-----", False),
        ("-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBg\n-----END PUBLIC KEY-----", False),
        ("where do I put the private key?", False),
    ],
)
def test_a_pasted_private_key_is_noticed_and_not_kept(message: str, exposed: bool) -> None:
    question = understand(message)
    assert question.exposed_key is exposed
    assert "MIIE" not in question.text


@pytest.mark.parametrize(
    ("message", "follow_up", "subdomain"),
    [
        ("check again", FollowUp.CHECK_AGAIN, None),
        ("Recheck please!", FollowUp.CHECK_AGAIN, None),
        ("and now?", FollowUp.CHECK_AGAIN, None),
        ("nochmal", FollowUp.CHECK_AGAIN, None),
        ("再检查一下", FollowUp.CHECK_AGAIN, None),
        ("why?", FollowUp.WHY, None),
        ("warum?", FollowUp.WHY, None),
        ("为什么？", FollowUp.WHY, None),
        ("how do I fix it?", FollowUp.MEND, None),
        ("怎么办", FollowUp.MEND, None),
        ("and www?", FollowUp.SUBDOMAIN, "www"),
        ("what about the api subdomain?", FollowUp.SUBDOMAIN, "api"),
        ("and the kundenportal subdomain?", FollowUp.SUBDOMAIN, "kundenportal"),  # a word of one's own, named as one
        ("www呢？", FollowUp.SUBDOMAIN, "www"),
        ("and without www?", FollowUp.WITHOUT_WWW, None),
        ("what about prices?", None, None),  # the same form, and no subdomain
        ("why does HTTPS need a certificate?", None, None),  # a question of its own
        ("check example.com again", None, None),  # a host of its own
        ("thanks", None, None),
    ],
)
def test_a_follow_up_is_told_by_its_words(message: str, follow_up: FollowUp | None, subdomain: str | None) -> None:
    question = understand(message)
    assert (question.follow_up, question.subdomain) == (follow_up, subdomain)


@pytest.mark.parametrize(
    ("message", "small_talk"),
    [
        ("hi", SmallTalk.GREETING),
        ("Good morning everyone", SmallTalk.GREETING),
        ("你好", SmallTalk.GREETING),
        ("thanks a lot!", SmallTalk.THANKS),
        ("vielen Dank", SmallTalk.THANKS),
        ("ありがとうございます", SmallTalk.THANKS),
        ("bye", SmallTalk.FAREWELL),
        ("help", SmallTalk.HELP),
        ("what can you do?", SmallTalk.HELP),
        ("hi, what is HTTPS?", None),  # a question after a greeting
        ("thanks, but it still fails", None),  # a fault after thanks
        ("example.com", None),
    ],
)
def test_small_talk_is_told_from_questions(message: str, small_talk: SmallTalk | None) -> None:
    assert understand(message).small_talk == small_talk


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("my site shows a certificate error", True),
        ("HTTPS stopped working after I enabled the CDN", True),
        ("网站打不开了", True),
        ("my site had an error, it works again", False),  # taken back
        ("what is HTTPS?", False),
    ],
)
def test_a_fault_without_a_host_is_reported_and_wants_no_diagnosis(message: str, fault: bool) -> None:
    question = understand(message)
    assert question.reports_fault is fault
    assert not question.wants_diagnosis


def test_a_list_of_hosts_is_cut() -> None:
    question = understand("check " + " ".join(f"host{number}.example.com" for number in range(30)))
    assert [target.host for target in question.targets] == [f"host{n}.example.com" for n in range(MAX_TARGETS)]


def test_a_port_that_is_none_is_left_to_the_diagnosis() -> None:
    (target,) = understand("check shop.example.com:99999").targets
    assert (target.host, target.text) == ("shop.example.com", "shop.example.com:99999")


def test_every_kind_of_word_that_is_looked_up_exists() -> None:
    for row in ROWS:  # a name misspelt in code is a KeyError here
        understand(row.text)
    for lexicon in (phrases(), lookalikes()):
        assert all(lexicon.words.values())
        assert all(lexicon.stems.values())
    assert all(phrases().phrases.values())


@pytest.mark.parametrize("module", ["idna", "tomllib", "publicsuffixlist", "diagnostics.target"])
def test_importing_it_reads_no_tables(module: str) -> None:
    code = f"import sys, bot.understand; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_question_without_a_host_needs_no_list_of_suffixes() -> None:
    code = (
        "import sys; from bot.understand import understand; understand('How do I configure HTTPS? e.g. node.js');"
        "from bot.hostnames import _suffixes; sys.exit(_suffixes.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


_LONG = 100_000
_PIECES = (
    ".", "a.", "a.co ", "x1.co,", "word ", "a", "\0", "https://", "https://a.b ", "a@", "a:", ":", "1:2:3:4:5:6:7:8 ",
    "[", "[1:", "<", "<https://a.b|c>", "<https://", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A-----", "打不开",
    "例.中国。", "💩.la ", "❤", "/a", "a/b ", "\\a ", "(", "1.2.3.4 ", "http://0x7f.1 ", "not work ", "? ",
    "is it ok? ", "a.co fails. ", "*a* ", "`", "- ", "a-", "。", "a。", "a.com:8", "a.com on port ", "\ud800", "안 돼 ",
    "é", "a[.]b ", "a\u0301", "> ", "\n",
    "9", "port 8 on ", "xn--", "a.xn--a ", "ü1.de ", "but ", ",", "&amp;", "&lt;",
)  # fmt: skip


@pytest.mark.parametrize("piece", _PIECES, ids=ascii)
def test_no_message_takes_long(piece: str) -> None:
    understand("check bücher.example.com")  # the tables are read
    message = piece * (_LONG // len(piece))

    def seconds() -> float:
        begin = time.process_time()
        understand(message)
        return time.process_time() - begin

    assert min(seconds() for _ in range(3)) < 0.05


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_is_understood(text: str) -> None:
    question = understand(text)
    assert all(target.host and target.text for target in question.targets)
    assert not any("\ud800" <= char <= "\udfff" for char in question.text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from((*_PIECES, " ", "example.com", "shop.example.com", "why is ", "don't check "))))
def test_any_mixture_of_markup_and_hosts_is_understood(pieces: list[str]) -> None:
    question = understand("".join(pieces))
    assert len({(target.host, target.port) for target in question.targets}) == len(question.targets) <= MAX_TARGETS
    assert all("@" not in target.text and "\ue000" not in target.text for target in question.targets)
