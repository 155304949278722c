import re
from pathlib import Path

from harness.program import Program


class Service(Program):
    """One of our servers: a port of its own choice, and the Redis it is given, by its socket's path or by a URL."""

    def __init__(self, name: str, executable: Path, directory: Path, redis: Path | str, *options: str):
        url = redis if isinstance(redis, str) else f"redis+unix://{redis}"
        command = [str(executable), "serve", "--port", "0", "--redis", url, *options,
                   "--log-level", "error"]
        super().__init__(name, command, directory)

    def is_ready(self) -> bool:
        said = re.search(rf"^{self.name} listening on (http://\S+)\n", (self.directory / "stdout").read_text(), re.MULTILINE)
        self.url = said.group(1) if said else None
        return said is not None
