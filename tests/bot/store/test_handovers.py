"""Hand-overs to people: once a question, the first taker has it, whatever dies on the way."""

import asyncio
import subprocess
import sys

import pytest

from bot.store.records import Handover
from bot.store.store import Store
from tests.bot.store.samples import NOON, ask

# Another process, which takes a hand-over and tells so; then it waits, in the transaction or after it.
OTHER = """
import asyncio, sys
from bot.store import handovers
from bot.store.database import engine_for

async def main(url, number, commits):
    engine = engine_for(url)
    async with engine.begin() as connection:
        await handovers.take(connection, int(number), person="U8", now=1.0)
        if commits == "no":
            print("taken", flush=True)
            sys.stdin.read()
    print("taken", flush=True)
    sys.stdin.read()

asyncio.run(main(*sys.argv[1:]))
"""


def of(handover: Handover | None) -> Handover:
    assert handover is not None
    return handover


async def test_a_question_is_handed_over_once(store: Store) -> None:
    number = await ask(store)
    first = of(await store.hand_over(number, person="U2", now=NOON))
    assert (first.question, first.handed_by, first.handed_at) == (number, "U2", NOON)
    assert (first.channel, first.ts, first.taken_by, first.solved_by) == (None, None, None, None)
    assert await store.hand_over(number, person="U3", now=NOON + 1) == first
    assert await store.handover(number) == first


async def test_a_question_that_was_not_handed_over_is_taken_by_nobody(store: Store) -> None:
    number = await ask(store)
    assert await store.take(number, person="U2", now=NOON) is None
    assert await store.solve(number, person="U2", now=NOON) is None
    assert await store.handover(number) is None


async def test_the_place_of_the_message_is_noted_once(store: Store) -> None:
    number = await ask(store)
    await store.hand_over(number, person="U2", now=NOON)
    await store.handover_posted(number, channel="C9", ts="9.0")
    await store.handover_posted(number, channel="C9", ts="9.1")
    found = of(await store.handover(number))
    assert (found.channel, found.ts) == ("C9", "9.0")


async def test_the_first_taker_has_it_and_stays_to_have_it(store: Store) -> None:
    number = await ask(store)
    await store.hand_over(number, person="U2", now=NOON)
    assert of(await store.take(number, person="U3", now=NOON + 1)).taken_by == "U3"
    late = of(await store.take(number, person="U4", now=NOON + 2))
    assert (late.taken_by, late.taken_at) == ("U3", NOON + 1)
    assert of(await store.take(number, person="U3", now=NOON + 3)) == late


async def test_whoever_solves_it_first_has_solved_it_and_nobody_takes_it_after(store: Store) -> None:
    number = await ask(store)
    await store.hand_over(number, person="U2", now=NOON)
    await store.solve(number, person="U3", now=NOON + 1)
    solved = of(await store.solve(number, person="U4", now=NOON + 2))
    assert (solved.taken_by, solved.solved_by, solved.solved_at) == (None, "U3", NOON + 1)
    assert await store.take(number, person="U5", now=NOON + 3) == solved


async def test_what_one_has_taken_another_may_solve(store: Store) -> None:
    number = await ask(store)
    await store.hand_over(number, person="U2", now=NOON)
    await store.take(number, person="U3", now=NOON + 1)
    solved = of(await store.solve(number, person="U4", now=NOON + 2))
    assert (solved.taken_by, solved.solved_by) == ("U3", "U4")


async def test_of_many_takers_in_two_processes_one_has_it_and_all_are_told_the_same(database: str) -> None:
    stores = [await Store.open(database) for _ in range(2)]
    for place in range(1, 6):
        number = await ask(stores[0], place)
        await asyncio.gather(*(stores[n % 2].hand_over(number, person=f"U{n}", now=NOON) for n in range(4)))
        told = await asyncio.gather(*(stores[n % 2].take(number, person=f"U{n}", now=NOON + n) for n in range(10)))
        assert len({of(each).taken_by for each in told}) == 1
        assert len(set(told)) == 1
    for each in stores:
        await each.close()


@pytest.mark.parametrize(
    ("commits", "takers"),
    [
        ("no", "U9"),  # it died before it had stored that it takes it
        ("yes", "U8"),  # it died after that
    ],
)
async def test_what_a_process_was_taking_when_it_was_killed_is_free_unless_that_was_stored(
    database: str, store: Store, commits: str, takers: str
) -> None:
    number = await ask(store)
    await store.hand_over(number, person="U2", now=NOON)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER, database, str(number), commits, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"taken\n"
    taking = asyncio.create_task(store.take(number, person="U9", now=NOON))
    await asyncio.sleep(0)  # it begins, and waits for the other's transaction where that is not over
    other.kill()
    taken = await taking
    await other.communicate()
    assert of(taken).taken_by == takers
