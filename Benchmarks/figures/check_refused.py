"""The flood: 64 connections ask for one key that is over its limit, so that every check is refused."""

from harness.expectations import Check
from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import check_targets, comparison
from figures.comparison import median, rate_figure

TITLE = "Check, refused"
PEER = "nginx + Lua + Redis"
WORKLOAD = check_targets.workload(Check(policy="refusing", allowed=False, decided_by=("redis", "memory")), keys=1)


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(3, seconds, rounds)


def measured(run: Run) -> Outcome:
    sides = {"rate-limiter": check_targets.ours, PEER: check_targets.nginx_lua_redis,
             "bare nginx": check_targets.nginx_return_429}
    ours, peer, bare = comparison.compare(run, TITLE, sides, WORKLOAD)
    named = dict(zip(sides, (ours, peer, bare)))
    commands = Spread.of(measurement.commands_per_thousand for measurement in ours)
    peer_commands = median([measurement.commands_per_thousand for measurement in peer])
    return Outcome(
        figures=[
            rate_figure(TITLE, PEER, ours, peer, Bound("at least", 2)),
            rate_figure(TITLE, "bare nginx `return 429`", ours, bare, Bound("at least", 0.75)),
            Figure(
                what=f"{TITLE}: Redis commands per 1,000 requests, those of scripts included",
                ours=f"{commands.median:.3f}",
                peer=f"{peer_commands:,.0f}",
                result=commands, unit="", bound=Bound("under", 1)),
        ],
        remarks=comparison.remarks(TITLE, named),
        raw=comparison.raw(named))
