"""What answers were made of: kept with the question, of a bounded size, gone with the question."""

import asyncio
import json

import pytest
from sqlalchemy import text

from bot.conversation import Conversation
from bot.store.answers import DETAILS_MOST, MESSAGES_MOST, REPORTS_MOST
from bot.store.database import engine_for
from bot.store.records import Kind, Lost
from bot.store.store import Store
from tests.bot.store.samples import DAY, NOON, answered, ask, note, press, question, taken


async def test_what_an_answer_was_made_of_is_kept_with_its_question(store: Store) -> None:
    number = await ask(store, person="U1", text="is shop.example.com down?")
    kept = await store.kept(number)
    assert kept is not None
    assert (kept.question, kept.team, kept.channel, kept.thread, kept.person) == (number, "T1", "C1", "1.0", "U1")
    assert (kept.text, kept.direct, kept.public, kept.posted) == ("is shop.example.com down?", False, True, ("1.5",))
    assert (kept.targets, kept.article, kept.candidates) == (
        ("shop.example.com",),
        "certificate.expired",
        ("q4", "q5"),
    )
    assert json.loads(kept.reports) == [{"cause": "certificate.expired"}]
    assert json.loads(kept.details) == [{"text": "details", "blocks": []}]
    assert json.loads(kept.messages) == [{"text": "expired", "blocks": []}]
    assert kept.looked_at == NOON


async def test_a_question_without_such_an_answer_has_none_kept(store: Store) -> None:
    await store.accept(question())
    [claim] = await taken(store)
    assert await store.kept(claim.id) is None
    await store.answered(claim, answer="{}", outcome="limited", conversation=None, now=NOON)
    assert await store.kept(claim.id) is None
    assert await store.kept(claim.id + 1) is None


async def test_an_answer_that_is_kept_anew_takes_the_place_of_the_one_before(store: Store) -> None:
    number = await ask(store)
    again = answered(reports="[]", cause=None, article=None, candidates=(), public=False, looked_at=NOON + 60)
    await store.renew(number, answered=again, now=NOON + 61)
    kept = await store.kept(number)
    assert kept is not None
    assert (kept.reports, kept.cause, kept.article, kept.candidates) == ("[]", None, None, ())
    assert (kept.public, kept.looked_at) == (False, NOON + 60)


async def test_of_two_looks_the_later_is_kept_in_whatever_order_they_end(store: Store) -> None:
    number = await ask(store)
    await store.renew(number, answered=answered(cause="later", looked_at=NOON + 60), now=NOON + 61)
    await store.renew(number, answered=answered(cause="earlier", looked_at=NOON + 30), now=NOON + 62)
    kept = await store.kept(number)
    assert kept is not None
    assert (kept.cause, kept.looked_at) == ("later", NOON + 60)


async def test_an_answer_by_a_process_that_no_longer_has_the_question_is_not_kept(store: Store) -> None:
    await store.accept(question())
    [late] = await taken(store)
    await store.take_from("one")
    with pytest.raises(Lost):
        await store.answered(late, answer="{}", outcome="faq", conversation=None, now=NOON, kept=answered())
    assert await store.kept(late.id) is None


async def test_nothing_is_kept_for_a_question_that_is_gone(store: Store) -> None:
    number = await ask(store)
    await store.forget("U1")
    await store.renew(number, answered=answered(looked_at=NOON + 60), now=NOON + 60)
    await store.rate(number, person="U2", helpful=True, now=NOON)
    await store.choose(number, person="U2", article="q5", now=NOON)
    assert await store.kept(number) is None
    assert await store.hand_over(number, person="U2", now=NOON) is None
    await store.handover_posted(number, channel="C9", ts="9.0")
    assert await store.take(number, person="U2", now=NOON) is None
    assert await store.solve(number, person="U2", now=NOON) is None


async def test_a_number_is_never_given_twice(store: Store) -> None:
    first = await ask(store)
    await store.forget("U1")
    assert await ask(store, 2, person="U2") > first


async def test_a_press_of_check_again_keeps_its_thread_from_being_forgotten(store: Store) -> None:
    number = await ask(store)
    await store.renew(number, answered=answered(looked_at=NOON + 20 * DAY), now=NOON + 20 * DAY)
    await store.purge(days=30, now=NOON + 40 * DAY)
    assert await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0")) == "stored"


# Sizes

NAMES = [{"dns_names": [f"host-{number}.example.com" for number in range(10_000)]}]


async def test_a_report_of_ten_thousand_names_is_left_out_and_the_others_stay(store: Store) -> None:
    small = {"target": {"input": "shop.example.com"}}
    number = await ask(store, kept=answered(reports=json.dumps([*NAMES, small])))
    kept = await store.kept(number)
    assert kept is not None
    assert json.loads(kept.reports) == [small]
    assert kept.targets == ("shop.example.com",)


@pytest.mark.parametrize(
    ("field", "most"), [("reports", REPORTS_MOST), ("details", DETAILS_MOST), ("messages", MESSAGES_MOST)]
)
@pytest.mark.parametrize("letter", ["x", "é", "\N{GRINNING FACE}", '"', "\x00"])
async def test_no_row_is_larger_than_it_may_be(store: Store, field: str, most: int, letter: str) -> None:
    items = [letter * 1_000 for _ in range(400)]
    number = await ask(store, kept=answered(**{field: json.dumps(items)}))
    kept = await store.kept(number)
    assert kept is not None
    left = json.loads(getattr(kept, field))
    assert left
    assert left == items[: len(left)]
    assert most - 12_100 < len(getattr(kept, field).encode()) <= most


