"""The flood: 64 connections ask for one key that is over its limit, so that every check is refused."""

from harness.answers import Expectation
from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import comparison, targets
from figures.comparison import median, requests_per_second

TITLE = "Check, refused"
KEYS = 1
EXPECTED = Expectation(policy="refusing", allowed=False, decided_by=("redis", "memory"))


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(3, seconds, rounds)


def measured(run: Run) -> Outcome:
    sides = {"rate-limiter": targets.ours, "nginx + Lua + Redis": targets.nginx_lua_redis,
             "bare nginx": targets.nginx_return_429}
    ours, peer, bare = comparison.compare(run, TITLE, sides, EXPECTED, KEYS)
    named = dict(zip(sides, (ours, peer, bare)))
    rate = f"{median(requests_per_second(ours)):,.0f}/s"
    commands = Spread.of(measurement.commands_per_thousand for measurement in ours)
    peer_commands = median([measurement.commands_per_thousand for measurement in peer])
    return Outcome(
        figures=[
            Figure(
                what=f"{TITLE}: requests per second, beside nginx + Lua + Redis",
                ours=rate,
                peer=f"{median(requests_per_second(peer)):,.0f}/s",
                result=Spread.of_ratios(requests_per_second(ours), requests_per_second(peer)),
                unit="x", bound=Bound("at least", 2)),
            Figure(
                what=f"{TITLE}: requests per second, beside bare nginx `return 429`",
                ours=rate,
                peer=f"{median(requests_per_second(bare)):,.0f}/s",
                result=Spread.of_ratios(requests_per_second(ours), requests_per_second(bare)),
                unit="x", bound=Bound("at least", 0.75)),
            Figure(
                what=f"{TITLE}: Redis commands per 1,000 requests, those of scripts included",
                ours=f"{commands.median:.3f}",
                peer=f"{peer_commands:,.0f}",
                result=commands, unit="", bound=Bound("under", 1)),
        ],
        remarks=comparison.remarks(TITLE, named),
        raw=comparison.raw(named))
