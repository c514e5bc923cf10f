"""Limits as buckets of tokens that fill up again with time, in the store so that they hold for all processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, case, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import buckets

# Every bucket is full again after so long without a draw, so that nothing is lost by forgetting it.
FULL_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many at once, and so many a minute in the long run."""

    name: str
    burst: int
    per_minute: float


# A look at a host costs that host a handful of connections; questions without one cost nothing and are not limited.
# A person who goes through a list by hand stays well below; a script does not.
PERSON = Limit(name="person", burst=120, per_minute=20)
CHANNEL = Limit(name="channel", burst=240, per_minute=60)
# Padlock must not become a way to bother somebody's server.
TARGET = Limit(name="target", burst=30, per_minute=6)


@dataclass(frozen=True, slots=True)
class Draw:
    """One token of a limit, for one person, channel or host."""

    limit: Limit
    whose: str

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return f"{self.limit.name}:{self.whose}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The limit that is exhausted, and after how many seconds it no longer is."""

    limit: Limit
    seconds: float


async def draw(
    connection: AsyncConnection, wanted: Sequence[Draw], *, now: float, insert: Callable[..., Any]
) -> Refusal | None:
    """Draw each in turn; a bucket is made with its first draw."""
    for one in wanted:
        refusal = await _draw(connection, one, now=now, insert=insert)
        if refusal is not None:
            return refusal
    return None


async def _draw(connection: AsyncConnection, one: Draw, *, now: float, insert: Callable[..., Any]) -> Refusal | None:
    per_second = one.limit.per_minute / 60
    # A clock that was put back fills nothing, and takes nothing away.
    passed = case((buckets.c.filled_at < now, now - buckets.c.filled_at), else_=0.0)
    filled = buckets.c.tokens + passed * per_second
    level = case((filled > one.limit.burst, float(one.limit.burst)), else_=filled)
    statement = (
        insert(buckets)
        .values(name=one.bucket, tokens=one.limit.burst - 1.0, filled_at=now)
        .on_conflict_do_update(
            index_elements=[buckets.c.name], set_={"tokens": level - 1.0, "filled_at": now}, where=level >= 1.0
        )
        .returning(buckets.c.tokens)
    )
    if (await connection.execute(statement)).first() is not None:
        return None
    left = (await connection.execute(select(level).where(buckets.c.name == one.bucket))).scalar()
    return Refusal(one.limit, seconds=max(1.0, (1.0 - float(left or 0.0)) / per_second))


def forget_full(*, now: float) -> Delete:
    """Forget the buckets that nobody has drawn from for so long that they are full."""
    return delete(buckets).where(buckets.c.filled_at < now - FULL_SECONDS)


def forget(person: str) -> Delete:
    """Forget a person's bucket."""
    return delete(buckets).where(buckets.c.name == f"{PERSON.name}:{person}")
