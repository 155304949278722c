from pathlib import Path

from harness.service import Service


class URLShortenerServer(Service):
    """Our URL shortener, in which one address may create as many links as it likes."""

    def __init__(self, executable: Path, directory: Path, redis_socket: Path):
        super().__init__("url-shortener", executable, directory, redis_socket, "--create-limit", "off")
