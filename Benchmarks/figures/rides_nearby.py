"""Riders in the dense centre of a city of 100,000 drivers look for the nearest ten, while 25,000 positions a second come."""

import json
import math
from dataclasses import asdict

from harness.client import Client
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection
from harness.run import Run

from figures import rides
from figures.comparison import disturbance, median
from figures.rides import CONNECTING_SECONDS, DRIVERS, PREPARATION_SECONDS, RATE

QUERIES, RADIUS_METERS, LIMIT = 1_000, 3_000, 10
EARTH_RADIUS_METERS = 6_372_797.560856  # Redis' own
# Places in the centre where answers are compared with a look at all drivers.
PLACES = [(52.52, 13.405), (52.4993, 13.3519), (52.5401, 13.4588), (52.51, 13.42)]
TITLE = f"Nearest {LIMIT} of {DRIVERS:,} drivers within {RADIUS_METERS // 1000} km, dense centre"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return PREPARATION_SECONDS + rounds * (seconds + CONNECTING_SECONDS + 1)


def measured(run: Run) -> Outcome:
    run.progress.step(f"{TITLE}: drivers are made", PREPARATION_SECONDS)
    measurements = []
    with rides.city(run, DRIVERS, *rides.SEEN) as city:
        _check_answers(city)
        for number in range(1, run.rounds + 1):
            run.progress.step(f"{TITLE}, round {number} of {run.rounds}", CONNECTING_SECONDS + run.warm_up_seconds + run.seconds)
            measurements.append(rides.send_positions(run, city, "--rate", RATE, "--queries", QUERIES))
            if measurements[-1].figures["queries"]["count"] != QUERIES * run.seconds:
                raise InvalidRun(f"{measurements[-1].figures['queries']['count']:,} questions were answered")
        _check_answers(city)

    def of(member: str) -> list[float]:
        return [one.figures["queries"][member] / 1000 for one in measurements]

    return Outcome(
        figures=[Figure(
            what=f"{TITLE}: p99 at {QUERIES:,} questions per second beside {RATE:,} positions", ours=f"{median(of('p99')):.2f} ms",
            peer="", result=Spread.of(of("p99")), unit=" ms", bound=Bound("under", 5))],
        remarks=[
            f"{TITLE}, medians: latency {median(of('median')):.2f} ms, the longest {median(of('greatest')):.1f} ms; "
            f"{median([one.service_cores for one in measurements]):.2f} cores service, "
            f"{median([one.redis_cores for one in measurements]):.2f} Redis.",
            *disturbance(TITLE, max(one.others_share for one in measurements))],
        raw={"rounds": [asdict(one) for one in measurements]})


def _check_answers(city: rides.City):
    """While nobody moves: the nearest are the nearest, by a look at all."""
    with RedisConnection(city.redis.socket) as connection:
        names = [f"driver{number}" for number in range(DRIVERS)]
        known = [text.split() for first in range(0, DRIVERS, 1000) for text in connection.command(
            "MGET", *(f"ride-hailing:{{{name}}}:position" for name in names[first:first + 1000]))]
    with Client(city.service.url) as client:
        for latitude, longitude in PLACES:
            distances = sorted(
                (_meters(latitude, longitude, float(position[3]), float(position[4])), name)
                for name, position in zip(names, known))
            answer = client.ask(
                "rider", "GET", f"/v1/drivers/nearby?lat={latitude}&lon={longitude}&radiusMeters={RADIUS_METERS}&limit={LIMIT}")
            found = [driver["id"] for driver in answer["drivers"]]
            if found != [name for _, name in distances[:LIMIT]]:
                raise InvalidRun(f"the nearest drivers are {distances[:LIMIT]}, and not {json.dumps(answer)}")


def _meters(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    first, second = math.radians(latitude), math.radians(other_latitude)
    u, v = math.sin((second - first) / 2), math.sin(math.radians(other_longitude - longitude) / 2)
    return 2 * EARTH_RADIUS_METERS * math.asin(math.sqrt(u * u + math.cos(first) * math.cos(second) * v * v))
