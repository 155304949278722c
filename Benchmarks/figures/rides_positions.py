"""Positions from drivers' WebSockets to Redis: as many as can be, beside redis-benchmark, and at the rate of 100,000 drivers."""

from dataclasses import asdict

from harness import redis_benchmark
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.load import Loaded
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures import rides
from figures.comparison import disturbance, median
from figures.rides import CONNECTING_SECONDS, CONNECTIONS, DRIVERS, PREPARATION_SECONDS, RATE

TITLE = "Positions over WebSocket to Redis"
OPTIONS = ["-P", "64", "-r", str(DRIVERS)]
# As many drivers, who go to another place in an area of 0.1 by 0.1 degrees each time; and who stay where they are.
MOVING = ["GEOADD", "drivers", "__rand_int__e-6", "__rand_int__e-6", "driver__rand_int__"]
STAYING = ["GEOADD", "drivers", "13.405", "52.52", "driver__rand_int__"]
REQUESTS = 1_000_000


def estimated_seconds(seconds: int, rounds: int) -> float:
    return PREPARATION_SECONDS + rounds * (4 * seconds + 2 * CONNECTING_SECONDS + 4)


def measured(run: Run) -> Outcome:
    run.progress.step(f"{TITLE}: {DRIVERS:,} drivers are made", PREPARATION_SECONDS)
    most, steady, moving, staying = [], [], [], []
    with rides.city(run, DRIVERS, *rides.SEEN) as city:
        for number in range(1, run.rounds + 1):
            seconds = CONNECTING_SECONDS + run.warm_up_seconds + run.seconds
            run.progress.step(f"{TITLE}, round {number} of {run.rounds}: as many as can be", seconds)
            most.append(rides.send_positions(run, city))
            run.progress.step(f"{TITLE}, round {number} of {run.rounds}: redis-benchmark", run.seconds)
            moving.append(_geoadd(run, MOVING))
            staying.append(_geoadd(run, STAYING))
            run.progress.step(f"{TITLE}, round {number} of {run.rounds}: {RATE:,} a second", seconds)
            steady.append(_steady(run, city))
    ours = [one.figures["positionsPerSecond"] for one in most]
    return Outcome(
        figures=[
            _beside(f"redis-benchmark {' '.join(OPTIONS)} GEOADD of drivers who move", ours, moving, Bound("at least", 0.1)),
            _beside(f"redis-benchmark {' '.join(OPTIONS)} GEOADD of drivers who stay", ours, staying, None),
            Figure(
                what=f"{TITLE}: cores of the service at {RATE:,} a second", peer="",
                ours=f"{median([one.service_cores for one in steady]):.2f}", unit="",
                result=Spread.of(one.service_cores for one in steady), bound=Bound("under", 0.5)),
        ],
        remarks=[
            f"{TITLE}, medians: as many as can be {_cores(most)}; at {RATE:,} a second {_cores(steady)}; "
            f"{CONNECTIONS:,} of {DRIVERS:,} drivers have a WebSocket.",
            *disturbance(TITLE, max(one.others_share for one in most + steady))],
        raw={"most": [asdict(one) for one in most], "steady": [asdict(one) for one in steady], "moving": moving,
             "staying": staying})


def _beside(beside: str, ours: list[float], peer: list[dict], bound: Bound | None) -> Figure:
    rates = [one["rps"] for one in peer]
    return Figure(
        what=f"{TITLE}: positions per second, beside {beside}", ours=f"{median(ours):,.0f}/s", peer=f"{median(rates):,.0f}/s",
        result=Spread.of_ratios(ours, rates), unit="x", bound=bound)


def _steady(run: Run, city: rides.City) -> Loaded:
    loaded = rides.send_positions(run, city, "--rate", RATE)
    if not 0.98 * RATE < loaded.figures["positionsPerSecond"] < 1.02 * RATE:
        raise InvalidRun(f"{loaded.figures['positionsPerSecond']:,.0f} positions a second instead of {RATE:,}")
    return loaded


def _geoadd(run: Run, words: list[str]) -> dict:
    with RedisServer(run.fresh_directory()) as redis:
        redis_benchmark.measured_command(run, redis, words, OPTIONS, 5 * DRIVERS)
        measured = redis_benchmark.measured_command(run, redis, words, OPTIONS, REQUESTS)
        with RedisConnection(redis.socket) as connection:
            if (drivers := connection.command("ZCARD", "drivers")) < 0.99 * DRIVERS:
                raise InvalidRun(f"redis-benchmark added {drivers:,} drivers")
    return measured


def _cores(measurements: list[Loaded]) -> str:
    return (f"{median([one.service_cores for one in measurements]):.2f} cores service, "
            f"{median([one.redis_cores for one in measurements]):.2f} Redis, "
            f"{median([one.figures['cpuMicrosecondsPerPosition'] for one in measurements]):.1f} us a position the drivers")
