"""A private redis-server for one measurement, and as much of a client as the harness needs."""

import itertools
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from harness.errors import InvalidRun
from harness.program import Program


class RedisServer(Program):
    """Reached by a Unix socket only, and without persistence: disks are not what is compared."""

    def __init__(self, directory: Path, *options: str):
        self.socket = directory / "redis.sock"
        self.commands_of_harness = 0
        command = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "777",
                   "--save", "", "--appendonly", "no", *options]
        super().__init__("redis-server", command, directory)

    def is_ready(self) -> bool:
        try:
            with RedisConnection(self.socket) as connection:
                self.commands_of_harness += 1
                return connection.command("PING") == "PONG"
        except OSError:
            return False

    def used_memory(self) -> int:
        """Once nobody is connected any more, and what was left of connections, and of tables that grew, is gone."""
        give_up = time.monotonic() + 10
        with RedisConnection(self.socket) as connection:
            while int(connection.info("clients")["connected_clients"]) > 1:
                if time.monotonic() > give_up:
                    raise InvalidRun("redis-server kept a connection that was closed")
                time.sleep(0.01)
            used, before = int(connection.info("memory")["used_memory"]), None
            while used != before:
                if time.monotonic() > give_up:
                    raise InvalidRun("redis-server's memory does not come to rest")
                time.sleep(0.5)
                used, before = int(connection.info("memory")["used_memory"]), used
            return used


class RedisConnection:
    PIPELINE_LENGTH = 500

    def __init__(self, path: Path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._replies = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._replies.close()
        self._socket.close()

    def command(self, *arguments):
        self._socket.sendall(encoded(arguments))
        return self._reply()

    def pipeline(self, commands: Iterable[tuple]) -> int:
        """Sends all and reads, but does not keep, the replies. Returns how many there were."""
        commands = iter(commands)
        count = 0
        while chunk := [encoded(command) for command in itertools.islice(commands, self.PIPELINE_LENGTH)]:
            self._socket.sendall(b"".join(chunk))
            for _ in chunk:
                self._reply()
            count += len(chunk)
        return count

    def info(self, section: str) -> dict[str, str]:
        lines = self.command("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def _reply(self):
        line = self._replies.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("redis-server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise InvalidRun(f"redis-server answered: {rest.decode()}")
        if kind == b"$":
            return None if rest == b"-1" else self._replies.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return [self._reply() for _ in range(int(rest))]
        raise ConnectionError(f"not a reply: {line!r}")


def encoded(arguments: tuple) -> bytes:
    parts = [f"*{len(arguments)}\r\n".encode()]
    for argument in arguments:
        value = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(value), value))
    return b"".join(parts)
