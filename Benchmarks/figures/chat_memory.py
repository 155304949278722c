"""What 10,000 users who are connected and say nothing take of a server's memory."""

import time

from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.program import Program
from harness.run import Run

from figures import chats

CONNECTIONS = 10_000
TITLE = f"Idle connection, {CONNECTIONS:,} on one server: its resident memory each"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return 30


def measured(run: Run) -> Outcome:
    run.progress.step(TITLE, estimated_seconds(run.seconds, run.rounds))
    with chats.chat(0, 0, servers=1)(run) as servers:
        server = servers.programs[0]
        before = _at_rest(server)
        with servers.clients(run, "hold", 1, CONNECTIONS):
            after = _at_rest(server)
        servers.check_alive()
    kilobytes = (after - before) / CONNECTIONS / 1000
    return Outcome(
        figures=[Figure(what=TITLE, ours=f"{kilobytes:.2f} KB", peer="", result=Spread.of([kilobytes]), unit=" KB",
                        bound=Bound("under", 12))],
        remarks=[], raw={"residentBytesBefore": before, "residentBytesAfter": after})


def _at_rest(server: Program) -> int:
    """Resident memory, once it has not grown for two seconds."""
    give_up = time.monotonic() + 60
    resident, before = server.resident_bytes(), None
    while before is None or resident > before:
        if time.monotonic() > give_up:
            raise InvalidRun("the server's memory does not come to rest")
        time.sleep(2)
        resident, before = server.resident_bytes(), resident
    return resident
