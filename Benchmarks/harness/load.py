"""What a load generator of ours finds, and the cores that the service and its Redis use meanwhile."""

import time
from dataclasses import dataclass
from pathlib import Path

from harness import cpu
from harness.clients import Clients
from harness.program import Program
from harness.redis import RedisServer


@dataclass(frozen=True)
class Loaded:
    """Cores are CPU time by time: 1 is one core, all the time."""

    figures: dict
    seconds: float
    service_cores: float
    redis_cores: float
    others_share: float


def run(command: list[str], directory: Path, service: Program, redis: RedisServer, members: list[str], deadline: float) -> Loaded:
    """Runs it to its end: what it looks at after it has said its figures, which have these members, counts, too."""
    with Clients(command, directory, deadline) as clients:
        before = _Counters.of(clients, service, redis)
        figures = clients.read(*members)
        after = _Counters.of(clients, service, redis)
    seconds, used, redis_used = after.time - before.time, after.service - before.service, after.redis - before.redis
    accounted = used + redis_used + after.harness - before.harness + after.clients - before.clients
    return Loaded(figures, seconds, used / seconds, redis_used / seconds,
                  cpu.others_share(after.machine - before.machine, accounted, seconds))


@dataclass(frozen=True)
class _Counters:
    time: float
    machine: float
    harness: float
    clients: float
    service: float
    redis: float

    @classmethod
    def of(cls, clients: Clients, service: Program, redis: RedisServer) -> "_Counters":
        return cls(time.monotonic(), cpu.machine_seconds(), time.process_time(), clients.cpu_seconds(), service.cpu_seconds(),
                   redis.cpu_seconds())
