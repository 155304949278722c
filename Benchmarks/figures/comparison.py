"""What both comparisons of checks do: servers in turn under the same load, and remarks on how that went."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

from harness.answers import Expectation
from harness.figure import Spread
from harness.measurement import Measurement, Target, measure
from harness.run import Run

Start = Callable[[Run], AbstractContextManager[Target]]
NOTABLE_SHARE = 0.05


def compare(run: Run, title: str, sides: dict[str, Start], expected: Expectation, keys: int) -> list[list[Measurement]]:
    """Each side in turn, round after round, so that what changes on the machine changes for all of them. One list a side."""
    measured = {name: [] for name in sides}
    for number in range(1, run.rounds + 1):
        for name, start in sides.items():
            run.progress.step(f"{title}, round {number} of {run.rounds}: {name}", run.warm_up_seconds + run.seconds)
            with start(run) as target:
                measured[name].append(measure(run, target, expected, keys))
    return list(measured.values())


def estimated_seconds(sides: int, seconds: int, rounds: int) -> float:
    starting_and_stopping = 1
    return sides * rounds * (seconds * 1.25 + starting_and_stopping)


def requests_per_second(measurements: list[Measurement]) -> list[float]:
    return [measurement.requests_per_second for measurement in measurements]


def cpu(measurements: list[Measurement]) -> list[float]:
    return [measurement.cpu for measurement in measurements]


def median(values: list[float]) -> float:
    return Spread.of(values).median


def remarks(title: str, sides: dict[str, list[Measurement]]) -> list[str]:
    accounts = "; ".join(f"{name} {_account(measurements)}" for name, measurements in sides.items())
    worst = max(measurement.others_share for measurements in sides.values() for measurement in measurements)
    return [f"{title}, medians per request: {accounts}.", *disturbance(title, worst)]


def disturbance(title: str, others_share: float) -> list[str]:
    """A remark when other programs took so much that the figures can have moved."""
    if others_share < NOTABLE_SHARE:
        return []
    return [f"{title}: **the machine was not quiet**. Programs without a part in it used up to {others_share:.0%} of it."]


def raw(sides: dict[str, list[Measurement]]) -> dict:
    return {name: [asdict(measurement) for measurement in measurements] for name, measurements in sides.items()}


def _account(measurements: list[Measurement]) -> str:
    def of(name: str) -> float:
        return median([getattr(measurement, name) for measurement in measurements])

    return (f"CPU {of('server_cpu'):.1f} us server, {of('redis_cpu'):.1f} us Redis, {of('wrk_cpu'):.1f} us wrk, "
            f"latency {of('median_latency_microseconds') / 1000:.2f} ms (p99 {of('p99_latency_microseconds') / 1000:.2f} ms)")
