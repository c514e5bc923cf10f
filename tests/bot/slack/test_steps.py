"""The steps of a look show while they end, and never after the answer."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from bot.slack.local import ALICE, GENERAL, Message, SlackServer
from bot.slack.local.faults import ApiCall
from bot.slack.local.wire import JsonObject
from bot.slack.pace import STEP_SECONDS, Pace
from tests.bot.slack.conftest import StartBot
from tests.lab.hosts import Lab, Node, Site
from tests.lab.http import http
from tests.lab.tcp import Server
from tests.lab.tls import slow_handshake, tls


def slow(lab: Lab, name: str, *, seconds: float) -> Site:
    """A good host, each of whose connections takes a while."""
    return lab.site(name, nodes=[Node(Server(slow_handshake(tls(lab.ca.leaf(name), http()), seconds=seconds)))])


def is_step(blocks: object) -> bool:
    return isinstance(blocks, (list, tuple)) and any(block["type"] == "plan" for block in blocks)


def steps_in(call: ApiCall) -> bool:
    return is_step(call.arguments.get("blocks"))


async def final(slack: SlackServer, question: Message, *, timeout: float = 20.0) -> Message:
    reply = await slack.wait_for_reply(question)
    await slack.wait_for(lambda: not slack.read(reply).startswith("Looking"), timeout=timeout)
    return reply


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_steps_appear_as_they_end_and_the_answer_replaces_them(
    slack: SlackServer, lab: Lab, start_bot: StartBot, over_http: bool
) -> None:
    site = slow(lab, f"steps-{over_http}.example.com".lower(), seconds=1.3)
    await start_bot(http=over_http)
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    answer = await final(slack, question)
    seen = [version for version in answer.versions if is_step(version.blocks)]
    assert len(seen) >= 2
    first = seen[0].blocks[0]
    assert [task["task_id"] for task in first["tasks"]] == [
        f"0-{name}" for name in ("dns", "tcp", "handshake", "certificate", "redirect")
    ]
    done = [sum(task["status"] == "complete" for task in version.blocks[0]["tasks"]) for version in seen]
    assert done == sorted(set(done))  # each shows something new
    assert done[-1] > 0
    assert not is_step(answer.blocks)
    assert slack.read(answer).startswith("Works")
    assert len(slack.replies(question)) == 1


async def test_every_host_has_its_own_steps(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    sites = [slow(lab, f"each-{number}.example.com", seconds=1.0) for number in range(2)]
    await start_bot()
    answer = await final(slack, slack.mention(GENERAL, ALICE, f"check {sites[0].target} and {sites[1].target}"))
    shown = next(version for version in answer.versions if is_step(version.blocks))
    assert [block["title"] for block in shown.blocks if block["type"] == "plan"] == [
        f"Looking at {site.target}" for site in sites
    ]


async def test_steps_show_at_most_once_a_second_in_a_channel(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    sites = [slow(lab, f"many-{number}.example.com", seconds=1.1) for number in range(4)]
    await start_bot()
    questions = [slack.mention(GENERAL, ALICE, f"check {site.target}") for site in sites]
    await asyncio.gather(*(final(slack, question) for question in questions))
    times = [call.at for call in slack.calls_of("chat.update") if steps_in(call)]
    assert times
    assert all(after - before > 0.9 for before, after in itertools.pairwise(times))


async def test_an_answer_that_is_ready_at_once_has_no_steps(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = lab.site("prompt.example.com")
    await start_bot()
    await final(slack, slack.mention(GENERAL, ALICE, "what is https?"))
    answer = await final(slack, slack.mention(GENERAL, ALICE, f"check {site.target}"))
    assert not any(map(steps_in, slack.calls_of("chat.update")))
    assert answer.versions == []


FAULTS: dict[str, dict[str, object]] = {
    "refused": {"error": "invalid_blocks"},
    "rate limit": {"status": 429, "retry_after": 30},
    "failure": {"status": 500},
    "lost reply": {"lost_reply": True},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_step_that_fails_harms_nothing(
    slack: SlackServer, lab: Lab, start_bot: StartBot, fault: dict[str, object]
) -> None:
    site = slow(lab, "harmless.example.com", seconds=1.2)
    bot = await start_bot()
    with_steps: Callable[[JsonObject], bool] = lambda arguments: is_step(arguments.get("blocks"))  # noqa: E731
    slack.fail("chat.update", times=None, when=with_steps, **fault)  # type: ignore[arg-type]
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    answer = await final(slack, question, timeout=15)
    assert slack.read(answer).startswith("Works")
    assert len(slack.replies(question)) == 1
    assert "Traceback" not in bot.log


async def test_steps_are_plain_lines_where_blocks_are_refused(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "lines.example.com", seconds=1.5)
    await start_bot()
    for method in ("chat.postMessage", "chat.update"):
        slack.fail(method, error="invalid_blocks", times=None, when=lambda call: is_step(call.get("blocks")))
    answer = await final(slack, slack.mention(GENERAL, ALICE, f"check {site.target}"))
    lines = [version.text for version in answer.versions if not version.blocks]
    assert any("- Name found" in text for text in lines), lines


async def test_a_slow_reply_to_a_step_does_not_hold_up_the_answer_and_the_answer_stays(
    slack: SlackServer, lab: Lab, start_bot: StartBot
) -> None:
    site = slow(lab, "held-up.example.com", seconds=1.2)
    await start_bot()
    slack.fail("chat.update", slow=6.0, when=lambda call: is_step(call.get("blocks")))
    question = slack.mention(GENERAL, ALICE, f"check {site.target}")
    sign = await slack.wait_for_reply(question)
    await slack.wait_for(lambda: any(map(steps_in, slack.calls_of("chat.update"))))
    begun = asyncio.get_running_loop().time()
    answer = await final(slack, question)
    assert asyncio.get_running_loop().time() - begun < 5
    assert answer.ts == sign.ts
    # When the late reply is there, the answer is shown once more, as nobody knows which of the two came last.
    await slack.wait_for(lambda: not steps_in(slack.calls_of("chat.update")[-1]) and len(answer.versions) >= 3)
    assert slack.read(answer).startswith("Works")


async def test_a_command_has_no_steps(slack: SlackServer, lab: Lab, start_bot: StartBot) -> None:
    site = slow(lab, "unseen.example.com", seconds=1.0)
    await start_bot()
    slack.command(ALICE, GENERAL, f"check {site.target}")
    assert "Works" in slack.read(await slack.wait_for_ephemeral(ALICE))
    assert slack.calls_of("chat.update") == []
    assert len(slack.ephemerals(ALICE)) == 1


def test_the_pace_of_steps_is_a_channels() -> None:
    now = [100.0]
    pace = Pace(monotonic=lambda: now[0])
    assert pace.seconds_to_step("C1") == 0
    pace.stepped("C1")
    assert pace.seconds_to_step("C1") == STEP_SECONDS
    assert pace.seconds_to_step("C2") == 0
    now[0] += STEP_SECONDS
    assert pace.seconds_to_step("C1") == 0
