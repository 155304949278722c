"""The harness itself: what it counts is what was used, and what it must refuse it refuses.

`python3 -m unittest discover -s Benchmarks/tests -t Benchmarks`
"""

import http.server
import json
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figures import feeds, link_targets, links
from figures.link_tallies import STREAM, CreatedLinks, Visits
from harness import answers, cpu, load, redis_benchmark, report, wrk
from harness.answers import difference
from harness.clients import Clients
from harness.client import Client
from harness.errors import InvalidRun
from harness.expectations import Check, CreatedLink, FeedPage, Redirect
from harness.figure import Bound, Figure, Spread
from harness.measurement import Counters, Target, check_tally
from harness.program import Program
from harness.redis import RedisConnection, RedisServer
from harness.redis_monitor import RedisMonitor

# Uses half a second of CPU in two threads, and half a second in a child of which the last tenth comes after a child of its own
# has ended; says so, and stays.
BUSY = """
import subprocess, sys, threading, time
def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
threads = [threading.Thread(target=burn, args=(0.25,)) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
if len(sys.argv) == 1:
    child = subprocess.Popen([sys.executable, __file__, "child"], stdout=subprocess.PIPE)
    child.stdout.readline()
print("done", flush=True)
time.sleep(60)
"""


class Busy(Program):
    def __init__(self, directory: Path):
        (directory / "busy.py").write_text(BUSY)
        super().__init__("busy", [sys.executable, str(directory / "busy.py")], directory)

    def is_ready(self) -> bool:
        return (self.directory / "stdout").read_text() == "done\n"


