"""Drivers of a city, as ride hailing keeps them in Redis, and what loads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import load
from harness.commands import finished
from harness.errors import InvalidRun
from harness.load import Loaded
from harness.redis import RedisConnection, RedisServer
from harness.ride_hailing import RideHailingServer
from harness.run import Run

DRIVERS = 100_000
# Those of them with a WebSocket. A process may have 20,000 descriptors, the service as well as what loads it.
CONNECTIONS = 16_000
# So many positions a second are those of 100,000 drivers who say every four seconds where they are.
RATE = 25_000
# Drivers without a WebSocket say nothing after they were made, and count as seen until the end.
SEEN = ("--driver-ttl-seconds", "3600")
PREPARATION_SECONDS = 20
CONNECTING_SECONDS = 6


@dataclass(frozen=True)
class City:
    """A service, its Redis, and the drivers."""

    directory: Path
    redis: RedisServer
    service: RideHailingServer

    def load(self, run: Run, *arguments: object, members: list[str], deadline: float) -> Loaded:
        command = [str(run.ride_hailing_benchmark), *map(str, arguments[:1]), "--url", self.service.url, *map(str, arguments[1:])]
        run.note_command(command, url=self.service.url, dir=self.directory)
        loaded = load.run(command, self.directory / "load", self.service, self.redis, members, deadline)
        self.service.check_alive()
        return loaded


@contextmanager
def city(run: Run, drivers: int, *options: str) -> Iterator[City]:
    directory = run.fresh_directory()
    with RedisServer(directory / "redis") as redis:
        prepare = [str(run.ride_hailing_benchmark), "prepare-drivers", "--socket", str(redis.socket), "--drivers", str(drivers)]
        run.note_command(prepare, dir=directory)
        finished(prepare, deadline=180)
        check_drivers(redis, drivers)
        with RideHailingServer(run.ride_hailing, directory / "ride-hailing", redis.socket, *options) as service:
            run.note_programs(directory, redis, service)
            yield City(directory, redis, service)


def check_drivers(redis: RedisServer, expected: int):
    """Whether so many drivers are to be found in all cells together."""
    with RedisConnection(redis.socket) as connection:
        cells = connection.command("KEYS", "ride-hailing:{cell:*}:drivers")
        found = sum(connection.command("ZCARD", cell) for cell in cells)
    if found != expected:
        raise InvalidRun(f"{found:,} drivers are to be found where there should be {expected:,}")


def send_positions(run: Run, city: City, *arguments: object) -> Loaded:
    """Afterwards every position that was sent is in Redis: the generator looks, or ends with an error."""
    loaded = city.load(
        run, "send-positions", "--socket", city.redis.socket, "--drivers", DRIVERS, "--connections", CONNECTIONS, "--seconds",
        run.seconds, "--warm-up", run.warm_up_seconds, *arguments, members=["positions", "positionsPerSecond"],
        deadline=10 * run.seconds + 120)
    check_drivers(city.redis, DRIVERS)
    return loaded
