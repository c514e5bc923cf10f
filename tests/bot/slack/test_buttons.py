"""What a press of each button does, in both modes: one running bot, many presses."""

import asyncio
from collections.abc import Callable

import pytest

from bot.slack.local import ALICE, BOB, GENERAL, Message, SlackServer
from bot.store.buckets import TARGET
from tests.bot.slack.conftest import Office, Switch, has_button
from tests.lab.certificates import DAY
from tests.lab.hosts import Lab, serves
from tests.lab.tls import slow_handshake

pytestmark = pytest.mark.asyncio(loop_scope="module")

Host = Callable[[str], str]
UNSURE = "redirect problem"


@pytest.fixture
def slack(office: Office) -> SlackServer:
    return office.slack


@pytest.fixture
def host(office: Office) -> Host:
    """Names of hosts; the lab is the same in both modes."""
    mode = "http" if office.bot.http else "socket"
    return lambda label: f"{label}.{mode}.example.com"


async def until(slack: SlackServer, message: Message, *words: str) -> Message:
    """Wait until a message says these words."""
    await slack.wait_for(lambda: all(one in slack.read(message) for one in words))
    return message


async def told(slack: SlackServer, person: str, words: str) -> str:
    """Wait until a person is told something alone."""

    def found() -> list[str]:
        return [said for each in slack.ephemerals(person) if words in (said := slack.read(each))]

    return (await slack.wait_for(found))[0]


async def answered(slack: SlackServer, question: Message) -> Message:
    """The question's answer, when it stands."""
    reply = await slack.wait_for_reply(question)
    await slack.wait_for(lambda: not slack.read(reply).startswith("Looking"))
    return reply


async def asked(slack: SlackServer, text: str, *, person: str = ALICE, channel: str = GENERAL) -> Message:
    return await answered(slack, slack.mention(channel, person, text))


# Check again


async def test_check_again_replaces_the_answer_and_says_what_has_changed(
    slack: SlackServer, lab: Lab, host: Host
) -> None:
    name = host("mended")
    server = Switch(serves(lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy))
    site = lab.site(name, https=server)
    answer = await asked(slack, f"check {site.target}")
    assert slack.read(answer).startswith(f"Broken: {host('mended')}")
    server.handler = serves(lab.ca.leaf(name))
    delivery = await slack.press(answer, "again", BOB).wait()
    assert delivery.is_acknowledged
    await until(slack, answer, "Works", "now works")
    said = slack.read(answer)
    assert "was “The certificate has expired”" in said
    assert len(slack.replies(answer)) == 1
    assert has_button(answer, "again")


async def test_a_second_look_finds_that_nothing_has_changed(slack: SlackServer, lab: Lab, host: Host) -> None:
    site = lab.site(host("same"))
    answer = await asked(slack, f"check {site.target}")
    looked = site.servers[0].connections
    slack.press(answer, "again", ALICE)
    await until(slack, answer, "Nothing has changed since")
    assert site.servers[0].connections == 2 * looked


async def test_check_again_shows_that_it_is_at_work(slack: SlackServer, lab: Lab, host: Host) -> None:
    name = host("slow-again")
    serving = serves(lab.ca.leaf(name))
    server = Switch(serving)
    answer = await asked(slack, f"check {lab.site(name, https=server).target}")
    server.handler = slow_handshake(serving, seconds=1.2)
    slack.press(answer, "again", ALICE)
    await until(slack, answer, "Looking again")
    await until(slack, answer, "Nothing has changed since")
    assert "Looking again" not in slack.read(answer)


async def test_two_presses_at_once_are_one_look(slack: SlackServer, lab: Lab, host: Host) -> None:
    name = host("twice")
    server = Switch(serves(lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy))
    site = lab.site(name, https=server)
    answer = await asked(slack, f"check {site.target}")
    looked = site.servers[0].connections
    server.handler = serves(lab.ca.leaf(name))
    for person in (ALICE, BOB, ALICE):
        slack.press(answer, "again", person)
    await until(slack, answer, "now works")
    await asked(slack, "what is https?")
    assert "now works" in slack.read(answer)
    assert site.servers[0].connections < 3 * looked


