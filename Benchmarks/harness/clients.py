"""A load generator of ours, which is spoken with while it runs: it says when its clients are connected, and what came of what they did."""

import json
import subprocess
import threading
from pathlib import Path

from harness import cpu
from harness.errors import InvalidRun


class Clients:
    """Clients that are connected, warmed up and ready while the `with` block lasts."""

    def __init__(self, command: list[str], directory: Path, deadline: float = 90):
        self._command, self._directory, self._deadline = command, directory, deadline

    def __enter__(self):
        self._directory.mkdir(parents=True, exist_ok=True)
        with open(self._directory / "stderr", "wb") as stderr:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            self.read("ready")
        except BaseException:
            self.__exit__(InvalidRun)
            raise
        return self

    def __exit__(self, kind, *_):
        self._process.stdin.close()
        if kind:
            self._process.kill()
        timer = threading.Timer(self._deadline, self._process.kill)
        timer.start()
        status = self._process.wait()
        timer.cancel()
        self._process.stdout.close()
        if status and not kind:
            raise self._failed()

    def cpu_seconds(self) -> float:
        return cpu.tree_seconds(self._process.pid)

    def go(self):
        """Has the next thing done, where the program waits for that."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def read(self, *members: str) -> dict:
        """The next line of figures, which has these members."""
        timer = threading.Timer(self._deadline, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        try:
            figures = json.loads(line)
            if all(figures[member] >= 0 for member in members):
                return figures
        except (ValueError, KeyError, TypeError):
            pass
        self._process.kill()
        self._process.wait()
        raise self._failed()

    def _failed(self) -> InvalidRun:
        said = (self._directory / "stderr").read_text(errors="replace").strip()
        return InvalidRun(f"the clients failed: {said[-500:] or 'they were late'}")
