"""What people thought of an answer: one vote each, changeable, whatever comes twice or late."""

from bot.store.records import Gap
from bot.store.store import Store
from tests.bot.store.samples import NOON, answered, ask, note, press, question, taken


async def gap(store: Store) -> Gap:
    [found] = await store.gaps(since=0)
    return found


async def test_everybody_has_one_vote(store: Store) -> None:
    number = await ask(store, outcome="none")
    for person, helpful in (("U1", False), ("U2", True), ("U3", True), ("U2", True)):
        await store.rate(number, person=person, helpful=helpful, now=NOON)
    found = await gap(store)
    assert (found.helpful, found.unhelpful) == (2, 1)


async def test_a_vote_may_be_changed(store: Store) -> None:
    number = await ask(store, outcome="none")
    await store.rate(number, person="U1", helpful=False, now=NOON)
    await store.rate(number, person="U1", helpful=True, now=NOON + 1)
    found = await gap(store)
    assert (found.helpful, found.unhelpful) == (1, 0)


async def test_of_two_presses_the_later_counts_in_whatever_order_they_are_worked_on(store: Store) -> None:
    number = await ask(store, outcome="none")
    await store.rate(number, person="U1", helpful=True, now=NOON + 1)
    await store.rate(number, person="U1", helpful=False, now=NOON)
    await store.choose(number, person="U1", article="q5", now=NOON + 1)
    await store.choose(number, person="U1", article="q4", now=NOON)
    found = await gap(store)
    assert (found.helpful, found.unhelpful, found.chosen) == (1, 0, ("q5",))


async def test_a_choice_and_a_vote_do_not_touch_each_other(store: Store) -> None:
    number = await ask(store, outcome="unsure")
    await store.choose(number, person="U1", article="q5", now=NOON + 5)
    await store.rate(number, person="U1", helpful=False, now=NOON)
    await store.choose(number, person="U2", article="delivery/renew", now=NOON + 6)
    found = await gap(store)
    assert (found.helpful, found.unhelpful, found.chosen) == (0, 1, ("q5", "delivery/renew"))


async def test_the_gaps_are_what_was_not_answered_or_not_well(store: Store) -> None:
    numbers = {}
    # name, outcome
    for place, (name, outcome) in enumerate(
        [
            ("no entry", "none"),
            ("a choice of entries", "unsure"),
            ("answered", "faq"),
            ("answered and liked", "faq"),
            ("answered and not liked", "faq"),
            ("answered and another entry meant", "both"),
            ("not answered for a limit", "limited"),
        ],
        1,
    ):
        numbers[name] = await ask(store, place, text=name, outcome=outcome, created_at=NOON + place)
    await store.rate(numbers["answered and liked"], person="U2", helpful=True, now=NOON)
    await store.rate(numbers["answered and not liked"], person="U2", helpful=False, now=NOON)
    await store.choose(numbers["answered and another entry meant"], person="U2", article="q5", now=NOON)
    assert [found.text for found in await store.gaps(since=NOON)] == [
        "answered and another entry meant",
        "answered and not liked",
        "a choice of entries",
        "no entry",
    ]
    assert [found.text for found in await store.gaps(since=NOON + 5)] == [
        "answered and another entry meant",
        "answered and not liked",
    ]


async def test_a_gap_says_what_the_answer_was(store: Store) -> None:
    await ask(store, outcome="unsure", kept=answered(article=None, candidates=("q4", "q5")))
    found = await gap(store)
    assert (found.outcome, found.article, found.candidates, found.asked_at) == ("unsure", None, ("q4", "q5"), NOON)


async def test_a_press_and_a_note_are_no_gaps(store: Store) -> None:
    await store.accept(press())
    [claim] = await taken(store)
    await store.answered(claim, answer="{}", outcome="none", conversation=None, now=NOON, kept=answered())
    await store.say(note(), answer="{}", outcome="none")
    assert await store.gaps(since=0) == []


async def test_a_person_sees_their_own_last_questions(store: Store) -> None:
    for place in range(1, 5):
        await ask(store, place, text=f"question {place}", created_at=NOON + place)
    await ask(store, 5, person="U2")
    await ask(store, 6, team="T2")
    await store.accept(press(person="U1", created_at=NOON + 7))
    await store.accept(question(8, text="open", created_at=NOON + 8))
    found = await store.recent("T1", "U1", most=3)
    assert [each.text for each in found] == ["open", "question 4", "question 3"]
    assert (found[0].outcome, found[0].cause, found[0].hosts) == (None, None, 0)
    assert (found[1].outcome, found[1].cause, found[1].hosts) == ("diagnosis", "certificate.expired", 1)
    assert (found[1].asked_at, found[1].channel, found[1].ts) == (NOON + 4, "C1", "4.0")
