"""What Redis is asked to do, command by command, while somebody looks."""

import socket
import threading
from pathlib import Path

from harness.redis import RedisConnection

END = "nobody is looking any more"


class RedisMonitor:
    """Counts while the `with` block lasts. It slows Redis down: nothing else is to be measured meanwhile."""

    def __init__(self, path: Path, word: str):
        self._path, self._word = path, word.encode()
        self.commands = 0
        """How many commands clients have sent in which the word stands: servers have other things to do, too."""

    def __enter__(self):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(self._path))
        self._socket.sendall(b"MONITOR\r\n")
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with RedisConnection(self._path) as connection:
            connection.command("ECHO", END)
        self._thread.join()
        self._lines.close()
        self._socket.close()

    def _count(self):
        for line in self._lines:
            if line.endswith(f'"{END}"\r\n'.encode()):
                return
            # What scripts do is none of the client's commands.
            if self._word in line and not line.partition(b"[")[2].startswith(b"0 lua]"):
                self.commands += 1
