"""The hot path where every check is allowed: 64 connections over 10,000 buckets, all decided in Redis."""

from harness.expectations import Check
from harness.figure import Bound, Outcome
from harness.run import Run

from figures import check_targets, comparison
from figures.comparison import cpu_figure, rate_figure

TITLE = "Check, allowed"
PEER = "nginx + Lua + Redis"
WORKLOAD = check_targets.workload(Check(policy="allowing", allowed=True, decided_by=("redis",)), keys=10_000)


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(2, seconds, rounds)


def measured(run: Run) -> Outcome:
    sides = {"rate-limiter": check_targets.ours, PEER: check_targets.nginx_lua_redis}
    ours, peer = comparison.compare(run, TITLE, sides, WORKLOAD)
    named = dict(zip(sides, (ours, peer)))
    return Outcome(
        figures=[
            rate_figure(TITLE, PEER, ours, peer, Bound("at least", 1.25)),
            cpu_figure(TITLE, PEER, ours, peer, Bound("at most", 0.65)),
        ],
        remarks=comparison.remarks(TITLE, named),
        raw=comparison.raw(named))
