import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

from harness import answers, cpu, wrk
from harness.answers import Sample
from harness.errors import InvalidRun
from harness.program import Program
from harness.redis import RedisConnection, RedisServer
from harness.run import Run


class Tally(Protocol):
    """What a server itself has on record of the requests that it has answered."""

    def settle(self) -> float:
        """Waits until the server has no work left over from them. Returns for how many seconds it had."""

    def count(self) -> int:
        """How many it has on record, once it has settled."""


@dataclass(frozen=True)
class Target:
    """A server that is up, and the Redis behind it, which nobody else uses."""

    url: str
    server: Program
    redis: RedisServer | None
    tally: Tally | None = None


@dataclass(frozen=True)
class Workload:
    """What wrk asks for, and what is asked beside it to see whole answers. All have one status."""

    script: Path
    path: str
    arguments: tuple[object, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Measurement:
    """One run under wrk. CPU times are microseconds per request."""

    requests: int
    requests_per_second: float
    median_latency_microseconds: float
    p99_latency_microseconds: float
    server_cpu: float
    redis_cpu: float
    wrk_cpu: float
    commands_per_thousand: float
    others_share: float
    """How much of the machine was used by programs that have no part in the run: 0 to 1."""
    answered: int
    """All that the target has answered, to warm up and to samples too."""
    tallied: int | None
    """How much of it the target has on record at the end."""
    settling_seconds: float
    """For how long it had work left over from the load. The CPU time of that is counted."""

    @property
    def cpu(self) -> float:
        return self.server_cpu + self.redis_cpu


def measure(run: Run, target: Target, workload: Workload) -> Measurement:
    """Warms the target up, then measures it under wrk; a wrong answer makes the run invalid."""
    url = target.url + workload.path
    command = wrk.command(workload.script, url, workload.arguments, run.seconds)
    warm_up = wrk.run(wrk.command(workload.script, url, workload.arguments, run.warm_up_seconds), run.warm_up_seconds)

    answers.ask_once(target.url, workload.samples[0])
    if target.tally:
        target.tally.settle()
    before = Counters.of(target)
    with answers.Sampling(target.url, workload.samples) as sampling:
        load = wrk.run(command, run.seconds)
    settling_seconds = target.tally.settle() if target.tally else 0
    used = Counters.of(target) - before
    answers.ask_once(target.url, workload.samples[-1])

    target.server.check_alive()
    _check_statuses(load, workload.samples[0].expected.status)
    run.note_command(command, url=target.url)
    answered = warm_up.requests + load.requests + sampling.answered + 2

    accounted = used.server + used.redis + used.harness + load.wrk_cpu_seconds
    return Measurement(
        requests=load.requests,
        requests_per_second=load.requests_per_second,
        median_latency_microseconds=load.median_microseconds,
        p99_latency_microseconds=load.p99_microseconds,
        server_cpu=1e6 * used.server / load.requests,
        redis_cpu=1e6 * used.redis / load.requests,
        wrk_cpu=1e6 * load.wrk_cpu_seconds / load.requests,
        commands_per_thousand=1000 * used.commands / load.requests,
        others_share=cpu.others_share(used.machine, accounted, used.time),
        answered=answered,
        tallied=_tallied(target, answered),
        settling_seconds=settling_seconds)


@dataclass(frozen=True)
class Counters:
    """Everything that is counted from the start of a process or of the machine; a run is the difference of two."""

    time: float
    machine: float
    harness: float
    server: float
    redis: float
    commands: int

    @classmethod
    def of(cls, target: Target) -> "Counters":
        return cls(
            time=time.monotonic(),
            machine=cpu.machine_seconds(),
            harness=time.process_time(),
            server=target.server.cpu_seconds(),
            redis=target.redis.cpu_seconds() if target.redis else 0,
            commands=_commands_processed(target.redis) if target.redis else 0)

    def __sub__(self, earlier: "Counters") -> "Counters":
        return Counters(**{field.name: getattr(self, field.name) - getattr(earlier, field.name) for field in fields(self)})


def _commands_processed(redis: RedisServer) -> int:
    """How many commands the server has executed, the harness's own left out."""
    with RedisConnection(redis.socket) as connection:
        # INFO does not count itself yet when it answers: only the calls before this one have to be left out.
        count = int(connection.info("stats")["total_commands_processed"]) - redis.commands_of_harness
        redis.commands_of_harness += 1
        return count


def _tallied(target: Target, answered: int) -> int | None:
    if not target.tally:
        return None
    target.tally.settle()
    tallied = target.tally.count()
    check_tally(answered, tallied)
    return tallied


def check_tally(answered: int, tallied: int):
    """wrk ends with a request under way on each connection, which it counts as none and the server may: it runs twice."""
    if not 0 <= tallied - answered <= 2 * wrk.CONNECTIONS:
        raise InvalidRun(f"{answered:,} requests were answered, and the server has {tallied:,} of them on record")


def _check_statuses(load: wrk.Load, expected: int):
    if load.socket_errors:
        raise InvalidRun(f"wrk counted {load.socket_errors} connect, read, write or timeout errors")
    wrong = load.statuses_over_399 if expected < 400 else load.requests - load.statuses_over_399
    if wrong:
        raise InvalidRun(f"{wrong} of {load.requests} answers were not {expected}")
