"""What a list came to, in a few lines."""

import pytest

from bot.tally import Tally
from diagnostics.judge import Verdict


def tally(*outcomes: tuple[Verdict, str | None]) -> Tally:
    found = Tally()
    for verdict, cause in outcomes:
        found.add(verdict, cause)
    return found


def test_the_summary_counts_verdicts_and_causes_the_most_frequent_first() -> None:
    found = tally(
        *[(Verdict.WORKS, None)] * 1_200,
        *[(Verdict.BROKEN, "dns.nxdomain")] * 2,
        *[(Verdict.BROKEN, "certificate.expired")] * 11,
        (Verdict.WORKS_WITH_WARNINGS, "certificate.expires_soon"),
        (Verdict.NOT_CHECKED, "target.invalid"),
    )
    first, *causes = found.summary().splitlines()
    assert first == "1,215 targets: 1,200 work, 1 work with warnings, 13 broken, 1 not checked"
    assert [line.split()[:2] for line in causes] == [
        ["11", "certificate.expired"],
        ["2", "dns.nxdomain"],
        ["1", "target.invalid"],  # as often as the next one, and before it in the catalogue
        ["1", "certificate.expires_soon"],
    ]
    assert causes[0].endswith("The certificate has expired")


def test_where_all_work_there_is_no_cause_to_tell() -> None:
    assert tally((Verdict.WORKS, None)).summary() == "1 target: 1 work"


PROGRESS = [
    # seconds, expected, what is said
    (10.0, None, "100 done, 10 a second"),
    (10.0, 400, "100 of about 400 done, 10 a second, about 30 s left"),
    (10.0, 6_100, "100 of about 6,100 done, 10 a second, about 10 min left"),
    (10.0, 100_100, "100 of about 100,100 done, 10 a second, about 2.8 h left"),
    (10.0, 100, "100 of about 100 done, 10 a second"),
    (10.0, 90, "100 of about 90 done, 10 a second"),  # a file that has grown meanwhile
    (0.0, 400, "100 of about 400 done, 0 a second"),
]


@pytest.mark.parametrize(("seconds", "expected", "said"), PROGRESS)
def test_the_progress_tells_rate_and_time_left(seconds: float, expected: int | None, said: str) -> None:
    assert tally(*[(Verdict.WORKS, None)] * 100).progress(seconds=seconds, expected=expected) == said


def test_the_progress_counts_what_is_broken() -> None:
    found = tally((Verdict.BROKEN, "dns.nxdomain"), (Verdict.WORKS, None))
    assert found.progress(seconds=1.0, expected=None) == "2 done, 1 broken, 2 a second"
