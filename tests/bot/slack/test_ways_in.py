"""The other ways in, in both modes: the shortcut, the Home tab, the messages with the bot, files, and threads."""

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from bot.render.slack_home import EXAMPLES
from bot.slack.local import ALICE, BOB, GENERAL, Message, SlackServer
from tests.bot.slack.conftest import Office, has_button
from tests.lab.certificates import intermediate, leaf, root
from tests.lab.hosts import Lab
from tests.lab.openssl import pkcs8

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP = "shop.example.com"
INTERMEDIATE = intermediate(root())
LEAF = leaf(INTERMEDIATE, SHOP)
KEY = pkcs8(LEAF.key)


@pytest.fixture
def slack(office: Office) -> SlackServer:
    return office.slack


@pytest.fixture
def mode(office: Office) -> str:
    """A part of host names; the lab is the same in both modes."""
    return "http" if office.bot.http else "socket"


async def settled(slack: SlackServer, question: Message, *, count: int = 1) -> str:
    """What the n-th answer in a thread says, when it stands."""
    reply = await slack.wait_for_reply(question, count=count)
    await slack.wait_for(lambda: not slack.read(reply).startswith("Looking"))
    return slack.read(reply)


# Diagnose this message


async def test_anybodys_message_is_diagnosed_for_whoever_wants_it(slack: SlackServer, lab: Lab, mode: str) -> None:
    wanting = slack.add_user("wanting")
    channel = slack.add_channel("diagnose", members=(BOB, wanting), with_bot=False)
    site = lab.site(f"mentioned.{mode}.example.com")
    message = slack.message(channel, BOB, f"We have moved everything to {site.target} yesterday.")
    delivery = await slack.shortcut("diagnose_message", wanting, message=message).wait()
    assert delivery.is_acknowledged
    answer = await slack.wait_for_ephemeral(wanting)
    assert f"Works: mentioned.{mode}.example.com" in slack.read(answer)
    assert has_button(answer, "share")
    assert slack.replies(message) == []
    slack.press(answer, "share", wanting)
    await slack.wait_for(lambda: len(slack.channel(channel).present()) == 2)
    shared = slack.channel(channel).present()[1]
    assert f"Works: mentioned.{mode}.example.com" in slack.read(shared)
    assert site.addresses[0] not in slack.read(shared)


async def test_a_message_of_another_bot_is_diagnosed_by_its_blocks(slack: SlackServer) -> None:
    watcher = slack.add_user("watcher")
    channel = slack.add_channel("alerts", members=(watcher,))
    message = slack.other_bot_message(channel, "")
    message.attachments = [{"id": 1, "text": "Chrome says NET::ERR_CERT_DATE_INVALID", "fallback": "an alert"}]
    slack.shortcut("diagnose_message", watcher, message=message)
    assert "expired" in slack.read(await slack.wait_for_ephemeral(watcher))
    told = slack.other_bot_message(channel, "")
    told.blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "what is https?"}}]
    slack.shortcut("diagnose_message", watcher, message=told)
    assert "Hypertext" in slack.read(await slack.wait_for_ephemeral(watcher, count=2))


async def test_a_message_with_nothing_in_it_gets_help(slack: SlackServer) -> None:
    lost = slack.add_user("lost")
    channel = slack.add_channel("nothing", members=(lost, BOB))
    slack.shortcut("diagnose_message", lost, message=slack.message(channel, BOB, "…"))
    assert "name the host" in slack.read(await slack.wait_for_ephemeral(lost))


async def test_another_shortcut_is_acknowledged_and_leads_to_nothing(slack: SlackServer) -> None:
    message = slack.message(GENERAL, BOB, "what is https?")
    assert (await slack.shortcut("another_app", ALICE, message=message).wait()).is_acknowledged


# The Home tab


async def test_the_home_tab_shows_what_it_can_do_and_ones_own_questions(
    slack: SlackServer, lab: Lab, mode: str
) -> None:
    homely = slack.add_user("homely")
    channel = slack.add_channel("home", members=(homely, BOB))
    await settled(slack, slack.mention(channel, BOB, "can I deny http?"))
    await settled(slack, slack.mention(channel, homely, "what is https?"))
    await settled(slack, slack.mention(channel, homely, f"check nowhere.{mode}.example.com"))
    assert slack.open_home(homely) is not None
    await slack.wait_for(lambda: homely in slack.workspace.homes)
    said = slack.read(slack.home(homely))
    assert "what is https?" in said
    assert "The name does not exist" in said
    assert "can I deny http?" not in said
    assert all(example in said for example in EXAMPLES)