async def test_check_again_in_an_answer_to_one_person_replaces_it_too(slack: SlackServer, lab: Lab, host: Host) -> None:
    dora = slack.add_user("dora")
    channel = slack.add_channel("again-alone", members=(dora,))
    name = host("alone")
    server = Switch(serves(lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy))
    slack.command(dora, channel, f"check {lab.site(name, https=server).target}")
    answer = await slack.wait_for_ephemeral(dora)
    server.handler = serves(lab.ca.leaf(name))
    slack.press(answer, "again", dora)
    await until(slack, answer, "now works")
    assert len(slack.ephemerals(dora)) == 1
    assert slack.channel(channel).present() == []


async def test_a_limit_is_told_to_the_presser_alone_and_the_answer_stays(
    slack: SlackServer, lab: Lab, host: Host
) -> None:
    eager = slack.add_user("eager")
    channel = slack.add_channel("eager", members=(eager, ALICE))
    answer = await asked(slack, f"check {lab.site(host('limited')).target}", channel=channel)
    for _ in range(TARGET.burst + 1):
        shown = len(answer.versions)
        slack.press(answer, "again", eager)
        await slack.wait_for(lambda seen=shown: len(answer.versions) > seen or slack.ephemerals(eager))  # type: ignore[misc]
        if slack.ephemerals(eager):
            break
    assert "because of a limit" in await told(slack, eager, "because of a limit")
    assert f"Works: {host('limited')}" in slack.read(answer)


# Details


async def test_details_go_to_the_presser_alone(slack: SlackServer, lab: Lab, host: Host) -> None:
    asker = slack.add_user("asker")
    channel = slack.add_channel("details", members=(asker, BOB))
    site = lab.site(host("details"))
    answer = await asked(slack, f"check {site.target}", person=asker, channel=channel)
    shown = len(slack.ephemerals(asker))
    slack.press(answer, "details", asker)
    message = await slack.wait_for_ephemeral(asker, count=shown + 1)
    said = slack.read(message)
    assert site.addresses[0] in said
    assert host("details") in said
    assert message.thread_ts == answer.thread_ts
    assert site.addresses[0] not in slack.read(answer)


async def test_what_is_not_public_only_its_asker_sees(slack: SlackServer, lab: Lab, host: Host) -> None:
    site = lab.site(host("secret"))
    curious = slack.add_user("curious")
    channel = slack.add_channel("secret", members=(ALICE, curious))
    answer = await asked(slack, f"check {site.target}", channel=channel)
    slack.press(answer, "details", curious)
    said = await told(slack, curious, "can see")
    assert "alice" in said
    assert not any(site.addresses[0] in slack.read(each) for each in slack.ephemerals(curious))


async def test_what_is_no_secret_everybody_may_look_at(slack: SlackServer) -> None:
    reader = slack.add_user("reader")
    channel = slack.add_channel("no-secret", members=(ALICE, reader))
    answer = await asked(slack, "check 10.1.2.3", channel=channel)
    assert slack.read(answer).startswith("Not checked")
    slack.press(answer, "details", reader)
    assert "10.1.2.3" in await told(slack, reader, "Everything I have seen")


# Helpful or not


async def test_an_opinion_is_noted_and_can_be_changed(slack: SlackServer) -> None:
    critic = slack.add_user("critic")
    channel = slack.add_channel("critic", members=(critic, ALICE))
    answer = await asked(slack, "what is https?", channel=channel)
    slack.press(answer, "feedback", critic, choice="Helpful")
    await told(slack, critic, "Thanks, noted: it was helpful")
    slack.press(answer, "feedback", critic, choice="Not helpful")
    await told(slack, critic, "Thanks, noted: it was not helpful")
    assert "Thanks" not in slack.read(answer)


