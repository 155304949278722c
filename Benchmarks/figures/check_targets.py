"""The servers whose checks are compared, and the load on them. Each starts anew, with a Redis of its own, and is gone when its
`with` block ends: nothing but the measured server, its Redis and wrk runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.answers import Request, Sample
from harness.expectations import Check
from harness.measurement import Target, Workload
from harness.nginx import Nginx
from harness.rate_limiter import RateLimiterServer
from harness.redis import RedisServer
from harness.run import Run

FILES = Path(__file__).resolve().parent.parent / "rate-limiter"

# nginx-lua-redis.conf.template holds the same two.
POLICIES = [
    {"name": "allowing", "algorithm": "token-bucket", "capacity": 1_000_000, "refillTokens": 1_000_000,
     "refillPeriodMs": 3_600_000},
    {"name": "refusing", "algorithm": "token-bucket", "capacity": 5, "refillTokens": 5, "refillPeriodMs": 3_600_000},
]


def workload(expected: Check, keys: int) -> Workload:
    """Checks of one policy, going through so many keys."""
    path = f"/v1/check/{expected.policy}"
    return Workload(FILES / "check.lua", path, (keys,), (Sample(Request(f"{path}/1"), expected),))


@contextmanager
def ours(run: Run) -> Iterator[Target]:
    directory = run.fresh_directory()
    with RedisServer(directory / "redis") as redis:
        with RateLimiterServer(run.rate_limiter, directory / "rate-limiter", redis.socket, POLICIES) as server:
            run.note_programs(directory, redis, server)
            yield Target(server.url, server, redis)


@contextmanager
def nginx_lua_redis(run: Run) -> Iterator[Target]:
    directory = run.fresh_directory()
    template = FILES / "nginx-lua-redis.conf.template"
    with RedisServer(directory / "redis") as redis:
        with Nginx(template, directory / "nginx", redis=redis.socket, script=run.scripts / "token_bucket.lua") as server:
            run.note_programs(directory, redis, server)
            yield Target(server.url, server, redis)


@contextmanager
def nginx_return_429(run: Run) -> Iterator[Target]:
    directory = run.fresh_directory()
    with Nginx(FILES / "nginx-return-429.conf.template", directory / "nginx") as server:
        yield Target(server.url, server, None)
