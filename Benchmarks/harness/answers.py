"""Whether a server answers a check as it should, asked before, while and after it is measured."""

import http.client
import json
import re
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.errors import InvalidRun

BODY_MEMBERS = ["allowed", "policy", "limit", "remaining", "retryAfterMs", "resetAfterMs", "decidedBy"]


@dataclass(frozen=True)
class Expectation:
    policy: str
    allowed: bool
    decided_by: tuple[str, ...]


def ask_once(url: str, path: str, expected: Expectation):
    connection = _connect(url)
    try:
        ask(connection, path, expected)
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str, expected: Expectation):
    """Sends one check. Raises `InvalidRun` when the answer is not the expected one."""
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise InvalidRun(f"GET {path} was not answered: {error!r}") from error
    if problem := difference(answer.status, dict(answer.getheaders()), body, expected):
        raise InvalidRun(f"GET {path}: {problem}. Status {answer.status}, headers {answer.getheaders()}, body {body[:300]!r}")


def difference(status: int, headers: dict[str, str], body: bytes, expected: Expectation) -> str | None:
    headers = {name.lower(): value for name, value in headers.items()}
    if status != (200 if expected.allowed else 429):
        return "wrong status"
    name = re.escape(expected.policy)
    if not re.fullmatch(rf'"{name}";q=\d+;w=\d+', headers.get("ratelimit-policy", "")):
        return "RateLimit-Policy is missing or wrong"
    if not re.fullmatch(rf'"{name}";r=\d+;t=\d+', headers.get("ratelimit", "")):
        return "RateLimit is missing or wrong"
    if not expected.allowed and not re.fullmatch(r"[1-9]\d*", headers.get("retry-after", "")):
        return "Retry-After is missing or wrong"
    try:
        answer = json.loads(body)
    except ValueError:
        return "the body is not JSON"
    if not isinstance(answer, dict) or any(member not in answer for member in BODY_MEMBERS):
        return "a member is missing in the body"
    if answer["allowed"] is not expected.allowed or answer["policy"] != expected.policy:
        return "the body says something else"
    if answer["decidedBy"] not in expected.decided_by:
        return f"decided by {answer['decidedBy']}"
    return None


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)


class Sampling:
    """Asks four times a second, on a connection of its own, for as long as the `with` block lasts.

    wrk counts statuses only roughly and cannot look at answers without slowing the run down; a sample can.
    """

    INTERVAL = 0.25

    def __init__(self, url: str, path: str, expected: Expectation):
        self._connection = _connect(url)
        self._path = path
        self._expected = expected
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
                ask(self._connection, self._path, self._expected)
            except InvalidRun as problem:
                self._problem = problem
                return
