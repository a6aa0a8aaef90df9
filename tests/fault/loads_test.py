#!/usr/bin/env python3
"""Under load things break: the program is killed, the database goes away, clients are slow or send far too much. After
each: nothing acknowledged is lost, history equals versions, and the server serves on.

loads_test.py BINARY [sqlite|postgres]     PostgreSQL: a server of its own, because it is killed and restarted
"""
import glob
import http.client
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

os.environ["ANLAN_BIN"] = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "story"))
from server import Person, Server  # noqa: E402

ENGINE = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
WRITERS, TODAY = 200, "2026-01-05"
PG = os.path.join(HERE, "..", "..", "tools", "pg-server")


def same(a, b, *what):
    assert a == b, (a, b, *what)


class Writers:
    """Two hundred people who report and change hazards until told to stop; what each was told is kept."""

    def __init__(self, server, key, firm, count=WRITERS):
        self.server, self.key, self.firm = server, key, firm
        self.told, self.statuses, self.without_retry = {}, {}, []
        self.lock, self.over = threading.Lock(), threading.Event()
        threading.stack_size(512 << 10)
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(count)]
        for t in self.threads:
            t.start()

    def note(self, r):
        with self.lock:
            self.statuses[r.status] = self.statuses.get(r.status, 0) + 1
            if r.status == 503 and not r.headers.get("Retry-After"):
                self.without_retry.append(r.body[:200])

    def work(self, number):
        person = Person(self.server, self.key)
        while not self.over.is_set():
            try:
                r = person.post("/api/v1/hazards", {"description": f"写入 {number}", "object": self.firm, "found_on": TODAY,
                                                    "source": "self"})
                self.note(r)
                if r.status != 201:
                    time.sleep(0.1)
                    continue
                i = r.json["id"]
                with self.lock:
                    self.told[i] = 1
                r = person.patch(f"/api/v1/hazards/{i}", {"location": f"{number}"}, 1)
                self.note(r)
                if r.status == 200:
                    with self.lock:
                        self.told[i] = 2
            except (OSError, http.client.HTTPException):  # cut off in the middle: nothing was promised
                person.connection = None
                time.sleep(0.1)

    def await_told(self, more):
        want = len(self.told) + more
        for _ in range(1200):
            if len(self.told) >= want:
                return
            time.sleep(0.1)
        raise AssertionError(("too few are told", len(self.told), want, self.statuses))

    def end(self):
        self.over.set()
        for t in self.threads:
            t.join()


def whole(server, key, told, most=200):
    """Everything that was told is there, and each record has as many versions as entries of history."""
    reader = Person(server, key)
    for i, version in random.sample(sorted(told.items()), min(most, len(told))):
        record = reader.get(f"/api/v1/hazards/{i}")
        assert record.status == 200 and record.json["version"] >= version, (i, version, record.status, record.body[:200])
        history = reader.get(f"/api/v1/hazards/{i}/history").json["items"]
        same([x["version"] for x in history], list(range(record.json["version"], 0, -1)), i)
    done = subprocess.run([sys.argv[1], "check", "--data", server.folder, *server.db], capture_output=True, text=True,
                          env={**os.environ, "LANG": "C.UTF-8"})
    same(done.returncode, 0, done.stdout[-300:], done.stderr[-600:])
    assert done.stdout.endswith("faults=0\n"), done.stdout[-300:]


def killed_under_two_hundred_writers_loses_nothing_acknowledged(p):
    writers = Writers(p.server, p.key, p.firm)
    try:
        for _ in range(3):
            writers.await_told(80)
            time.sleep(random.random() / 2)
            port = p.server.port
            p.server.stop(signal.SIGKILL)
            p.server.start(port=port)
    finally:
        writers.end()
    same(set(writers.statuses) - {200, 201, 412, 503}, set(), writers.statuses)
    whole(p.server, p.key, writers.told)


