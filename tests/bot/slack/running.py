"""The bot as its operators start it: a process of its own, against the stand-in and the lab."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from bot.slack.local import SlackServer
from tests.lab.hosts import Lab

START_SECONDS = 20.0
END_SECONDS = 25.0
ROOT = Path(__file__).parents[3]
_PORT = re.compile(r"listening on \S+ port (\d+)")


class Bot:
    """One process of `padlock slack`, and what it logs."""

    def __init__(self, process: Process, *, http: bool) -> None:
        self.process = process
        self.http = http
        self.lines: list[str] = []
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @property
    def log(self) -> str:
        """Everything it has logged."""
        return "\n".join(self.lines)

    @property
    def port(self) -> int:
        """The port it listens on."""
        found = _PORT.search(self.log)
        assert found, self.log
        return int(found[1])

    async def says(self, words: str, *, timeout: float = START_SECONDS) -> None:
        """Wait until it has logged these words."""
        try:
            async with asyncio.timeout(timeout):
                while words not in self.log:
                    self._changed.clear()
                    if self.process.returncode is not None and self._reader.done():
                        break
                    await self._changed.wait()
        except TimeoutError:
            pass
        assert words in self.log, f"{words!r} was not logged in {timeout} s:\n{self.log}"

    async def get(self, path: str) -> tuple[int, str]:
        """Ask its HTTP side."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
        ):
            return answer.status, await answer.text()

    async def kill(self) -> None:
        """kill -9."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self._reader

    async def terminate(self) -> int:
        """SIGTERM, and its exit status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(END_SECONDS):
            status = await self.process.wait()
        await self._reader
        return status

    async def end(self) -> None:
        """Whatever it takes."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            await self.kill()
        await self._reader

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode(errors="replace").rstrip())
            self._changed.set()
        self._changed.set()


def environment(slack: SlackServer, *, http: bool, database: str, lab: Lab | None, **more: str) -> dict[str, str]:
    """The settings of a bot, and nothing of the environment that the tests run in."""
    settings = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START")
    }
    settings |= slack.environment | {"PADLOCK_DATABASE": database, "PADLOCK_LISTEN": "127.0.0.1:0"}
    settings["PYTHONPATH"] = str(ROOT)
    if http:
        del settings["SLACK_APP_TOKEN"]
    if lab is not None:
        check = lab.check("unused.example.com")
        settings |= check.environment | {
            "PADLOCK_NAMESERVERS": ",".join(check.nameservers),
            "PADLOCK_CA_FILE": check.ca_file,
            "PADLOCK_ALLOW_NETWORKS": ",".join(check.allow_networks),
            "PADLOCK_TIMEOUT": "5",
        }
    return settings | more


async def start(settings: Mapping[str, str], *, arguments: Sequence[str] = ()) -> Bot:
    """Start a bot; it may not be ready yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "slack",
        *arguments,
        env=dict(settings),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    return Bot(process, http="SLACK_APP_TOKEN" not in settings)


async def ready(bot: Bot, slack: SlackServer) -> Bot:
    """Wait until the bot takes questions."""
    await bot.says("Padlock is ")
    if bot.http:
        slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
    else:
        await slack.wait_for_socket(timeout=START_SECONDS)
    return bot
