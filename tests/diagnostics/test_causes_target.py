"""Whether Padlock's own clock is plausible."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from diagnostics.causes.target import clock_wrong
from diagnostics.facts import Facts, Vantage
from tests.diagnostics.hand_made import HOST, NOW

FACTS = Facts(text=HOST, host=HOST, port=443, started_at=NOW)

CLOCKS = [
    # Padlock's clock, the roots it has, whether that is implausible.
    (datetime(2026, 11, 24, tzinfo=UTC), "certifi 2026.10.22", False),
    (datetime(1970, 1, 1, tzinfo=UTC), "certifi 2026.10.22", True),  # no battery
    (datetime(2026, 10, 31, tzinfo=UTC), "certifi 2026.10.22", True),  # before Padlock was made
    (datetime(2027, 3, 1, tzinfo=UTC), "certifi 2027.04.05", True),  # before its roots were made
    (datetime(2027, 4, 6, tzinfo=UTC), "certifi 2027.04.05 and own.pem", False),
    (datetime(2031, 1, 1, tzinfo=UTC), "certifi 2026.10.22", False),  # old roots prove nothing
    (datetime(2036, 1, 2, tzinfo=UTC), "certifi 2026.10.22", True),
    (datetime(2027, 3, 1, tzinfo=UTC), "certifi 9999.99.99", False),  # no date
    (datetime(2027, 3, 1, tzinfo=UTC), None, False),
]


@pytest.mark.parametrize(("clock", "roots", "wrong"), CLOCKS)
def test_a_clock_is_wrong_that_shows_a_time_before_its_own_parts_were_made(
    clock: datetime, roots: str | None, wrong: bool
) -> None:
    facts = replace(FACTS, started_at=clock, vantage=Vantage(roots=roots))
    assert (clock_wrong(facts) is not None) is wrong
