"""Other processes that diagnose their share of a list, one for each further core."""

import asyncio
import json
import os
import signal
import socket
import struct
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.batch import Examine, Outcome
from diagnostics.judge import Verdict

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# A helper that is put to work copies some of the memory it shares so far: for a shorter list nothing would be won.
WORTH_HELP = 10
# How many targets a helper has under way for each one here, where everything is read and written besides.
_HELPERS_PART = 1.3
# To hand a target out and print its report costs a fifteenth of its diagnosis.
_MOST_PROCESSES = 16
_LENGTH = struct.Struct("!I")  # in front of each message: its length in bytes
_END_SECONDS = 2.0  # for a helper to end by itself


def cores() -> int:
    """How many cores this process may use, as far as it can keep others busy."""
    may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(may_use, _MOST_PROCESSES)


class Crew:
    """Examines targets here and in helpers; a helper that dies leaves its targets to this process.

    The helpers are forked when the crew is made: before there is any thread or event loop, and with all that has been
    loaded. One that gets nothing to do costs a millisecond.
    """

    def __init__(self, examine: Examine, *, helpers: int) -> None:
        self._examine = examine
        self._begun = 0
        self._here = 0  # under way in this process
        self._helpers: list[_Helper] = []
        for _ in range(helpers):
            self._helpers.append(_Helper.fork(examine, siblings=self._helpers))

    async def examine(self, target: str) -> Outcome:
        """The outcome of one target, by whoever has the least to do."""
        self._begun += 1
        if self._begun > WORTH_HELP:
            helper = min((one for one in self._helpers if one.alive), key=lambda one: one.load, default=None)
            if helper is not None and helper.load <= self._here * _HELPERS_PART:
                with suppress(HelperGoneError):
                    return await helper.examine(target)
        self._here += 1
        try:
            return await self._examine(target)
        finally:
            self._here -= 1

    def close(self) -> None:
        """Let the helpers end."""
        for helper in self._helpers:
            helper.close()

    def join(self) -> None:
        """Wait for their end; one that does not end is ended."""
        for helper in self._helpers:
            helper.join()


class HelperGoneError(Exception):
    """The helper has died before it had an answer."""


class _Helper:
    """One process, and what it has been asked."""

    def __init__(self, connection: socket.socket, process: "BaseProcess") -> None:
        self.alive = True
        self._connection = connection
        self._process = process
        self._asked: dict[int, asyncio.Future[Outcome]] = {}
        self._number = 0
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    @classmethod
    def fork(cls, examine: Examine, *, siblings: "Sequence[_Helper]") -> "_Helper":
        from multiprocessing import get_context  # late: a single host needs no other process

        ours, theirs = socket.socketpair()
        # As long as anybody holds our end, the helper is not told of ours.
        held = [ours, *(sibling._connection for sibling in siblings)]
        process = get_context("fork").Process(target=_help, args=(theirs, held, examine), daemon=True)
        process.start()
        theirs.close()
        return cls(ours, process)

    @property
    def load(self) -> int:
        """How many targets it has under way."""
        return len(self._asked)

    async def examine(self, target: str) -> Outcome:
        number = self._number = self._number + 1
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            async with self._opening:
                if self._writer is None:
                    reader, self._writer = await asyncio.open_connection(sock=self._connection)
                    self._reading = asyncio.create_task(self._read(reader))
            if self._writer.is_closing():
                raise ConnectionResetError
            self._writer.write(_packed([number, target]))
            await self._writer.drain()
            return await answer
        except OSError:
            self.alive = False
            raise HelperGoneError from None
        finally:
            self._asked.pop(number, None)
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # asked for, so that asyncio does not complain that nobody did

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                number, text, verdict, cause = await _unpacked(reader)
                if (answer := self._asked.get(number)) is not None and not answer.done():
                    answer.set_result(Outcome(text, Verdict(verdict), cause))
        except (asyncio.IncompleteReadError, OSError):
            self.alive = False
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(HelperGoneError())

    def close(self) -> None:
        self.alive = False
        if self._writer is not None:
            self._writer.transport.abort()
        else:
            self._connection.close()

    def join(self) -> None:
        self._process.join(_END_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()


def _help(connection: socket.socket, held: Sequence[socket.socket], examine: Examine) -> None:
    """What a helper does: examine what it is sent, all at once, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that was started
    for other in held:
        other.close()
    with suppress(OSError):  # the other end has gone
        asyncio.run(_answer(connection, examine))


async def _answer(connection: socket.socket, examine: Examine) -> None:
    reader, writer = await asyncio.open_connection(sock=connection)

    async def answer(number: int, target: str) -> None:
        outcome = await examine(target)
        writer.write(_packed([number, outcome.text, outcome.verdict.value, outcome.cause]))

    tasks: set[asyncio.Task[None]] = set()
    try:
        while True:
            number, target = await _unpacked(reader)
            task = asyncio.create_task(_ending_all(answer(number, target)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    except asyncio.IncompleteReadError:
        return  # nobody is there any more who would take an answer
    finally:
        writer.transport.abort()


async def _ending_all(work: Coroutine[Any, Any, None]) -> None:
    """Where a target cannot even be called a failure, the helper ends, and the others do its work."""
    try:
        await work
    except Exception:
        os._exit(1)


def _packed(message: list[object]) -> bytes:
    data = json.dumps(message).encode()
    return _LENGTH.pack(len(data)) + data


async def _unpacked(reader: asyncio.StreamReader) -> Any:
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return json.loads(await reader.readexactly(length))
