"""One link that everybody follows: 64 connections."""

from harness.answers import Request, Sample
from harness.expectations import Redirect
from harness.figure import Bound, Outcome
from harness.measurement import Measurement, Workload
from harness.run import Run

from figures import comparison, link_targets, links
from figures.comparison import cpu_figure, rate_figure
from figures.link_tallies import VisitsOfLink

TITLE = "Hot link"
PEER, BARE = "nginx + Lua + Redis", "bare nginx `return 302`"
PATH = f"/{links.HOT_CODE}"
WORKLOAD = Workload(link_targets.FILES / "follow.lua", PATH, (), (Sample(Request(PATH), Redirect(links.url(0))),))


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(3, seconds, rounds, starting_and_stopping=3)


def measured(run: Run) -> Outcome:
    sides = {
        "url-shortener": link_targets.ours(
            links.create_hot_link, lambda redis, server: VisitsOfLink(redis, server.url, links.HOT_CODE)),
        PEER: link_targets.nginx_lua_redis(links.create_hot_link),
        "bare nginx": link_targets.nginx_return_302,
    }
    ours, peer, bare = comparison.compare(run, TITLE, sides, WORKLOAD)
    named = dict(zip(sides, (ours, peer, bare)))
    return Outcome(
        figures=[
            rate_figure(TITLE, BARE, ours, bare, Bound("at least", 0.75)),
            cpu_figure(TITLE, BARE, ours, bare, None),
            rate_figure(TITLE, PEER, ours, peer, Bound("at least", 1.5)),
            cpu_figure(TITLE, PEER, ours, peer, None),
        ],
        remarks=[*comparison.remarks(TITLE, named), tally_remark(TITLE, ours)],
        raw=comparison.raw(named))


def tally_remark(title: str, ours: list[Measurement]) -> str:
    answered = sum(measurement.answered for measurement in ours)
    tallied = sum(measurement.tallied for measurement in ours)
    settling = comparison.median([measurement.settling_seconds for measurement in ours])
    return (f"{title}: {answered:,} redirects of ours reached a client, warm-up included, and {tallied:,} visits were counted: "
            f"those, and what was under way when wrk stopped. The last were counted {settling:.1f} s after that (median).")
