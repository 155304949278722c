"""GET over one connection to Redis: our client with 50 and 500 tasks, against redis-benchmark with 50 commands in flight."""

import csv
import json
import time

from harness import cpu
from harness.commands import finished
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures.comparison import disturbance

# What redis-benchmark asks for when it is not told to vary the key, with a value of its default size.
KEY = "key:__rand_int__"
VALUE = "xxx"
TITLE = "Redis client"
BOUNDS = {50: Bound("at least", 0.5), 500: Bound("at least", 0.9)}


def estimated_seconds(seconds: int, rounds: int) -> float:
    return rounds * 2 * len(BOUNDS) * seconds


def measured(run: Run) -> Outcome:
    directory = run.fresh_directory()
    with RedisServer(directory) as redis:
        run.note_command(redis.command, dir=directory)
        run.note_command(["redis-cli", "-s", str(redis.socket), "SET", KEY, VALUE], dir=directory)
        with RedisConnection(redis.socket) as connection:
            connection.command("SET", KEY, VALUE)
        peer_requests = int(_redis_benchmark(run, redis, 200_000)["rps"] * run.seconds)

        ours = {tasks: [] for tasks in BOUNDS}
        peer = {tasks: [] for tasks in BOUNDS}
        for number in range(1, run.rounds + 1):
            for tasks in BOUNDS:
                run.progress.step(f"{TITLE}, round {number} of {run.rounds}: {tasks} tasks", run.seconds)
                ours[tasks].append(_redis_client(run, redis, tasks))
                run.progress.step(f"{TITLE}, round {number} of {run.rounds}: redis-benchmark", run.seconds)
                peer[tasks].append(_redis_benchmark(run, redis, peer_requests))
    return Outcome(
        figures=[_figure(tasks, bound, ours[tasks], peer[tasks]) for tasks, bound in BOUNDS.items()],
        remarks=[_remark(ours, peer), *disturbance(TITLE, max(
            one["othersShare"] for side in (ours, peer) for measurements in side.values() for one in measurements))],
        raw={str(tasks): {"ours": ours[tasks], "peer": peer[tasks]} for tasks in BOUNDS})


def _figure(tasks: int, bound: Bound, ours: list[dict], peer: list[dict]) -> Figure:
    return Figure(
        what=f"{TITLE}, one connection, GET, {tasks} tasks: commands per second, beside redis-benchmark -c 1 -P 50",
        ours=f"{Spread.of(one['commandsPerSecond'] for one in ours).median:,.0f}/s",
        peer=f"{Spread.of(one['rps'] for one in peer).median:,.0f}/s",
        result=Spread.of_ratios((one["commandsPerSecond"] for one in ours), (one["rps"] for one in peer)),
        unit="x", bound=bound)


def _remark(ours: dict[int, list[dict]], peer: dict[int, list[dict]]) -> str:
    accounts = [f"{Spread.of(one['cpuMicrosecondsPerCommand'] for one in ours[tasks]).median:.2f} us with {tasks} tasks"
                for tasks in ours]
    benchmark = Spread.of(one["cpuMicrosecondsPerCommand"] for side in peer.values() for one in side).median
    return f"CPU per command on the client's side: {', '.join(accounts)}; redis-benchmark {benchmark:.2f} us."


def _redis_client(run: Run, redis: RedisServer, tasks: int) -> dict:
    command = [str(run.redis_client_benchmark), "--socket", str(redis.socket), "--tasks", str(tasks),
               "--seconds", str(run.seconds)]
    run.note_command(command, dir=redis.directory)
    hits, misses = _keyspace(redis)
    output, _, others_share = _timed(run, redis, command)
    hits, misses = (after - before for after, before in zip(_keyspace(redis), (hits, misses)))
    try:
        figures = json.loads(output)
        complete = figures["tasks"] == tasks and figures["commandsPerSecond"] > 0 and figures["cpuMicrosecondsPerCommand"] >= 0
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise InvalidRun(f"the Redis client benchmark printed no figures for {tasks} tasks: {output.strip()[-500:]}")
    if misses:
        raise InvalidRun(f"the Redis client benchmark asked {misses} times for a key that does not exist")
    if hits < 0.95 * figures["commandsPerSecond"] * run.seconds:
        raise InvalidRun(f"the Redis client benchmark claims {figures['commandsPerSecond']:,.0f} commands per second; "
                         f"Redis answered {hits:,} in about {run.seconds} s")
    return {**figures, "othersShare": others_share}


def _redis_benchmark(run: Run, redis: RedisServer, requests: int) -> dict:
    command = ["redis-benchmark", "-s", str(redis.socket), "-c", "1", "-P", "50", "-t", "get", "-n", str(requests), "--csv"]
    run.note_command(command, dir=redis.directory, n=requests)
    output, cpu_seconds, others_share = _timed(run, redis, command)
    for row in csv.DictReader(output.splitlines()):
        if row.get("test") == "GET":
            return {"rps": float(row["rps"]), "cpuMicrosecondsPerCommand": 1e6 * cpu_seconds / requests,
                    "othersShare": others_share}
    raise InvalidRun(f"redis-benchmark printed no figures: {output.strip()[-500:]}")


def _timed(run: Run, redis: RedisServer, command: list[str]) -> tuple[str, float, float]:
    """What a client printed, the CPU seconds that it used, and the share of the machine that others used meanwhile."""
    started, machine, server = time.monotonic(), cpu.machine_seconds(), redis.cpu_seconds()
    output, seconds = finished(command, deadline=10 * run.seconds + 30)
    machine, server = cpu.machine_seconds() - machine, redis.cpu_seconds() - server
    return output, seconds, cpu.others_share(machine, seconds + server, time.monotonic() - started)


def _keyspace(redis: RedisServer) -> tuple[int, int]:
    with RedisConnection(redis.socket) as connection:
        counts = connection.info("stats")
        return int(counts["keyspace_hits"]), int(counts["keyspace_misses"])
