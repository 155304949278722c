"""What 100,000 links add to Redis' memory, as the service creates them; and once each of them has been visited."""

import http.client
import json
import socket
from urllib.parse import urlsplit

from harness.errors import InvalidRun
from harness.figure import Bound, Figure, Outcome, Spread
from harness.redis import RedisServer
from harness.run import Run
from harness.url_shortener import URLShortenerServer

from figures import links
from figures.link_tallies import Visits

LINKS = 100_000
BATCH = 1_000
PIPELINED = 100
TITLE = f"Memory in Redis per link of {LINKS:,}, {links.URL_LENGTH}-byte URL"


def estimated_seconds(seconds: int, rounds: int) -> float:
    return 20


def measured(run: Run) -> Outcome:
    run.progress.step(TITLE, estimated_seconds(run.seconds, run.rounds))
    with RedisServer(run.fresh_directory()) as redis:
        # What the service itself keeps in Redis is there already, and it is not connected when memory is read.
        with _shortener(run, redis) as server:
            _create(server, range(LINKS, LINKS + BATCH))
        empty = redis.used_memory()
        with _shortener(run, redis) as server:
            codes = [code for start in range(0, LINKS, BATCH) for code in _create(server, range(start, start + BATCH))]
        created = redis.used_memory()
        with _shortener(run, redis) as server:
            _visit(server, codes)
            visits = Visits(redis)
            visits.settle()
            if (count := visits.count()) != LINKS:
                raise InvalidRun(f"{count:,} visits were counted after each of {LINKS:,} links was visited once")
        visited = redis.used_memory()
    by_creation, by_visits = (created - empty) / LINKS, (visited - created) / LINKS
    return Outcome(
        figures=[_figure(TITLE, by_creation, Bound("under", 250)),
                 _figure(f"{TITLE}: what the first visit adds, statistics and visitors", by_visits, None)],
        remarks=[f"{TITLE}: after one visit of each {by_creation + by_visits:.1f} bytes."],
        raw={"created": by_creation, "visited": by_visits})


def _figure(what: str, added: float, bound: Bound | None) -> Figure:
    return Figure(what=what, ours=f"{added:.1f} bytes", peer="", result=Spread.of([added]), unit=" bytes", bound=bound)


def _shortener(run: Run, redis: RedisServer) -> URLShortenerServer:
    return URLShortenerServer(run.url_shortener, redis.directory / "url-shortener", redis.socket)


def _create(server: URLShortenerServer, numbers: range) -> list[str]:
    """One batch. Returns the codes."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        body = json.dumps({"links": [{"url": links.url(number)} for number in numbers]})
        connection.request("POST", "/v1/links/batch", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        results = json.loads(text)["results"] if answer.status == 200 else []
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise InvalidRun(f"a batch of links was not answered: {error!r}") from error
    finally:
        connection.close()
    if [result.get("url") for result in results] != [links.url(number) for number in numbers]:
        raise InvalidRun(f"a batch of links was not created: status {answer.status}, {text[:300]!r}")
    return [result["id"] for result in results]


def _visit(server: URLShortenerServer, codes: list[str]):
    """Each once, on one connection, many before the first answer is read."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        for start in range(0, len(codes), PIPELINED):
            chunk = codes[start:start + PIPELINED]
            connection.sendall("".join(f"GET /{code} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n" for code in chunk).encode())
            answers = b""
            while answers.count(b"\r\n\r\n") < len(chunk):
                received = connection.recv(1 << 16)
                if not received:
                    raise InvalidRun("the service closed a connection on which it was asked for redirects")
                answers += received
            if answers.count(b"HTTP/1.1 302 ") != len(chunk):
                raise InvalidRun(f"not every link was followed: {answers[:300]!r}")
