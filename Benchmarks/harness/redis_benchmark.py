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
    command = ["redis-benchmark", "-s", str(redis.socket), *options, "-t", test, "-n", str(requests), "--csv"]
    run.note_command(command, dir=redis.directory, n=requests)
    done = timed(redis, command, deadline=10 * run.seconds + 30)
    return {"rps": rate(done.output, test), "cpuMicrosecondsPerCommand": 1e6 * done.client_cpu_seconds / requests,
            "redisCPUMicrosecondsPerCommand": 1e6 * done.redis_cpu_seconds / requests, "othersShare": done.others_share}


def rate(output: str, test: str) -> float:
    for row in csv.DictReader(output.splitlines()):
        if row.get("test") == test.upper():
            return float(row["rps"])
    raise InvalidRun(f"redis-benchmark printed no figures: {output.strip()[-500:]}")