def a_database_that_goes_and_comes_back_is_told_with_503_and_found_again(p):
    writers = Writers(p.server, p.key, p.firm, 60)
    try:
        writers.await_told(100)
        before = p.server.process.pid
        p.pg("stop", "immediate")
        for _ in range(300):
            if writers.statuses.get(503, 0) >= 20:
                break
            time.sleep(0.1)
        reader = Person(p.server, p.key)
        reply = reader.get("/readyz")
        same((reply.status, reply.body), (503, b"store\n"))
        same(reader.get("/healthz").status, 200)
        reply = reader.get("/api/v1/hazards?limit=1")
        same((reply.status, bool(reply.headers.get("Retry-After"))), (503, True), reply.body[:300])
        p.pg("start")
        writers.await_told(100)
    finally:
        writers.end()
    same(writers.without_retry[:3], [], "each 503 says when to come back")
    assert writers.statuses.get(503, 0) >= 20, writers.statuses
    same(set(writers.statuses) - {200, 201, 412, 503}, set(), writers.statuses)
    same(p.server.process.pid, before, "the same process serves on")
    same(Person(p.server, p.key).get("/readyz").status, 200)
    whole(p.server, p.key, writers.told)


def slow_clients_hold_nobody_up(p):
    asked = f"Host: x\r\nAuthorization: Bearer {p.key}\r\n"
    heads, bodies, deaf, streams = [], [], [], []
    for _ in range(300):  # a head that never ends
        s = socket.create_connection(("127.0.0.1", p.server.port))
        s.sendall(b"GET /api/v1/hazards HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        heads.append(s)
    for _ in range(100):  # a body that comes a byte at a time
        s = socket.create_connection(("127.0.0.1", p.server.port))
        s.sendall(f"POST /api/v1/hazards HTTP/1.1\r\n{asked}Content-Type: application/json\r\nContent-Length: 800\r\n\r\n{{".encode())
        bodies.append(s)
    for _ in range(10):  # a great export nobody takes
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", p.server.port))
        s.sendall(f"GET /api/v1/hazards/export HTTP/1.1\r\n{asked}\r\n".encode())
        deaf.append(s)
    for _ in range(100):  # event streams nobody reads
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", p.server.port))
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\n{asked}\r\n".encode())
        streams.append(s)
    for n in range(10):
        for s in heads + bodies:
            try:
                s.sendall(b"x")
            except OSError:
                pass
        who = Person(p.server, p.key)
        began = time.monotonic()
        made = who.post("/api/v1/hazards", {"description": f"有人很慢 {n}", "object": p.firm, "found_on": TODAY, "source": "self"})
        same(made.status, 201, made.body[:300])
        same(who.get("/api/v1/hazards?limit=20").status, 200)
        assert time.monotonic() - began < 45, "somebody waited for them"
    kept = open(f"/proc/{p.server.process.pid}/statm").read().split()
    print(f"        resident with 510 slow clients: {int(kept[1]) * resource.getpagesize() >> 20} MB", flush=True)
    for s in heads + bodies + deaf + streams:
        s.close()


def far_too_much_of_anything_is_refused_by_its_name(p):
    who = Person(p.server, p.key)

    def raw(head, body=b""):
        with socket.create_connection(("127.0.0.1", p.server.port)) as s:
            s.settimeout(30)
            try:
                s.sendall(head.encode() + body)
            except OSError:
                pass
            try:
                return s.recv(65536).split(b"\r\n")[0].decode()
            except OSError as e:
                return f"reset {e}"

    key = f"Host: x\r\nAuthorization: Bearer {p.key}\r\n"
    answer = raw(f"GET /api/v1/hazards HTTP/1.1\r\n{key}X-Long: {'a' * 40000}\r\n\r\n")
    assert " 431 " in answer, answer
    answer = raw(f"GET /api/v1/hazards?q={'a' * 60000} HTTP/1.1\r\n{key}\r\n")
    assert " 414 " in answer or " 431 " in answer, answer
    answer = raw(f"GET /api/v1/hazards?{'&'.join(f'a{n}=1' for n in range(65))} HTTP/1.1\r\n{key}\r\n")
    assert " 400 " in answer, answer
    answer = raw(f"GET /api/v1/hazards HTTP/1.1\r\n{key}" + "".join(f"X-{n}: 1\r\n" for n in range(3000)) + "\r\n")
    assert " 431 " in answer, answer
    answer = raw(f"POST /api/v1/hazards HTTP/1.1\r\n{key}Content-Type: application/json\r\nContent-Length: {2 << 20}\r\n\r\n{{")
    assert " 413 " in answer, answer
    answer = raw(f"POST /api/v1/files?name=a.png HTTP/1.1\r\n{key}Content-Length: {21 << 20}\r\n\r\n")
    assert " 413 " in answer, answer
    deep = who.ask("POST", "/api/v1/hazards", b'{"a":' * 5000 + b"1" + b"}" * 5000, Content_Type="application/json")
    same(deep.status, 400, deep.body[:200])
    long = who.post("/api/v1/hazards", {"description": "长" * 100000, "object": p.firm, "found_on": TODAY, "source": "self"})
    same((long.status, list(long.json["fields"])), (422, ["description"]))
    files = who.post("/api/v1/hazards", {"description": "文件", "object": p.firm, "found_on": TODAY, "source": "self",
                                         "photos": list(range(1, 200))})
    same((files.status, list(files.json["fields"])), (422, ["photos"]), files.body[:300])
    people = who.post("/api/v1/enterprises", {"name": "人太多", "key_people": [{"name": f"人{n}"} for n in range(201)]})
    assert people.status == 422, people.body[:300]
    same(who.get("/api/v1/hazards?limit=201").status, 422)
    same(who.get("/healthz").status, 200)


def a_restart_with_a_smaller_upload_cap_refuses_what_was_taken_before(p):
    p.server.stop()
    p.server.start("--upload-mb", "1")
    who = Person(p.server, p.key)
    with socket.create_connection(("127.0.0.1", p.server.port)) as s:
        s.sendall(f"POST /api/v1/files?name=a.png HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {p.key}\r\nContent-Length: {2 << 20}\r\n\r\n".encode())
        answer = s.recv(65536)
    assert b" 413 " in answer.split(b"\r\n")[0], answer[:200]
    same(who.upload("small.png", os.urandom(900_000)).status, 201)


class Place:
    def __init__(self):
        self.folder, db = None, None
        if ENGINE == "postgres":
            self.folder = tempfile.mktemp(prefix="anlan-loads-pg-")
            db = subprocess.run([PG, "start", self.folder], capture_output=True, text=True, check=True).stdout.strip()
        self.server = Server(db, scale=800)
        self.key = self.server.key("xujing")
        self.server.start("--min-free-mb", "0")
        self.firm = Person(self.server, self.key).get("/api/v1/enterprises?limit=1&q=禾川").json["items"][0]["id"]

    def pg(self, what, mode=None):
        tool = sorted(d for d in glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))[-1]
        words = [tool, "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", *(["-m", mode] if mode else []), what]
        if os.geteuid() == 0:
            words = ["runuser", "-u", "postgres", "--", *words]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def done(self):
        self.server.done()
        if self.folder:
            subprocess.run([PG, "stop", self.folder])


