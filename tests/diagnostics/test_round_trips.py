"""A healthy diagnosis takes few round trips, which is what a far host costs whatever the machine."""

import pytest

from tests.benchmarks.far_hosts import KINDS, MOST_ROUND_TRIPS, Road, travel
from tests.lab.hosts import Lab


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_host_takes_few_round_trips(kind: str) -> None:
    with Lab() as lab:
        if not lab.real_ports:
            pytest.skip("needs ports 443 and 80")
        journey = travel(lab, kind, one_way=0.05)
    # The name, the connection, the handshake and the page: each has to wait for the one before.
    assert 4 <= journey.round_trips <= MOST_ROUND_TRIPS
    assert journey.seconds >= 4 * 2 * 0.05


def test_what_waits_for_an_answer_is_a_round_trip_of_its_own() -> None:
    road = Road(0.0)
    first = road.goes(0)
    beside = road.goes(0)
    road.comes_back(first)
    road.comes_back(beside)
    assert road.round_trips == 1
    road.comes_back(road.goes(road.opens()))
    assert road.round_trips == 3
