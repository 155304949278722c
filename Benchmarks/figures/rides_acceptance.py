"""Rides from request to end at a constant rate: how soon the rider knows that a driver has accepted."""

from dataclasses import asdict

from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import rides
from figures.comparison import disturbance, median

DRIVERS, RATE = 4_000, 200
PREPARATION_SECONDS, CONNECTING_SECONDS = 3, 2
TITLE = "Accepting a ride"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return rounds * (PREPARATION_SECONDS + CONNECTING_SECONDS + 1.25 * seconds + 2)


def measured(run: Run) -> Outcome:
    measurements = []
    for number in range(1, run.rounds + 1):
        run.progress.step(f"{TITLE}, round {number} of {run.rounds}", estimated_seconds(run.seconds, 1))
        with rides.city(run, DRIVERS) as city:
            measurements.append(city.load(
                run, "accept-rides", "--drivers", DRIVERS, "--rate", RATE, "--seconds", run.seconds, "--warm-up",
                run.warm_up_seconds, members=["rides", "completed"], deadline=5 * run.seconds + 120))
        if (completed := measurements[-1].figures["completed"]) != RATE * run.seconds:
            raise InvalidRun(f"{completed:,} of {RATE * run.seconds:,} rides were completed")

    def of(what: str, member: str) -> list[float]:
        return [one.figures[what][member] / 1000 for one in measurements]

    return Outcome(
        figures=[Figure(
            what=f"{TITLE}: p99 from the driver's frame to the rider's at {RATE} rides per second",
            ours=f"{median(of('accepts', 'p99')):.1f} ms", peer="", result=Spread.of(of("accepts", "p99")), unit=" ms",
            bound=Bound("under", 50))],
        remarks=[
            f"{TITLE}, medians: {median(of('accepts', 'median')):.2f} ms, the longest {median(of('accepts', 'greatest')):.1f} ms; "
            f"from a request to its offer {median(of('offers', 'median')):.1f} ms (p99 {median(of('offers', 'p99')):.1f} ms); "
            f"{median([one.service_cores for one in measurements]):.2f} cores service, "
            f"{median([one.redis_cores for one in measurements]):.2f} Redis.",
            *disturbance(TITLE, max(one.others_share for one in measurements))],
        raw={"rounds": [asdict(one) for one in measurements]})
