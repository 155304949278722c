"""One post to 10,000 followers by a service that has nothing else to do: from its answer until the last timeline has it."""

import time

from harness.client import Client
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.news_feed import NewsFeedServer
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures import feeds
from figures.feeds import FOLLOWERS

POSTS = 20
REST_SECONDS = 0.2
TITLE = f"A post to {FOLLOWERS:,} followers"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return 5 + POSTS * 2 * REST_SECONDS


def measured(run: Run) -> Outcome:
    run.progress.step(TITLE, estimated_seconds(run.seconds, run.rounds))
    directory = run.fresh_directory()
    with feeds.redis(directory / "redis") as redis:
        feeds.prepare_followers(run, redis)
        with NewsFeedServer(run.news_feed, directory / "news-feed", redis.socket, "--strategy", "push") as server:
            run.note_programs(directory, redis, server)
            with Client(server.url) as author:
                _deliver(author, redis)  # which warms up
                milliseconds = [_deliver(author, redis) for _ in range(POSTS)]
            server.check_alive()
    return Outcome(
        figures=[Figure(
            what=f"{TITLE}: from its 202 to the last timeline, {POSTS} posts", ours=f"{Spread.of(milliseconds).median:.1f} ms",
            peer="", result=Spread.of(milliseconds), unit=" ms", bound=Bound("under", 200))],
        remarks=[], raw={"milliseconds": milliseconds})


def _deliver(author: Client, redis: RedisServer) -> float:
    """Returns milliseconds. Afterwards all timelines are looked at: none was later than the one that should be the last."""
    time.sleep(REST_SECONDS)
    with RedisConnection(redis.socket) as connection:
        last = connection.command("ZRANGE", f"news-feed:{{{feeds.AUTHOR}}}:followers", -1, -1)[0]
        timeline = f"news-feed:{{{last}}}:timeline"
        before = connection.command("ZRANGE", timeline, 0, 0)
        author.ask(feeds.AUTHOR, "POST", "/v1/posts", {"text": "A post of a sentence or two."}, status=202)
        answered = time.monotonic()
        while connection.command("ZRANGE", timeline, 0, 0) == before:
            if time.monotonic() > answered + 10:
                raise InvalidRun("a post was not brought to the last follower within 10 s")
            time.sleep(0.001)
        elapsed = time.monotonic() - answered
    feeds.check_entries(redis, 1)
    return 1000 * elapsed
