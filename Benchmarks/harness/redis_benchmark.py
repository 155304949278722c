"""redis-benchmark, and the account of what a client of Redis did."""

import csv
import time
from dataclasses import dataclass

from harness import cpu
from harness.commands import finished
from harness.errors import InvalidRun
from harness.redis import RedisServer
from harness.run import Run


@dataclass(frozen=True)
class ClientRun:
    """What a client printed, the CPU seconds that it and Redis used, and the share of the machine that others used meanwhile."""

    output: str
    client_cpu_seconds: float
    redis_cpu_seconds: float
    others_share: float


def timed(redis: RedisServer, command: list[str], deadline: float) -> ClientRun:
    started, machine, server = time.monotonic(), cpu.machine_seconds(), redis.cpu_seconds()
    output, client = finished(command, deadline)
    machine, server = cpu.machine_seconds() - machine, redis.cpu_seconds() - server
    return ClientRun(output, client, server, cpu.others_share(machine, client + server, time.monotonic() - started))


def measured(run: Run, redis: RedisServer, test: str, options: list[str], requests: int) -> dict:
    """One of redis-benchmark's tests, such as `get`."""
    return _measured(run, redis, test, [*options, "-t", test, "-n", str(requests), "--csv"], requests)


def measured_command(run: Run, redis: RedisServer, words: list[str], options: list[str], requests: int) -> dict:
    """A command of the caller's own, in which `__rand_int__` is another number each time."""
    return _measured(run, redis, " ".join(words), [*options, "-n", str(requests), "--csv", *words], requests)


def _measured(run: Run, redis: RedisServer, test: str, arguments: list[str], requests: int) -> dict:
    command = ["redis-benchmark", "-s", str(redis.socket), *arguments]
    run.note_command(command, dir=redis.directory, n=requests)
    done = timed(redis, command, deadline=10 * run.seconds + 30)
    return {"rps": rate(done.output, test), "cpuMicrosecondsPerCommand": 1e6 * done.client_cpu_seconds / requests,
            "redisCPUMicrosecondsPerCommand": 1e6 * done.redis_cpu_seconds / requests, "othersShare": done.others_share}


def rate(output: str, test: str) -> float:
    for row in csv.DictReader(output.splitlines()):
        if row.get("test", "").lower() == test.lower():
            return float(row["rps"])
    raise InvalidRun(f"redis-benchmark printed no figures: {output.strip()[-500:]}")