async def test_a_pressed_example_is_answered_in_the_messages(slack: SlackServer) -> None:
    trying = slack.add_user("trying")
    slack.open_home(trying)
    await slack.wait_for(lambda: trying in slack.workspace.homes)
    slack.press(slack.home(trying), "example:1", trying)
    root_message = (await slack.wait_for(lambda: slack.channel(trying).present()))[0]
    assert EXAMPLES[1] in slack.read(root_message)
    await slack.wait_for(lambda: len(slack.channel(trying).present()) == 2)
    answer = slack.channel(trying).present()[1]
    assert "expired" in slack.read(answer)
    assert answer.thread_ts == root_message.ts
    await slack.wait_for(lambda: "Your recent questions\nNone yet" not in slack.read(slack.home(trying)))
    slack.direct_message(trying, "why?", thread_ts=root_message.ts)
    await slack.wait_for(lambda: len(slack.channel(trying).present()) == 4)


async def test_a_home_that_cannot_be_published_is_left(slack: SlackServer) -> None:
    unlucky = slack.add_user("homeless")
    slack.fail("views.publish", error="not_enabled")
    slack.open_home(unlucky)
    await slack.wait_for(lambda: any(not call.ok for call in slack.calls_of("views.publish")))
    await settled(slack, slack.mention(GENERAL, BOB, "what is https?"))


async def test_the_messages_tab_suggests_what_to_ask(slack: SlackServer) -> None:
    new = slack.add_user("new")
    slack.open_home(new, tab="messages")
    channel = slack.channel(new).id
    prompts = await slack.wait_for(lambda: slack.workspace.prompts.get(channel))
    assert prompts is not None
    assert [prompt["message"] for prompt in prompts] == list(EXAMPLES)


async def test_a_changed_context_is_acknowledged(slack: SlackServer) -> None:
    event = {"type": "app_context_changed", "context": {"entities": []}}
    assert (await slack.event(event).wait()).is_acknowledged


# Files in direct messages


def shared(slack: SlackServer, person: str, name: str, content: bytes, *, text: str = "", kind: str = "") -> Message:
    stored = slack.upload_file(person, name, content, mimetype=kind or "application/octet-stream")
    return slack.direct_message(person, text, files=[stored])


async def test_a_certificate_file_is_examined(slack: SlackServer) -> None:
    question = shared(slack, ALICE, "shop.pem", LEAF.pem + INTERMEDIATE.pem, kind="application/x-x509-ca-cert")
    said = await settled(slack, question)
    assert "shop.pem" in said
    assert SHOP in said


async def test_the_words_beside_a_file_name_its_host(slack: SlackServer) -> None:
    question = shared(slack, ALICE, "shop.crt", LEAF.pem, text="does this fit other.example.org?")
    said = await settled(slack, question)
    assert "other.example.org" in said
    assert said.startswith("Broken")


@pytest.mark.parametrize("name", ["shop.der", "shop.cer", "certificate"])
async def test_a_binary_file_is_examined_whatever_it_is_called(slack: SlackServer, name: str) -> None:
    assert SHOP in await settled(slack, shared(slack, ALICE, name, LEAF.der))


async def test_a_private_key_in_a_file_is_warned_of_and_not_kept(office: Office, slack: SlackServer) -> None:
    said = await settled(slack, shared(slack, ALICE, "all.pem", LEAF.pem + KEY))
    assert "private key" in said
    assert "exposed" in said
    secret = KEY.splitlines()[1]
    files = office.database.parent.glob(f"{office.database.name}*")
    assert secret not in b"".join(path.read_bytes() for path in files)
    assert secret.decode() not in office.bot.log


async def test_a_pasted_private_key_beside_a_file_is_not_kept(office: Office, slack: SlackServer) -> None:
    said = await settled(slack, shared(slack, ALICE, "shop.pem", LEAF.pem, text=f"the key is {KEY.decode()}"))
    assert "private key" in said
    files = office.database.parent.glob(f"{office.database.name}*")
    assert KEY.splitlines()[1] not in b"".join(path.read_bytes() for path in files)


async def test_no_password_is_asked_for(slack: SlackServer) -> None:
    locked = pkcs12.serialize_key_and_certificates(
        b"shop", LEAF.key, LEAF.certificate, None, BestAvailableEncryption(b"a secret")
    )
    said = await settled(slack, shared(slack, ALICE, "shop.pfx", locked))
    assert "padlock cert" in said
    assert "Do not send the password here" in said


