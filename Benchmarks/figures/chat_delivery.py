"""Groups in which as much is said as two servers can bring to their members, beside nginx' nchan."""

from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import chats
from figures.comparison import disturbance, median

CONNECTIONS = 1_000
# Members of a group, and how many of its messages are under way at any time: enough to keep either side busy.
GROUPS = {10: 8, 100: 16}
STARTING_SECONDS = 5


def estimated_seconds(seconds: int, rounds: int) -> float:
    return len(GROUPS) * rounds * 2 * (seconds * 1.25 + STARTING_SECONDS)


def measured(run: Run) -> Outcome:
    outcomes = [_measured(run, members, window) for members, window in GROUPS.items()]
    return Outcome(
        figures=[figure for outcome in outcomes for figure in outcome.figures],
        remarks=[remark for outcome in outcomes for remark in outcome.remarks],
        raw={str(members): outcome.raw for members, outcome in zip(GROUPS, outcomes)})


def _measured(run: Run, members: int, window: int) -> Outcome:
    title, groups = f"Chat, groups of {members}, {CONNECTIONS:,} connections", CONNECTIONS // members
    sides = {"chat": chats.chat(groups, members), "nchan": chats.nchan()}
    measurements = {name: [] for name in sides}
    for number in range(1, run.rounds + 1):
        for name, start in sides.items():
            run.progress.step(f"{title}, round {number} of {run.rounds}: {name}", run.seconds * 1.25 + STARTING_SECONDS)
            with start(run) as servers:
                measurements[name].append(chats.converse(run, servers, groups, members, "--window", window))
    figures = [
        _figure(f"{title}: messages delivered per second and core", measurements, "deliveriesPerCPUSecond", Bound("at least", 1)),
        _figure(f"{title}: messages delivered per second", measurements, "deliveriesPerSecond", None),
    ]
    others = max(one["othersShare"] for side in measurements.values() for one in side)
    accounts = "; ".join(f"{name} {_account(side)}" for name, side in measurements.items())
    return Outcome(figures, [f"{title}, medians per delivered message: {accounts}.", *disturbance(title, others)], measurements)


def _figure(what: str, measurements: dict[str, list[dict]], member: str, bound: Bound | None) -> Figure:
    ours, peer = ([one[member] for one in side] for side in measurements.values())
    return Figure(
        what=f"{what}, beside nchan", ours=f"{median(ours):,.0f}/s", peer=f"{median(peer):,.0f}/s",
        result=Spread.of_ratios(ours, peer), unit="x", bound=bound)


def _account(side: list[dict]) -> str:
    def of(member: str) -> float:
        return median([one[member] for one in side])

    return (f"CPU {of('cpuMicroseconds'):.2f} us servers, {of('redisCPUMicroseconds'):.2f} us Redis, "
            f"{of('cpuMicrosecondsPerDelivery'):.2f} us clients, latency {of('medianMicroseconds') / 1000:.1f} ms "
            f"(p99 {of('p99Microseconds') / 1000:.1f} ms)")