# Did you mean


async def test_a_chosen_entry_takes_the_answers_place(slack: SlackServer) -> None:
    answer = await asked(slack, UNSURE)
    assert has_button(answer, "choose"), slack.read(answer)
    slack.press(answer, "choose:0", BOB)
    await slack.wait_for(lambda: not has_button(answer, "choose"))
    assert has_button(answer, "feedback")
    assert "I am not sure" not in slack.read(answer)
    assert len(slack.replies(answer)) == 1


async def test_a_thread_remembers_what_was_chosen(slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, UNSURE)
    answer = await answered(slack, question)
    slack.press(answer, "choose:0", ALICE)
    await slack.wait_for(lambda: not has_button(answer, "choose"))
    title = slack.read(answer).splitlines()[0]
    slack.message(GENERAL, ALICE, "why?", thread_ts=question.ts)
    assert title in slack.read(await slack.wait_for_reply(question, count=2))


# Share in channel


async def test_an_answer_to_one_person_can_be_shared_once(slack: SlackServer) -> None:
    shy = slack.add_user("shy")
    channel = slack.add_channel("sharing", members=(shy, BOB))
    slack.command(shy, channel, "what is https?")
    answer = await slack.wait_for_ephemeral(shy)
    twice = slack.press(answer, "share", shy), slack.press(answer, "share", shy)
    for delivery in twice:
        await delivery.wait()
    await slack.wait_for(lambda: slack.channel(channel).present())
    await slack.wait_for(lambda: not has_button(answer, "share"))
    await asked(slack, "what is https?")
    [shared] = slack.channel(channel).present()
    assert "Hypertext Transfer Protocol Secure" in slack.read(shared)
    assert "what is https?" in slack.read(shared)
    assert "shy" in slack.read(shared)
    slack.message(channel, BOB, "can I deny http?", thread_ts=shared.ts)
    assert "Forced Redirection" in slack.read(await slack.wait_for_reply(shared, count=2))


async def test_a_shared_answer_tells_nothing_of_the_inside(slack: SlackServer, lab: Lab, host: Host) -> None:
    site = lab.site(host("shared-inside"))
    insider = slack.add_user("insider")
    channel = slack.add_channel("shared-inside", members=(insider, BOB))
    slack.command(insider, channel, f"check {site.target}")
    answer = await slack.wait_for_ephemeral(insider)
    slack.press(answer, "share", insider)
    [shared] = await slack.wait_for(lambda: slack.channel(channel).present())
    assert f"Works: {host('shared-inside')}" in slack.read(shared)
    assert site.addresses[0] not in slack.read(shared) + shared.text
    assert lab.dns.address.rpartition(":")[0] not in slack.read(shared) + shared.text


async def test_it_is_shared_where_the_bot_is_no_member(slack: SlackServer) -> None:
    guest = slack.add_user("guest")
    channel = slack.add_channel("no-bot", members=(guest, BOB), with_bot=False)
    slack.command(guest, channel, "what is https?")
    slack.press(await slack.wait_for_ephemeral(guest), "share", guest)
    [shared] = await slack.wait_for(lambda: slack.channel(channel).present())
    assert "Hypertext" in slack.read(shared)


# Hand over


async def handed(office: Office, question: Message) -> Message:
    """The message in the support channel about a question."""
    slack = office.slack

    def found() -> list[Message]:
        return [
            each for each in slack.channel(office.support).present() if question.ts.replace(".", "") in str(each.blocks)
        ]

    return (await slack.wait_for(found))[0]


