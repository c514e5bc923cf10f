"""The store, on SQLite and on PostgreSQL: the same tests, for the statements are the same."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot import migrations
from bot.conversation import Conversation
from bot.store import buckets
from bot.store.buckets import Draw, Limit
from bot.store.database import BUSY_SECONDS, engine_for, migrate, reason
from bot.store.records import Accepted, Claim, Incoming, Kind, Lost, State, StoreError
from bot.store.store import Store
from bot.store.tables import metadata
from tests.bot.store.samples import DAY, NOON, question, taken


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    opened = await Store.open(database)
    yield opened
    await opened.close()


# What comes in


async def test_a_question_is_stored(store: Store) -> None:
    assert await store.accept(question()) is Accepted.STORED
    [claim] = await taken(store)
    assert (claim.text, claim.state, claim.attempt) == ("why?", State.OPEN, 1)


@pytest.mark.parametrize(
    "copy",
    [
        question(),  # Slack sends it again
        question(event_id="Ev2"),  # the mention also arrives as a message
        question(event_id=None),
        replace(question(2), event_id="Ev1"),  # one event, however it was read
    ],
)
async def test_a_copy_is_known(store: Store, copy: Incoming) -> None:
    await store.accept(question())
    assert await store.accept(copy) is Accepted.KNOWN
    assert len(await taken(store)) == 1


async def test_another_question_is_no_copy(store: Store) -> None:
    await store.accept(question())
    assert await store.accept(question(2)) is Accepted.STORED


async def test_two_hundred_questions_at_once_are_stored_each_once(store: Store) -> None:
    results = await asyncio.gather(*(store.accept(question(number // 2)) for number in range(200)))
    assert sorted(results) == ["known"] * 100 + ["stored"] * 100


async def test_a_message_in_a_foreign_thread_is_not_stored(store: Store) -> None:
    assert await store.accept(question(kind=Kind.FOLLOW_UP)) is Accepted.FOREIGN
    assert await taken(store) == []


async def test_a_message_in_a_known_thread_is_stored(store: Store) -> None:
    await store.accept(question())
    assert await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0")) is Accepted.STORED


async def test_the_same_thread_in_another_channel_is_foreign(store: Store) -> None:
    await store.accept(question())
    other = question(2, kind=Kind.FOLLOW_UP, thread="1.0", channel="C2")
    assert await store.accept(other) is Accepted.FOREIGN


# Who has it in hand


async def test_a_question_is_in_one_hand_only(store: Store) -> None:
    await store.accept(question())
    assert len(await taken(store, "one")) == 1
    assert await taken(store, "two") == []


async def test_two_processes_share_the_questions(database: str) -> None:
    first, second = await Store.open(database), await Store.open(database)
    for number in range(40):
        await first.accept(question(number))
    claims = await asyncio.gather(
        *(each.claim(name, most=7) for _ in range(4) for each, name in ((first, "one"), (second, "two")))
    )
    ids = [claim.id for some in claims for claim in some]
    assert len(ids) == len(set(ids)) == 40
    await first.close()
    await second.close()


async def test_the_oldest_comes_first(store: Store) -> None:
    for number in (3, 1, 2):
        await store.accept(question(number))
    assert [claim.ts for claim in await taken(store, most=2)] == ["3.0", "1.0"]


async def test_a_thread_is_answered_in_order(store: Store) -> None:
    await store.accept(question())
    await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0"))
    [first] = await taken(store)
    assert await taken(store) == []
    await answer(store, first)
    [second] = await taken(store)
    assert second.ts == "2.0"


async def test_commands_do_not_wait_for_each_other(store: Store) -> None:
    for number in (1, 2):
        await store.accept(question(number, kind=Kind.COMMAND, thread=""))
    assert len(await taken(store)) == 2


async def answer(store: Store, claim: Claim) -> None:
    await store.answered(claim, answer="{}", outcome="faq", conversation=None, now=NOON)


async def test_an_answer_is_kept_until_it_is_confirmed(store: Store) -> None:
    await store.accept(question())
    [claim] = await taken(store)
    await answer(store, claim)
    await store.take_from("one")
    [again] = await taken(store, "two")
    assert (again.state, again.answer, again.attempt) == (State.READY, "{}", 1)
    await store.finish(again, posted=["9.9"], outcome="faq", now=NOON)
    await store.take_from("two")
    assert await taken(store) == []


async def test_what_a_dead_process_had_is_taken_over_and_counts_as_an_attempt(store: Store) -> None:
    await store.accept(question())
    await taken(store, "one")
    assert await store.take_from("one") == 1
    [claim] = await taken(store, "two")
    assert claim.attempt == 2


async def test_what_is_broken_off_on_purpose_is_no_attempt(store: Store) -> None:
    await store.accept(question())
    [claim] = await taken(store, "one")
    await store.release(claim, counts=False)
    [claim] = await taken(store, "two")
    assert claim.attempt == 1


async def test_a_late_result_is_refused(store: Store) -> None:
    await store.accept(question())
    [late] = await taken(store, "one")
    await store.take_from("one")
    [present] = await taken(store, "one")  # by the same process, as after a pause
    for change in (
        answer(store, late),
        store.posting(late, place=0),
        store.posted(late, posted=["9.9"]),
        store.finish(late, posted=[], outcome="faq", now=NOON),
        store.release(late),
    ):
        with pytest.raises(Lost):
            await change
    await answer(store, present)


async def test_the_posting_and_the_posted_are_remembered(store: Store) -> None:
    await store.accept(question())
    [claim] = await taken(store)
    await store.posting(claim, place=0)
    await store.take_from("one")
    [claim] = await taken(store)
    assert (claim.posting, claim.posted) == (0, ())
    await store.posted(claim, posted=["9.9"])
    await store.take_from("one")
    [claim] = await taken(store)
    assert (claim.posting, claim.posted) == (-1, ("9.9",))


async def test_beats_show_who_lives(store: Store) -> None:
    assert not await store.beat("one", beat=1)  # it was not known
    assert await store.beat("one", beat=2)
    await store.accept(question())
    await taken(store, "two")
    assert await store.beats() == {"one": 2, "two": None}


async def test_orphans_are_freed_and_what_is_known_is_not(store: Store) -> None:
    for number in (1, 2):
        await store.accept(question(number))
    first, second = await taken(store)
    assert await store.free_orphans("one", known=[first.id]) == 1
    assert [claim.id for claim in await taken(store)] == [second.id]


# What a thread remembers


async def test_a_thread_remembers_its_conversation(store: Store) -> None:
    said = Conversation(targets=("shop.example.com",), causes=("certificate.expired",))
    await store.accept(question())
    await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0"))
    [first] = await taken(store)
    assert first.conversation == Conversation()
    await store.answered(first, answer="{}", outcome="diagnosis", conversation=said, now=NOON)
    [second] = await taken(store)
    assert second.conversation == said


@pytest.mark.parametrize(("direct", "goes_on"), [(True, True), (False, False)])
async def test_a_new_thread_goes_on_from_the_last_one_where_two_are_alone(
    store: Store, direct: bool, goes_on: bool
) -> None:
    said = Conversation(targets=("shop.example.com",))
    await store.accept(question(direct=direct))
    [first] = await taken(store)
    await store.answered(first, answer="{}", outcome="diagnosis", conversation=said, now=NOON)
    await store.accept(question(2, direct=direct, created_at=NOON + 1))
    [second] = await taken(store)
    assert (second.conversation == said) is goes_on


# Limits

SMALL = Limit(name="small", burst=2, per_minute=6)


async def test_a_limit_lets_a_burst_through_and_then_no_more(store: Store) -> None:
    drawn = [await store.draw([Draw(SMALL, "U1")], now=NOON) for _ in range(3)]
    assert drawn[:2] == [None, None]
    assert drawn[2] is not None
    assert drawn[2].seconds == pytest.approx(10)
    assert await store.draw([Draw(SMALL, "U2")], now=NOON) is None


async def test_a_bucket_fills_again_with_time_and_never_beyond_its_burst(store: Store) -> None:
    for _ in range(2):
        await store.draw([Draw(SMALL, "U1")], now=NOON)
    assert await store.draw([Draw(SMALL, "U1")], now=NOON + 9) is not None
    assert await store.draw([Draw(SMALL, "U1")], now=NOON + 10) is None
    later = [await store.draw([Draw(SMALL, "U1")], now=NOON + DAY) for _ in range(3)]
    assert [each is None for each in later] == [True, True, False]


async def test_a_clock_that_was_put_back_gives_and_takes_nothing(store: Store) -> None:
    await store.draw([Draw(SMALL, "U1")], now=NOON)
    assert await store.draw([Draw(SMALL, "U1")], now=NOON - DAY) is None
    assert await store.draw([Draw(SMALL, "U1")], now=NOON - DAY) is not None


async def test_a_limit_holds_across_processes(database: str) -> None:
    stores = [await Store.open(database) for _ in range(2)]
    drawn = await asyncio.gather(*(stores[n % 2].draw([Draw(SMALL, "U1")], now=NOON) for n in range(10)))
    assert drawn.count(None) == SMALL.burst
    for each in stores:
        await each.close()


# Forgetting


async def finished(store: Store, *, now: float, **more: str) -> None:
    await store.accept(question(1, created_at=now, **more))
    for claim in await taken(store):
        await answer(store, claim)
        await store.finish(claim, posted=[], outcome="faq", now=now)


async def test_what_is_too_old_is_deleted_and_what_is_not_stays(store: Store) -> None:
    await finished(store, now=NOON)
    assert await store.purge(days=30, now=NOON + 29 * DAY) == 0
    assert await store.purge(days=30, now=NOON + 31 * DAY) == 1
    assert await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0")) is Accepted.FOREIGN


async def test_a_question_without_an_answer_is_never_too_old(store: Store) -> None:
    await store.accept(question())
    assert await store.purge(days=1, now=NOON + 31 * DAY) == 0


async def test_a_person_is_forgotten_and_others_are_not(store: Store) -> None:
    await finished(store, now=NOON)
    await store.accept(question(2, person="U2"))
    await store.draw([Draw(buckets.PERSON, "U1")], now=NOON)
    assert await store.forget("U1") == 1
    assert await store.accept(question(3, kind=Kind.FOLLOW_UP, thread="1.0")) is Accepted.FOREIGN
    assert [claim.person for claim in await taken(store)] == ["U2"]


async def test_an_answer_and_the_address_for_it_are_not_kept_once_delivered(database: str) -> None:
    store = await Store.open(database)
    await finished(store, now=NOON, response_url="https://hooks.example.com/secret")
    await store.close()
    engine = engine_for(database)
    async with engine.begin() as connection:
        rows = await connection.execute(text("SELECT answer, response_url, owner FROM questions"))
        assert [tuple(row) for row in rows] == [(None, None, None)]
    await engine.dispose()


# Its form, and what keeps it from working


def test_the_last_migration_is_the_one_padlock_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == migrations.KNOWN[-1]
    assert {revision.revision for revision in script.walk_revisions()} == set(migrations.KNOWN)


async def test_the_migrations_make_the_tables_as_they_are_described(database: str) -> None:
    engine = engine_for(database)
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: {
                name: {column["name"]: column["nullable"] for column in inspect(sync).get_columns(name)}
                for name in inspect(sync).get_table_names()
            }
        )
    await engine.dispose()
    del found["alembic_version"]
    assert found == {
        name: {column.name: bool(column.nullable) for column in table.columns}
        for name, table in metadata.tables.items()
    }


async def test_a_store_is_opened_again_as_it_was_left(database: str) -> None:
    store = await Store.open(database)
    await store.accept(question())
    await store.close()
    again = await Store.open(database)
    assert len(await taken(again)) == 1
    await again.close()


async def test_two_processes_may_make_the_tables_at_once(database: str) -> None:
    stores = await asyncio.gather(*(Store.open(database) for _ in range(3)))
    for store in stores:
        await store.close()


async def test_a_store_of_a_newer_padlock_is_refused(database: str) -> None:
    store = await Store.open(database)
    await store.close()
    engine = engine_for(database)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreError, match="made by a newer Padlock"):
        await Store.open(database)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://padlock:secret@localhost/padlock", "SQLite or PostgreSQL"),  # another database
        ("oracle+nodriver://padlock:secret@localhost/padlock", "SQLite or PostgreSQL"),
        ("no url", "no SQLAlchemy URL"),
        ("secret", "no SQLAlchemy URL"),
        ("", "no SQLAlchemy URL"),
        ("postgresql://padlock:secret@host:port/padlock", "no SQLAlchemy URL"),  # a port that is no number
        ("postgresql://padlock:secret@[::1/padlock", "no SQLAlchemy URL"),  # a bracket that stays open
        ("postgresql://padlock:a@secret@127.0.0.1:1/padlock", "written %40"),
        ("postgresql:///padlock:secret@127.0.0.1:1/padlock", "third slash"),
        ("postgresql://padlock:secret@127.0.0.1:1/padlock", "cannot be opened"),  # nothing listens there
        ("postgresql://padlock:secret@127.0.0.1:99999/padlock", "cannot be opened"),
        ("postgresql://padlock@127.0.0.1:1/padlock?password=secret&pasword=x", "cannot be opened"),
        ("sqlite://padlock:secret@host/padlock", "a file and nothing else"),
        ("sqlite://padlock:secret@/padlock", "a file and nothing else"),
        ("sqlite://padlock.db", "a file and nothing else"),  # a slash too few
        ("sqlite:///", "a file and nothing else"),
        ("sqlite:///padlock.db?timeout=secret", "a file and nothing else"),
        ("sqlite:////proc/padlock/store.db", "cannot be opened"),
        ("sqlite:////proc/store.db", "cannot be opened"),
        ("sqlite:////proc", "is a folder"),
        ("sqlite:////proc/a%00b.db", "cannot be opened"),
    ],
)
async def test_a_store_that_cannot_be_opened_says_why_without_its_password(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        await Store.open(url)
    assert "secret" not in str(caught.value)


async def test_a_store_is_opened_whatever_driver_its_url_names(tmp_path: Path) -> None:
    for driver in ("sqlite", "sqlite+pysqlite", "sqlite+nodriver"):
        await (await Store.open(f"{driver}:///{tmp_path / 'store.db'}")).close()


async def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await Store.open(f"sqlite:///{path}")


async def test_a_locked_database_stores_nothing_says_so_in_time_and_recovers(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = await Store.open(f"sqlite:///{path}")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    with pytest.raises(StoreError, match="locked"):
        await store.accept(question())
    assert loop.time() - begun < BUSY_SECONDS + 0.8
    other.rollback()
    other.close()
    assert await store.accept(question()) is Accepted.STORED
    await store.close()


async def test_a_full_disk_stores_nothing_and_recovers(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    async with store._engine.begin() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StoreError, match="full"):
        await store.accept(question(text="x" * 100_000))
    async with store._engine.begin() as connection:
        await connection.execute(text("PRAGMA max_page_count = 100000"))
    assert await store.accept(question(text="x" * 100_000)) is Accepted.STORED
    await store.close()


async def read_only(store: Store, *, on: bool) -> None:
    """Let the store's one connection take no writes, as on a disk that was mounted anew read-only."""
    async with store._engine.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(f"PRAGMA query_only = {int(on)}")


