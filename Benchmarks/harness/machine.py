"""What a figure was measured on: it means nothing without that."""

import os
import platform
import re
import resource
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path


def description() -> str:
    model = _search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text()) or platform.machine()
    memory = int(_search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text()) or 0) / 1024 ** 2
    system = _search(r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release").read_text()) or "Linux"
    return f"{model}, {os.cpu_count()} cores, {memory:.1f} GiB of memory, {system}, Linux {platform.release()}"


def versions() -> str:
    found = {
        "Redis": _said(["redis-server", "--version"], r"v=(\S+)"),
        "nginx": _said(["nginx", "-v"], r"nginx/(\S+)"),
        "nchan": _said(["dpkg-query", "-W", "-f=${Version}", "libnginx-mod-nchan"], r"(\S+)"),
        "wrk": _said(["wrk", "-v"], r"wrk (\S+)"),
        "Swift": _said(["swift", "--version"], r"Swift version (\S+)"),
        "Python": platform.python_version(),
    }
    return ", ".join(f"{name} {version}" for name, version in found.items() if version)


def commit(repository: Path) -> str:
    git = ["git", "-C", str(repository), "--no-optional-locks"]
    name = _said([*git, "rev-parse", "--short=12", "HEAD"], r"(\w+)")
    if not name:
        return "not committed"
    changes = _said([*git, "status", "--porcelain", "--", ".", ":(exclude)docs"], r"(\S)")
    return f"commit {name}" + (" with changes that are not committed" if changes else "")


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def raise_descriptor_limit():
    """For programs with thousands of connections, which are started from here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _said(command: list[str], pattern: str) -> str | None:
    if not shutil.which(command[0]):
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # wrk says its version and ends with 1; git says nothing of use then.
    return None if command[0] == "git" and done.returncode else _search(pattern, done.stdout + done.stderr)


def _search(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else None
