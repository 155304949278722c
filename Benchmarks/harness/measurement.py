import time
from dataclasses import dataclass, fields

from harness import answers, cpu, wrk
from harness.answers import Expectation
from harness.errors import InvalidRun
from harness.program import Program
from harness.redis import RedisConnection, RedisServer
from harness.run import Run


@dataclass(frozen=True)
class Target:
    """A server that is up, and the Redis behind it, which nobody else uses."""

    url: str
    server: Program
    redis: RedisServer | None


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

    @property
    def cpu(self) -> float:
        return self.server_cpu + self.redis_cpu


def measure(run: Run, target: Target, expected: Expectation, keys: int) -> Measurement:
    """Warms the target up, then measures it under wrk; a wrong answer makes the run invalid."""
    path = f"/v1/check/{expected.policy}"
    command = wrk.command(target.url + path, keys, run.seconds)
    wrk.run(wrk.command(target.url + path, keys, run.warm_up_seconds), run.warm_up_seconds)

    answers.ask_once(target.url, f"{path}/1", expected)
    with answers.Sampling(target.url, f"{path}/1", expected):
        before = Counters.of(target)
        load = wrk.run(command, run.seconds)
        used = Counters.of(target) - before
    answers.ask_once(target.url, f"{path}/1", expected)

    target.server.check_alive()
    _check_statuses(load, expected)
    run.note_command(command, url=target.url)

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
        others_share=cpu.others_share(used.machine, accounted, used.time))


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


def _check_statuses(load: wrk.Load, expected: Expectation):
    if load.socket_errors:
        raise InvalidRun(f"wrk counted {load.socket_errors} connect, read, write or timeout errors")
    wrong = load.statuses_over_399 if expected.allowed else load.requests - load.statuses_over_399
    if wrong:
        raise InvalidRun(f"{wrong} of {load.requests} answers were not {'200' if expected.allowed else '429'}")