async def test_a_read_only_disk_stores_nothing_and_recovers(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    await read_only(store, on=True)
    with pytest.raises(StoreError, match="readonly"):
        await store.accept(question())
    with pytest.raises(StoreError, match="readonly"):
        await store.ping()
    await read_only(store, on=False)
    assert await store.accept(question()) is Accepted.STORED
    await store.close()


async def test_one_write_that_fails_does_not_take_others_with_it(store: Store) -> None:
    await store.accept(question())
    [late] = await taken(store)
    await store.take_from("one")
    results = await asyncio.gather(
        store.posting(late, place=0), store.accept(question(2)), store.accept(question(3)), return_exceptions=True
    )
    assert isinstance(results[0], Lost)
    assert list(results[1:]) == [Accepted.STORED, Accepted.STORED]


async def test_after_a_restart_of_postgresql_the_store_works_again(postgres_server: object) -> None:
    from tests import postgres

    assert isinstance(postgres_server, postgres.Server)
    store = await Store.open(postgres_server.database())
    postgres_server.stop()
    with pytest.raises(StoreError):
        await store.accept(question())
    postgres_server.start()
    assert await store.accept(question()) is Accepted.STORED
    await store.close()


def test_an_error_is_told_without_the_message_that_was_to_be_stored() -> None:
    from sqlalchemy.exc import OperationalError

    error = OperationalError("INSERT INTO questions VALUES (?)", {"text": "secret"}, sqlite3.OperationalError("disk"))
    assert reason(error) == "disk"
