"""What 100,000 distinct buckets add to Redis' memory, beyond the bytes of their keys."""

from dataclasses import dataclass

from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

BUCKETS = 100_000
CAPACITY = 1_000
ENTRIES = 10  # of a sliding window, which keeps one for each request that it admitted
DAY = 86_400_000_000


@dataclass(frozen=True)
class Case:
    name: str
    algorithm: str
    calls: int
    cost: int
    bound: Bound | None


# A token bucket gives half of what it holds, so that none is full again, and gone, before it is counted.
CASES = [
    Case("token bucket", "token-bucket", calls=1, cost=500, bound=Bound("under", 150)),
    Case(f"sliding window with {ENTRIES} entries", "sliding-window", calls=ENTRIES, cost=1, bound=None),
    Case("fixed window", "fixed-window", calls=1, cost=500, bound=None),
]


def estimated_seconds(seconds: int, rounds: int) -> float:
    return sum(_estimated_seconds(case) for case in CASES)


def measured(run: Run) -> Outcome:
    added = {}
    for case in CASES:
        run.progress.step(f"Memory of {BUCKETS:,} buckets: {case.name}", _estimated_seconds(case))
        with RedisServer(run.fresh_directory()) as redis:
            source = (run.scripts / f"{case.algorithm.replace('-', '_')}.lua").read_text()
            added[case] = _added_bytes_per_bucket(redis, source, case)
    return Outcome(figures=[_figure(case, added[case]) for case in CASES], remarks=[],
                   raw={case.name: added[case] for case in CASES})


def _estimated_seconds(case: Case) -> float:
    return 1 + case.calls


def _figure(case: Case, added: float) -> Figure:
    return Figure(
        what=f"Memory in Redis per bucket of {BUCKETS:,}, beyond its key: {case.name}",
        ours=f"{added:.1f} bytes", peer="", result=Spread.of([added]), unit=" bytes", bound=case.bound)


def _added_bytes_per_bucket(redis: RedisServer, source: str, case: Case) -> float:
    with RedisConnection(redis.socket) as connection:
        digest = connection.command("SCRIPT", "LOAD", source)
    keys = _keys(case.algorithm)
    before = redis.used_memory()
    with RedisConnection(redis.socket) as connection:
        connection.pipeline(
            ("EVALSHA", digest, 1, key, CAPACITY, CAPACITY, DAY, case.cost) for key in keys for _ in range(case.calls))
    after = redis.used_memory()
    with RedisConnection(redis.socket) as connection:
        if (count := connection.command("DBSIZE")) != BUCKETS:
            raise InvalidRun(f"{count} keys in Redis after {BUCKETS} buckets were made")
    return (after - before - sum(len(key) for key in keys)) / BUCKETS


def _keys(algorithm: str) -> list[str]:
    """Of 16 lengths, evenly: the allocator rounds up to a multiple of 16, so that the length moves the result by as much."""
    subjects = (f"user:{str(number).zfill(6 + number % 16)}" for number in range(BUCKETS))
    return [f"rate-limiter:{{{subject}}}:login:{algorithm}" for subject in subjects]
