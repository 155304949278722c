"""Two servers that share a Redis, of chat and of its peer, and the clients of both."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import cpu
from harness.chat import ChatServer
from harness.clients import Clients
from harness.client import Client
from harness.errors import InvalidRun
from harness.nginx import Nginx, free_port, modules_path
from harness.program import Program
from harness.redis import RedisServer
from harness.run import Run

SERVERS = 2
NCHAN = Path(__file__).resolve().parent.parent / "chat" / "nginx-nchan-redis.conf.template"


@dataclass(frozen=True)
class Servers:
    """Servers that are up, and the Redis behind them, which nobody else uses."""

    dialect: str
    programs: tuple[Program, ...]
    redis: RedisServer
    directory: Path

    def cpu_seconds(self) -> float:
        return sum(program.cpu_seconds() for program in self.programs)

    def check_alive(self):
        for program in self.programs:
            program.check_alive()

    def clients(self, run: Run, command: str, groups: int, members: int, *options: object) -> Clients:
        words = [str(run.chat_benchmark), command, "--server", self.dialect, "--groups", str(groups), "--members", str(members)]
        for number, program in enumerate(self.programs, 1):
            words += ["--url", program.url]
        words += map(str, options)
        run.note_command(words, **{f"url{number}": program.url for number, program in enumerate(self.programs, 1)})
        return Clients(words, self.directory / "clients")


Start = Callable[[Run], AbstractContextManager[Servers]]


def chat(groups: int, members: int, *options: str, servers: int = SERVERS) -> Start:
    """With groups of members, as the clients name them. No groups: everybody is alone."""
    @contextmanager
    def start(run: Run) -> Iterator[Servers]:
        directory = run.fresh_directory()
        with _redis(directory) as (redis, port), ExitStack() as stack:
            programs = tuple(
                stack.enter_context(ChatServer(run.chat, directory / f"chat{number}", f"redis://127.0.0.1:{port}", *options))
                for number in range(1, servers + 1))
            run.note_programs(directory, redis, programs[0])
            with Client(programs[0].url) as client:
                for group in range(groups):
                    names = [f"m{group}.{member}" for member in range(members)]
                    client.ask(names[0], "POST", "/v1/groups", {"id": f"g{group}", "members": names}, status=201)
            yield Servers("chat", programs, redis, directory)

    return start


def nchan() -> Start:
    @contextmanager
    def start(run: Run) -> Iterator[Servers]:
        if not Path(modules_path(), "ngx_nchan_module.so").exists():
            raise InvalidRun("nginx has no module nchan. On Debian: apt-get install libnginx-mod-nchan")
        directory = run.fresh_directory()
        with _redis(directory) as (redis, port), ExitStack() as stack:
            programs = tuple(
                stack.enter_context(Nginx(NCHAN, directory / f"nginx{number}", redis_port=port))
                for number in range(1, SERVERS + 1))
            run.note_programs(directory, redis, programs[0])
            yield Servers("nchan", programs, redis, directory)

    return start


@contextmanager
def _redis(directory: Path) -> Iterator[tuple[RedisServer, int]]:
    """Over TCP, too: nchan knows no sockets."""
    port = free_port()
    with RedisServer(directory / "redis", "--port", str(port), "--bind", "127.0.0.1") as redis:
        yield redis, port


@dataclass(frozen=True)
class Used:
    """CPU seconds between two moments."""

    servers: float
    redis: float
    machine: float

    @classmethod
    def now(cls, servers: Servers) -> "Used":
        return cls(servers.cpu_seconds(), servers.redis.cpu_seconds(), cpu.machine_seconds())

    def __sub__(self, earlier: "Used") -> "Used":
        return Used(self.servers - earlier.servers, self.redis - earlier.redis, self.machine - earlier.machine)


def converse(run: Run, servers: Servers, groups: int, members: int, *options: object) -> dict:
    """What came of it, per second and in CPU time."""
    pace = ["--seconds", run.seconds, "--warm-up", run.warm_up_seconds, *options]
    with servers.clients(run, "converse", groups, members, *pace) as clients:
        before = Used.now(servers)
        figures = clients.read("messages", "deliveries", "seconds", "deliveriesPerSecond", "medianMicroseconds", "p99Microseconds")
        used = Used.now(servers) - before
    servers.check_alive()
    if figures["deliveries"] != figures["messages"] * (members - 1) or figures["deliveries"] == 0:
        raise InvalidRun(f"the clients' figures do not agree: {figures}")
    deliveries = figures["deliveries"]
    accounted = used.servers + used.redis + figures["cpuMicrosecondsPerDelivery"] * deliveries / 1e6
    return {**figures, "cpuMicroseconds": 1e6 * used.servers / deliveries, "redisCPUMicroseconds": 1e6 * used.redis / deliveries,
            "deliveriesPerCPUSecond": deliveries / used.servers,
            "othersShare": cpu.others_share(used.machine, accounted, figures["seconds"])}
