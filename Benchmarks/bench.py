"""Load tests and comparisons with peers, side by side in one run. `python3 Benchmarks/bench.py --help`"""

import argparse
import json
import os
import platform
import shlex
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from figures import chat_announcement, chat_delivery, chat_latency, chat_memory
from figures import check_allowed, check_refused, feed_delivery, feed_fan_out, feed_memory, feed_page, link_creation, link_hot
from figures import link_memory, link_random, memory, redis_client, rides_acceptance, rides_burst, rides_nearby, rides_positions
from harness import machine, report
from harness.errors import InvalidRun
from harness.figure import Outcome
from harness.run import Progress, Run

REPOSITORY = Path(__file__).resolve().parent.parent

# Name: the benchmark, the options that name our programs, and the programs that it runs beside it.
BENCHMARKS = {
    "redis-client": (redis_client, ["redis_client_benchmark"], ["redis-server", "redis-benchmark"]),
    "check-allowed": (check_allowed, ["rate_limiter"], ["redis-server", "nginx", "wrk"]),
    "check-refused": (check_refused, ["rate_limiter"], ["redis-server", "nginx", "wrk"]),
    "memory": (memory, [], ["redis-server"]),
    "link-hot": (link_hot, ["url_shortener"], ["redis-server", "nginx", "wrk"]),
    "link-random": (link_random, ["url_shortener"], ["redis-server", "redis-cli", "nginx", "wrk"]),
    "link-creation": (link_creation, ["url_shortener"], ["redis-server", "redis-benchmark", "wrk"]),
    "link-memory": (link_memory, ["url_shortener"], ["redis-server"]),
    "feed-fan-out": (feed_fan_out, ["news_feed_benchmark"], ["redis-server", "redis-benchmark"]),
    "feed-delivery": (feed_delivery, ["news_feed", "news_feed_benchmark"], ["redis-server"]),
    "feed-page": (feed_page, ["news_feed", "news_feed_benchmark"], ["redis-server"]),
    "feed-memory": (feed_memory, ["news_feed"], ["redis-server"]),
    "chat-memory": (chat_memory, ["chat", "chat_benchmark"], ["redis-server"]),
    "chat-delivery": (chat_delivery, ["chat", "chat_benchmark"], ["redis-server", "nginx"]),
    "chat-latency": (chat_latency, ["chat", "chat_benchmark"], ["redis-server"]),
    "chat-announcement": (chat_announcement, ["chat", "chat_benchmark"], ["redis-server"]),
    "rides-positions": (rides_positions, ["ride_hailing", "ride_hailing_benchmark"], ["redis-server", "redis-benchmark"]),
    "rides-nearby": (rides_nearby, ["ride_hailing", "ride_hailing_benchmark"], ["redis-server"]),
    "rides-burst": (rides_burst, ["ride_hailing", "ride_hailing_benchmark"], ["redis-server"]),
    "rides-acceptance": (rides_acceptance, ["ride_hailing", "ride_hailing_benchmark"], ["redis-server"]),
}
DEBIAN_PACKAGES = "redis-server redis-tools nginx libnginx-mod-http-lua libnginx-mod-nchan lua-nginx-redis wrk"


def main() -> int:
    options = parse_options()
    machine.raise_descriptor_limit()
    seconds = sum(BENCHMARKS[name][0].estimated_seconds(options.seconds, options.rounds) for name in options.only)
    outcomes, invalid = {}, {}
    with tempfile.TemporaryDirectory(prefix="groundwork-bench-") as directory:
        os.chmod(directory, 0o711)  # nginx' workers are another user when root starts it
        run = Run(
            repository=REPOSITORY, directory=Path(directory), scripts=options.scripts, rate_limiter=options.rate_limiter,
            url_shortener=options.url_shortener, redis_client_benchmark=options.redis_client_benchmark,
            news_feed=options.news_feed, news_feed_benchmark=options.news_feed_benchmark,
            chat=options.chat, chat_benchmark=options.chat_benchmark,
            ride_hailing=options.ride_hailing, ride_hailing_benchmark=options.ride_hailing_benchmark,
            stream_framework=options.stream_framework, seconds=options.seconds, rounds=options.rounds, progress=Progress(seconds))
        for name in options.only:
            try:
                outcomes[name] = BENCHMARKS[name][0].measured(run)
            except (InvalidRun, OSError) as problem:
                invalid[name] = str(problem)
                print(f"INVALID: {name}: {problem}", file=sys.stderr, flush=True)
    circumstances = [f"Measured {machine.now()}, {machine.commit(REPOSITORY)}.", f"Machine: {machine.description()}.",
                     f"Versions: {machine.versions()}."]
    publish(options, outcomes, invalid, run.commands, circumstances)
    return 1 if invalid else 0


