"""Kills the bot at random moments and counts answers: python -m tests.benchmarks.kill_bot [--kills 200] [--http].

Every question has to have exactly one message in its thread in the end, and that an answer. It ends with 1 where one is
lost or double.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator

from bot.slack.local import ALICE, BOB, GENERAL, Message, Outcome, Patience, SlackServer
from bot.worker import BEAT_SECONDS, LEASE_SECONDS
from tests import postgres
from tests.bot.slack.running import environment, ready, start
from tests.lab.hosts import Lab, Node, Site
from tests.lab.http import http
from tests.lab.tcp import Server
from tests.lab.tls import slow_handshake, tls

# A question's life is some 50 ms for the FAQ and a second for a slow host; the kill comes within both.
LONGEST_LIFE = 1.0
# Some live on until they have taken over what the dead had in hand, and die in the midst of that.
LONG_LIVES = 0.1
TAKING_OVER = LEASE_SECONDS + BEAT_SECONDS
QUESTIONS_A_LIFE = 4
HOSTS = 5
END_SECONDS = 120


def slow(lab: Lab, number: int) -> Site:
    """A good host that takes its time."""
    name = f"kill-{number}.example.com"
    return lab.site(name, nodes=[Node(Server(slow_handshake(tls(lab.ca.leaf(name), http()), seconds=0.1 * number)))])


async def kill(slack: SlackServer, lab: Lab, *, database: str, kills: int, is_http: bool) -> int:
    """Let it live and die so often; the number of questions that are not answered exactly once."""
    sites = [slow(lab, number) for number in range(HOSTS)]
    settings = environment(slack, http=is_http, database=database, lab=lab)
    questions: list[Message] = []
    begun = time.monotonic()
    for number in range(kills):
        bot = await ready(await start(settings), slack)
        for _ in range(QUESTIONS_A_LIFE):
            words = random.choice(["what is https?", f"check {random.choice(sites).target}"])
            questions.append(slack.mention(GENERAL, random.choice((ALICE, BOB)), words))
            await asyncio.sleep(random.uniform(0, 0.1))
        long = TAKING_OVER if random.random() < LONG_LIVES else 0.0
        await asyncio.sleep(long + random.uniform(0, LONGEST_LIFE))
        await bot.kill()
        if (number + 1) % 20 == 0:
            print(f"{number + 1} kills, {len(questions)} questions, {time.monotonic() - begun:.0f} s", flush=True)
    bot = await ready(await start(settings), slack)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                while any(is_lost(slack, question) for question in questions):  # noqa: ASYNC110 - as in a life
                    await asyncio.sleep(0.5)
        await asyncio.sleep(3)  # for a second answer that should not come
    finally:
        await bot.end()
    counts = Counter(len(slack.replies(question)) for question in questions)
    lost = sum(is_lost(slack, question) for question in questions)
    refused = sum(not is_accepted(slack, question) for question in questions)
    double = sum(len(slack.replies(question)) > 1 for question in questions)
    plain = sum("interrupted twice" in text for question in questions for text in answers(slack, question))
    print(f"{kills} kills, {len(questions)} questions: {lost} lost, {double} double, messages a thread {dict(counts)}")
    if refused:
        print(f"{refused} were never acknowledged: Slack had given up before the bot was back")
    print(f"of the answers {plain} say that it was interrupted twice")
    return lost + double


def is_accepted(slack: SlackServer, question: Message) -> bool:
    """Whether the bot has acknowledged it, in any of its copies."""
    return any(delivery.is_acknowledged for delivery in slack.deliveries_of(question))


def is_lost(slack: SlackServer, question: Message) -> bool:
    """Whether it is under way or was accepted, and has no answer."""
    pending = any(delivery.outcome is Outcome.PENDING for delivery in slack.deliveries_of(question))
    return (pending or is_accepted(slack, question)) and not answers(slack, question)


def answers(slack: SlackServer, question: Message) -> list[str]:
    """What stands under a question and is no sign."""
    said = [slack.read(reply) for reply in slack.replies(question)]
    return [text for text in said if not text.startswith("Looking")]


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """An empty database of this kind."""
    if kind == "postgresql":
        with postgres.server() as server:
            yield server.database()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/padlock.db"


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--http", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=None)
    found = parser.parse_args()
    random.seed(found.seed)
    patience = Patience(acknowledgement=3.0, pauses=(0.0, 1.0, 3.0))
    with Lab() as lab, database(found.database) as url:
        async with SlackServer(patience=patience) as slack:
            wrong = await kill(slack, lab, database=url, kills=found.kills, is_http=found.http)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
