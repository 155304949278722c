from harness.service import Service


class ChatServer(Service):
    """Our chat, in which a user may send as much as he likes. One thread: there is one server a core."""

    def __init__(self, executable, directory, redis_url: str, *options: str):
        super().__init__("chat", executable, directory, redis_url, "--threads", "1", "--send-limit", "off", *options)
