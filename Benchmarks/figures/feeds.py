"""An author, his followers, and their timelines, as the news feed keeps them in Redis."""

import json
from pathlib import Path

from harness.commands import finished
from harness.errors import InvalidRun
from harness.redis import RedisConnection, RedisServer
from harness.run import Run

AUTHOR = "author"
FOLLOWERS = 10_000
TIMELINE_LENGTH = 800
# The service starts a private Redis so.
PACKED = ("--zset-max-listpack-entries", "1024")

# In how many of the followers' timelines the author's newest posts are, summed over the posts.
COUNT_ENTRIES = """
local posts = redis.call('ZRANGE', 'news-feed:{' .. ARGV[1] .. '}:posts', 0, ARGV[2] - 1)
local entries = 0
for _, follower in ipairs(redis.call('ZRANGE', 'news-feed:{' .. ARGV[1] .. '}:followers', 0, -1)) do
    for _, score in ipairs(redis.call('ZMSCORE', 'news-feed:{' .. follower .. '}:timeline', unpack(posts))) do
        if score then entries = entries + 1 end
    end
end
return entries
"""
SUM_LENGTHS = """
local entries = 0
for _, follower in ipairs(redis.call('ZRANGE', 'news-feed:{' .. ARGV[1] .. '}:followers', 0, -1)) do
    entries = entries + redis.call('ZCARD', 'news-feed:{' .. follower .. '}:timeline')
end
return entries
"""


def redis(directory: Path) -> RedisServer:
    return RedisServer(directory, *PACKED)


def prepare_followers(run: Run, redis: RedisServer):
    """10,000 of them, with full timelines of 800 to 880 entries."""
    command = [str(run.news_feed_benchmark), "prepare-followers", "--socket", str(redis.socket), "--followers", str(FOLLOWERS)]
    run.note_command(command, dir=redis.directory.parent)
    finished(command, deadline=120)
    with RedisConnection(redis.socket) as connection:
        average = connection.command("EVAL", SUM_LENGTHS, 0, AUTHOR) / FOLLOWERS
    if not 1.04 * TIMELINE_LENGTH < average < 1.06 * TIMELINE_LENGTH:
        raise InvalidRun(f"timelines have {average:.1f} entries on average")


def check_entries(redis: RedisServer, posts: int):
    """Whether every follower's timeline has the newest posts of the author, so many of them."""
    posts = min(posts, TIMELINE_LENGTH // 2)
    with RedisConnection(redis.socket) as connection:
        if (written := connection.command("ZCARD", f"news-feed:{{{AUTHOR}}}:posts")) < posts:
            raise InvalidRun(f"the author has {written:,} posts where there should be {posts:,}")
        entries = connection.command("EVAL", COUNT_ENTRIES, 0, AUTHOR, posts)
    if entries != posts * FOLLOWERS:
        raise InvalidRun(f"{entries:,} entries in timelines where there should be {posts * FOLLOWERS:,}")


def parsed(output: str, *members: str) -> dict:
    """The line of JSON that a benchmark of our own printed."""
    try:
        figures = json.loads(output)
        if all(figures[member] >= 0 for member in members):
            return figures
    except (ValueError, KeyError, TypeError):
        pass
    raise InvalidRun(f"no figures were printed: {output.strip()[-500:]}")
