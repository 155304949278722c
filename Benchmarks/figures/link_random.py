"""A million links, each as likely as any other: 64 connections. Few of them are in the service's memory."""

from harness.answers import Request, Sample
from harness.expectations import Redirect
from harness.figure import Bound, Outcome
from harness.measurement import Workload
from harness.run import Run

from figures import comparison, link_targets, links
from figures.comparison import cpu_figure, rate_figure
from figures.link_hot import tally_remark
from figures.link_tallies import Visits

TITLE = "Random links of 1,000,000"
PEER = "nginx + Lua + Redis"
# More than are asked for, so that none is in the service's memory because of that.
SAMPLES = range(1, links.MANY, 997)
WORKLOAD = Workload(
    link_targets.FILES / "follow.lua", "/", (links.MANY,),
    tuple(Sample(Request(f"/{links.code(number)}"), Redirect(links.url(number))) for number in SAMPLES))


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(2, seconds, rounds, starting_and_stopping=8)


def measured(run: Run) -> Outcome:
    sides = {
        "url-shortener": link_targets.ours(links.load_many, lambda redis, _: Visits(redis)),
        PEER: link_targets.nginx_lua_redis(links.load_many),
    }
    ours, peer = comparison.compare(run, TITLE, sides, WORKLOAD)
    named = dict(zip(sides, (ours, peer)))
    return Outcome(
        figures=[
            rate_figure(TITLE, PEER, ours, peer, Bound("at least", 1)),
            cpu_figure(TITLE, PEER, ours, peer, Bound("at most", 0.8)),
        ],
        remarks=[*comparison.remarks(TITLE, named), tally_remark(TITLE, ours)],
        raw=comparison.raw(named))
