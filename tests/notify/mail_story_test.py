#!/usr/bin/env python3
"""Letters, told to the real program: at least once, whoever is killed and whenever.

mail_story_test.py BINARY [sqlite|postgres]
"""
import email
import email.policy
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from aiosmtpd.controller import Controller

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
BIN, ENGINE = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
os.environ["ANLAN_BIN"] = BIN
from server import Person, Server, free_port  # noqa: E402

PATIENCE = 120  # seconds, on a slow machine with a sanitized program
SECRET = "not-in-any-log-4711"


class Box:
    """What arrived, and what is done at the moment it does."""
    def __init__(self):
        self.letters, self.at_arrival, self.come = [], None, threading.Condition()

    async def handle_DATA(self, server, session, envelope):
        with self.come:
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            act, self.at_arrival = self.at_arrival, None
            self.come.notify_all()
        if act:
            act()
            return "451 never read"
        return "250 taken"

    def wait(self, count):
        with self.come:
            assert self.come.wait_for(lambda: len(self.letters) >= count, PATIENCE), f"{len(self.letters)} letters came"


def database():
    base = os.environ["ANLAN_TEST_PG"]
    name = f"mail_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return base.rsplit("/", 1)[0] + "/" + name


class Place:
    def __init__(self):
        self.box, self.port = Box(), free_port()
        self.server = Server(database() if ENGINE == "postgres" else None)
        secret = os.path.join(self.server.folder, "password")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(SECRET + "\n")
        self.key = {name: self.server.key(name) for name in ("xujing", "zhenghaisheng", "sysadmin")}
        os.environ.update(ANLAN_SMTP_URL=f"smtp://127.0.0.1:{self.port}", ANLAN_SMTP_FROM="anlan@example.cn",
                          ANLAN_MAIL_GATHER="0", ANLAN_PUBLIC_URL="https://anlan.example.cn")
        self.mail = None
        self.mail_on()
        self.server.start()

    def person(self, name):
        return Person(self.server, self.key[name])

    def mail_on(self):
        self.mail = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self.mail.start()

    def mail_off(self):
        self.mail.stop()

    def assign(self):
        office = self.person("xujing")
        firm = office.get("/api/v1/enterprises?q=澜北禾川").json["items"][0]["id"]
        officer = office.get("/api/v1/accounts?q=郑海生").json["items"][0]["id"]
        today = office.get("/api/v1/me").json["server_day"]
        h = office.post("/api/v1/hazards", {"description": "信里不写的标题", "object": firm, "found_on": today, "source": "grid"}).json
        h = office.move(h, "classify", {"level": "general"}).json
        r = office.move(h, "assign", {"measures": "改", "funds": 0, "due": today, "contingency": "停", "responsible": officer})
        assert r.status == 200, r.body
        return r.json

    def state(self):
        return self.person("sysadmin").get("/api/v1/mails").json

    def done(self):
        self.server.done()
        self.mail.stop()


def text(letter):
    return letter.get_content()


def letters_of(box, since):
    return box.letters[since:]


def an_address_and_a_cause_are_enough_to_get_a_letter(p):
    who = p.person("zhenghaisheng")
    me = who.get("/api/v1/me/notice-settings").json
    assert me["posted"] is True and me["address"] is None, me
    # a key may not settle it; the person at a page does
    assert who.ask("PUT", "/api/v1/me/notice-settings", {"address": "zheng@example.cn", "causes": ["assigned"]}).status == 403
    jar = p.server
    accounts = json.load(open(os.path.join(jar.folder, "demo-accounts.json")))
    password = next(a["password"] for a in accounts if a["name"] == "zhenghaisheng")
    page = Person(p.server, None)
    signed = page.post("/api/v1/session", {"name": "zhenghaisheng", "password": password})
    cookie = signed.headers["Set-Cookie"].split(";")[0]
    r = page.ask("PUT", "/api/v1/me/notice-settings", {"address": "zheng@example.cn", "causes": ["assigned"], "language": "zh"},
                 Cookie=cookie, Origin=f"http://127.0.0.1:{p.server.port}")
    assert r.status == 200, r.body
    p.assign()
    p.box.wait(1)
    body = text(p.box.letters[0])
    assert "交给您整改：隐患 2" in body and "https://anlan.example.cn/hazards/" in body, body
    assert "标题" not in body and "郑海生" not in body, body


def killed_between_send_and_mark_it_comes_again_under_the_same_message_id(p):
    since = len(p.box.letters)
    died = threading.Event()

    def kill():
        os.kill(p.server.process.pid, signal.SIGKILL)
        died.set()

    p.box.at_arrival = kill
    p.assign()
    p.box.wait(since + 1)
    assert died.wait(PATIENCE)
    p.server.process.wait(30)
    p.server.process = None
    p.server.start()
    p.box.wait(since + 2)
    a, b = letters_of(p.box, since)[:2]
    assert a["Message-ID"] == b["Message-ID"], (a["Message-ID"], b["Message-ID"])
    assert text(a) == text(b)
    time.sleep(8)  # more than a round: it is marked now
    assert len(letters_of(p.box, since)) == 2


def a_server_away_loses_nothing(p):
    since = len(p.box.letters)
    p.mail_off()
    p.assign()
    for _ in range(PATIENCE):
        if p.state()["waiting"] >= 1:
            break
        time.sleep(1)
    else:
        raise AssertionError(p.state())
    assert p.server.stop() == 0
    p.mail_on()
    p.server.start()
    p.box.wait(since + 1)


def the_outbox_shows_neither_address_nor_contents_and_the_log_no_secret(p):
    said = p.person("sysadmin").get("/api/v1/mails?state=sent")
    assert said.status == 200 and said.json["items"], said.body
    assert b"zheng@example.cn" not in said.body and b"anlan.example.cn" not in said.body, said.body
    assert p.person("xujing").get("/api/v1/mails").status == 403
    os.environ.update(ANLAN_SMTP_USER="anlan", ANLAN_SMTP_PASSWORD_FILE=os.path.join(p.server.folder, "password"))
    assert p.server.stop() == 0
    p.server.start()
    p.assign()
    time.sleep(8)
    assert p.server.stop() == 0
    with open(os.path.join(p.server.folder, "log"), encoding="utf-8") as log:
        words = log.read()
    assert SECRET not in words and "zheng@example.cn" not in words, words
    os.chmod(os.path.join(p.server.folder, "password"), 0o644)
    refused = subprocess.run([BIN, "serve", "--data", p.server.folder, "--listen", "127.0.0.1:0", *p.server.db],
                             capture_output=True, text=True, timeout=60, env=dict(os.environ, LANG="en"))
    assert refused.returncode == 2 and "chmod 600" in refused.stderr, refused.stderr


STORIES = [
    an_address_and_a_cause_are_enough_to_get_a_letter,
    killed_between_send_and_mark_it_comes_again_under_the_same_message_id,
    a_server_away_loses_nothing,
    the_outbox_shows_neither_address_nor_contents_and_the_log_no_secret,
]


def main():
    place, passed, failed = Place(), 0, 0
    try:
        for story in STORIES:
            name = f"{story.__name__.replace('_', ' ')} ({ENGINE})"
            try:
                story(place)
                passed += 1
                print(f"[       OK ] {name}", flush=True)
            except Exception as e:
                failed += 1
                print(f"[  FAILED  ] {name}\n        {type(e).__name__}: {str(e)[:1500]}", flush=True)
    finally:
        place.done()
    return 0 if passed and not failed else 1


sys.exit(main())