@contextmanager
def served(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """Where requests are answered by `handler`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # wrk leaves in the middle
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class CPUTime(unittest.TestCase):
    def test_covers_threads_and_descendants(self):
        with tempfile.TemporaryDirectory() as directory, Busy(Path(directory)) as busy:
            self.assertEqual(len(cpu.process_tree(busy.process.pid)), 2)
            # Each of the two interpreters also has to start.
            self.assertGreaterEqual(busy.cpu_seconds(), 0.98)
            self.assertLess(busy.cpu_seconds(), 1.4)
            settled = busy.cpu_seconds()
            time.sleep(0.2)
            self.assertLessEqual(busy.cpu_seconds() - settled, 0.02)

    def test_machine_counts_what_a_process_used(self):
        before = cpu.machine_seconds()
        subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)
        self.assertGreaterEqual(cpu.machine_seconds() - before, 0.45)


class Redis(unittest.TestCase):
    def test_commands_of_the_harness_are_not_counted(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            target = Target("", redis, redis)
            before = Counters.of(target)
            self.assertEqual((Counters.of(target) - before).commands, 0)
            with RedisConnection(redis.socket) as connection:
                self.assertEqual(connection.pipeline(("SET", f"key:{number}", "x") for number in range(1_234)), 1_234)
            self.assertEqual((Counters.of(target) - before).commands, 1_234)

    def test_an_error_is_not_taken_for_a_reply(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            with RedisConnection(redis.socket) as connection, self.assertRaises(InvalidRun):
                connection.pipeline([("SET", "a", "b"), ("LPUSH", "a", "c")])


class CheckAnswers(unittest.TestCase):
    HEADERS = {"RateLimit-Policy": '"p";q=5;w=60', "RateLimit": '"p";r=0;t=60', "Retry-After": "12"}
    BODY = (b'{"allowed":false,"policy":"p","limit":5,"remaining":0,"retryAfterMs":11001,"resetAfterMs":60000,'
            b'"decidedBy":"memory"}')
    REFUSED = Check("p", allowed=False, decided_by=("redis", "memory"))

    def test_the_right_answer_passes(self):
        self.assertIsNone(difference(429, self.HEADERS, self.BODY, self.REFUSED))

    def test_every_wrong_one_does_not(self):
        without = {name: {key: value for key, value in self.HEADERS.items() if key != name} for name in self.HEADERS}
        wrong = [
            (200, self.HEADERS, self.BODY), (503, self.HEADERS, self.BODY),
            *[(429, headers, self.BODY) for headers in without.values()],
            (429, {**self.HEADERS, "Retry-After": "0"}, self.BODY),
            (429, self.HEADERS, b""), (429, self.HEADERS, b"[]"), (429, self.HEADERS, b"{}"),
            (429, self.HEADERS, self.BODY.replace(b"false", b"true")),
            (429, self.HEADERS, self.BODY.replace(b'"memory"', b'"failure-rule"')),
        ]
        for status, headers, body in wrong:
            self.assertIsNotNone(difference(status, headers, body, self.REFUSED), (status, headers, body))


class LinkAnswers(unittest.TestCase):
    REDIRECT = {"Location": "https://example.org/a", "Cache-Control": "no-store", "Date": "Sat, 21 Nov 2026 09:15:00 GMT"}
    CREATED = {"Location": "http://127.0.0.1:1/aB3xY9"}
    BODY = b'{"id":"aB3xY9","shortUrl":"http://127.0.0.1:1/aB3xY9","url":"https://example.org/a"}'

    def test_the_right_redirect_passes_and_every_wrong_one_does_not(self):
        expected = Redirect("https://example.org/a")
        self.assertIsNone(difference(302, self.REDIRECT, b"", expected))
        for name in self.REDIRECT:
            without = {key: value for key, value in self.REDIRECT.items() if key != name}
            self.assertIsNotNone(difference(302, without, b"", expected), name)
        for status, changes in [(301, {}), (200, {}), (404, {}), (302, {"Location": "https://example.org/b"}),
                                (302, {"Cache-Control": "public, max-age=60"})]:
            self.assertIsNotNone(difference(status, self.REDIRECT | changes, b"", expected), (status, changes))

    def test_the_right_creation_passes_and_every_wrong_one_does_not(self):
        expected = CreatedLink("https://example.org/a")
        self.assertIsNone(difference(201, self.CREATED, self.BODY, expected))
        for status, headers, body in [
            (200, self.CREATED, self.BODY), (201, {}, self.BODY), (201, self.CREATED, b""), (201, self.CREATED, b"[]"),
            (201, self.CREATED, b"{}"), (201, self.CREATED, self.BODY.replace(b"org/a", b"org/b")),
            (201, self.CREATED, self.BODY.replace(b'"id":"aB3xY9"', b'"id":"aB3xY8"')),
            (201, self.CREATED, self.BODY.replace(b'"id":"aB3xY9"', b'"id":7')),
        ]:
            self.assertIsNotNone(difference(status, headers, body, expected), (status, headers, body))


class FeedAnswers(unittest.TestCase):
    PAGE = FeedPage(frozenset(["ann", "bob"]), items=3)
    PLACES = [("2026-11-21T10:00:00.002Z", "0c"), ("2026-11-21T10:00:00.002Z", "0b"), ("2026-11-21T10:00:00.001Z", "0z")]

    def posts(self) -> list[dict]:
        return [{"id": id, "author": "bob", "text": "", "mediaUrls": [], "createdAt": moment, "likes": 0, "comments": 0,
                 "liked": False} for moment, id in self.PLACES]

    def difference(self, items: object, cursor: object = "next") -> str | None:
        return difference(200, {}, json.dumps({"items": items, "nextCursor": cursor}).encode(), self.PAGE)

    def test_the_right_page_passes(self):
        self.assertIsNone(self.difference(self.posts()))

    def test_every_wrong_one_does_not(self):
        posts = self.posts()
        without = {name: value for name, value in posts[0].items() if name != "liked"}
        wrong = [None, [], posts[:2], [*posts, posts[2]], posts[::-1], [posts[0], posts[0], posts[1]], [without, *posts[1:]],
                 [{**posts[0], "author": "eve"}, *posts[1:]]]
        for items in wrong:
            self.assertIsNotNone(self.difference(items), items)
        self.assertIsNotNone(self.difference(posts, cursor=None))
        self.assertIsNotNone(difference(503, {}, json.dumps({"items": posts, "nextCursor": "next"}).encode(), self.PAGE))


class Timelines(unittest.TestCase):
    def test_entries_are_counted_where_they_are(self):
        followers = [f"{number:012}" for number in range(feeds.FOLLOWERS)]
        with tempfile.TemporaryDirectory() as directory, feeds.redis(Path(directory)) as redis:
            with RedisConnection(redis.socket) as connection:
                connection.command("ZADD", "news-feed:{author}:followers", *[part for name in followers for part in (1, name)])
                connection.command("ZADD", "news-feed:{author}:posts", 0, "a", 0, "b", 0, "older")
                connection.pipeline(("ZADD", f"news-feed:{{{name}}}:timeline", 0, "a", 0, "b", 0, "x") for name in followers)
                self.assertEqual(connection.command("EVAL", feeds.SUM_LENGTHS, 0, "author"), 3 * feeds.FOLLOWERS)
                feeds.check_entries(redis, 2)
                with self.assertRaises(InvalidRun):
                    feeds.check_entries(redis, 4)
                connection.command("ZREM", f"news-feed:{{{followers[1234]}}}:timeline", "b")
                feeds.check_entries(redis, 1)
                with self.assertRaises(InvalidRun):
                    feeds.check_entries(redis, 2)


class AskingClients(unittest.TestCase):
    def test_an_answer_of_another_status_is_no_answer(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])) + self.headers["X-User-ID"].encode()
                self.send_response(202)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        with served(Handler) as url, Client(url) as client:
            self.assertEqual(client.ask("7", "POST", "/", 1, status=202), 17)
            with self.assertRaises(InvalidRun):
                client.ask("7", "POST", "/", 1, status=201)


class Samples(unittest.TestCase):
    def test_each_is_held_against_its_own_expectation(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(302)
                for name, value in {"Location": f"https://example.org{self.path}", "Cache-Control": "no-store",
                                    "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        def sample(path: str, location: str) -> answers.Sample:
            return answers.Sample(answers.Request(path), Redirect(location))

        right = [sample("/a", "https://example.org/a"), sample("/b", "https://example.org/b")]
        with served(Handler) as url:
            with answers.Sampling(url, right) as sampling:
                time.sleep(4 * sampling.INTERVAL)
            self.assertGreaterEqual(sampling.answered, 2)
            with self.assertRaises(InvalidRun), answers.Sampling(url, [right[0], sample("/b", "https://example.org/a")]):
                time.sleep(4 * answers.Sampling.INTERVAL)


class LinksInRedis(unittest.TestCase):
    def test_are_written_as_the_service_writes_them(self):
        self.assertEqual(links.record("https://example.org/a", 1_700_000_000_000), "1 1700000000000 0 0 -\nhttps://example.org/a")
        self.assertEqual(links.key("aB3xY9"), "url-shortener:link:{aB3xY9}")

    def test_have_urls_and_codes_of_one_length_and_no_two_the_same(self):
        for text, length in [(links.url, links.URL_LENGTH), (links.code, 6)]:
            texts = [text(number) for number in [*range(1_000), *range(links.MANY - 1_000, links.MANY)]]
            self.assertEqual({len(text) for text in texts}, {length})
            self.assertEqual(len(set(texts)), len(texts))


class LoadScripts(unittest.TestCase):
    def test_follow_one_link(self):
        requests = self.requests("/aB3xY9", "follow.lua")
        self.assertEqual(set(requests), {("GET", "/aB3xY9", b"")})

    def test_follow_links_at_random_other_ones_in_each_run(self):
        codes = {f"/{links.code(number)}" for number in range(2_000)}
        runs = [self.requests("/", "follow.lua", 2_000) for _ in range(2)]
        for requests in runs:
            self.assertLessEqual({path for _, path, _ in requests}, codes)
            self.assertGreater(len(set(requests)), len(requests[:100]) / 2)
        self.assertNotEqual(runs[0][:50], runs[1][:50])

    def test_create_links(self):
        requests = self.requests("/shorten", "create.lua", links.url(7))
        for method, path, body in set(requests):
            self.assertEqual((method, path, json.loads(body)), ("POST", "/shorten", {"url": links.url(7)}))

    def requests(self, path: str, script: str, *arguments: object) -> list[tuple[str, str, bytes]]:
        """What wrk asks for."""
        received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                received.append((self.command, self.path, body))
                self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

            do_POST = do_GET

        with served(Handler) as url:
            wrk.run(wrk.command(link_targets.FILES / script, url + path, arguments, 1), 1)
        return received


class Tallies(unittest.TestCase):
    def test_add_up_the_visits_of_all_links(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            with RedisConnection(redis.socket) as connection:
                for number in range(3_000):
                    key = f"url-shortener:{{{links.code(number)}}}:statistics"
                    connection.command("HSET", key, "batch", "1-0", "last", 1_700_000_000_000, "day:2026-11-21", 2, "botVisits", 1)
                    connection.command("SET", links.key(links.code(number)), "x")
            self.assertEqual(Visits(redis).count(), 9_000)
            self.assertEqual(CreatedLinks(redis).count(), 3_000)

    def test_wait_until_no_visit_is_left_in_the_stream(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            with RedisConnection(redis.socket) as connection:
                connection.command("XADD", STREAM, "*", "a", "b")
            deletion = threading.Timer(0.5, self.delete_stream, [redis])
            deletion.start()
            self.assertGreaterEqual(Visits(redis).settle(), 0.4)
            deletion.join()
            self.assertEqual(Visits(redis).settle(), 0)

    @staticmethod
    def delete_stream(redis: RedisServer):
        with RedisConnection(redis.socket) as connection:
            connection.command("DEL", STREAM)

    def test_may_hold_what_was_under_way_and_no_less_than_what_was_answered(self):
        for tallied in (1_000, 1_064, 1_128):
            check_tally(1_000, tallied)
        for tallied in (0, 999, 1_129, 2_000):
            with self.assertRaises(InvalidRun):
                check_tally(1_000, tallied)


class Monitors(unittest.TestCase):
    def test_count_what_clients_send_about_something(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            with RedisMonitor(redis.socket, "g0") as monitor, RedisConnection(redis.socket) as connection:
                connection.pipeline(("SET", f"a{number}", "[0 lua] g0") for number in range(1_000))
                connection.pipeline(("SET", f"a{number}", "g1") for number in range(1_000))
                connection.command("EVAL", "for number = 1, 7 do redis.call('SET', KEYS[1], 'g0') end", 1, "b")
            self.assertEqual(monitor.commands, 1_001)


class LoadingClients(unittest.TestCase):
    def clients(self, directory: str, program: str) -> Clients:
        return Clients([sys.executable, "-uc", program], Path(directory), deadline=20)

    def test_are_spoken_with_line_by_line(self):
        with tempfile.TemporaryDirectory() as directory:
            program = "print('{\"ready\":true}')\nwhile __import__('sys').stdin.readline(): print('{\"number\":7}')"
            with self.clients(directory, program) as clients:
                for _ in range(3):
                    clients.go()
                    self.assertEqual(clients.read("number"), {"number": 7})

    def test_that_say_something_else_or_fail_are_invalid(self):
        ready = "print('{\"ready\":true}')\n"
        for program in ["print('no')", "", ready, ready + "print('{}')", ready + "print('{\"number\":\"x\"}')"]:
            with tempfile.TemporaryDirectory() as directory, self.assertRaises(InvalidRun):
                with self.clients(directory, program) as clients:
                    clients.read("number")
        with tempfile.TemporaryDirectory() as directory, self.assertRaises(InvalidRun) as raised:
            with self.clients(directory, ready + "raise SystemExit('a message came twice')"):
                pass
        self.assertIn("twice", str(raised.exception))


class Loads(unittest.TestCase):
    def test_count_what_is_used_meanwhile_and_nothing_before(self):
        program = "import time\nprint('{\"ready\":1}')\ntime.sleep(0.5)\nprint('{\"done\":7}')"
        with tempfile.TemporaryDirectory() as directory, Busy(Path(directory)) as busy, \
                RedisServer(Path(directory) / "redis") as redis:
            loaded = load.run([sys.executable, "-uc", program], Path(directory) / "load", busy, redis, ["done"], deadline=30)
        self.assertEqual(loaded.figures, {"done": 7})
        self.assertGreater(loaded.seconds, 0.4)
        self.assertLess(loaded.service_cores + loaded.redis_cores, 0.5)


class Output(unittest.TestCase):
    def test_wrk_figures_are_read(self):
        load = wrk.parsed('Running 1s test\n{"requests":10,"seconds":2.0,"statuses_over_399":1,"socket_errors":0,"bytes":5,'
                          '"median_microseconds":1.0,"p99_microseconds":2.0}\n')
        self.assertEqual((load.requests, load.requests_per_second, load.statuses_over_399), (10, 5.0, 1))

    def test_wrk_says_what_its_script_prints(self):
        load = wrk.Load(requests=7, seconds=0.5, statuses_over_399=2, socket_errors=10, bytes=99, median_microseconds=1.5,
                        p99_microseconds=9.5)
        with tempfile.TemporaryDirectory() as directory:
            script = Path(directory) / "figures.lua"
            script.write_text(
                f"dofile('{Path(wrk.__file__).with_suffix('.lua')}')\n"
                "done({requests=7, duration=5e5, bytes=99, errors={status=2, connect=1, read=2, write=3, timeout=4}},"
                " {percentile=function(_, share) return share == 50 and 1.5 or 9.5 end})\nos.exit(0)")
            said = subprocess.run(wrk.command(script, "http://127.0.0.1:1/", (), 1), capture_output=True, text=True)
            self.assertEqual(wrk.parsed(said.stdout), load)

    def test_redis_benchmark_figures_are_read(self):
        output = ('"test","rps","avg_latency_ms"\n"SET","370370.38","0.159"\n')
        self.assertEqual(redis_benchmark.rate(output, "set"), 370_370.38)
        for wrong in ["", output.replace("SET", "GET"), "Could not connect"]:
            with self.assertRaises(InvalidRun):
                redis_benchmark.rate(wrong, "set")

    def test_redis_benchmark_figures_of_a_command_are_read(self):
        with tempfile.TemporaryDirectory() as directory, RedisServer(Path(directory)) as redis:
            command = ["redis-benchmark", "-s", str(redis.socket), "-n", "10", "--csv", "ZADD", "a:{__rand_int__}", "0", "b"]
            output = subprocess.run(command, capture_output=True, text=True).stdout
        self.assertGreater(redis_benchmark.rate(output, "ZADD a:{__rand_int__} 0 b"), 0)
        with self.assertRaises(InvalidRun):
            redis_benchmark.rate(output, "ZADD a:{__rand_int__} 0 c")

    def test_what_was_not_measured_is_neither_reached_nor_missed(self):
        figure = Figure("Speed", "1/s", "", None, "x", Bound("at least", 20))
        self.assertIsNone(figure.reached)
        self.assertIn("not measured", report.terminal_table([figure]))
        self.assertEqual(report.verdict([figure]), "Every figure that was measured reached what it must.")

    def test_wrk_without_answers_is_invalid(self):
        for output in ["", "unable to connect", '{"requests":0,"seconds":2.0,"statuses_over_399":0,"socket_errors":0,"bytes":0,'
                       '"median_microseconds":0,"p99_microseconds":0}']:
            with self.assertRaises(InvalidRun):
                wrk.parsed(output)

    def test_ratios_are_made_pair_by_pair(self):
        # The median of the ratios: not the ratio of the medians, which is 1.
        self.assertEqual(Spread.of_ratios([10, 20, 30], [20, 10, 30]), Spread(1.0, 0.5, 2.0))
        self.assertEqual(Spread.of_ratios([30, 20, 60], [10, 20, 20]).median, 3)

    def test_a_miss_is_said_in_words(self):
        figure = Figure("Speed", "1/s", "2/s", Spread(1.249, 1.2, 1.3), "x", Bound("at least", 1.25))
        self.assertFalse(figure.reached)
        self.assertEqual(report.verdict([figure]), "Missed: Speed, 1.249x (1.200 to 1.300) where at least 1.25x is wanted.")

    def test_only_what_is_between_the_markers_changes(self):
        with tempfile.TemporaryDirectory() as directory:
            page = Path(directory) / "docs" / "page.md"
            report.write(page, "first")
            page.write_text("# Mine\n\n" + page.read_text() + "\nafter\n")
            report.write(page, "second")
            self.assertIn("second", page.read_text())
            self.assertNotIn("first", page.read_text())
            self.assertTrue(page.read_text().startswith("# Mine\n") and page.read_text().endswith("\nafter\n"))
            page.write_text("no markers")
            with self.assertRaises(ValueError):
                report.write(page, "third")


if __name__ == "__main__":
    unittest.main()
