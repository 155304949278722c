from pathlib import Path

from harness.figure import Figure, Outcome

BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"
COLUMNS = ["What", "Ours", "Peer", "Result (least to greatest)", "Must reach", "Reached"]

METHOD = """\
Sides take turns (ours, peer, ours, peer), each pair of neighbours gives a ratio, and the median of the ratios is the result.

Checks and links: each side starts anew for each of its runs, with a Redis of its own (Unix socket, no persistence), is warmed up
for a quarter of the measured time and is gone before the other side starts. The peers' nginx.conf are made from the templates in
`Benchmarks/rate-limiter`, where the peer runs the same script, and `Benchmarks/url-shortener`, where it reads the same records. CPU
is user and system time from /proc, of all processes and threads of the server and of its Redis, over the measured time, divided by
the requests done in it. wrk runs on the same cores as what it loads and takes its share from either side alike. Statuses over 399
are counted and whole answers are looked at four times a second: one that is not as expected makes the run invalid, and then nothing
is written here.

Visits: every redirect of ours is counted as a visit in the same run. Our CPU is that until the last visit of the load is counted,
and none is left over from the warm-up. Afterwards the visits, or the created links, are held against the answers that wrk saw:
fewer of them, or more than were under way when wrk stopped, make the run invalid.

Redis client: both sides use one Redis over its Unix socket, one after the other, with the same key and a value of 3 bytes.

News feed: each side starts anew for each of its runs, with a Redis of its own, as above. What was written is looked for in every
timeline afterwards, and a run in which an entry is missing does not count. A page's latency counts from the moment at which it was to
be asked for, whatever became of earlier ones; each answer is looked at, for its status and the number of its posts.

Chat: two servers of each side, a thread or a worker each, share one Redis over TCP; every member has a WebSocket, and members of a
group are at either server by turns. A message has 100 bytes. It counts as delivered when somebody other than its sender has received
it; which have, and that nobody has received one twice, is held against its number for every single one, and a run in which one is
missing does not count. nchan keeps as many messages as are under way, so that it loses none. "Per core" is by the CPU time of the two
servers, of all their processes. Clients are one program of two threads on the same cores. Latency counts from the moment at which a
message was to be sent. A connection's memory is the growth of the server's resident memory by 10,000 of them.

Ride hailing: cores are CPU time from /proc over the measured time, 1 being one core all the time. Positions are counted by Redis
itself; afterwards as many as were sent are there, and every driver is where he said last. Latencies count from the moment at which
something was to be sent, whatever became of what was sent before; an answer that is not as expected makes the run invalid. Answers
about the nearest drivers are compared with a look at all drivers, before and after. Each ride that was promised has an end, in the log
of all rides and in its own record, and no driver two rides.

Memory of buckets: growth of `used_memory` by 100,000 of them, less the bytes of their keys. Redis' allocator rounds each key up;
the keys are of 16 lengths, so that no lucky or unlucky one decides. Memory of links: growth by 100,000 of them, all of it, read
while the service is not connected; of timelines likewise, by reading 500 feeds."""


def terminal_table(figures: list[Figure]) -> str:
    rows = [COLUMNS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def markdown(outcomes: list[Outcome], commands: list[str], command: str, circumstances: list[str]) -> str:
    figures = [figure for outcome in outcomes for figure in outcome.figures]
    remarks = [f"- {remark}" for outcome in outcomes for remark in outcome.remarks]
    table = [COLUMNS, ["---"] * len(COLUMNS), *(_cells(figure) for figure in figures)]
    return "\n\n".join(part for part in [
        "  \n".join(circumstances),
        "\n".join(f"| {' | '.join(row)} |" for row in table),
        verdict(figures),
        "\n".join(remarks),
        METHOD,
        f"All of it again: `{command}`. What it ran:",
        "\n".join(["```", *commands, "```"]),
    ] if part)


def verdict(figures: list[Figure]) -> str:
    missed = [figure for figure in figures if figure.reached is False]
    if not missed:
        measured = " that was measured" if any(figure.result is None for figure in figures) else ""
        return f"Every figure{measured} reached what it must."
    return "\n\n".join(f"Missed: {figure.what}, {_result(figure)} where {_bound(figure)} is wanted." for figure in missed)


def write(path: Path, text: str):
    """Puts the text between the markers of a page; what stands around them stays. A page that does not exist is begun."""
    page = path.read_text() if path.exists() else f"# Benchmarks\n\n{BEGIN}\n{END}\n"
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no {BEGIN} ... {END} to write between")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _cells(figure: Figure) -> list[str]:
    reached = {None: "-", True: "yes", False: "missed"}[figure.reached]
    return [figure.what, figure.ours, figure.peer or "-", _result(figure), _bound(figure), reached]


def _result(figure: Figure) -> str:
    spread, unit = figure.result, figure.unit
    if spread is None:
        return "not measured"
    if spread.least == spread.greatest:
        return f"{_number(spread.median)}{unit}"
    return f"{_number(spread.median)}{unit} ({_number(spread.least)} to {_number(spread.greatest)})"


def _bound(figure: Figure) -> str:
    return f"{figure.bound.relation} {figure.bound.limit:g}{figure.unit}" if figure.bound else "stated"


def _number(value: float) -> str:
    return f"{value:.1f}" if value >= 100 else f"{value:.3f}"
