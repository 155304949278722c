"""One connection to one of our services, on which a user asks for one thing after the other."""

import http.client
import json
from urllib.parse import quote, urlsplit

from harness.errors import InvalidRun


class Client:
    def __init__(self, url: str):
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def ask(self, user: str, method: str, path: str, body: object = None, status: int = 200):
        """The answer's JSON. Raises `InvalidRun` when it has another status."""
        what = f"{method} {path}"
        headers = {"X-User-ID": user, "Content-Type": "application/json"}
        try:
            self._connection.request(method, quote(path, safe="/?=&"), None if body is None else json.dumps(body), headers)
            answer = self._connection.getresponse()
            text = answer.read()
            if answer.status != status:
                raise InvalidRun(f"{what} was answered with status {answer.status}: {text[:300]!r}")
            return json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise InvalidRun(f"{what} was not answered: {error!r}") from error
