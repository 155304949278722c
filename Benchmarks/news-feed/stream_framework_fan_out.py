"""The peer's side of a fan-out: how many timeline entries Stream-Framework writes in a second. One line of JSON.

Its own code does the work: `Manager.add_user_activity` makes its tasks of 100 followers each, and its task `fanout_operation` writes
to their feeds in Redis. The tasks go to a pool of processes in place of Celery's workers, without a broker between, which costs it
less. Run by the Python that it is installed in.
"""

import argparse
import json
import multiprocessing
import time
from datetime import datetime, timedelta

import redis
from stream_framework.activity import Activity
from stream_framework.feed_managers.base import FanoutPriority, Manager
from stream_framework.feeds.redis import RedisFeed
from stream_framework.storage.redis import connection
from stream_framework.tasks import fanout_operation
from stream_framework.verbs.base import Add

AUTHOR = 1
POSTS_UNDER_WAY = 2


class Timeline(RedisFeed):
    key_format = "feed:%(user_id)s"
    max_length = 800


class OwnPosts(RedisFeed):
    key_format = "user-feed:%(user_id)s"
    max_length = 10 ** 6


class Pool:
    """In place of Celery: has the `delay` of a task."""

    def __init__(self, pool):
        self.pool = pool
        self.results = []

    def delay(self, **arguments):
        self.results.append(self.pool.apply_async(fanout_operation, (), arguments))

    def wait(self, left: int):
        while len(self.results) > left:
            self.results.pop(0).get()


class FanOut(Manager):
    feed_classes = {"timeline": Timeline}
    user_feed_class = OwnPosts
    followers: tuple[int, ...] = ()

    def __init__(self, tasks: Pool | None = None):
        self.tasks = tasks

    def __reduce__(self):
        return FanOut, ()

    def get_user_follower_ids(self, user_id: int) -> dict:
        return {FanoutPriority.HIGH: self.followers}

    def get_fanout_task(self, priority=None, feed_class=None) -> Pool:
        return self.tasks


def activity(number: int) -> Activity:
    return Activity(AUTHOR, Add, number, time=datetime(2026, 11, 21) + timedelta(milliseconds=number))


def connect(socket: str):
    connection.connection_pool = {"default": redis.ConnectionPool(
        connection_class=redis.UnixDomainSocketConnection, path=socket, db=0, decode_responses=True)}


def prepare(followers: tuple[int, ...]):
    """Full timelines: the first as the library fills it, the others as its copies."""
    activities = [activity(number) for number in range(1, Timeline.max_length + 1)]
    first = Timeline(followers[0])
    OwnPosts.insert_activities(activities)
    first.add_many(activities, trim=False)
    pipeline = connection.get_redis_connection().pipeline(transaction=False)
    for follower in followers[1:]:
        pipeline.execute_command("COPY", first.key, Timeline(follower).key)
    pipeline.execute()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", required=True)
    parser.add_argument("--followers", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()

    followers = tuple(range(100, 100 + options.followers))
    connect(options.socket)
    prepare(followers)
    connection.connection_pool = None  # not to be shared with the processes
    with multiprocessing.Pool(options.processes, connect, (options.socket,)) as pool:
        connect(options.socket)
        tasks = Pool(pool)
        manager = FanOut(tasks)
        manager.followers = followers
        manager.add_user_activity(AUTHOR, activity(1_000))
        tasks.wait(0)

        per_post = -(-len(followers) // manager.fanout_chunk_size)
        posts, started = 0, time.monotonic()
        while time.monotonic() - started < options.seconds:
            posts += 1
            manager.add_user_activity(AUTHOR, activity(1_000 + posts))
            tasks.wait((POSTS_UNDER_WAY - 1) * per_post)
        tasks.wait(0)
        elapsed = time.monotonic() - started
    newest = [str(activity(1_000 + number).serialization_id) for number in range(posts + 1)][-Timeline.max_length // 2:]
    pipeline = connection.get_redis_connection().pipeline(transaction=False)
    for follower in followers:
        pipeline.zrevrange(Timeline(follower).key, 0, len(newest) - 1)
    missing = sum(len(set(newest) - set(found)) for found in pipeline.execute())
    print(json.dumps({"posts": posts, "entries": posts * len(followers), "missing": missing, "seconds": elapsed,
                      "entriesPerSecond": posts * len(followers) / elapsed}))


if __name__ == "__main__":
    main()
