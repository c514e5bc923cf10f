"""Many targets: read from any file, diagnosed once each, printed as they end."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from bot import batch
from bot.batch import Batch, Key, Outcome, in_thread, read_pieces, target_lines
from diagnostics.judge import Verdict

LINES = [
    # bytes, targets, what it is
    (b"a.example\nb.example\n", ["a.example", "b.example"], "lines"),
    (b"a.example\nb.example", ["a.example", "b.example"], "no line end at the end"),
    (b"a.example\r\nb.example\r\n", ["a.example", "b.example"], "line ends of Windows"),
    (b"a.example\rb.example", ["a.example", "b.example"], "line ends of old"),
    (b"\xef\xbb\xbfa.example\n", ["a.example"], "a byte order mark"),
    (b"\n  \n# comment\n  # another\na.example\n", ["a.example"], "blank lines and comments"),
    (b"  a.example\t\n", ["a.example"], "blanks around"),
    (b"a.example  # the shop\n", ["a.example"], "a comment behind a target"),
    (b"https://a.example/#part\n", ["https://a.example/#part"], "a fragment, which is no comment"),
    (b"a\xff.example\n", ["a\\xff.example"], "bytes that are no UTF-8"),
    (b"a\x00b\n", ["a\x00b"], "a NUL"),
    ("bücher.example\n".encode(), ["bücher.example"], "an international name"),
    (b"", [], "nothing"),
]


def all_of(lists: Iterator[list[str]]) -> list[str]:
    return [target for targets in lists for target in targets]


@pytest.mark.parametrize(("content", "targets", "what"), LINES)
def test_a_file_is_read_line_by_line(content: bytes, targets: list[str], what: str) -> None:
    assert all_of(target_lines([content])) == targets, what
    # However the bytes arrive.
    assert all_of(target_lines(content[place : place + 1] for place in range(len(content)))) == targets, what


def test_of_a_long_line_the_beginning_is_kept() -> None:
    found = all_of(target_lines([b"x" * 100_000] * 20 + [b"\na.example\n"]))
    assert found == ["x" * batch.LONGEST_LINE, "a.example"]


def test_a_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a.example\n")
    os.close(writing)
    try:
        assert all_of(target_lines(read_pieces(reading))) == ["a.example"]
    finally:
        os.close(reading)


async def from_list(*targets: str) -> AsyncIterator[str]:
    for target in targets:
        yield target


def key(target: str) -> Key | None:
    return (target.partition("/")[0], 443) if "." in target else None


class Looks:
    """Examines by handing out what it was asked; `asked` counts, `most` is how many were under way at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.most = 0
        self.going_on = asyncio.Event()
        self.going_on.set()
        self.second = asyncio.Event()
        self._now = 0

    async def __call__(self, target: str) -> Outcome:
        self.asked.append(target)
        if len(self.asked) == 2:
            self.second.set()
        self._now += 1
        self.most = max(self.most, self._now)
        await self.going_on.wait()
        await asyncio.sleep(0)
        self._now -= 1
        return Outcome(f"report of {target}", Verdict.BROKEN, "dns.nxdomain")


def rename(text: str, target: str) -> str:
    return f"{text}, as {target}"


async def run(looks: Looks, *targets: str, jobs: int = 4) -> list[str]:
    written: list[Outcome] = []
    await Batch(examine=looks, rename=rename, key=key).run(from_list(*targets), jobs=jobs, write=written.extend)
    assert {(outcome.verdict, outcome.cause) for outcome in written} <= {(Verdict.BROKEN, "dns.nxdomain")}
    return [outcome.text for outcome in written]


async def test_every_target_is_written_once() -> None:
    looks = Looks()
    written = await run(looks, "a.example", "b.example", "c.example")
    assert sorted(written) == ["report of a.example", "report of b.example", "report of c.example"]


async def test_the_same_host_is_examined_once_and_written_for_every_line() -> None:
    looks = Looks()
    written = await run(looks, "a.example", "a.example/cart", "a.example", jobs=1)
    assert looks.asked == ["a.example"]
    assert written == [
        "report of a.example",
        "report of a.example, as a.example/cart",
        "report of a.example, as a.example",
    ]


async def test_a_host_under_way_is_not_examined_a_second_time() -> None:
    looks = Looks()
    written = await run(looks, *["a.example"] * 8, jobs=8)
    assert looks.asked == ["a.example"]
    assert len(written) == 8


