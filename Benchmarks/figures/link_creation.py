"""Links created one by one over 64 connections, against SET of values of the same length by redis-benchmark."""

from harness import redis_benchmark, wrk
from harness.figure import Bound, Figure, Outcome, Spread
from harness.measurement import Measurement, Workload, measure
from harness.redis import RedisServer
from harness.run import Run

from figures import comparison, link_targets, links
from figures.comparison import cpu, median, requests_per_second
from figures.link_tallies import CreatedLinks

TITLE = "Creation"
URL = links.url(0)
WORKLOAD = Workload(link_targets.FILES / "create.lua", "/shorten", (URL,), (links.creation(URL),))
SET_OPTIONS = ["-c", str(wrk.CONNECTIONS), "-d", str(len(links.record(URL)))]
PEER = f"redis-benchmark -t set {' '.join(SET_OPTIONS)}"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return comparison.estimated_seconds(2, seconds, rounds)


def measured(run: Run) -> Outcome:
    start = link_targets.ours(lambda *_: None, lambda redis, _: CreatedLinks(redis))
    ours, peer = [], []
    requests = int(_set(run, 100_000)["rps"] * run.seconds)
    for number in range(1, run.rounds + 1):
        run.progress.step(f"{TITLE}, round {number} of {run.rounds}: url-shortener", run.warm_up_seconds + run.seconds)
        with start(run) as target:
            ours.append(measure(run, target, WORKLOAD))
        run.progress.step(f"{TITLE}, round {number} of {run.rounds}: redis-benchmark", run.seconds)
        peer.append(_set(run, requests))
    return Outcome(
        figures=_figures(ours, peer), remarks=_remarks(ours, peer),
        raw={**comparison.raw({"url-shortener": ours}), "redis-benchmark": peer})


def _set(run: Run, requests: int) -> dict:
    with RedisServer(run.fresh_directory()) as redis:
        return redis_benchmark.measured(run, redis, "set", SET_OPTIONS, requests)


def _figures(ours: list[Measurement], peer: list[dict]) -> list[Figure]:
    rates = [one["rps"] for one in peer]
    peer_cpu = median([one["redisCPUMicrosecondsPerCommand"] for one in peer])
    return [
        Figure(
            what=f"{TITLE}: links per second, beside {PEER}",
            ours=f"{median(requests_per_second(ours)):,.0f}/s", peer=f"{median(rates):,.0f}/s",
            result=Spread.of_ratios(requests_per_second(ours), rates), unit="x", bound=Bound("at least", 0.35)),
        Figure(
            what=f"{TITLE}: CPU per link, server and Redis; the peer's is Redis' alone",
            ours=f"{median(cpu(ours)):.1f} us", peer=f"{peer_cpu:.1f} us",
            result=Spread.of(cpu(ours)), unit=" us", bound=None),
    ]


def _remarks(ours: list[Measurement], peer: list[dict]) -> list[str]:
    answered, created = sum(one.answered for one in ours), sum(one.tallied for one in ours)
    client = median([one["cpuMicrosecondsPerCommand"] for one in peer])
    redis = median([one["redisCPUMicrosecondsPerCommand"] for one in peer])
    others_share = max([one.others_share for one in ours] + [one["othersShare"] for one in peer])
    return [
        f"{TITLE}, medians per link: url-shortener {comparison.account(ours)}; redis-benchmark CPU {client:.1f} us itself, "
        f"{redis:.1f} us Redis.",
        f"{TITLE}: {answered:,} links were acknowledged, warm-up included, and Redis held {created:,}: those, and what was under "
        f"way when wrk stopped.",
        *comparison.disturbance(TITLE, others_share),
    ]
