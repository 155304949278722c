"""The servers whose redirects are compared. Each starts anew, with a Redis of its own that already holds the links, and is gone
when its `with` block ends: nothing but the measured server, its Redis and wrk runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.measurement import Tally, Target
from harness.nginx import Nginx
from harness.redis import RedisServer
from harness.run import Run
from harness.url_shortener import URLShortenerServer

from figures import links
from figures.comparison import Start

FILES = Path(__file__).resolve().parent.parent / "url-shortener"

Fill = Callable[[Run, RedisServer], None]


def ours(fill: Fill, tally: Callable[[RedisServer, URLShortenerServer], Tally]) -> Start:
    @contextmanager
    def start(run: Run) -> Iterator[Target]:
        directory = run.fresh_directory()
        with RedisServer(directory / "redis") as redis:
            fill(run, redis)
            with URLShortenerServer(run.url_shortener, directory / "url-shortener", redis.socket) as server:
                run.note_programs(directory, redis, server)
                yield Target(server.url, server, redis, tally(redis, server))

    return start


def nginx_lua_redis(fill: Fill) -> Start:
    @contextmanager
    def start(run: Run) -> Iterator[Target]:
        directory = run.fresh_directory()
        with RedisServer(directory / "redis") as redis:
            fill(run, redis)
            with Nginx(FILES / "nginx-lua-redis.conf.template", directory / "nginx", redis=redis.socket) as server:
                run.note_programs(directory, redis, server)
                yield Target(server.url, server, redis)

    return start


@contextmanager
def nginx_return_302(run: Run) -> Iterator[Target]:
    directory = run.fresh_directory()
    template = FILES / "nginx-return-302.conf.template"
    with Nginx(template, directory / "nginx", location=links.url(0)) as server:
        yield Target(server.url, server, None)