def publish(options, outcomes: dict[str, Outcome], invalid: dict[str, str], commands: list[str], circumstances: list[str]):
    figures = [figure for outcome in outcomes.values() for figure in outcome.figures]
    remarks = [remark for outcome in outcomes.values() for remark in outcome.remarks]
    if figures:
        print("", *circumstances, "", report.terminal_table(figures), "", *remarks, "", sep="\n")
    if options.json:
        options.json.write_text(json.dumps({
            "circumstances": circumstances, "invalid": invalid,
            "results": {name: outcome.raw for name, outcome in outcomes.items()}}, indent=2) + "\n")
    if options.write and not invalid:
        again = shlex.join(["python3", *sys.argv]).replace(f"{REPOSITORY}/", "")
        text = report.markdown(list(outcomes.values()), commands, again, circumstances)
        report.write(options.write, text)
        print(f"Written to {options.write}.")
    if figures:
        print(report.verdict(figures))
    if invalid:
        print(f"Invalid, and so not written anywhere: {', '.join(invalid)}. The reasons stand above.")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load tests and comparisons with peers, side by side in one run.")
    parser.add_argument("--rate-limiter", type=Path, metavar="PATH", help="our rate limiter, a release build")
    parser.add_argument("--url-shortener", type=Path, metavar="PATH", help="our URL shortener, likewise")
    parser.add_argument("--redis-client-benchmark", type=Path, metavar="PATH", help="our Redis client's benchmark, likewise")
    parser.add_argument("--news-feed", type=Path, metavar="PATH", help="our news feed, likewise")
    parser.add_argument("--news-feed-benchmark", type=Path, metavar="PATH", help="what prepares and loads it, likewise")
    parser.add_argument("--chat", type=Path, metavar="PATH", help="our chat, likewise")
    parser.add_argument("--chat-benchmark", type=Path, metavar="PATH", help="its clients, likewise")
    parser.add_argument("--ride-hailing", type=Path, metavar="PATH", help="our ride hailing, likewise")
    parser.add_argument("--ride-hailing-benchmark", type=Path, metavar="PATH", help="what prepares and loads it, likewise")
    parser.add_argument("--stream-framework", type=Path, metavar="PATH",
                        help="a Python that has Stream-Framework; without one that figure is not measured")
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS), metavar="NAME",
                        help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--seconds", type=int, default=4, help="length of each measurement (default 4)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each side is measured (default 7)")
    parser.add_argument("--scripts", type=Path, default=REPOSITORY / "lua" / "rate-limiter", metavar="DIR",
                        help="where the rate limiter's Lua scripts are (default lua/rate-limiter)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the markers of this Markdown page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement there")
    options = parser.parse_args()

    if platform.system() != "Linux":
        parser.error("CPU times come from /proc: this needs Linux")
    if not 1 <= options.seconds <= 600 or not 1 <= options.rounds <= 100:
        parser.error("--seconds is 1 to 600, --rounds 1 to 100")
    for name in options.only:
        for option in BENCHMARKS[name][1]:
            path = getattr(options, option)
            if path is None or not os.access(path, os.X_OK):
                parser.error(f"{name} needs --{option.replace('_', '-')} with the path of an executable")
            setattr(options, option, path.resolve())
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where Debian keeps nginx
    missing = {program for name in options.only for program in BENCHMARKS[name][2] if not shutil.which(program)}
    if missing:
        parser.error(f"not installed: {', '.join(sorted(missing))}. On Debian: apt-get install {DEBIAN_PACKAGES}")
    if options.stream_framework:
        options.stream_framework = options.stream_framework.absolute()  # a link, which says where its packages are
    options.scripts = options.scripts.resolve()
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `with` blocks stop what they started
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
