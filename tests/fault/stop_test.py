#!/usr/bin/env python3
"""Told to stop, at any moment and under load: what was acknowledged is there, everybody is answered or cut off, and the
program is gone within seconds with status 0.

stop_test.py BINARY     one line per sentence
"""
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

os.environ["ANLAN_BIN"] = sys.argv[1]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from server import BIN, Person, Server, free_port  # noqa: E402

TODAY = "2026-01-05"
BUDGET = 2.0  # seconds a stop takes at most, on a machine that has the time; sanitizers and neighbours get SLACK more
SLACK = 4.0


def same(a, b, *what):
    assert a == b, (a, b, *what)




def told_while_it_starts_it_ends_as_it_does_later(server):
    lock = os.path.join(server.folder, "lock")
    for number in range(6):
        if os.path.exists(lock):
            os.unlink(lock)
        process = subprocess.Popen([BIN, "serve", "--data", server.folder, "--listen", f"127.0.0.1:{free_port()}"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while not os.path.exists(lock):
            time.sleep(0.001)
        time.sleep(number * 0.02)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)
        same(process.returncode, 0, number, log[-800:])
        assert b'"event":"serve.stop"' in log, log[-800:]


class Writer(threading.Thread):
    def __init__(self, server, key, firm, number):
        super().__init__()
        self.person, self.firm, self.number = Person(server, key), firm, number
        self.made, self.refused, self.unanswered, self.odd = [], 0, 0, []

    def run(self):
        while True:
            try:
                r = self.person.post("/api/v1/hazards", {"description": f"停机前 {self.number}", "object": self.firm,
                                                         "found_on": TODAY, "source": "self"})
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                return
            if r.status == 201:
                self.made.append(r.json["id"])
            elif r.status == 503 and r.headers.get("Retry-After"):
                self.refused += 1
            else:
                self.odd.append((r.status, r.headers, r.body[:300]))
                return


def under_load_what_was_acknowledged_is_there_and_the_stop_is_short(server):
    key = server.key("xujing")
    server.start()
    reader = Person(server, key)
    firm = reader.get("/api/v1/enterprises?limit=1").json["items"][0]["id"]
    streams = []
    for _ in range(20):
        s = socket.create_connection(("127.0.0.1", server.port))
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        streams.append(s)
    half = socket.create_connection(("127.0.0.1", server.port))  # a body that never comes whole
    half.sendall(f"POST /api/v1/hazards HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: "
                 "application/json\r\nContent-Length: 900\r\n\r\n{".encode())
    deaf = socket.create_connection(("127.0.0.1", server.port))  # asks for much and takes nothing
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.sendall((f"GET /api/v1/meta HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n" * 50).encode())
    writers = [Writer(server, key, firm, n) for n in range(60)]
    for w in writers:
        w.start()
    while sum(len(w.made) for w in writers) < 120:
        time.sleep(0.05)
    time.sleep(random.random() / 2)
    began = time.monotonic()
    code = server.stop()
    took = time.monotonic() - began
    for w in writers:
        w.join()
    same(code, 0)
    assert took < BUDGET + SLACK, took
    print(f"        stopped in {took:.2f} s, {sum(w.refused for w in writers)} told to come back", flush=True)
    same([w.odd for w in writers if w.odd], [])
    for s in streams:
        s.settimeout(10)
        text = b""
        while piece := s.recv(65536):
            text += piece
        assert text.endswith(b"0\r\n\r\n"), ("a stream ends as a whole reply", text[-100:])
    server.start()
    reader = Person(server, key)
    for number in [n for w in writers for n in w.made]:
        same(reader.get(f"/api/v1/hazards/{number}").json["version"], 1, number)
    same(server.stop(), 0)
    log = open(os.path.join(server.folder, "log")).read()
    assert "ERROR: " not in log and "runtime error" not in log, log[-3000:]


def main():
    failed = 0
    server = Server()
    for story in (told_while_it_starts_it_ends_as_it_does_later,
                  under_load_what_was_acknowledged_is_there_and_the_stop_is_short):
        name = story.__name__.replace("_", " ")
        try:
            story(server)
            print(f"[       OK ] {name}", flush=True)
        except Exception as e:
            failed += 1
            print(f"[  FAILED  ] {name}\n        {type(e).__name__}: {str(e)[:1500]}", flush=True)
    server.done()
    return 1 if failed else 0


sys.exit(main())
