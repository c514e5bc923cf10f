"""Presses and notes: how they come in, and how they are taken in hand."""

import pytest

from bot.conversation import Conversation
from bot.store.records import Accepted, Kind, Lost, State
from bot.store.store import Store
from tests.bot.store.samples import NOON, ask, note, press, question, taken

SAID = Conversation(targets=("shop.example.com",), causes=("certificate.expired",))


async def waiting_in(store: Store, thread: str, channel: str = "C1") -> Accepted:
    """What becomes of somebody's further message in a thread."""
    return await store.accept(question(77, kind=Kind.FOLLOW_UP, thread=thread, channel=channel))


async def test_a_press_is_taken_in_hand_as_a_question_is(store: Store) -> None:
    assert await store.accept(press()) is Accepted.STORED
    [claim] = await taken(store)
    assert (claim.kind, claim.state, claim.attempt) == (Kind.PRESS, State.OPEN, 1)
    await store.take_from("one")
    assert [claim.attempt for claim in await taken(store, "two")] == [2]


async def test_a_press_that_arrives_again_is_known_and_another_one_is_not(store: Store) -> None:
    await store.accept(press())
    assert await store.accept(press()) is Accepted.KNOWN
    assert await store.accept(press(2)) is Accepted.STORED


async def test_a_note_comes_with_its_answer_and_is_no_attempt(store: Store) -> None:
    assert await store.say(note(), answer='{"said": 1}', outcome="note") is Accepted.STORED
    for owner in ("one", "two"):
        [claim] = await taken(store, owner)
        assert (claim.kind, claim.state, claim.attempt) == (Kind.NOTE, State.READY, 0)
        assert (claim.answer, claim.outcome) == ('{"said": 1}', "note")
        await store.take_from(owner)


async def test_the_same_note_is_said_once_also_after_it_was_delivered(store: Store) -> None:
    await store.say(note(), answer="{}", outcome="note")
    assert await store.say(note(), answer="{}", outcome="note") is Accepted.KNOWN
    [claim] = await taken(store)
    await store.finish(claim, posted=["9.9"], outcome="note", now=NOON)
    assert await store.say(note(), answer="{}", outcome="note") is Accepted.KNOWN
    assert await taken(store) == []
    assert await store.say(note("note:1:solved"), answer="{}", outcome="note") is Accepted.STORED


@pytest.mark.parametrize("kind", [Kind.PRESS, Kind.NOTE])
async def test_a_thread_is_not_padlocks_for_a_press_or_a_note_in_it(store: Store, kind: Kind) -> None:
    if kind is Kind.PRESS:
        await store.accept(press(thread="5.0"))
    else:
        await store.say(note(thread="5.0"), answer="{}", outcome="note")
    for claim in await taken(store):
        await store.answered(claim, answer="{}", outcome="pressed", conversation=None, now=NOON)
        await store.finish(claim, posted=["5.1"], outcome="pressed", now=NOON)
    assert await waiting_in(store, "5.0") is Accepted.FOREIGN


async def test_a_thread_is_padlocks_once_a_press_was_answered_in_it(store: Store) -> None:
    await store.accept(press(thread="5.0"))
    [claim] = await taken(store)
    await store.answered(claim, answer="{}", outcome="diagnosis", conversation=SAID, now=NOON)
    assert await waiting_in(store, "5.0") is Accepted.STORED
    assert [claim.conversation for claim in await taken(store)] == [SAID]


async def test_what_is_found_after_a_press_is_what_its_thread_remembers(store: Store) -> None:
    await ask(store)
    await store.accept(press())
    [claim] = await taken(store)
    await store.answered(claim, answer="{}", outcome="pressed", conversation=SAID, now=NOON)
    await waiting_in(store, "1.0")
    assert [claim.conversation for claim in await taken(store)] == [SAID]


async def test_the_thread_below_a_note_is_padlocks_where_it_joins_it(store: Store) -> None:
    await store.say(note(thread=""), answer="{}", outcome="note")
    [claim] = await taken(store)
    for _ in range(2):  # as after a confirmation that was lost
        await store.join(claim, thread="8.0", conversation=SAID, now=NOON)
    await store.finish(claim, posted=["8.0"], outcome="note", now=NOON)
    assert await waiting_in(store, "8.0", "C2") is Accepted.FOREIGN
    assert await waiting_in(store, "8.0") is Accepted.STORED
    assert [claim.conversation for claim in await taken(store)] == [SAID]


async def test_a_thread_is_not_joined_by_a_process_that_no_longer_has_the_note(store: Store) -> None:
    await store.say(note(thread=""), answer="{}", outcome="note")
    [claim] = await taken(store)
    await store.take_from("one")
    with pytest.raises(Lost):
        await store.join(claim, thread="8.0", conversation=SAID, now=NOON)
    assert await waiting_in(store, "8.0") is Accepted.FOREIGN


async def test_presses_and_notes_wait_for_no_question_of_their_thread_and_no_question_for_them(store: Store) -> None:
    await store.accept(question())
    [open_question] = await taken(store)
    await store.accept(press())
    await store.say(note(), answer="{}", outcome="note")
    assert [claim.kind for claim in await taken(store)] == [Kind.PRESS, Kind.NOTE]
    await store.answered(open_question, answer="{}", outcome="faq", conversation=None, now=NOON)
    await waiting_in(store, "1.0")
    assert [claim.kind for claim in await taken(store)] == [Kind.FOLLOW_UP]


async def test_presses_do_not_wait_for_each_other(store: Store) -> None:
    await store.accept(press())
    await store.accept(press(2))
    assert len(await taken(store)) == 2


async def test_notes_of_a_thread_are_said_in_order_and_those_of_others_at_once(store: Store) -> None:
    for key, thread in (
        ("note:1:taken", "1.0"),
        ("note:1:solved", "1.0"),
        ("note:2:taken", "2.0"),
        ("a", ""),
        ("b", ""),
    ):
        await store.say(note(key, thread=thread), answer="{}", outcome="note")
    claims = await taken(store)
    assert [claim.key for claim in claims] == ["note:1:taken", "note:2:taken", "a", "b"]
    await store.finish(claims[0], posted=["1.7"], outcome="note", now=NOON)
    assert [claim.key for claim in await taken(store)] == ["note:1:solved"]