def main():
    failed, place = 0, Place()
    stories = [killed_under_two_hundred_writers_loses_nothing_acknowledged,
               a_database_that_goes_and_comes_back_is_told_with_503_and_found_again, slow_clients_hold_nobody_up,
               far_too_much_of_anything_is_refused_by_its_name,
               a_restart_with_a_smaller_upload_cap_refuses_what_was_taken_before]
    if ENGINE == "sqlite":  # its database is a file of the same process
        stories.remove(a_database_that_goes_and_comes_back_is_told_with_503_and_found_again)
    for story in stories:
        name = f"{story.__name__.replace('_', ' ')} ({ENGINE})"
        began = time.monotonic()
        try:
            story(place)
            print(f"[       OK ] {name}\n        {time.monotonic() - began:.1f} s", flush=True)
        except Exception as e:
            failed += 1
            where = e.__traceback__
            while where.tb_next:
                where = where.tb_next
            print(f"[  FAILED  ] {name}\n        line {where.tb_lineno}: {type(e).__name__}: {str(e)[:1500]}", flush=True)
            with open(os.path.join(place.server.folder, "log")) as log:
                print("".join(line[:400] + "\n" for line in log if "request.failed" in line)[-3000:], flush=True)
    same(place.server.stop(), 0)
    log = open(os.path.join(place.server.folder, "log")).read()
    place.done()
    if "ERROR: " in log or "runtime error" in log:
        print(f"[  FAILED  ] no sanitizer says anything ({ENGINE})\n        {log[-2000:]}")
        failed += 1
    return 1 if failed else 0


sys.exit(main())
