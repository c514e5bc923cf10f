"""Many targets, diagnosed side by side and printed as each is done, in memory that does not grow with their number."""

import asyncio
import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from diagnostics.judge import Verdict

# The longest URL browsers agree on is some 2,000 characters; what is longer is no target, and is told so.
LONGEST_LINE = 4_096
READ_BYTES = 65_536
# Pieces read ahead of the diagnoses: enough that nobody waits for the disk.
READ_AHEAD = 2
# Answers kept for a host that is named again further down: at some 4 kB each, 40 MB at most.
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is printed for a target, its verdict and its cause."""

    text: str
    verdict: Verdict
    cause: str | None = None


Examine = Callable[[str], Awaitable[Outcome]]
Write = Callable[[list[Outcome]], None]
Rename = Callable[[str, str], str]
Key = tuple[str, int]


def target_lines(pieces: Iterable[bytes]) -> Iterator[list[str]]:
    """The targets in a file, one a line, in lists as they come: without blank lines and # comments.

    Its bytes may be any. Of a line that is too long only the beginning is kept, so that a binary file does no harm.
    """
    first = True
    for lines in _lines(pieces):
        texts = [line.decode("utf-8", "backslashreplace") for line in lines]
        if first and texts:
            texts[0], first = texts[0].removeprefix("\ufeff"), False
        if targets := [_target(text) for text in map(str.strip, texts) if text and not text.startswith("#")]:
            yield targets


def _target(text: str) -> str:
    """A line without the comment behind its target; a # within a URL is its fragment."""
    return text.split(" #")[0].split("\t#")[0].strip()


def _lines(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines that end in each piece."""
    line = b""
    for piece in pieces:
        *ended, begun = piece.replace(b"\r", b"\n").split(b"\n")
        if ended:
            ended[0] = line + ended[0]
            line = b""
            yield [end[:LONGEST_LINE] for end in ended]
        line = (line + begun)[:LONGEST_LINE]
    yield [line]


def read_pieces(descriptor: int) -> Iterator[bytes]:
    """What a file descriptor holds, as it comes; past Python's buffers, whose locks would hold up an interrupt."""
    while piece := os.read(descriptor, READ_BYTES):
        yield piece


async def in_thread(lists: Iterator[list[str]]) -> AsyncIterator[str]:
    """The targets of an iterator that may block, such as one that reads standard input."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[list[str] | Exception | None] = asyncio.Queue()
    room = threading.Semaphore(READ_AHEAD)
    ended = threading.Event()

    def hand_over(item: list[str] | Exception | None) -> None:
        room.acquire()
        if not ended.is_set():
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def read() -> None:
        # A RuntimeError means that the loop has been closed, and nobody waits for more.
        with contextlib.suppress(RuntimeError):
            last: Exception | None = None
            try:
                for targets in lists:
                    hand_over(targets)
                    if ended.is_set():
                        return
            except Exception as error:  # told to whoever waits for the targets
                last = error
            hand_over(last)

    # A daemon: a read of standard input cannot be cancelled, and must not keep the program from ending.
    threading.Thread(target=read, name="targets", daemon=True).start()
    try:
        while (item := await queue.get()) is not None:
            room.release()
            if isinstance(item, Exception):
                raise item
            for target in item:
                yield target
    finally:
        ended.set()
        room.release()


class Batch:
    """The targets of one run: the same host and port is diagnosed once, and printed once for every line."""

    def __init__(self, *, examine: Examine, rename: Rename, key: Callable[[str], Key | None]) -> None:
        self._examine = examine
        self._rename = rename
        self._key = key
        self._under_way: dict[Key, asyncio.Future[Outcome]] = {}
        self._done: OrderedDict[Key, Outcome] = OrderedDict()

    async def run(self, targets: AsyncIterator[str], *, jobs: int, write: Write) -> None:
        """Diagnose all targets, `jobs` at a time, and write each as it is done, also where the run is cut short."""
        reading, writing = asyncio.Lock(), asyncio.Lock()
        done: list[Outcome] = []

        def take() -> list[Outcome]:
            taken = done[:]
            done.clear()
            return taken

        async def work() -> None:
            while True:
                async with reading:
                    target = await anext(targets, None)
                if target is None:
                    return
                done.append(await self._outcome(target))
                await asyncio.sleep(0)  # others may be done in the same moment
                async with writing:
                    # What others have finished meanwhile goes along, and nobody goes on before his own is written.
                    if outcomes := take():
                        # In a thread: a reader that pauses, such as a pager, must not stop the clocks of the diagnoses.
                        await asyncio.to_thread(write, outcomes)

        workers = [asyncio.create_task(work()) for _ in range(jobs)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            if done:
                write(take())

    async def _outcome(self, target: str) -> Outcome:
        key = self._key(target)
        if key is None:
            return await self._examine(target)
        if key in self._done:
            self._done.move_to_end(key)
            known = self._done[key]
        elif key in self._under_way:
            known = await self._under_way[key]
        else:
            return await self._first(key, target)
        return replace(known, text=self._rename(known.text, target))

    async def _first(self, key: Key, target: str) -> Outcome:
        """Diagnose a host; whoever names it meanwhile waits for the same answer."""
        task = self._under_way[key] = asyncio.ensure_future(self._examine(target))
        try:
            outcome = await task
        finally:
            del self._under_way[key]
        self._done[key] = outcome
        if len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)
        return outcome
