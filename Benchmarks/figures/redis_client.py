"""GET over one connection to Redis: our client with 50 and 500 tasks, against redis-benchmark with 50 commands in flight."""

import json
from dataclasses import dataclass

from harness import redis_benchmark
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures.comparison import disturbance

# What redis-benchmark asks for when it is not told to vary the key, with a value of its default size.
KEY = "key:__rand_int__"
VALUE = "xxx"
TITLE = "Redis client"


@dataclass(frozen=True)
class Case:
    name: str
    in_flight: int
    options: tuple[str, ...]
    bound: Bound | None


CASES = [
    Case("50 tasks", 50, (), Bound("at least", 0.5)),
    Case("500 tasks", 500, (), Bound("at least", 0.9)),
    # The path of the rate limiter's hot path: what is left when no task waits.
    Case("50 callbacks", 50, ("--callbacks",), None),
    Case("500 callbacks", 500, ("--callbacks",), None),
]


def estimated_seconds(seconds: int, rounds: int) -> float:
    return rounds * 2 * len(CASES) * seconds


def measured(run: Run) -> Outcome:
    directory = run.fresh_directory()
    with RedisServer(directory) as redis:
        run.note_command(redis.command, dir=directory)
        run.note_command(["redis-cli", "-s", str(redis.socket), "SET", KEY, VALUE], dir=directory)
        with RedisConnection(redis.socket) as connection:
            connection.command("SET", KEY, VALUE)
        peer_requests = int(_redis_benchmark(run, redis, 200_000)["rps"] * run.seconds)

        ours = {case: [] for case in CASES}
        peer = {case: [] for case in CASES}
        for number in range(1, run.rounds + 1):
            for case in CASES:
                run.progress.step(f"{TITLE}, round {number} of {run.rounds}: {case.name}", run.seconds)
                ours[case].append(_redis_client(run, redis, case))
                run.progress.step(f"{TITLE}, round {number} of {run.rounds}: redis-benchmark", run.seconds)
                peer[case].append(_redis_benchmark(run, redis, peer_requests))
    return Outcome(
        figures=[_figure(case, ours[case], peer[case]) for case in CASES],
        remarks=[_remark(ours, peer), *disturbance(TITLE, max(
            one["othersShare"] for side in (ours, peer) for measurements in side.values() for one in measurements))],
        raw={case.name: {"ours": ours[case], "peer": peer[case]} for case in CASES})


def _figure(case: Case, ours: list[dict], peer: list[dict]) -> Figure:
    return Figure(
        what=f"{TITLE}, one connection, GET, {case.name}: commands per second, beside redis-benchmark -c 1 -P 50",
        ours=f"{Spread.of(one['commandsPerSecond'] for one in ours).median:,.0f}/s",
        peer=f"{Spread.of(one['rps'] for one in peer).median:,.0f}/s",
        result=Spread.of_ratios((one["commandsPerSecond"] for one in ours), (one["rps"] for one in peer)),
        unit="x", bound=case.bound)


def _remark(ours: dict[Case, list[dict]], peer: dict[Case, list[dict]]) -> str:
    accounts = [f"{Spread.of(one['cpuMicrosecondsPerCommand'] for one in ours[case]).median:.2f} us with {case.name}"
                for case in ours]
    benchmark = Spread.of(one["cpuMicrosecondsPerCommand"] for side in peer.values() for one in side).median
    return f"CPU per command on the client's side: {', '.join(accounts)}; redis-benchmark {benchmark:.2f} us."


def _redis_client(run: Run, redis: RedisServer, case: Case) -> dict:
    command = [str(run.redis_client_benchmark), "--socket", str(redis.socket), "--tasks", str(case.in_flight),
               "--seconds", str(run.seconds), *case.options]
    run.note_command(command, dir=redis.directory)
    hits, misses = _keyspace(redis)
    done = redis_benchmark.timed(redis, command, deadline=10 * run.seconds + 30)
    hits, misses = (after - before for after, before in zip(_keyspace(redis), (hits, misses)))
    try:
        figures = json.loads(done.output)
        complete = (figures["tasks"] == case.in_flight and figures["commandsPerSecond"] > 0
                    and figures["cpuMicrosecondsPerCommand"] >= 0)
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise InvalidRun(f"the Redis client benchmark printed no figures for {case.name}: {done.output.strip()[-500:]}")
    if misses:
        raise InvalidRun(f"the Redis client benchmark asked {misses} times for a key that does not exist")
    if hits < 0.95 * figures["commandsPerSecond"] * run.seconds:
        raise InvalidRun(f"the Redis client benchmark claims {figures['commandsPerSecond']:,.0f} commands per second; "
                         f"Redis answered {hits:,} in about {run.seconds} s")
    return {**figures, "othersShare": done.others_share}


def _redis_benchmark(run: Run, redis: RedisServer, requests: int) -> dict:
    return redis_benchmark.measured(run, redis, "get", ["-c", "1", "-P", "50"], requests)


def _keyspace(redis: RedisServer) -> tuple[int, int]:
    with RedisConnection(redis.socket) as connection:
        counts = connection.info("stats")
        return int(counts["keyspace_hits"]), int(counts["keyspace_misses"])
