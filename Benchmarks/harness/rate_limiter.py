import json
import re
from pathlib import Path

from harness.program import Program


class RateLimiterServer(Program):
    """Our server: a port of its own choice, the Redis it is given, and the policies that the comparison needs."""

    def __init__(self, executable: Path, directory: Path, redis_socket: Path, policies: list[dict]):
        self.policies = policies
        policy_file = directory / "policies.json"
        command = [str(executable), "serve", "--port", "0", "--redis", f"redis+unix://{redis_socket}",
                   "--policies", str(policy_file), "--log-level", "error"]
        self._policy_file = policy_file
        super().__init__("rate-limiter", command, directory)

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self._policy_file.write_text(json.dumps({"policies": self.policies}))
        return super().__enter__()

    def is_ready(self) -> bool:
        said = re.search(r"^rate-limiter listening on (http://\S+)\n", (self.directory / "stdout").read_text(), re.MULTILINE)
        self.url = said.group(1) if said else None
        return said is not None
