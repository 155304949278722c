import resource
import subprocess
import time
from pathlib import Path

from harness import cpu
from harness.errors import InvalidRun


class Program:
    """A process that serves while the `with` block lasts. Its output goes to files in `directory`."""

    def __init__(self, name: str, command: list[str], directory: Path, deadline: float = 20):
        self.name = name
        self.command = command
        self.directory = directory
        self.deadline = deadline

    def is_ready(self) -> bool:
        raise NotImplementedError

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        with open(self.directory / "stdout", "wb") as stdout, open(self.directory / "stderr", "wb") as stderr:
            self.process = subprocess.Popen(
                self.command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def cpu_seconds(self) -> float:
        return cpu.tree_seconds(self.process.pid)

    def resident_bytes(self) -> int:
        """Memory of the process itself, as it is in RAM."""
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()

    def check_alive(self):
        if self.process.poll() is not None:
            raise InvalidRun(f"{self.name} ended with status {self.process.returncode}: {self._last_words()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait_until_ready(self):
        give_up = time.monotonic() + self.deadline
        while not self.is_ready():
            self.check_alive()
            if time.monotonic() > give_up:
                raise InvalidRun(f"{self.name} was not ready within {self.deadline} s: {self._last_words()}")
            time.sleep(0.01)

    def _last_words(self) -> str:
        text = (self.directory / "stderr").read_text(errors="replace") + (self.directory / "stdout").read_text(errors="replace")
        return text.strip()[-500:] or "it printed nothing"
