"""What the URL shortener has on record of the requests that it has answered."""

import json
import time
import urllib.request

from harness.errors import InvalidRun
from harness.redis import RedisConnection, RedisServer

STREAM = "url-shortener:{visits}:stream"

# Sums over all links, in Redis: there may be a million.
COUNT_VISITS = """
local visits, cursor = 0, '0'
repeat
    local page = redis.call('SCAN', cursor, 'MATCH', 'url-shortener:{*}:statistics', 'COUNT', 1000)
    cursor = page[1]
    for _, key in ipairs(page[2]) do
        local fields = redis.call('HGETALL', key)
        for index = 1, #fields, 2 do
            if fields[index] == 'botVisits' or fields[index]:find('^day:') then visits = visits + fields[index + 1] end
        end
    end
until cursor == '0'
return visits
"""
COUNT_LINKS = """
local links, cursor = 0, '0'
repeat
    local page = redis.call('SCAN', cursor, 'MATCH', 'url-shortener:link:{*', 'COUNT', 1000)
    cursor = page[1]
    links = links + #page[2]
until cursor == '0'
return links
"""


class Visits:
    """The visits of all links."""

    QUIET = 0.7  # three times what passes between two batches of visits
    DEADLINE = 60

    def __init__(self, redis: RedisServer):
        self.redis = redis

    def settle(self) -> float:
        """Until no visits lie in the stream, nor come there any more."""
        started = quiet_since = time.monotonic()
        with RedisConnection(self.redis.socket) as connection:
            while (now := time.monotonic()) - quiet_since < self.QUIET:
                if now - started > self.DEADLINE:
                    raise InvalidRun(f"visits were still being counted after {self.DEADLINE} s")
                self.redis.commands_of_harness += 1
                if connection.command("XLEN", STREAM) > 0:
                    quiet_since = now
                time.sleep(0.02)
        return quiet_since - started

    def count(self) -> int:
        return _evaluated(self.redis, COUNT_VISITS)


class VisitsOfLink(Visits):
    """The visits of one link, as the service tells them."""

    def __init__(self, redis: RedisServer, url: str, code: str):
        super().__init__(redis)
        self.statistics = f"{url}/v1/links/{code}/stats"

    def count(self) -> int:
        try:
            with urllib.request.urlopen(self.statistics, timeout=10) as answer:
                statistics = json.load(answer)
            return statistics["visits"] + statistics["botVisits"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidRun(f"GET {self.statistics} told no visits: {error!r}") from error


class CreatedLinks:
    """The links that there are, where there was none before."""

    def __init__(self, redis: RedisServer):
        self.redis = redis

    def settle(self) -> float:
        return 0

    def count(self) -> int:
        return _evaluated(self.redis, COUNT_LINKS)


def _evaluated(redis: RedisServer, script: str) -> int:
    with RedisConnection(redis.socket) as connection:
        return connection.command("EVAL", script, 0)
