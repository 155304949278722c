"""How long a message takes to reach another member of its group, at half of what two servers can deliver."""

from harness.figure import Bound, Figure, Outcome, Spread
from harness.run import Run

from figures import chats
from figures.chat_delivery import CONNECTIONS, GROUPS, STARTING_SECONDS
from figures.comparison import disturbance, median


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
    rounds = []
    for number in range(1, run.rounds + 1):
        run.progress.step(f"{title}, latency, round {number} of {run.rounds}", 2 * (run.seconds * 1.25 + STARTING_SECONDS))
        # Each with servers of its own: what was not acknowledged would come again.
        with chats.chat(groups, members)(run) as servers:
            most = chats.converse(run, servers, groups, members, "--window", window)["deliveriesPerSecond"]
        with chats.chat(groups, members)(run) as servers:
            rounds.append(chats.converse(run, servers, groups, members, "--rate", round(most / 2 / (members - 1))))
    p99 = [one["p99Microseconds"] / 1000 for one in rounds]

    def of(member: str) -> float:
        return median([one[member] for one in rounds])

    return Outcome(
        figures=[Figure(
            what=f"{title}: p99 from sending to delivery at half of the most, {of('deliveriesPerSecond'):,.0f} a second",
            ours=f"{median(p99):.1f} ms", peer="", result=Spread.of(p99), unit=" ms", bound=Bound("under", 50))],
        remarks=[
            f"{title}, latency: median {of('medianMicroseconds') / 1000:.2f} ms, the longest "
            f"{of('greatestMicroseconds') / 1000:.1f} ms.",
            *disturbance(title, max(one["othersShare"] for one in rounds))],
        raw={"rounds": rounds})
