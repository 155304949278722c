"""50,000 riders request a ride at the same moment."""

from dataclasses import asdict

from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection
from harness.run import Run

from figures import rides
from figures.comparison import disturbance
from figures.rides import DRIVERS, PREPARATION_SECONDS

REQUESTS, CONNECTIONS = 50_000, 10_000
TITLE = f"{REQUESTS:,} rides requested at once"
SECONDS = 75
COUNT_ENDED = """
local ended = 0
for _, ride in ipairs(ARGV) do
    local status = redis.call('HGET', 'ride-hailing:{rides}:ride:' .. ride, 'status')
    if status == 'accepted' or status == 'unmatched' then ended = ended + 1 end
end
return ended
"""


def estimated_seconds(seconds: int, rounds: int) -> float:
    return PREPARATION_SECONDS + SECONDS


def measured(run: Run) -> Outcome:
    """Once, however many rounds there are: each would take a minute."""
    run.progress.step(f"{TITLE}: {DRIVERS:,} drivers are made", PREPARATION_SECONDS)
    with rides.city(run, DRIVERS, *rides.SEEN) as city:
        run.progress.step(TITLE, SECONDS)
        loaded = city.load(
            run, "request-rides", "--socket", city.redis.socket, "--requests", REQUESTS, "--connections", CONNECTIONS,
            members=["accepted202", "withDriver", "unmatched", "matchedPerSecond"], deadline=300)
        figures = loaded.figures
        ended = _ended(city)
    if ended != figures["withDriver"] + figures["unmatched"]:
        raise InvalidRun(f"{ended:,} rides have an end in Redis: {figures}")
    lost = figures["accepted202"] - ended
    return Outcome(
        figures=[
            Figure(
                what=f"{TITLE}: answered with 202", ours=f"{figures['accepted202']:,}", peer="",
                result=Spread.of([figures["accepted202"]]), unit="", bound=Bound("at least", REQUESTS)),
            Figure(what=f"{TITLE}: without an end", ours=f"{lost:,}", peer="", result=Spread.of([lost]), unit="",
                   bound=Bound("at most", 0)),
            Figure(what=f"{TITLE}: rides matched per second", ours=f"{figures['matchedPerSecond']:,.0f}/s", peer="",
                   result=Spread.of([figures["matchedPerSecond"]]), unit="/s", bound=None),
        ],
        remarks=[
            f"{TITLE}: all were answered after {figures['answeredSeconds']:.1f} s, all had an end after "
            f"{figures['endedSeconds']:.1f} s: {figures['withDriver']:,} a driver, {figures['unmatched']:,} none in time. "
            f"{figures['offers']:,} offers, {figures['lostAccepts']:,} accepted too late. {loaded.service_cores:.2f} cores service, "
            f"{loaded.redis_cores:.2f} Redis, {figures['cpuMicrosecondsPerRide']:.0f} us a ride riders and drivers.",
            *disturbance(TITLE, loaded.others_share)],
        raw=asdict(loaded))


def _ended(city: rides.City) -> int:
    """By the rides themselves."""
    prefix = "ride-hailing:{rides}:ride:"
    with RedisConnection(city.redis.socket) as connection:
        keys = connection.command("KEYS", f"{prefix}*")
        ids = [key.removeprefix(prefix) for key in keys if key.count(":") == prefix.count(":")]
        return sum(connection.command("EVAL", COUNT_ENDED, 0, *ids[first:first + 1000]) for first in range(0, len(ids), 1000))
