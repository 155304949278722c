import resource
import subprocess

from harness.errors import InvalidRun


def finished(command: list[str], deadline: float) -> tuple[str, float]:
    """Runs a command to its end. Returns what it printed, and the seconds of CPU time that it used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=deadline)
    except subprocess.TimeoutExpired:
        raise InvalidRun(f"{command[0]} was still running after {deadline:.0f} s") from None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise InvalidRun(f"{command[0]} ended with status {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
