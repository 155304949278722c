import time
from dataclasses import dataclass, field
from pathlib import Path

from harness.program import Program


class Progress:
    """One line a step: where we are, what happens now, and for how long."""

    def __init__(self, total_seconds: float):
        self._started = time.monotonic()
        self._total = total_seconds

    def step(self, text: str, seconds: float):
        now = time.monotonic() - self._started
        print(f"[{_clock(now)} of about {_clock(self._total)}] {text}, {seconds:.0f} s", flush=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@dataclass
class Run:
    """What all figures of one call of bench.py share."""

    repository: Path
    directory: Path
    scripts: Path
    rate_limiter: Path | None
    url_shortener: Path | None
    redis_client_benchmark: Path | None
    news_feed: Path | None
    news_feed_benchmark: Path | None
    chat: Path | None
    chat_benchmark: Path | None
    ride_hailing: Path | None
    ride_hailing_benchmark: Path | None
    stream_framework: Path | None
    """A Python in which it is installed; None: it is not measured."""
    seconds: int
    rounds: int
    progress: Progress
    commands: list[str] = field(default_factory=list)
    _fresh: int = 0

    @property
    def warm_up_seconds(self) -> int:
        return max(1, self.seconds // 4)

    def fresh_directory(self) -> Path:
        self._fresh += 1
        return self.directory / str(self._fresh)

    def note_programs(self, directory: Path, *programs: Program):
        for program in programs:
            self.note_command(program.command, dir=directory)

    def note_command(self, words: list[str], **names: object):
        """Keeps a command for the report, each once, with what differs from run to run under a name: `$PORT`, `$SOCKET`."""
        line = " ".join(word if word and "$" not in word else f"'{word}'" for word in words)
        for name, value in names.items():
            line = line.replace(str(value), f"${name.upper()}")
        line = line.replace(f"{self.repository}/", "")
        if line not in self.commands:
            self.commands.append(line)