async def test_what_is_no_host_is_examined_each_time() -> None:
    looks = Looks()
    written = await run(looks, "nothing", "nothing")
    assert looks.asked == ["nothing", "nothing"]
    assert written == ["report of nothing", "report of nothing"]


async def test_no_more_than_the_jobs_are_under_way() -> None:
    looks = Looks()
    await run(looks, *[f"{number}.example" for number in range(50)], jobs=3)
    assert looks.most == 3


async def test_what_is_done_is_written_though_the_run_is_cut_short() -> None:
    """Also what has to wait for a write that takes its time."""
    written: list[str] = []
    began, done, proceed = asyncio.Event(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def write(outcomes: list[Outcome]) -> None:
        written.extend(outcome.text for outcome in outcomes)
        loop.call_soon_threadsafe(began.set)
        proceed.wait(0 if len(written) > 1 else 10)

    async def examine(target: str) -> Outcome:
        if target == "b.example":
            await began.wait()
            done.set()
        return Outcome(f"report of {target}", Verdict.WORKS)

    running = asyncio.create_task(
        Batch(examine=examine, rename=rename, key=key).run(from_list("a.example", "b.example"), jobs=2, write=write)
    )
    await asyncio.wait_for(done.wait(), 10)
    for _ in range(5):
        await asyncio.sleep(0)
    running.cancel()
    proceed.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(written) == ["report of a.example", "report of b.example"]


async def test_what_is_done_at_the_same_time_is_written_in_one_go() -> None:
    looks, writes = Looks(), list[int]()
    await Batch(examine=looks, rename=rename, key=key).run(
        from_list(*(f"{number}.example" for number in range(40))),
        jobs=20,
        write=lambda outcomes: writes.append(len(outcomes)),
    )
    assert sum(writes) == 40
    assert len(writes) < 40


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_REMEMBERED", 2)
    looks = Looks()
    await run(looks, "a.example", "b.example", "c.example", "a.example", "c.example", jobs=1)
    assert looks.asked == ["a.example", "b.example", "c.example", "a.example"]


async def test_a_target_is_written_while_the_next_is_still_being_read() -> None:
    """A pipe that stays open does not hold back what has been diagnosed."""
    proceed, written = threading.Event(), asyncio.Event()

    def slow() -> Iterator[list[str]]:
        yield ["a.example"]
        proceed.wait(10)
        yield ["b.example"]

    loop = asyncio.get_running_loop()

    def write(_: list[Outcome]) -> None:
        loop.call_soon_threadsafe(written.set)

    running = asyncio.create_task(
        Batch(examine=Looks(), rename=rename, key=key).run(in_thread(slow()), jobs=2, write=write)
    )
    await asyncio.wait_for(written.wait(), 10)
    proceed.set()
    await asyncio.wait_for(running, 10)


async def test_no_more_is_read_than_is_needed_soon() -> None:
    looks = Looks()
    looks.going_on.clear()
    read = 0

    def endless() -> Iterator[list[str]]:
        nonlocal read
        while read < 10_000:
            read += 1
            yield [f"{read}.example"]

    running = asyncio.create_task(
        Batch(examine=looks, rename=rename, key=key).run(in_thread(endless()), jobs=2, write=lambda _: None)
    )
    await asyncio.wait_for(looks.second.wait(), 10)
    assert read <= 2 + batch.READ_AHEAD + 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_a_run_that_ends_early_leaves_the_reader_of_its_file_in_peace(recwarn: pytest.WarningsRecorder) -> None:
    ended = threading.Event()
    readers: list[threading.Thread] = []

    def late() -> Iterator[list[str]]:
        readers.append(threading.current_thread())
        yield ["a.example"]
        ended.wait(20)
        yield ["b.example"]

    async def first() -> str:
        async for target in in_thread(late()):
            return target
        return ""

    assert asyncio.run(first()) == "a.example"
    ended.set()
    readers[0].join(20)
    assert not readers[0].is_alive()
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


async def test_a_file_that_fails_ends_the_run_with_its_error() -> None:
    def failing() -> Iterator[list[str]]:
        yield ["a.example"]
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await Batch(examine=Looks(), rename=rename, key=key).run(in_thread(failing()), jobs=2, write=lambda _: None)
