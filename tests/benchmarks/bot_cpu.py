"""Measures the CPU of the Slack bot for a question that the FAQ answers, and of the answer alone.

`python -m tests.benchmarks.bot_cpu [--write]` prints both in milliseconds a question (Linux only), and with `--write`
refreshes docs/performance.md. The bot is a process of its own, beside the stand-in for Slack: its figure holds all of
it, from the event over the store to the two calls that show the answer.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from bot.answer import answer_from_knowledge
from bot.render.slack import render
from bot.slack.local import Patience, SlackServer
from bot.understand import understand
from knowledge.library import SHIPPED, Library
from tests.benchmarks.measure import PERFORMANCE, refresh, table
from tests.bot.slack.running import Bot, environment, ready, start
from tests.lab.hosts import Lab

QUESTIONS, AT_ONCE, WARM_UP = 400, 20, 100
TEXTS = ("what is https?", "How do I force https on the CDN?", "does the CDN support https", "why does https not work?")


def cpu_of(bot: Bot) -> float:
    """Seconds of CPU that the bot's process has used, in user and system mode together (proc(5))."""
    fields = Path(f"/proc/{bot.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(slack: SlackServer, count: int) -> None:
    """So many questions, some at once, each waited for."""
    people = [slack.add_user(f"person-{number}-{count}") for number in range(AT_ONCE)]
    channels = [slack.add_channel(f"cpu-{number}-{count}", members=people) for number in range(AT_ONCE)]
    for number in range(0, count, AT_ONCE):
        asked = [
            slack.mention(channels[place], people[place], TEXTS[(number + place) % len(TEXTS)])
            for place in range(AT_ONCE)
        ]
        for question in asked:
            await slack.wait_for_reply(question, timeout=60)


async def of_the_bot() -> float:
    """Milliseconds of the bot's process for each question."""
    with Lab() as lab, tempfile.TemporaryDirectory() as folder:
        async with SlackServer(patience=Patience(acknowledgement=3.0)) as slack:
            bot = await start(environment(slack, http=False, database=f"sqlite:///{folder}/padlock.db", lab=lab))
            try:
                await ready(bot, slack)
                await ask(slack, WARM_UP)
                before = cpu_of(bot)
                await ask(slack, QUESTIONS)
                return (cpu_of(bot) - before) * 1000 / QUESTIONS
            finally:
                await bot.end()


def of_the_answer() -> float:
    """Milliseconds to read a question, find its answer and make Slack's blocks of it."""
    library = Library.load(*SHIPPED)
    started = 0.0
    for number in range(WARM_UP + QUESTIONS):
        if number == WARM_UP:
            started = time.process_time()
        text = TEXTS[number % len(TEXTS)]
        render(answer_from_knowledge(understand(text), text=text, library=library))
    return (time.process_time() - started) * 1000 / QUESTIONS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    given = parser.parse_args()
    figures = {
        "read, find and render an answer": of_the_answer(),
        "the bot's process, from event to shown answer": asyncio.run(of_the_bot()),
    }
    text = table(("a question that the FAQ answers", "CPU ms"), [(name, f"{ms:.2f}") for name, ms in figures.items()])
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="bot", text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
