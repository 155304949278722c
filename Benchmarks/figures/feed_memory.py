"""What full timelines add to Redis' memory, when readers come to their feeds for the first time."""

from harness.client import Client
from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.news_feed import NewsFeedServer
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

from figures import feeds
from figures.feeds import AUTHOR, TIMELINE_LENGTH

READERS = 500
TITLE = f"Memory in Redis per timeline entry, {READERS} timelines of {TIMELINE_LENGTH}"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return 10


def measured(run: Run) -> Outcome:
    run.progress.step(TITLE, estimated_seconds(run.seconds, run.rounds))
    readers = [f"reader{number:04}" for number in range(READERS)]
    with feeds.redis(run.fresh_directory()) as redis:
        # The service is not connected when memory is read.
        with _news_feed(run, redis) as server, Client(server.url) as client:
            for reader in readers:
                client.ask(reader, "PUT", f"/v1/users/{reader}/following/{AUTHOR}", status=204)
            for number in range(TIMELINE_LENGTH):
                client.ask(AUTHOR, "POST", "/v1/posts", {"text": f"Post {number}"}, status=202)
        before = redis.used_memory()
        with _news_feed(run, redis) as server, Client(server.url) as client:
            for reader in readers:
                client.ask(reader, "GET", "/v1/feed")
        after = redis.used_memory()
        with RedisConnection(redis.socket) as connection:
            entries = sum(connection.command("ZCARD", f"news-feed:{{{reader}}}:timeline") for reader in readers)
    if entries != READERS * TIMELINE_LENGTH:
        raise InvalidRun(f"{entries:,} entries in {READERS} timelines")
    added = (after - before) / entries
    return Outcome(
        figures=[Figure(what=TITLE, ours=f"{added:.1f} bytes", peer="", result=Spread.of([added]), unit=" bytes",
                        bound=Bound("under", 40))],
        remarks=[], raw={"bytesPerEntry": added})


def _news_feed(run: Run, redis: RedisServer) -> NewsFeedServer:
    return NewsFeedServer(run.news_feed, redis.directory / "news-feed", redis.socket)