async def test_a_question_is_handed_over_taken_and_solved_and_its_asker_is_told(
    office: Office, slack: SlackServer, lab: Lab, host: Host
) -> None:
    name = host("handed")
    site = lab.site(name, https=lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy)
    question = slack.mention(GENERAL, ALICE, f"why is {site.target} broken?")
    answer = await answered(slack, question)
    for _ in range(2):
        slack.press(answer, "hand_over", ALICE)
    there = await handed(office, question)
    said = slack.read(there)
    assert f"Broken: {host('handed')}" in said
    assert "certificate.expired" in said
    note = await slack.wait_for_reply(question, count=2)
    assert "alice has handed this over to support" in slack.read(note)
    assert there.ts.replace(".", "") in str(note.blocks)
    await slack.wait_for(lambda: not has_button(answer, "hand_over"))
    assert "has handed this over" in slack.read(answer)

    slack.press(there, "take", office.helper)
    await until(slack, there, "Taken by @helper")
    assert "helper of support has taken" in slack.read(await slack.wait_for_reply(question, count=3))
    slack.press(there, "solve", office.helper)
    await until(slack, there, "Solved by @helper")
    assert "says that this is solved" in slack.read(await slack.wait_for_reply(question, count=4))
    assert not has_button(there, "take")
    assert not has_button(there, "solve")
    assert len([each for each in slack.channel(office.support).present() if name in slack.read(each)]) == 1


async def test_support_is_not_told_what_was_seen_inside(
    office: Office, slack: SlackServer, lab: Lab, host: Host
) -> None:
    site = lab.site(host("evidence"))
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    slack.press(await answered(slack, question), "hand_over", ALICE)
    there = await handed(office, question)
    assert site.name in slack.read(there)
    assert site.addresses[0] not in slack.read(there) + there.text
    slack.press(there, "take", office.helper)
    await until(slack, there, "Taken by @helper")
    assert site.addresses[0] not in slack.read(there) + there.text


async def test_the_first_to_take_it_has_it(office: Office, slack: SlackServer) -> None:
    question = slack.mention(GENERAL, ALICE, "how do I deny http?")
    slack.press(await answered(slack, question), "hand_over", ALICE)
    there = await handed(office, question)
    slack.press(there, "take", office.helper)
    await until(slack, there, "Taken by @helper")
    late = Message(channel=there.channel, ts=there.ts, user=there.user, blocks=list(there.versions[0].blocks), text="")
    slack.press(late, "take", BOB)
    assert "helper has taken this already" in await told(slack, BOB, "taken this already")
    assert "Taken by @helper" in slack.read(there)
    await asked(slack, "what is https?")
    assert len(slack.replies(question)) == 3


async def test_who_presses_later_is_told_who_handed_it_over(office: Office, slack: SlackServer) -> None:
    late = slack.add_user("late")
    channel = slack.add_channel("handing", members=(ALICE, late))
    question = slack.mention(channel, ALICE, "what is https?")
    answer = await answered(slack, question)
    before = Message(channel=answer.channel, ts=answer.ts, user=answer.user, blocks=list(answer.blocks), text="")
    before.thread_ts = answer.thread_ts
    slack.press(answer, "hand_over", ALICE)
    await handed(office, question)
    await slack.wait_for(lambda: not has_button(answer, "hand_over"))
    slack.press(before, "hand_over", late)
    assert "alice has handed this over already" in await told(slack, late, "over already")


async def test_a_command_is_handed_over_and_its_asker_told_directly(office: Office, slack: SlackServer) -> None:
    quiet = slack.add_user("quiet")
    channel = slack.add_channel("quiet", members=(quiet, BOB))
    slack.command(quiet, channel, "what does the error quiet.example.invalid mean, in the quiet channel?")
    answer = await slack.wait_for_ephemeral(quiet)
    slack.press(answer, "hand_over", quiet)
    await until(slack, answer, "has handed this over")
    note = (await slack.wait_for(lambda: slack.channel(quiet).present()))[0]
    assert "has handed this over to support" in slack.read(note)
    [there] = [each for each in slack.channel(office.support).present() if "quiet channel" in slack.read(each)]
    slack.press(there, "solve", office.helper)
    await slack.wait_for(lambda: len(slack.channel(quiet).present()) == 2)
    assert "solved" in slack.read(slack.channel(quiet).present()[1])


