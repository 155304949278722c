"""Posts to 10,000 followers, as many as there can be, against the ZADDs alone, and against Stream-Framework."""

from pathlib import Path

from harness import redis_benchmark
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures import feeds
from figures.comparison import disturbance, median
from figures.feeds import FOLLOWERS

TITLE = f"Fan-out to {FOLLOWERS:,} followers"
OPTIONS = ["-P", "64", "-r", str(FOLLOWERS)]
# Timelines' keys as of the followers, and an entry of the same length that comes before all that are there, as a new post does.
ZADD = ["ZADD", "news-feed:{__rand_int__}:timeline", "0", "n__rand_int__"]
# So that timelines, which nobody shortens here, stay lists that are packed.
MOST_PER_TIMELINE = 80
STREAM_FRAMEWORK = Path(__file__).resolve().parent.parent / "news-feed" / "stream_framework_fan_out.py"
PREPARATION_SECONDS = 4


def estimated_seconds(seconds: int, rounds: int) -> float:
    return rounds * 3 * (seconds + PREPARATION_SECONDS)


def measured(run: Run) -> Outcome:
    sides = {"news-feed": _ours, "redis-benchmark": _redis_benchmark}
    if run.stream_framework:
        sides["Stream-Framework"] = _stream_framework
    measurements = {name: [] for name in sides}
    for number in range(1, run.rounds + 1):
        for name, measure in sides.items():
            run.progress.step(f"{TITLE}, round {number} of {run.rounds}: {name}", run.seconds + PREPARATION_SECONDS)
            measurements[name].append(measure(run))
    ours, peer, framework = (measurements.get(name, []) for name in ("news-feed", "redis-benchmark", "Stream-Framework"))
    return Outcome(
        figures=[
            _figure(f"redis-benchmark {' '.join(OPTIONS)} of the same ZADD", ours, peer, Bound("at least", 0.6)),
            _figure("Stream-Framework", ours, framework, Bound("at least", 20)),
        ],
        remarks=_remarks(measurements),
        raw=measurements)


def _figure(beside: str, ours: list[dict], peer: list[dict], bound: Bound) -> Figure:
    return Figure(
        what=f"{TITLE}: timeline entries per second, beside {beside}",
        ours=f"{median(_rates(ours)):,.0f}/s", peer=f"{median(_rates(peer)):,.0f}/s" if peer else "",
        result=Spread.of_ratios(_rates(ours), _rates(peer)) if peer else None, unit="x", bound=bound)


def _rates(measurements: list[dict]) -> list[float]:
    return [one["entriesPerSecond"] for one in measurements]


def _ours(run: Run) -> dict:
    directory = run.fresh_directory()
    with feeds.redis(directory / "redis") as redis:
        feeds.prepare_followers(run, redis)
        command = [str(run.news_feed_benchmark), "fan-out", "--socket", str(redis.socket), "--followers", str(FOLLOWERS),
                   "--seconds", str(run.seconds)]
        run.note_programs(directory, redis)
        run.note_command(command, dir=directory)
        done = redis_benchmark.timed(redis, command, deadline=10 * run.seconds + 60)
        figures = feeds.parsed(done.output, "posts", "entries", "entriesPerSecond", "cpuMicrosecondsPerEntry")
        if figures["entries"] != (figures["posts"] - 1) * FOLLOWERS:
            raise InvalidRun(f"the fan-out's figures do not agree: {figures}")
        feeds.check_entries(redis, figures["posts"])
    return {**figures, "redisCPUMicrosecondsPerEntry": 1e6 * done.redis_cpu_seconds / figures["entries"],
            "othersShare": done.others_share}


def _redis_benchmark(run: Run) -> dict:
    directory = run.fresh_directory()
    with feeds.redis(directory / "redis") as redis:
        feeds.prepare_followers(run, redis)
        warm_up = FOLLOWERS * 2
        rate = redis_benchmark.measured_command(run, redis, ZADD, OPTIONS, warm_up)["rps"]
        requests = min(int(rate * run.seconds), FOLLOWERS * MOST_PER_TIMELINE - warm_up)
        before = _entries(redis)
        measured = redis_benchmark.measured_command(run, redis, ZADD, OPTIONS, requests)
        # Some are there already, since both the timeline and the entry are random.
        if not 0.95 * requests <= _entries(redis) - before <= requests:
            raise InvalidRun(f"redis-benchmark added {_entries(redis) - before:,} entries with {requests:,} commands")
    return {"entriesPerSecond": measured["rps"], "entries": requests,
            "cpuMicrosecondsPerEntry": measured["cpuMicrosecondsPerCommand"],
            "redisCPUMicrosecondsPerEntry": measured["redisCPUMicrosecondsPerCommand"], "othersShare": measured["othersShare"]}


def _entries(redis: RedisServer) -> int:
    with RedisConnection(redis.socket) as connection:
        return connection.command("EVAL", feeds.SUM_LENGTHS, 0, feeds.AUTHOR)


def _stream_framework(run: Run) -> dict:
    directory = run.fresh_directory()
    # As it stores timelines, a Redis without settings of its own is the faster one.
    with RedisServer(directory / "redis") as redis:
        command = [str(run.stream_framework), str(STREAM_FRAMEWORK), "--socket", str(redis.socket), "--followers",
                   str(FOLLOWERS), "--seconds", str(run.seconds)]
        run.note_command(command, dir=directory)
        done = redis_benchmark.timed(redis, command, deadline=10 * run.seconds + 60)
        figures = feeds.parsed(done.output, "posts", "entries", "missing", "entriesPerSecond")
    if figures["missing"] or figures["entries"] != figures["posts"] * FOLLOWERS:
        raise InvalidRun(f"Stream-Framework did not write all entries: {figures}")
    return {**figures, "othersShare": done.others_share}


def _remarks(measurements: dict[str, list[dict]]) -> list[str]:
    accounts = [
        f"{name} {median([one['cpuMicrosecondsPerEntry'] for one in side]):.2f} us itself, "
        f"{median([one['redisCPUMicrosecondsPerEntry'] for one in side]):.2f} us Redis"
        for name, side in measurements.items() if name != "Stream-Framework"]
    others = max(one["othersShare"] for side in measurements.values() for one in side)
    missing = [] if "Stream-Framework" in measurements else [
        f"{TITLE}: Stream-Framework was **not measured**, since it could not be installed."]
    return [f"{TITLE}, medians of CPU per entry: {'; '.join(accounts)}.", *missing, *disturbance(TITLE, others)]
