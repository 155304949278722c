"""Readers who each follow 1,000 authors, 20 of whom are celebrities, ask for their feeds at a constant rate."""

import time

from harness import cpu, redis_benchmark
from harness.answers import Request, Sample, Sampling
from harness.client import Client
from harness.commands import finished
from harness.errors import InvalidRun
from harness.expectations import FeedPage
from harness.figure import Bound, Figure, Outcome, Spread
from harness.news_feed import NewsFeedServer
from harness.redis import RedisServer
from harness.run import Run

from figures import feeds
from figures.comparison import disturbance, median

READERS, FOLLOWED, CELEBRITIES, ITEMS = 4_000, 1_000, 20, 20
RATE, CONNECTIONS = 2_000, 200
# Between an author's followers, a tenth of the readers, and those of a celebrity, a fifth: as the readers are prepared.
CELEBRITY_THRESHOLD = READERS * 3 // 20
SAMPLED = [f"reader{number}" for number in range(3, READERS, 397)]
TITLE = f"Feed page of {ITEMS}, {FOLLOWED:,} followed of whom {CELEBRITIES} are celebrities"
PREPARATION_SECONDS = 15


def estimated_seconds(seconds: int, rounds: int) -> float:
    return PREPARATION_SECONDS + rounds * (seconds + 2)


def measured(run: Run) -> Outcome:
    run.progress.step(f"{TITLE}: {READERS:,} readers are made", PREPARATION_SECONDS)
    directory = run.fresh_directory()
    with feeds.redis(directory / "redis") as redis:
        prepare = [str(run.news_feed_benchmark), "prepare-readers", "--socket", str(redis.socket), "--readers", str(READERS)]
        run.note_command(prepare, dir=directory)
        finished(prepare, deadline=180)
        options = ["--celebrity-threshold", str(CELEBRITY_THRESHOLD)]
        with NewsFeedServer(run.news_feed, directory / "news-feed", redis.socket, *options) as server:
            run.note_programs(directory, redis, server)
            samples = _samples(server.url)
            rounds = []
            for number in range(1, run.rounds + 1):
                run.progress.step(f"{TITLE}, round {number} of {run.rounds}", run.warm_up_seconds + run.seconds)
                rounds.append(_read(run, redis, server, samples))
            server.check_alive()
    p99 = [one["p99Microseconds"] / 1000 for one in rounds]
    return Outcome(
        figures=[Figure(
            what=f"{TITLE}: p99 at {RATE:,} reads per second", ours=f"{median(p99):.2f} ms", peer="",
            result=Spread.of(p99), unit=" ms", bound=Bound("under", 10))],
        remarks=_remarks(rounds), raw={"rounds": rounds})


def _samples(url: str) -> tuple[Sample, ...]:
    with Client(url) as client:
        samples = []
        for reader in SAMPLED:
            followed = client.ask(reader, "GET", f"/v1/users/{reader}/following?limit=1000")["users"]
            if len(followed) != FOLLOWED or sum(name.startswith("celebrity") for name in followed) != CELEBRITIES:
                raise InvalidRun(f"{reader} follows {len(followed):,}")
            request = Request(f"/v1/feed?limit={ITEMS}", headers={"X-User-ID": reader})
            samples.append(Sample(request, FeedPage(frozenset(followed), ITEMS)))
    return tuple(samples)


def _read(run: Run, redis: RedisServer, server: NewsFeedServer, samples: tuple[Sample, ...]) -> dict:
    command = [str(run.news_feed_benchmark), "read-feeds", "--url", server.url, "--readers", str(READERS), "--rate", str(RATE),
               "--connections", str(CONNECTIONS), "--items", str(ITEMS), "--seconds", str(run.seconds),
               "--warm-up", str(run.warm_up_seconds)]
    run.note_command(command, url=server.url)
    before, harness = server.cpu_seconds(), time.process_time()
    machine, started = cpu.machine_seconds(), time.monotonic()
    with Sampling(server.url, samples) as sampling:
        done = redis_benchmark.timed(redis, command, deadline=10 * run.seconds + 60)
    elapsed, machine = time.monotonic() - started, cpu.machine_seconds() - machine
    used = server.cpu_seconds() - before
    accounted = used + done.client_cpu_seconds + done.redis_cpu_seconds + time.process_time() - harness
    figures = feeds.parsed(done.output, "reads", "wrong", "medianMicroseconds", "p99Microseconds", "greatestMicroseconds")
    if figures["wrong"] or figures["reads"] != RATE * run.seconds:
        raise InvalidRun(f"{figures['wrong']:,} of {RATE * run.seconds:,} reads were not answered with {ITEMS} posts")
    reads = RATE * (run.seconds + run.warm_up_seconds) + sampling.answered
    return {**figures, "cpuMicroseconds": 1e6 * used / reads, "redisCPUMicroseconds": 1e6 * done.redis_cpu_seconds / reads,
            "othersShare": cpu.others_share(machine, accounted, elapsed)}


def _remarks(rounds: list[dict]) -> list[str]:
    def of(member: str) -> float:
        return median([one[member] for one in rounds])

    return [
        f"{TITLE}, medians: latency {of('medianMicroseconds') / 1000:.2f} ms, the longest "
        f"{of('greatestMicroseconds') / 1000:.1f} ms; CPU {of('cpuMicroseconds'):.0f} us server, "
        f"{of('redisCPUMicroseconds'):.0f} us Redis, {of('cpuMicrosecondsPerRead'):.0f} us whoever asks.",
        *disturbance(TITLE, max(one["othersShare"] for one in rounds)),
    ]
