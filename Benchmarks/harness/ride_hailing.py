from harness.service import Service


class RideHailingServer(Service):
    """Our ride hailing, with its matcher."""

    def __init__(self, executable, directory, redis_socket, *options: str):
        super().__init__("ride-hailing", executable, directory, redis_socket, *options)
