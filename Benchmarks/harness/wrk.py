import json
from dataclasses import dataclass
from pathlib import Path

from harness.commands import finished
from harness.errors import InvalidRun

THREADS = 2
CONNECTIONS = 64


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw, and the CPU time that it took itself."""

    requests: int
    seconds: float
    statuses_over_399: int
    socket_errors: int
    bytes: int
    median_microseconds: float
    p99_microseconds: float
    wrk_cpu_seconds: float = 0

    @property
    def requests_per_second(self) -> float:
        return self.requests / self.seconds


def command(script: Path, url: str, arguments: tuple[object, ...], seconds: int) -> list[str]:
    """The script says what is made of the URL and the arguments; it begins with wrk.lua."""
    command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), url]
    return [*command, "--", *map(str, arguments)] if arguments else command


def run(arguments: list[str], seconds: int) -> Load:
    return parsed(*finished(arguments, deadline=seconds + 30))


def parsed(output: str, wrk_cpu_seconds: float = 0) -> Load:
    """Reads the line of JSON that done() in wrk.lua prints after wrk's own words."""
    for line in output.splitlines():
        if line.startswith('{"requests":'):
            load = Load(**json.loads(line), wrk_cpu_seconds=wrk_cpu_seconds)
            if load.requests == 0:
                raise InvalidRun("wrk got no answer at all")
            return load
    raise InvalidRun(f"wrk printed no figures: {output.strip()[-500:]}")