async def test_several_files_belong_together(slack: SlackServer) -> None:
    files = [slack.upload_file(ALICE, "shop.pem", LEAF.pem), slack.upload_file(ALICE, "ca.pem", INTERMEDIATE.pem)]
    said = await settled(slack, slack.direct_message(ALICE, "", files=files))
    assert "shop.pem" in said
    assert "ca.pem" in said


async def test_more_files_than_five_are_told(slack: SlackServer) -> None:
    files = [slack.upload_file(ALICE, f"shop-{number}.pem", LEAF.pem) for number in range(7)]
    assert "I examined the first 5 files" in await settled(slack, slack.direct_message(ALICE, "", files=files))


async def test_a_picture_is_not_fetched(slack: SlackServer) -> None:
    said = await settled(slack, shared(slack, ALICE, "screen.png", b"\x89PNG", kind="image/png"))
    assert said.startswith("I can examine certificate files")


async def test_a_question_with_a_picture_is_answered(slack: SlackServer) -> None:
    question = shared(slack, ALICE, "screen.png", b"\x89PNG", text="what is https?", kind="image/png")
    assert "Hypertext" in await settled(slack, question)


async def test_a_file_that_is_far_too_large_is_not_fetched(slack: SlackServer) -> None:
    said = await settled(slack, shared(slack, ALICE, "large.pem", b"x" * 3_000_000))
    assert "far too large" in said


async def test_a_file_from_elsewhere_is_not_fetched(slack: SlackServer) -> None:
    external = {"id": "F1", "name": "shop.pem", "mimetype": "text/plain", "size": 10}
    for number, url in enumerate(("https://evil.example/shop.pem", "http://files.slack.com.evil.example/x.pem")):
        twin = slack.direct_message(BOB, "hello")
        await settled(slack, twin)
        event = {"type": "message", "subtype": "file_share", "channel_type": "im", "user": BOB, "text": ""}
        place = {"channel": twin.channel, "ts": twin.ts[:-3] + f"{number}99", "event_ts": twin.ts}
        slack.event(event | place | {"thread_ts": twin.ts, "files": [external | {"url_private_download": url}]})
        assert "does not lie in Slack" in await settled(slack, twin, count=2)


# Threads


async def test_follow_ups_of_others_count_as_theirs(slack: SlackServer) -> None:
    first, second = slack.add_user("first"), slack.add_user("second")
    channel = slack.add_channel("others", members=(first, second))
    question = slack.mention(channel, first, "what is https?")
    await settled(slack, question)
    slack.message(channel, second, "can I deny http?", thread_ts=question.ts)
    await settled(slack, question, count=2)
    for person, own, other in ((first, "what is https?", "can I deny http?"), (second, "can I deny http?", "what is")):
        slack.open_home(person)
        await slack.wait_for(lambda who=person: who in slack.workspace.homes)  # type: ignore[misc]
        said = slack.read(slack.home(person)).partition("Your recent questions")[2]
        assert own in said
        assert other not in said


async def test_several_hosts_of_a_thread_are_told_apart(slack: SlackServer, lab: Lab, mode: str) -> None:
    one, two = (lab.site(f"{name}.{mode}.example.com") for name in ("one", "two"))
    question = slack.mention(GENERAL, ALICE, f"check {one.target}")
    assert f"Works: one.{mode}.example.com" in await settled(slack, question)
    slack.message(GENERAL, BOB, f"and {two.target}?", thread_ts=question.ts)
    assert f"Works: two.{mode}.example.com" in await settled(slack, question, count=2)
    slack.message(GENERAL, ALICE, "check again", thread_ts=question.ts)
    again = await settled(slack, question, count=3)
    assert f"Works: two.{mode}.example.com" in again
    assert f"one.{mode}" not in again
    first = slack.replies(question)[0]
    slack.press(first, "again", BOB)
    await slack.wait_for(lambda: "Nothing has changed since" in slack.read(first))
    assert f"Works: one.{mode}.example.com" in slack.read(first)


async def test_a_word_is_explained_in_the_thread_of_a_diagnosis(slack: SlackServer, lab: Lab, mode: str) -> None:
    site = lab.site(f"explained.{mode}.example.com")
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    await settled(slack, question)
    slack.message(GENERAL, BOB, "what is an intermediate?", thread_ts=question.ts)
    said = await settled(slack, question, count=2)
    assert "intermediate" in said.lower()
    assert not said.startswith(("I am not sure", "I don't know", "Works"))
