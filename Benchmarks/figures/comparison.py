"""What comparisons of servers have in common: each in turn under the same load, ratios, and remarks on how that went."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

from harness.figure import Bound, Figure, Spread
from harness.measurement import Measurement, Target, Workload, measure
from harness.run import Run

Start = Callable[[Run], AbstractContextManager[Target]]
NOTABLE_SHARE = 0.05


def compare(run: Run, title: str, sides: dict[str, Start], workload: Workload) -> list[list[Measurement]]:
    """Each side in turn, round after round, so that what changes on the machine changes for all of them. One list a side."""
    measured = {name: [] for name in sides}
    for number in range(1, run.rounds + 1):
        for name, start in sides.items():
            run.progress.step(f"{title}, round {number} of {run.rounds}: {name}", run.warm_up_seconds + run.seconds)
            with start(run) as target:
                measured[name].append(measure(run, target, workload))
    return list(measured.values())


def estimated_seconds(sides: int, seconds: int, rounds: int, starting_and_stopping: float = 1) -> float:
    return sides * rounds * (seconds * 1.25 + starting_and_stopping)


def rate_figure(title: str, beside: str, ours: list[Measurement], peer: list[Measurement], bound: Bound | None) -> Figure:
    return Figure(
        what=f"{title}: requests per second, beside {beside}",
        ours=f"{median(requests_per_second(ours)):,.0f}/s",
        peer=f"{median(requests_per_second(peer)):,.0f}/s",
        result=Spread.of_ratios(requests_per_second(ours), requests_per_second(peer)),
        unit="x", bound=bound)


def cpu_figure(title: str, beside: str, ours: list[Measurement], peer: list[Measurement], bound: Bound | None) -> Figure:
    return Figure(
        what=f"{title}: CPU per request, server and Redis, beside {beside}",
        ours=f"{median(cpu(ours)):.1f} us",
        peer=f"{median(cpu(peer)):.1f} us",
        result=Spread.of_ratios(cpu(ours), cpu(peer)),
        unit="x", bound=bound)


def requests_per_second(measurements: list[Measurement]) -> list[float]:
    return [measurement.requests_per_second for measurement in measurements]


def cpu(measurements: list[Measurement]) -> list[float]:
    return [measurement.cpu for measurement in measurements]


def median(values: list[float]) -> float:
    return Spread.of(values).median


def remarks(title: str, sides: dict[str, list[Measurement]]) -> list[str]:
    accounts = "; ".join(f"{name} {account(measurements)}" for name, measurements in sides.items())
    worst = max(measurement.others_share for measurements in sides.values() for measurement in measurements)
    return [f"{title}, medians per request: {accounts}.", *disturbance(title, worst)]


def disturbance(title: str, others_share: float) -> list[str]:
    """A remark when other programs took so much that the figures can have moved."""
    if others_share < NOTABLE_SHARE:
        return []
    return [f"{title}: **the machine was not quiet**. Programs without a part in it used up to {others_share:.0%} of it."]


def raw(sides: dict[str, list[Measurement]]) -> dict:
    return {name: [asdict(measurement) for measurement in measurements] for name, measurements in sides.items()}


def account(measurements: list[Measurement]) -> str:
    def of(name: str) -> float:
        return median([getattr(measurement, name) for measurement in measurements])

    return (f"CPU {of('server_cpu'):.1f} us server, {of('redis_cpu'):.1f} us Redis, {of('wrk_cpu'):.1f} us wrk, "
            f"latency {of('median_latency_microseconds') / 1000:.2f} ms (p99 {of('p99_latency_microseconds') / 1000:.2f} ms)")
