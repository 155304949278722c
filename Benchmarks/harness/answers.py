"""Whether a server answers as it should, asked before, while and after it is measured."""

import http.client
import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from harness.errors import InvalidRun


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


class Expectation(Protocol):
    """What every answer of a measurement has to be."""

    @property
    def status(self) -> int: ...

    def difference(self, headers: dict[str, str], body: bytes) -> str | None:
        """What is wrong with an answer of the right status, None when nothing is. The names of `headers` are in lower case."""


@dataclass(frozen=True)
class Sample:
    """A request that wrk sends too, and the answer to it."""

    request: Request
    expected: Expectation


def ask_once(url: str, sample: Sample):
    connection = _connect(url)
    try:
        ask(connection, sample)
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, sample: Sample):
    """Sends one request. Raises `InvalidRun` when the answer is not the expected one."""
    request, expected = sample.request, sample.expected
    what = f"{request.method} {request.path}"
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise InvalidRun(f"{what} was not answered: {error!r}") from error
    if problem := difference(answer.status, dict(answer.getheaders()), body, expected):
        raise InvalidRun(f"{what}: {problem}. Status {answer.status}, headers {answer.getheaders()}, body {body[:300]!r}")


def difference(status: int, headers: dict[str, str], body: bytes, expected: Expectation) -> str | None:
    if status != expected.status:
        return "wrong status"
    return expected.difference({name.lower(): value for name, value in headers.items()}, body)


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)


class Sampling:
    """Asks four times a second, one sample after the other, on a connection of its own, for as long as the `with` block lasts.

    wrk counts statuses only roughly and cannot look at answers without slowing the run down; a sample can.
    """

    INTERVAL = 0.25

    def __init__(self, url: str, samples: Sequence[Sample]):
        self.answered = 0
        self._connection = _connect(url)
        self._samples = itertools.cycle(samples)
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._problem: InvalidRun | None = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._finished.set()
        self._thread.join()
        self._connection.close()
        if kind is None and self._problem:
            raise self._problem

    def _sample(self):
        while not self._finished.wait(self.INTERVAL):
            try:
                ask(self._connection, next(self._samples))
                self.answered += 1
            except InvalidRun as problem:
                self._problem = problem
                return
