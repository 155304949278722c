"""The hot path where every check is allowed: 64 connections over 10,000 buckets, all decided in Redis."""

from harness.answers import Expectation
from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import comparison, targets
from figures.comparison import cpu, median, requests_per_second

TITLE = "Check, allowed"
KEYS = 10_000
EXPECTED = Expectation(policy="allowing", allowed=True, decided_by=("redis",))


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(2, seconds, rounds)


def measured(run: Run) -> Outcome:
    sides = {"rate-limiter": targets.ours, "nginx + Lua + Redis": targets.nginx_lua_redis}
    ours, peer = comparison.compare(run, TITLE, sides, EXPECTED, KEYS)
    named = dict(zip(sides, (ours, peer)))
    return Outcome(
        figures=[
            Figure(
                what=f"{TITLE}: requests per second, beside nginx + Lua + Redis",
                ours=f"{median(requests_per_second(ours)):,.0f}/s",
                peer=f"{median(requests_per_second(peer)):,.0f}/s",
                result=Spread.of_ratios(requests_per_second(ours), requests_per_second(peer)),
                unit="x", bound=Bound("at least", 1.25)),
            Figure(
                what=f"{TITLE}: CPU per request, server and Redis, beside nginx + Lua + Redis",
                ours=f"{median(cpu(ours)):.1f} us",
                peer=f"{median(cpu(peer)):.1f} us",
                result=Spread.of_ratios(cpu(ours), cpu(peer)),
                unit="x", bound=Bound("at most", 0.65)),
        ],
        remarks=comparison.remarks(TITLE, named),
        raw=comparison.raw(named))
