"""CPU time from /proc: of a process with all that it started, and of the whole machine."""

import os

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[bytes]:
    """The fields of /proc/PID/stat from the third (state) on. The name before them may hold spaces and brackets."""
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return stat.read().rpartition(b")")[2].split()


def process_tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_fields(int(entry))[1]), []).append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                continue
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return tree


def tree_seconds(root: int) -> float:
    """User and system time of a process, its threads and its descendants, those that have ended and were waited for included."""
    ticks = 0
    for pid in process_tree(root):
        try:
            # utime, stime, cutime, cstime: a process' times cover all of its threads, also those that have ended.
            ticks += sum(int(field) for field in _fields(pid)[11:15])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / TICKS_PER_SECOND


def others_share(machine: float, ours: float, elapsed: float) -> float:
    """How much of the machine programs without a part in the run used, 0 to 1: all CPU seconds of it less those of the run."""
    return max(0.0, (machine - ours) / (elapsed * os.cpu_count()))


def machine_seconds() -> float:
    """Time during which any core was busy, or was kept from us by the host (steal), since the machine started."""
    with open("/proc/stat", "rb") as stat:
        user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND
