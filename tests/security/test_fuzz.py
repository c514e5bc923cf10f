"""Whatever bytes come from outside, no reader of them fails; what once made one fail is read again each time."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.cases import cases, read
from tests.security.parsers import Input, Parser, parsers

# Seconds of the suite are spent on each: these are for finding what a change has broken; fuzz.py looks further.
EXAMPLES = 200
PARSERS = {parser.name: parser for parser in parsers()}


@pytest.mark.parametrize("name", PARSERS)
def test_no_input_makes_a_reader_fail(name: str) -> None:
    parser = PARSERS[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(parser.inputs)
    def every(value: Input) -> None:
        parser.check(value)

    every()


@pytest.mark.parametrize(("parser", "case"), [(one, case) for one in PARSERS.values() for case in cases(one.name)])
def test_what_was_found_stays_mended(parser: Parser, case: Path) -> None:
    parser.check(read(case))


def test_a_reader_that_fails_is_noticed() -> None:
    """The harness itself: a reader with a fault is found within the examples of the suite."""

    def fails(value: Input) -> None:
        assert len(value) < 12

    parser = Parser(name="faulty", inputs=st.binary(max_size=400), check=fails)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(parser.inputs)
    def every(value: Input) -> None:
        parser.check(value)

    with pytest.raises(AssertionError):
        every()
