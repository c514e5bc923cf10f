"""A store that an earlier Padlock made is brought up to date with everything in it."""

import os
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from bot import migrations
from bot.store.database import engine_for
from bot.store.records import Accepted, Kind, State
from bot.store.store import Store
from tests.bot.store.samples import NOON, answered, ask, question, taken

# As the first Padlock left them: delivered, answered, and new.
ROWS = """
INSERT INTO questions (id, key, event_id, kind, team, channel, thread, ts, person, text, direct, response_url,
    created_at, finished_at, state, attempt, owner, lease, posting, posted, answer, outcome)
VALUES
    (3, 'T1:C1:1.0', 'Ev1', 'message', 'T1', 'C1', '1.0', '1.0', 'U1', 'what is https?', false, NULL,
        1800000000.5, 1800000001.5, 'done', 1, NULL, 1, -1, '["1.5"]', NULL, 'faq'),
    (5, 'T1:C1:2.0', NULL, 'follow_up', 'T1', 'C1', '1.0', '2.0', 'U1', 'and why?', true, 'https://hooks.example.com/1',
        1800000002.5, NULL, 'ready', 2, 'dead', 3, 0, '[]', '{"messages": []}', 'faq'),
    (8, 'T1:C1:3.0', 'Ev3', 'message', 'T1', 'C1', '3.0', '3.0', 'U2', 'help', false, NULL,
        1800000003.5, NULL, 'open', 0, NULL, 0, -1, '[]', NULL, NULL)
"""
THREADS = """
INSERT INTO threads (team, channel, thread, conversation, updated_at)
VALUES ('T1', 'C1', '1.0', '{"targets": ["shop.example.com"], "causes": [], "article": null}', 1800000000.5)
"""


def _make(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", os.fspath(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "0001")


@pytest.fixture
async def old(database: str) -> str:
    """A store of the first Padlock with rows in it."""
    engine = engine_for(database)
    async with engine.begin() as connection:
        await connection.run_sync(_make)
        await connection.execute(text(ROWS))
        await connection.execute(text(THREADS))
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT setval('questions_id_seq', 8)"))
    await engine.dispose()
    return database


async def _questions(database: str) -> list[tuple[object, ...]]:
    engine = engine_for(database)
    async with engine.begin() as connection:
        rows = [tuple(row) for row in await connection.execute(text("SELECT * FROM questions ORDER BY id"))]
    await engine.dispose()
    return rows


async def test_every_question_is_there_after_the_upgrade_as_it_was(old: str) -> None:
    before = await _questions(old)
    await (await Store.open(old)).close()
    assert await _questions(old) == before
    assert len(before) == 3


async def test_what_was_left_is_gone_on_with_after_the_upgrade(old: str) -> None:
    store = await Store.open(old)
    await store.take_from("dead")
    ready, new = await taken(store)
    assert (ready.id, ready.state, ready.kind, ready.attempt) == (5, State.READY, Kind.FOLLOW_UP, 2)
    assert (ready.posting, ready.direct, ready.response_url) == (0, True, "https://hooks.example.com/1")
    assert ready.conversation.targets == ("shop.example.com",)
    assert (new.id, new.state, new.attempt) == (8, State.OPEN, 1)
    await store.answered(new, answer="{}", outcome="faq", conversation=None, now=NOON, kept=answered())
    assert await store.kept(8) is not None
    assert await store.kept(3) is None
    await store.close()


async def test_what_has_arrived_before_the_upgrade_is_known_after_it(old: str) -> None:
    store = await Store.open(old)
    assert await store.accept(question()) is Accepted.KNOWN
    assert await store.accept(question(9, event_id="Ev3")) is Accepted.KNOWN
    assert await ask(store, 10) > 8
    await store.close()


async def test_a_store_that_was_upgraded_is_as_one_that_is_new(old: str, new_database: object) -> None:
    assert callable(new_database)
    shapes = []
    for url in (old, new_database()):
        await (await Store.open(url)).close()
        engine = engine_for(url)
        async with engine.connect() as connection:
            shapes.append(await connection.run_sync(_shape))
        await engine.dispose()
    assert shapes[0] == shapes[1]
    assert {"key", "event_id"} <= {column for columns in shapes[0]["questions"]["unique"] for column in columns}


def _shape(connection: Connection) -> dict[str, dict[str, list[tuple[object, ...]]]]:
    look = inspect(connection)
    return {
        table: {
            "columns": sorted((each["name"], str(each["type"]), each["nullable"]) for each in look.get_columns(table)),
            "unique": sorted(tuple(each["column_names"]) for each in look.get_unique_constraints(table)),
            "indexes": sorted((str(each["name"]), *map(str, each["column_names"])) for each in look.get_indexes(table)),
            "keys": sorted((each["referred_table"], str(each["options"])) for each in look.get_foreign_keys(table)),
        }
        for table in look.get_table_names()
    }
