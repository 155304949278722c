from harness.service import Service


class NewsFeedServer(Service):
    """Our news feed, with its worker."""

    def __init__(self, executable, directory, redis_socket, *options: str):
        super().__init__("news-feed", executable, directory, redis_socket, *options)
