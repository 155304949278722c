"""One message to a group of 10,000 who are all connected, by either strategy: what it asks of Redis, and how long it takes."""

import time

from harness.errors import InvalidRun
from harness.figure import Figure, Outcome, Spread
from harness.redis_monitor import RedisMonitor
from harness.run import Run

from figures import chats
from figures.chats import Servers
from figures.comparison import median

MEMBERS = 10_000
# Whether each message is noted with every member.
STRATEGIES = {"noted with each member": str(2 * MEMBERS), "read from the group's log": "1"}
MESSAGES, LOOKED_AT = 8, 3
# Longer than a group's messages are noted together.
REST_SECONDS = 1.5
TITLE = f"A message to a group of {MEMBERS:,}, all connected"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return len(STRATEGIES) * (30 + (MESSAGES + LOOKED_AT) * (REST_SECONDS + 0.5))


def measured(run: Run) -> Outcome:
    figures, raw = [], {}
    for strategy, threshold in STRATEGIES.items():
        run.progress.step(f"{TITLE}, {strategy}", estimated_seconds(run.seconds, run.rounds) / len(STRATEGIES))
        with chats.chat(1, MEMBERS, "--fanout-threshold", threshold)(run) as servers:
            milliseconds, commands = _announced(run, servers)
        figures += [
            Figure(what=f"{TITLE}, {strategy}: to the last member", ours=f"{median(milliseconds):.1f} ms", peer="",
                   result=Spread.of(milliseconds), unit=" ms", bound=None),
            Figure(what=f"{TITLE}, {strategy}: commands sent to Redis", ours=f"{median(commands):,.0f}", peer="",
                   result=Spread.of(commands), unit="", bound=None),
        ]
        raw[strategy] = {"milliseconds": milliseconds, "commands": commands}
    return Outcome(figures, [], raw)


def _announced(run: Run, servers: Servers) -> tuple[list[float], list[int]]:
    with servers.clients(run, "announce", 1, MEMBERS) as clients:
        def announce() -> float:
            time.sleep(REST_SECONDS)
            clients.go()
            figures = clients.read("deliveries", "lastMicroseconds")
            if figures["deliveries"] != MEMBERS - 1:
                raise InvalidRun(f"{figures['deliveries']:,} of {MEMBERS - 1:,} have got the message")
            return figures["lastMicroseconds"] / 1000

        announce()  # which warms up
        milliseconds = [announce() for _ in range(MESSAGES)]
        commands = []
        for _ in range(LOOKED_AT):
            with RedisMonitor(servers.redis.socket, "group.g0") as monitor:
                announce()
            commands.append(monitor.commands)
    servers.check_alive()
    return milliseconds, commands
