"""Links as the URL shortener keeps them in Redis, and how they come there before they are followed."""

import json
from collections.abc import Iterable
from pathlib import Path

from harness.answers import Request, Sample, ask_once
from harness.commands import finished
from harness.errors import InvalidRun
from harness.expectations import CreatedLink
from harness.redis import RedisConnection, RedisServer, encoded
from harness.run import Run
from harness.url_shortener import URLShortenerServer

URL_LENGTH = 60
HOT_CODE = "hot302"
MANY = 1_000_000
CREATED_AT = 1_795_000_000_000


def url(number: int) -> str:
    """60 bytes, another one for each number."""
    return f"https://example.org/articles/{number:07}/".ljust(URL_LENGTH, "x")


def code(number: int) -> str:
    """As follow.lua names them."""
    return f"{number:06}"


def key(code: str) -> str:
    return f"url-shortener:link:{{{code}}}"


def record(url: str, created_at: int = CREATED_AT) -> str:
    """As the service writes a link that has no end and no owner."""
    return f"1 {created_at} 0 0 -\n{url}"


def creation(url: str, **members: object) -> Sample:
    request = Request("/shorten", "POST", {"Content-Type": "application/json"}, json.dumps({"url": url, **members}))
    return Sample(request, CreatedLink(url))


def create_hot_link(run: Run, redis: RedisServer):
    """By the service itself, which has ended when the measured server starts."""
    with _shortener(run, redis) as server:
        ask_once(server.url, creation(url(0), alias=HOT_CODE))


def load_many(run: Run, redis: RedisServer):
    """A million, faster than through the service; then looks whether it writes what was loaded."""
    commands = run.directory / "links.resp"
    if not commands.exists():
        _write(commands, (("SET", key(code(number)), record(url(number))) for number in range(MANY)))
    load = ["redis-cli", "-s", str(redis.socket), "--pipe"]
    said, _ = finished(load, deadline=120, stdin=commands)
    run.note_command(load, dir=redis.directory.parent)
    with RedisConnection(redis.socket) as connection:
        if connection.command("DBSIZE") != MANY:
            raise InvalidRun(f"redis-cli --pipe did not load {MANY:,} links: {said.strip()}")
    with _shortener(run, redis) as server:
        check_format(server, redis)


def check_format(server: URLShortenerServer, redis: RedisServer):
    """Whether the service writes records as ``record`` does."""
    ask_once(server.url, creation(url(MANY), alias="format"))
    with RedisConnection(redis.socket) as connection:
        written = str(connection.command("GET", key("format")))
        connection.command("DEL", key("format"))
    created_at = written.split(" ")[1:2]
    if written != record(url(MANY), *created_at):
        raise InvalidRun(f"the service wrote another record than was loaded: {written!r}")


def _shortener(run: Run, redis: RedisServer) -> URLShortenerServer:
    return URLShortenerServer(run.url_shortener, redis.directory.parent / "url-shortener-before", redis.socket)


def _write(path: Path, commands: Iterable[tuple]):
    with open(path, "wb") as file:
        for command in commands:
            file.write(encoded(command))
