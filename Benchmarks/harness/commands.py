import os
import resource
import subprocess
from pathlib import Path

from harness.errors import InvalidRun


def finished(command: list[str], deadline: float, stdin: Path | None = None) -> tuple[str, float]:
    """Runs a command to its end. Returns what it printed, and the seconds of CPU time that it used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        with open(stdin or os.devnull, "rb") as given:
            done = subprocess.run(command, stdin=given, capture_output=True, text=True, timeout=deadline)
    except subprocess.TimeoutExpired:
        raise InvalidRun(f"{command[0]} was still running after {deadline:.0f} s") from None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise InvalidRun(f"{command[0]} ended with status {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