async def test_a_report_with_half_a_character_is_kept(store: Store) -> None:
    number = await ask(store, kept=answered(reports='[{"subject": "\udc80"}]'))
    kept = await store.kept(number)
    assert kept is not None
    assert json.loads(kept.reports) == [{"subject": "\udc80"}]


async def test_what_just_fits_is_kept_as_it_is(store: Store) -> None:
    just = json.dumps(["x" * (DETAILS_MOST - 4)])
    number = await ask(store, kept=answered(details=just))
    kept = await store.kept(number)
    assert kept is not None
    assert kept.details == just
    await store.renew(number, answered=answered(details=json.dumps(["x" * (DETAILS_MOST - 3)])), now=NOON)
    kept = await store.kept(number)
    assert kept is not None
    assert kept.details == "[]"


# Forgetting


async def rows(database: str) -> dict[str, int]:
    """How many rows each table has that holds something of a person."""
    engine = engine_for(database)
    async with engine.begin() as connection:
        found = {
            table: int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
            for table in ("questions", "threads", "answers", "feedback", "handovers")
        }
    await engine.dispose()
    return found


async def everything(store: Store, number: int = 1, **more: object) -> int:
    """A question with an answer, a rating and a hand-over."""
    stored = await ask(store, number, kept=None, **more)
    await store.rate(stored, person="U2", helpful=True, now=NOON)
    await store.hand_over(stored, person="U3", now=NOON)
    return stored


async def test_what_belongs_to_a_question_goes_with_it_when_it_is_too_old(database: str, store: Store) -> None:
    await everything(store)
    await everything(store, 2, created_at=NOON + 10 * DAY)
    assert await store.purge(days=30, now=NOON + 31 * DAY) == 1
    found = await rows(database)
    assert {found[table] for table in ("questions", "answers", "feedback", "handovers")} == {1}


async def test_what_belongs_to_a_question_goes_with_its_person(database: str, store: Store) -> None:
    await everything(store)
    await everything(store, 2, person="U4")
    assert await store.forget("U1") == 1
    assert set((await rows(database)).values()) == {1}


async def test_what_a_person_did_below_the_answers_of_others_goes_too(database: str, store: Store) -> None:
    await everything(store)
    assert await store.forget("U2") == 0
    assert (await rows(database))["feedback"] == 0
    assert (await rows(database))["handovers"] == 1
    assert await store.forget("U3") == 0
    assert (await rows(database))["handovers"] == 0
    assert (await rows(database))["questions"] == 1


@pytest.mark.parametrize("person", ["U3", "U5", "U6"])
async def test_a_hand_over_is_forgotten_with_everybody_whom_it_names(database: str, store: Store, person: str) -> None:
    number = await everything(store)
    await store.take(number, person="U5", now=NOON)
    await store.solve(number, person="U6", now=NOON)
    await store.forget("U7")
    assert (await rows(database))["handovers"] == 1
    await store.forget(person)
    assert (await rows(database))["handovers"] == 0


async def test_a_note_that_was_delivered_no_longer_says_what_it_was_about(database: str, store: Store) -> None:
    await store.say(note(text='{"by": "U9SECRET"}'), answer='{"said": "by U9SECRET"}', outcome="note")
    [claim] = await taken(store)
    assert "U9SECRET" in claim.text
    await store.finish(claim, posted=["1.7"], outcome="note", now=NOON)
    engine = engine_for(database)
    async with engine.begin() as connection:
        [row] = await connection.execute(text("SELECT * FROM questions"))
    await engine.dispose()
    assert "U9SECRET" not in str(tuple(row))


async def test_only_questions_are_counted_when_a_person_is_forgotten(database: str, store: Store) -> None:
    await ask(store)
    await store.accept(press(person="U1"))
    await store.say(note(person="U1"), answer="{}", outcome="note")
    assert await store.forget("U1") == 1
    assert set((await rows(database)).values()) == {0}


async def test_who_presses_a_button_below_an_answer_takes_no_thread_along(store: Store) -> None:
    await ask(store)
    await store.accept(press(person="U2"))
    await store.forget("U2")
    assert await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="1.0")) == "stored"


async def test_who_had_a_press_answered_in_a_thread_takes_the_thread_along(store: Store) -> None:
    said = Conversation(targets=("shop.example.com",))
    await store.accept(press(person="U2", thread="5.0"))
    [claim] = await taken(store)
    await store.answered(claim, answer="{}", outcome="diagnosis", conversation=said, now=NOON, kept=answered())
    await store.forget("U2")
    assert await store.accept(question(2, kind=Kind.FOLLOW_UP, thread="5.0")) == "foreign"


async def test_a_rating_and_a_deletion_at_once_leave_nothing_behind(database: str) -> None:
    stores = [await Store.open(database) for _ in range(2)]
    for number in range(1, 11):
        stored = await ask(stores[0], number)
        await asyncio.gather(
            stores[0].forget("U1"),
            *(stores[1].rate(stored, person=f"U{n}", helpful=True, now=NOON) for n in range(2, 5)),
            stores[1].hand_over(stored, person="U2", now=NOON),
        )
    assert set((await rows(database)).values()) == {0}
    for each in stores:
        await each.close()
