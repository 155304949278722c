import json
from pathlib import Path

from harness.service import Service


class RateLimiterServer(Service):
    """Our rate limiter, with the policies that the comparison needs."""

    def __init__(self, executable: Path, directory: Path, redis_socket: Path, policies: list[dict]):
        self.policies = policies
        self._policy_file = directory / "policies.json"
        super().__init__("rate-limiter", executable, directory, redis_socket, "--policies", str(self._policy_file))

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self._policy_file.write_text(json.dumps({"policies": self.policies}))
        return super().__enter__()
