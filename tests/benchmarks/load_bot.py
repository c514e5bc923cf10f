"""How fast the bot is and how much memory it takes: python -m tests.benchmarks.load_bot [--events N].

The bot is a process of its own; the stand-in for Slack and the lab share another.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bot.slack.local import ALICE, GENERAL, Message, Patience, SlackServer
from tests.bot.slack.running import Bot, environment, ready, start
from tests.lab.hosts import Lab

QUESTIONS = 200
HOSTS = 50
PEOPLE = 20
BATCH = 500
WARM_UP = 10_000


def resident(bot: Bot) -> float:
    """The bot's resident memory in MB (10^6 bytes)."""
    for line in Path(f"/proc/{bot.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("no VmRSS")


async def at_once(slack: SlackServer, lab: Lab) -> None:
    """Two hundred questions at once, half of them hosts to look at."""
    sites = [lab.site(f"load-{number}.example.com") for number in range(HOSTS)]
    people = [slack.add_user(f"person-{number}") for number in range(PEOPLE)]
    channels = [slack.add_channel(f"load-{number}", members=people) for number in range(PEOPLE)]
    asked: list[tuple[Message, bool, float]] = []
    for number in range(QUESTIONS):
        is_host = number % 2 == 0
        words = f"check {sites[number // 2 % HOSTS].target}" if is_host else "what is https?"
        place = number % PEOPLE
        asked.append((slack.mention(channels[place], people[place], words), is_host, time.monotonic()))
    times = await answer_times(slack, asked)
    acknowledged = [each.seconds_to_acknowledge for question, _, _ in asked for each in slack.deliveries_of(question)]
    for kind, wanted in (("FAQ", False), ("host", True)):
        some = sorted(times[q] for q, is_host, _ in asked if is_host is wanted)
        print(f"{kind} answers: median {some[len(some) // 2]:.2f} s, slowest {some[-1]:.2f} s")
    print(f"acknowledged: slowest {max(acknowledged):.3f} s of {len(acknowledged)}")
    doubles = [question for question, _, _ in asked if len(slack.replies(question)) != 1]
    print(f"answered: {len(times)} of {QUESTIONS}, with more than one message: {len(doubles)}")


async def answer_times(slack: SlackServer, asked: list[tuple[Message, bool, float]]) -> dict[Message, float]:
    """After how many seconds each question had its answer, by the calls that showed it."""
    begun = {question.ts: at for question, _, at in asked}
    by_thread = {question.ts: question for question, _, _ in asked}
    thread_of: dict[str, str] = {}
    times: dict[Message, float] = {}
    seen = 0
    async with asyncio.timeout(60):
        while len(times) < len(asked):
            # Polled: to look at every change would cost the stand-in more than the bot costs.
            await asyncio.sleep(0.02)
            for call in slack.calls[seen:]:
                seen += 1
                if call.method == "chat.postMessage" and call.ok:
                    thread_of[call.answer["ts"]] = call.arguments["thread_ts"]
                is_shown = call.method in ("chat.postMessage", "chat.update") and call.ok
                if is_shown and not str(call.arguments["text"]).startswith("Looking"):
                    thread = thread_of[call.answer["ts"]]
                    times[by_thread[thread]] = call.at - begun[thread]
    return times


async def growth(slack: SlackServer, bot: Bot, *, events: int) -> None:
    """What memory many events cost: messages of a busy channel, some of them questions."""
    after_warm_up = 0.0
    begun = time.monotonic()
    for number in range(0, events, BATCH):
        sent = [
            slack.event(
                {
                    "type": "message",
                    "user": ALICE,
                    "channel": GENERAL,
                    "channel_type": "channel",
                    "ts": f"{1_900_000_000 + number + place}.000100",
                    "text": f"just talking {number + place}",
                },
                channel=GENERAL,
            )
            for place in range(BATCH - 5)
        ]
        questions = [slack.mention(GENERAL, ALICE, "what is https?") for _ in range(5)]
        for delivery in sent:
            await delivery.wait(timeout=60)
        for question in questions:
            await slack.wait_for_reply(question, timeout=60)
        slack.forget()
        slack.channel(GENERAL).messages.clear()
        if number + BATCH == WARM_UP:
            after_warm_up = resident(bot)
            print(f"after {WARM_UP} events: {after_warm_up:.1f} MB")
    seconds = time.monotonic() - begun
    last = resident(bot)
    print(
        f"after {events} events: {last:.1f} MB, {last / after_warm_up - 1:+.1%}; {events / seconds:.0f} events a second"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--http", action="store_true")
    parser.add_argument("--database")
    found = parser.parse_args()
    with Lab() as lab, tempfile.TemporaryDirectory() as folder:
        async with SlackServer(patience=Patience(acknowledgement=3.0)) as slack:
            database = found.database or f"sqlite:///{folder}/padlock.db"
            bot = await start(environment(slack, http=found.http, database=database, lab=lab))
            try:
                await ready(bot, slack)
                await asyncio.sleep(3)
                print(f"idle: {resident(bot):.1f} MB")
                await at_once(slack, lab)
                await asyncio.sleep(1)
                print(f"after that: {resident(bot):.1f} MB")
                if found.events:
                    await growth(slack, bot, events=found.events)
            finally:
                await bot.end()


if __name__ == "__main__":
    asyncio.run(main())
