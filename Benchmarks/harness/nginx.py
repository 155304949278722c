import grp
import os
import pwd
import re
import socket
import subprocess
from pathlib import Path

from harness.errors import InvalidRun
from harness.program import Program


class Nginx(Program):
    """A private nginx: its own prefix, port and configuration, made from a template whose placeholders read @NAME@."""

    def __init__(self, template: Path, directory: Path, **values: object):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.configuration = _filled(template.read_text(), {
            "PORT": self.port, "MODULES": modules_path(), "USER": _user_directive(),
            **{name.upper(): value for name, value in values.items()}})
        command = ["nginx", "-p", str(directory), "-c", "nginx.conf", "-e", "stderr"]
        super().__init__("nginx", command, directory)

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "nginx.conf").write_text(self.configuration)
        return super().__enter__()

    def is_ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False


def modules_path() -> str:
    build = subprocess.run(["nginx", "-V"], capture_output=True, text=True).stderr
    path = re.search(r"--modules-path=(\S+)", build)
    return path.group(1) if path else "/usr/lib/nginx/modules"


def _filled(template: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        template = template.replace(f"@{name}@", str(value))
    if missing := re.search(r"@[A-Z_]+@", template):
        raise InvalidRun(f"the nginx template has a placeholder without a value: {missing.group()}")
    return template


def _user_directive() -> str:
    """nginx gives its workers away to another user when root starts it, and warns of the directive otherwise."""
    if os.geteuid() != 0:
        return ""
    nobody = pwd.getpwnam("nobody")
    return f"user nobody {grp.getgrgid(nobody.pw_gid).gr_name};"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
