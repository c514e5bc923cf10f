"""The lab's odd hosts work for Python's ssl, or fail where that is known to be stricter than browsers."""

import re
from collections.abc import Iterator

import pytest

from tests.lab.faults.fault import Case, unmet
from tests.lab.faults.odd import ODD
from tests.lab.hosts import Lab
from tests.lab.look import look

PATIENCE = 10.0  # seconds

WORKS = re.compile(r"answer: HTTP/1\.[01] (103|200|301|401|418) .*")
# OpenSSL lets no wildcard stand for a label with an underscore; and its client speaks no HTTP/2.
STRICTER = {"underscore": "verify 62", "http-2-only": "answer: \0\0*\4"}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def test_every_odd_host_has_a_name_of_its_own() -> None:
    assert len({case.name for case in ODD}) == len(ODD)


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_an_odd_host_works(case: Case, lab: Lab) -> None:
    if missing := unmet(case, lab=lab):
        pytest.skip("needs " + " and ".join(missing))
    seen = look(case.start(lab), seconds=PATIENCE)
    if case.name in STRICTER:
        assert seen.startswith(STRICTER[case.name])
    else:
        assert WORKS.fullmatch(seen)