async def test_a_dead_support_channel_is_told_to_the_presser(office: Office, slack: SlackServer) -> None:
    unlucky = slack.add_user("unlucky")
    channel = slack.add_channel("unlucky", members=(unlucky, BOB))
    answer = await asked(slack, "what is https?", person=unlucky, channel=channel)
    slack.fail("chat.postMessage", error="is_archived", when=lambda call: call.get("channel") == office.support)
    slack.press(answer, "hand_over", unlucky)
    await told(slack, unlucky, "cannot post in the support channel")


# Who may press


async def test_a_button_of_another_channel_does_nothing(office: Office, slack: SlackServer) -> None:
    stranger = slack.add_user("stranger")
    elsewhere = slack.add_channel("elsewhere", members=(stranger, BOB))
    answer = await asked(slack, "what is https?")
    other = await asked(slack, "what is https?", person=stranger, channel=elsewhere)
    forged = Message(
        channel=other.channel,
        ts=other.ts,
        user=other.user,
        blocks=list(answer.blocks),
        text="",
        thread_ts=other.thread_ts,
    )
    for action in ("details", "again", "hand_over"):
        if has_button(forged, action):
            slack.press(forged, action, stranger)
    slack.press(forged, "feedback", stranger, choice="Helpful")
    await told(slack, stranger, "belongs to an answer in another place")
    assert not any("Thanks" in slack.read(each) for each in slack.ephemerals(stranger))


async def test_the_buttons_of_support_work_in_their_channel_alone(office: Office, slack: SlackServer) -> None:
    meddler = slack.add_user("meddler")
    channel = slack.add_channel("meddling", members=(meddler, ALICE))
    question = slack.mention(channel, ALICE, "what is https?")
    slack.press(await answered(slack, question), "hand_over", ALICE)
    there = await handed(office, question)
    mine = await asked(slack, "what is https?", person=meddler, channel=channel)
    forged = Message(channel=channel, ts=mine.ts, user=mine.user, blocks=list(there.blocks), text="")
    slack.press(forged, "solve", meddler)
    await told(slack, meddler, "belongs to an answer in another place")
    assert "Solved by" not in slack.read(there)


async def test_somebody_elses_answer_to_a_command_is_theirs(slack: SlackServer) -> None:
    owner, thief = slack.add_user("owner"), slack.add_user("thief")
    channel = slack.add_channel("theft", members=(owner, thief))
    slack.command(owner, channel, "what is https?")
    answer = await slack.wait_for_ephemeral(owner)
    slack.press(answer, "share", thief)
    assert "owner" in await told(slack, thief, "can see and use this")
    assert slack.channel(channel).present() == []


async def test_an_answer_that_is_no_longer_kept_is_said_to_be_gone(slack: SlackServer) -> None:
    late = slack.add_user("archaeologist")
    answer = await asked(slack, "what is https?")
    old = Message(channel=answer.channel, ts=answer.ts, user=answer.user, blocks=[], text="")
    value = {
        "positive_button": {"text": {"text": "Helpful"}, "value": "helpful:987654"},
        "negative_button": {"text": {"text": "x"}, "value": "y"},
    }
    old.blocks = [
        {
            "type": "context_actions",
            "block_id": "b",
            "elements": [{"type": "feedback_buttons", "action_id": "feedback", **value}],
        }
    ]
    slack.press(old, "feedback", late, choice="Helpful")
    await told(slack, late, "no longer have what that answer was made of")


async def test_every_press_is_acknowledged_at_once(slack: SlackServer, lab: Lab) -> None:
    answer = await asked(slack, f"check {lab.site('quick.example.com').target}")
    presses = [slack.press(answer, action, ALICE) for action in ("again", "details", "hand_over")]
    for delivery in await asyncio.gather(*(press.wait() for press in presses)):
        assert delivery.is_acknowledged
        assert delivery.seconds_to_acknowledge < 1
