#!/usr/bin/env python3
"""Stories told to a real server over loopback, on both databases: what a stranger would try.

story_test.py BINARY [sqlite|postgres]     one line per sentence in the form tools/count-tests counts
PostgreSQL: a fresh database in the server of $ANLAN_TEST_PG.
"""
import concurrent.futures
import io
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

os.environ["ANLAN_BIN"] = sys.argv[1]
from server import Person, Server, forms, free_port  # noqa: E402

ENGINE = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
PEOPLE = ["xujing", "wuchengdong", "zhoumingyuan", "hezhicheng", "wanghaitao", "zhenghaisheng", "secadmin", "auditadmin"]
TODAY, LATER = "2026-01-05", "2099-12-31"


def database():
    if ENGINE == "sqlite":
        return None
    base = os.environ["ANLAN_TEST_PG"]
    name = f"story_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return base.rsplit("/", 1)[0] + "/" + name


class World:
    def __init__(self, scale=0):
        self.server = Server(database(), scale)
        self.keys = {name: self.server.key(name) for name in PEOPLE}
        self.server.start()
        for name in PEOPLE:
            setattr(self, name, self.person(name))
        self.firm = self.xujing.get("/api/v1/enterprises?q=禾川").json["items"][0]
        self.officer = self.zhenghaisheng.get("/api/v1/me").json["id"]

    def person(self, name):
        return Person(self.server, self.keys[name])

    def report(self, who=None, text="反应釜压力表失效", **more):
        body = {"description": text, "object": self.firm["id"], "found_on": TODAY, "source": "grid", **more}
        reply = (who or self.hezhicheng).post("/api/v1/hazards", body)
        assert reply.status == 201, reply.body
        return reply.json

    def file(self, who, data=b"\x89PNG proof"):
        return who.upload("proof.png", data).json["id"]

    def fixed(self, who):
        """A hazard that waits for its re-check; `who` has repaired it."""
        h = self.report(self.xujing)
        h = self.xujing.move(h, "classify", {"level": "general"}).json
        return who.move(h, "spot-fix", {"rectification": "已整改", "evidence": [self.file(who)]}).json


FIVE = {"measures": "更换压力表", "funds": 0, "due": LATER, "contingency": "停用反应釜"}


def same(a, b, *what):
    assert a == b, (a, b, *what)


# ---- the loop ----

def a_hazard_goes_round_the_loop_by_three_people(w):
    h = w.report()
    h = w.zhoumingyuan.move(h, "classify", {"level": "general"}).json
    h = w.zhoumingyuan.move(h, "assign", {**FIVE, "responsible": w.officer}).json
    h = w.zhenghaisheng.move(h, "submit", {"rectification": "已换", "evidence": [w.file(w.zhenghaisheng)]}).json
    same(h["state"], "fixed")
    h = w.zhoumingyuan.move(h, "recheck-fail", {"opinion": "指针仍不归零", "due": LATER}).json
    same((h["state"], h["returns"]), ("rectifying", 1))
    h = w.zhenghaisheng.move(h, "submit", {"rectification": "再换", "evidence": [w.file(w.zhenghaisheng)]}).json
    h = w.zhoumingyuan.move(h, "recheck-pass", {"opinion": "已到位"}).json
    same((h["state"], h["moves"]), ("closed", ["look-back", "reopen"]))
    history = w.zhoumingyuan.get(f"/api/v1/hazards/{h['id']}/history").json["items"]
    same([x["move"] for x in history],
         ["recheck-pass", "submit", "recheck-fail", "submit", "assign", "classify", None])
    same(history[0]["actor"]["name"], "周明远")


def each_of_the_five_arrangements_is_asked_for(w):
    h = w.report()
    h = w.zhoumingyuan.move(h, "classify", {"level": "general"}).json
    whole = {**FIVE, "responsible": w.officer}
    for missing in whole:
        body = {k: v for k, v in whole.items() if k != missing}
        reply = w.zhoumingyuan.move(h, "assign", body)
        same((reply.status, list(reply.json["fields"])), (422, [missing]))


def a_major_hazard_needs_its_clause_and_no_quick_fix(w):
    h = w.report()
    reply = w.zhoumingyuan.move(h, "classify", {"level": "major"})
    same((reply.status, list(reply.json["fields"])), (422, ["clause"]))
    h = w.xujing.move(h, "classify", {"level": "major", "clause": "GM-7-7"}).json
    reply = w.xujing.move(h, "spot-fix", {"rectification": "已改", "evidence": [w.file(w.xujing)]})
    same((reply.status, reply.json["code"]), (422, "hazard.major_spot_fix"))


def a_repair_without_new_evidence_is_not_taken(w):
    h = w.report()
    h = w.zhoumingyuan.move(h, "classify", {"level": "general"}).json
    h = w.zhoumingyuan.move(h, "assign", {**FIVE, "responsible": w.officer}).json
    reply = w.zhenghaisheng.move(h, "submit", {"rectification": "已换"})
    same((reply.status, list(reply.json["fields"])), (422, ["evidence"]))


def whoever_repaired_may_not_recheck(w):
    h = w.fixed(w.xujing)
    reply = w.xujing.move(h, "recheck-pass", {"opinion": "自查合格"})
    same((reply.status, reply.json["code"]), (422, "hazard.same_person"))
    assert "复查人不能是整改人" in reply.json["detail"], reply.body
    same(w.xujing.get(f"/api/v1/hazards/{h['id']}").json["version"], h["version"])


def a_state_is_left_only_by_its_moves(w):
    h = w.report(w.xujing)
    allowed = {"found": {"classify"}, "classified": {"assign", "spot-fix"}}
    moves = ["classify", "assign", "spot-fix", "submit", "start", "recheck-pass", "recheck-fail"]
    for state in ("found", "classified"):
        for move in moves:
            if move not in allowed[state]:
                same((w.xujing.move(h, move).status, state, move), (409, state, move))
        if state == "found":
            h = w.xujing.move(h, "classify", {"level": "general"}).json


# ---- writing ----

def a_patch_tells_absent_from_null_from_zero(w):
    h = w.report(w.xujing, location="一层")
    at = f"/api/v1/hazards/{h['id']}"
    same(w.xujing.patch(at, {}, 1).json["version"], 1)
    same(w.xujing.patch(at, {"location": "一层"}, 1).json["version"], 1, "the same value is no change")
    reply = w.xujing.patch(at, {"location": None}, 1)
    same((reply.status, reply.json["location"], reply.json["version"]), (200, None, 2))
    reply = w.xujing.patch(at, {"due": None}, 2)
    same((reply.status, list(reply.json["fields"])), (422, ["due"]))
    reply = w.xujing.patch(at, {"found_on": None, "weather_x": 1, "source": 5}, 2)
    same((reply.status, set(reply.json["fields"])), (422, {"found_on", "weather_x", "source"}))
    e = w.xujing.post("/api/v1/enterprises", {"name": "零值测试厂", "no_code_reason": "new", "region": "990102001001",
                                             "staff": 0, "capital": 0, "insured": False, "floor_area": "0.00"}).json
    same((e["staff"], e["capital"], e["insured"], e["floor_area"]), (0, 0, False, "0.00"))
    e = w.xujing.patch(f"/api/v1/enterprises/{e['id']}", {"staff": None}, 1).json
    same((e["staff"], e["capital"]), (None, 0))


def a_stale_version_shows_the_one_that_stands(w):
    h = w.report(w.xujing)
    at = f"/api/v1/hazards/{h['id']}"
    same(w.xujing.patch(at, {"location": "甲"}, 1).status, 200)
    reply = w.xujing.patch(at, {"location": "乙"}, 1)
    same((reply.status, reply.json["current"]["location"], reply.json["current"]["version"]), (412, "甲", 2))
    same(w.xujing.patch(at, {"location": "乙"}, None).status, 428)


def the_same_request_twice_makes_one_record(w):
    body = {"description": "幂等", "object": w.firm["id"], "found_on": TODAY, "source": "grid"}
    one = w.xujing.post("/api/v1/hazards", body, Idempotency_Key="same-key-01")
    two = w.xujing.post("/api/v1/hazards", body, Idempotency_Key="same-key-01")
    same((two.status, two.json["id"]), (201, one.json["id"]))
    other = w.xujing.post("/api/v1/hazards", {**body, "description": "另一条"}, Idempotency_Key="same-key-01")
    same((other.status, other.json["code"]), (422, "idempotency.differs"))
    people = [w.person("xujing") for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda p: p.post("/api/v1/hazards", body, Idempotency_Key="same-key-02"), people))
    assert all(r.status in (201, 409) for r in replies), [r.status for r in replies]
    same(len({r.json["id"] for r in replies if r.status == 201}), 1)


def of_eight_who_close_one_hazard_exactly_one_succeeds(w):
    for _ in range(3):
        h = w.fixed(w.zhenghaisheng)
        people = [w.person("xujing" if i % 2 else "zhoumingyuan") for i in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            got = sorted(r.status for r in pool.map(lambda p: p.move(h, "recheck-pass", {"opinion": "好"}), people))
        assert got[0] == 200 and all(s in (409, 412) for s in got[1:]), got


def rows_follow_an_enterprise_that_moves(w):
    e = w.xujing.post("/api/v1/enterprises", {"name": "搬迁测试厂", "no_code_reason": "new", "region": "990102001001"}).json
    h = w.xujing.post("/api/v1/hazards", {"description": "搬迁前的隐患丙丁", "object": e["id"], "found_on": TODAY,
                                         "source": "grid"}).json
    same(w.hezhicheng.get(f"/api/v1/hazards/{h['id']}").status, 200)
    same(w.xujing.patch(f"/api/v1/enterprises/{e['id']}", {"region": "990102002001"}, 1).status, 200)
    same(w.hezhicheng.get(f"/api/v1/hazards/{h['id']}").status, 404)
    same(w.wanghaitao.get(f"/api/v1/hazards/{h['id']}").status, 200)
    same(len(w.wanghaitao.get("/api/v1/search?q=丙丁").json["items"]), 1)
    same(w.hezhicheng.get("/api/v1/search?q=丙丁").json["items"], [])


# ---- what is not his ----

def another_town_finds_nothing_by_any_door(w):
    h = w.report(text="南门配电柜甲乙未接地", location="南门")
    file = w.file(w.xujing)
    w.xujing.patch(f"/api/v1/hazards/{h['id']}", {"photos": [file]}, 1)
    b = w.wanghaitao
    for tail in ("", "/history", "/files", f"/files/{file}"):
        own, none = b.get(f"/api/v1/hazards/{h['id']}{tail}"), b.get(f"/api/v1/hazards/99999999{tail}")
        same((own.status, own.body), (404, none.body), tail)
    for ask in ("?q=甲乙", "?count=exact&q=甲乙", "?enterprise.name=澜北禾川精细化工有限公司", f"?object={w.firm['id']}",
                "?region=990102001000", "?region=990102001001"):
        reply = b.get("/api/v1/hazards" + ask)
        same((reply.status, reply.json["items"]), (200, []), ask)
    same(b.get("/api/v1/hazards?count=exact&q=甲乙").json["total"]["count"], 0)
    found = b.get("/api/v1/search?q=甲乙").json["items"]
    same([i for i in found if i["kind"] != "clause"], [])  # standards are everybody's
    assert "甲乙" not in b.get("/api/v1/hazards/export").body.decode()
    for method, path, body in (("PATCH", "", {"location": "x"}), ("DELETE", "", None),
                               ("POST", "/moves/classify", {"level": "general"})):
        own = b.ask(method, f"/api/v1/hazards/{h['id']}{path}", body, If_Match='"1"')
        none = b.ask(method, f"/api/v1/hazards/99999999{path}", body, If_Match='"1"')
        same((own.status, own.body), (none.status, none.body), method, path)
        assert own.status in (403, 404), own.body
    body = {"description": "越界", "found_on": TODAY, "source": "grid"}
    own, none = b.post("/api/v1/hazards", {**body, "object": w.firm["id"]}), b.post("/api/v1/hazards", {**body, "object": 99999999})
    same((own.status, own.body), (422, none.body))
    cursor = w.xujing.get("/api/v1/hazards?limit=1").json["next"]
    same(b.get(f"/api/v1/hazards?limit=1&after={cursor}").status, 422, "a cursor belongs to its reader")


def events_reach_only_those_who_may_read(w):
    def listen(person, out):
        s = socket.create_connection(("127.0.0.1", w.server.port))
        s.settimeout(3)
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.key}\r\n\r\n".encode())
        try:
            while True:
                piece = s.recv(4096)
                if not piece:
                    break
                out.append(piece)
        except socket.timeout:
            pass
        s.close()

    mine, theirs = [], []
    threads = [threading.Thread(target=listen, args=a) for a in ((w.hezhicheng, mine), (w.wanghaitao, theirs))]
    for t in threads:
        t.start()
    time.sleep(0.5)
    h = w.report(w.xujing)
    for t in threads:
        t.join()
    said = f'"kind":"hazard","id":{h["id"]}'.encode()
    assert said in b"".join(mine), mine
    assert said not in b"".join(theirs), theirs


def without_a_key_nothing_answers(w):
    nobody = Person(w.server, None)
    for path in ("/me", "/meta", "/hazards", "/hazards/1", "/hazards/1/history", "/search?q=a", "/events", "/hazards/export"):
        same(nobody.get("/api/v1" + path).status, 401, path)
    same(nobody.post("/api/v1/hazards", {}).status, 401)


def a_name_that_only_looks_like_this_machine_gets_no_demo(w):
    nobody = Person(w.server, None)
    same(nobody.get("/api/v1/demo-accounts").status, 200)
    for host in ("127.evil.example", "127.0.0.1.nip.io", "anlan.example"):
        same(nobody.get("/api/v1/demo-accounts", Host=host).status, 404, host)
    for header in ("Forwarded", "X_Forwarded_For", "X_Forwarded_Host", "X_Forwarded_Proto"):
        same(nobody.get("/api/v1/demo-accounts", **{header: "1.2.3.4"}).status, 404, header)


def masked_numbers_stay_masked_also_in_history(w):
    e = w.xujing.post("/api/v1/enterprises", {"name": "打码测试厂", "no_code_reason": "new", "region": "990102001001",
                                             "phone": "13812345678",
                                             "key_persons": [{"name": "甲", "post": "电工", "phone": "13987654321"}]}).json
    same((e["phone"], e["key_persons"][0]["phone"]), ("138****5678", "139****4321"))
    at = f"/api/v1/enterprises/{e['id']}"
    e2 = w.xujing.patch(at, {"phone": "13700001111", "key_persons": [{"name": "甲", "post": "焊工", "phone": "139****4321"}]}, 1)
    same(e2.status, 200, e2.body)
    text = w.xujing.get(at + "/history").body.decode()
    for number in ("13812345678", "13700001111", "13987654321"):
        assert number not in text, number
    same(w.xujing.post(at + "/unmask", {"field": "phone"}).json["value"], "13700001111")
    same(w.hezhicheng.post(at + "/unmask", {"field": "phone"}).status, 403)
    same(w.hezhicheng.get("/api/v1/enterprises?phone=13700001111").status, 403)
    same([x["id"] for x in w.xujing.get("/api/v1/enterprises?phone=13700001111").json["items"]], [e["id"]])


def a_planted_number_is_nowhere_in_clear(w):
    """Everything the server keeps: data folder, drafts, log, and on PostgreSQL a dump of the database; and what it tells and
    gives away: notices, exports, the trail. The backup is looked through in keeping_test.py."""
    phone, identity = "13866667777", "11010519491231002X"
    e = w.xujing.post("/api/v1/enterprises", {"name": "密封测试厂", "no_code_reason": "new", "region": "990102001001",
                                             "phone": phone, "head_id_number": identity,
                                             "key_persons": [{"name": "甲", "post": "电工", "phone": phone}]},
                      Idempotency_Key="planted-01").json
    at = f"/api/v1/enterprises/{e['id']}"
    same(w.xujing.patch(at, {"phone": "13855556666", "head_id_number": None}, 1).status, 200)
    same(w.xujing.patch(at, {"phone": phone, "head_id_number": identity}, 2).status, 200)
    w.xujing.get(f"/api/v1/enterprises?phone={phone}")
    ledger = f"企业名称,所属乡镇,联系电话\n密封测试二厂,临河镇,{phone}\n".encode()
    same(imported(w.xujing, ledger)["imported"], 1)
    same(w.xujing.post("/api/v1/enterprises", {"name": "密封测试厂", "no_code_reason": "new", "region": "990102001001",
                                              "phone": phone, "head_id_number": identity,
                                              "key_persons": [{"name": "甲", "post": "电工", "phone": phone}]},
                       Idempotency_Key="planted-01").json["id"], e["id"])
    same(w.xujing.post(at + "/unmask", {"field": "phone"}).json["value"], phone)
    draft = {"values": {"name": "密封测试厂", "phone": phone, "head_id_number": identity}, "version": None}
    same(w.xujing.ask("PUT", "/api/v1/me/drafts?form=enterprise.new", draft).status, 200)
    h = w.xujing.post("/api/v1/hazards", {"description": "密封阀失效", "object": e["id"], "found_on": TODAY, "source": "grid"}).json
    h = w.xujing.move(h, "classify", {"level": "general"}).json
    same(w.secadmin.post("/api/v1/assignments", {"role": "safety", "holder_account": w.hezhicheng.get("/api/v1/me").json["id"],
                                                "object": e["id"], "valid_from": TODAY}).status, 201)
    same(w.xujing.move(h, "assign", {**FIVE, "responsible": w.hezhicheng.get("/api/v1/me").json["id"]}).status, 200)

    def silent(data, *where):
        for number in (phone, identity):
            for form in forms(number):
                assert form not in data, (number, *where)

    for who, door in ((w.xujing, at + "/history"), (w.xujing, "/api/v1/search?q=密封测试厂"),
                      (w.xujing, f"/api/v1/search?q={phone}"), (w.xujing, "/api/v1/enterprises/export"),
                      (w.hezhicheng, "/api/v1/enterprises/export"), (w.xujing, "/api/v1/jobs"),
                      (w.auditadmin, "/api/v1/audit?kind=enterprise"), (w.auditadmin, "/api/v1/audit/export")):
        reply = who.get(door)
        same(reply.status, 200, door)
        silent(reply.body, door)
    told = w.hezhicheng.get("/api/v1/me/notices").body
    assert f'"id":{h["id"]},'.encode() in told, told
    silent(told, "notices of whom it was given to")
    silent(w.xujing.get("/api/v1/me/notices").body, "notices of whose import ended")
    # Who may not see a value in clear gets none by a file; who may not take anything out gets no file.
    order = {"format": "xlsx", "columns": ["name", "phone", "head_id_number"], "filter": "name=密封测试厂"}
    started = w.hezhicheng.post("/api/v1/enterprises/export", order)
    same(started.status, 202, started.body)
    job = f"/api/v1/jobs/{started.json['id']}"
    for state in ("waiting", "running"):
        wait(w.hezhicheng, job, state)
    with zipfile.ZipFile(io.BytesIO(w.hezhicheng.get(job + "/file").body)) as book:
        sheet = b"".join(book.read(name) for name in book.namelist())
    assert "密封测试厂".encode() in sheet and phone[-4:].encode() in sheet, "the export has the row, masked"
    silent(sheet, "the workbook")
    for refused in (w.zhenghaisheng.get("/api/v1/enterprises/export"), w.zhenghaisheng.post("/api/v1/enterprises/export", order)):
        same(refused.status, 403, refused.body)
        silent(refused.body, "the refusal")
    kept = b""
    for folder, _, files in os.walk(w.server.folder):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                kept += f.read()
    if ENGINE == "postgres":
        kept += subprocess.run(["pg_dump", w.server.db[1]], capture_output=True, check=True).stdout
    assert "密封测试厂".encode() in kept, "the search looks in the right place"
    silent(kept, "the folder, the log, the dump")


def a_password_opens_a_session_that_only_our_pages_can_use(w):
    nobody = Person(w.server, None)
    with open(os.path.join(w.server.folder, "demo-accounts.json"), encoding="utf-8") as f:
        passwords = {a["name"]: a["password"] for a in json.load(f)}
    same(os.stat(os.path.join(w.server.folder, "demo-accounts.json")).st_mode & 0o777, 0o600)
    reply = nobody.post("/api/v1/session", {"name": "xujing", "password": passwords["xujing"]})
    same(reply.status, 200, reply.body)
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
    token, origin = cookie.split(";")[0], f"http://127.0.0.1:{w.server.port}"
    same(nobody.get("/api/v1/me", Cookie=token).json["name"], "xujing")
    body = {"description": "来自页面", "object": w.firm["id"], "found_on": TODAY, "source": "grid"}
    same(nobody.post("/api/v1/hazards", body, Cookie=token).status, 403, "no origin")
    same(nobody.post("/api/v1/hazards", body, Cookie=token, Origin="http://evil.example").status, 403, "another site")
    same(nobody.post("/api/v1/hazards", body, Cookie=token, Origin=origin).status, 201)
    same(nobody.ask("DELETE", "/api/v1/session", Cookie=token, Origin=origin).status, 204)
    same(nobody.get("/api/v1/me", Cookie=token).status, 401)


def the_first_start_is_behind_a_code_and_makes_three_administrators(w):
    folder, port = tempfile.mkdtemp(prefix="anlan-test-"), free_port()
    db = database()
    words = [sys.argv[1], "serve", "--data", folder, "--listen", f"127.0.0.1:{port}", *(["--db", db] if db else [])]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        code = ""
        while not re.fullmatch(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", code):
            line = server.stdout.readline()
            assert line, "no code on the console"
            code = line.strip()
        w2 = type("Place", (), {"port": port, "process": None})
        nobody = Person(w2, None)
        same(nobody.get("/api/v1/setup").json, {"open": True})
        three = {who: {"name": f"{who}1", "display_name": who, "password": f"lamp tree quiet {who}"}
                 for who in ("system", "security", "audit")}
        same(nobody.post("/api/v1/setup", {"code": "AAAA-AAAA-AAAA-AAAA", **three}).status, 422)
        weak = {**three, "audit": {**three["audit"], "password": "Admin@12345"}}
        same(list(nobody.post("/api/v1/setup", {"code": code, **weak}).json["fields"]), ["audit.password"])
        clash = {**three, "audit": {**three["audit"], "name": "Wrong Name"}}
        same(nobody.post("/api/v1/setup", {"code": code, **clash}).status, 422, "all or nothing")
        same(nobody.post("/api/v1/session", {"name": "system1", "password": three["system"]["password"]}).status, 401)
        same(nobody.post("/api/v1/setup", {"code": code.lower(), **three}).status, 204)
        same(nobody.get("/api/v1/setup").json, {"open": False})
        same(nobody.post("/api/v1/setup", {"code": code, **three}).status, 409)
        for who in three:
            reply = nobody.post("/api/v1/session", {"name": f"{who}1", "password": three[who]["password"]})
            same((reply.status, reply.json["totp_due"]), (200, True), who)
            cookie = reply.headers["Set-Cookie"].split(";")[0]
            same(nobody.get("/api/v1/audit", Cookie=cookie).json["code"], "totp.enrol")
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def no_secret_is_ever_written_down(w):
    """Passwords, tokens, keys and one-time passwords: neither in the log nor in the store, whatever went right or wrong."""
    with open(os.path.join(w.server.folder, "demo-accounts.json"), encoding="utf-8") as f:
        password = {a["name"]: a["password"] for a in json.load(f)}["zhoumingyuan"]
    nobody = Person(w.server, None)
    reply = nobody.post("/api/v1/session", {"name": "zhoumingyuan", "password": password})
    cookie, origin = reply.headers["Set-Cookie"].split(";")[0], f"http://127.0.0.1:{w.server.port}"
    nobody.post("/api/v1/session", {"name": "zhoumingyuan", "password": "wrong-secret-zebra"})
    nobody.post("/api/v1/session", {"name": "secret-in-the-wrong-box", "password": "x"})
    key = nobody.post("/api/v1/me/keys", {"name": "story", "days": 1}, Cookie=cookie, Origin=origin).json["key"]
    secret = nobody.post("/api/v1/me/totp", {}, Cookie=cookie, Origin=origin).json["secret"]
    account = nobody.get("/api/v1/me", Cookie=cookie).json["id"]
    once = w.secadmin.post(f"/api/v1/accounts/{account}/password").json["password"]
    kept = b""
    for folder, _, files in os.walk(w.server.folder):
        for name in files:
            if name != "demo-accounts.json":
                with open(os.path.join(folder, name), "rb") as f:
                    kept += f.read()
    if ENGINE == "postgres":
        kept += subprocess.run(["pg_dump", w.server.db[1]], capture_output=True, check=True).stdout
    for word in (password, cookie.split("=")[1], "wrong-secret-zebra", "secret-in-the-wrong-box", key, secret, once):
        assert word.encode() not in kept, word


def wrong_passwords_lock_and_tell_nothing_about_names(w):
    nobody = Person(w.server, None)

    def attempt(name):
        return nobody.post("/api/v1/session", {"name": name, "password": "not-the-password"})

    known, unknown = [attempt("wuchengdong") for _ in range(6)], [attempt("nobody-here") for _ in range(6)]
    same([r.status for r in known], [401] * 5 + [429])
    same([r.status for r in known], [r.status for r in unknown])
    same([r.json["detail"] for r in known[:5]], [r.json["detail"] for r in unknown[:5]])
    assert int(known[5].headers["Retry-After"]) > 60, known[5].headers


def bad_requests_are_answered_by_name(w):
    at = "/api/v1/hazards"
    key = {"Authorization": f"Bearer {w.keys['xujing']}"}

    def raw(body, kind="application/json"):
        return w.xujing.ask("POST", at, body, Content_Type=kind, **key)

    same((raw(b"{").status, raw(b"[]").status, raw(b'{"a":1,"a":2}').status), (400, 400, 400))
    same(raw(b"{}", "text/plain").status, 415)
    same(raw(b"[" * 100000).status, 400)
    same(raw(b'{"description":"' + b"x" * (1 << 20) + b'"}').status, 413)
    reply = raw(b"{}")
    same((reply.status, set(reply.json["fields"])), (422, {"description", "object", "found_on", "source"}))
    same(raw('{"description":"a\\u0000b"}'.encode()).status in (400, 422), True)
    same(raw(b'{"object":99999999999999999999}').status in (400, 422), True)
    put = w.xujing.ask("PUT", at, {})
    same((put.status, put.headers["Allow"]), (405, "GET, HEAD, POST"))
    same(w.xujing.get("/api/v1/nothing").status, 404)
    english = w.xujing.ask("POST", at, {}, Accept_Language="en")
    assert "Please fill in" in english.json["fields"]["description"], english.body
    for reply in (w.xujing.get(at), w.xujing.get("/api/v1/nothing"), w.xujing.get("/healthz")):
        assert "default-src 'self'" in reply.headers["Content-Security-Policy"], reply.headers
        same(reply.headers["X-Content-Type-Options"], "nosniff")


def a_file_belongs_to_its_record_and_cannot_act_as_a_page(w):
    page = w.xujing.ask("POST", "/api/v1/files?name=x.html", b"<script>alert(1)</script>", Content_Type="text/html").json
    h = w.report(w.xujing)
    same(w.hezhicheng.patch(f"/api/v1/hazards/{h['id']}", {"photos": [page["id"]]}, 1).status, 422, "another's upload")
    h = w.xujing.patch(f"/api/v1/hazards/{h['id']}", {"photos": [page["id"]]}, 1).json
    got = w.hezhicheng.get(f"/api/v1/hazards/{h['id']}/files/{page['id']}")
    same((got.status, got.headers["Content-Type"], got.body), (200, "application/octet-stream", b"<script>alert(1)</script>"))
    assert got.headers["Content-Disposition"].startswith("attachment"), got.headers
    again = w.hezhicheng.get(f"/api/v1/hazards/{h['id']}/files/{page['id']}", If_None_Match=got.headers["ETag"])
    same((again.status, again.body), (304, b""))
    other = w.report(w.xujing)
    same(w.xujing.patch(f"/api/v1/hazards/{other['id']}", {"photos": [page["id"]]}, 1).status, 422, "it is used already")
    same(w.xujing.ask("POST", "/api/v1/files?name=a/b", b"x").status, 422)
    same(w.xujing.ask("POST", "/api/v1/files?name=e.txt", b"").status, 422)


def a_removed_record_rests_in_the_bin_and_comes_back(w):
    h = w.report(w.xujing, text="回收站戊己")
    at = f"/api/v1/hazards/{h['id']}"
    same(w.xujing.ask("DELETE", at, If_Match='"1"').status, 204)
    same(w.xujing.get("/api/v1/search?q=戊己").json["items"], [])
    assert h["id"] not in [x["id"] for x in w.xujing.get("/api/v1/hazards?limit=200").json["items"]]
    same([x["id"] for x in w.xujing.get("/api/v1/hazards?removed=true").json["items"]], [h["id"]])
    same(w.xujing.patch(at, {"location": "x"}, 2).status, 409)
    back = w.xujing.post(at + "/restore").json
    same((back["version"], back["removed_at"]), (3, None))
    same(len(w.xujing.get("/api/v1/search?q=戊己").json["items"]), 1)
    same([x["act"] for x in w.xujing.get(at + "/history").json["items"]], ["restore", "remove", "create"])


# ---- lists ----

def all_pages_together_are_the_full_set_once_each(w):
    for kind, sorts in (("hazards", ("found_on", "due", "id")), ("enterprises", ("name", "id")), ("regions", ("code", "name"))):
        for sort in sorts:
            for sign in ("", "-"):
                ids, cursor = [], None
                while True:
                    page = w.xujing.get(f"/api/v1/{kind}?limit=7&sort={sign}{sort}" + (f"&after={cursor}" if cursor else "")).json
                    ids += [x["id"] for x in page["items"]]
                    cursor = page["next"]
                    if not cursor:
                        break
                total = w.xujing.get(f"/api/v1/{kind}?limit=1&count=exact").json["total"]["count"]
                same((len(ids), len(set(ids))), (total, total), kind, sign, sort)


def a_filter_nobody_declared_is_refused_by_name(w):
    reply = w.xujing.get("/api/v1/hazards?colour=red")
    same((reply.status, list(reply.json["fields"])), (422, ["colour"]))


def an_export_has_the_rows_of_the_list(w):
    for who in (w.xujing, w.hezhicheng, w.wanghaitao):
        rows = who.get("/api/v1/hazards/export").body.decode("utf-8-sig").strip().split("\r\n")
        same(len(rows) - 1, who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"])


# ---- import ----

LEDGER = """\
序号,企业名称,统一社会信用代码,所属乡镇,行业,负责人,联系电话,职工人数,成立时间
1,测试一厂,91350100M000100Y43,澜北区临河镇,工贸,张三,13800000001,20,2019.3.5
2,测试二厂,91350100M000100Y44,澜北区临河镇,工贸,李四,13800000002,30,2019-03-05
3,测试三厂,,望潮街道,危险化学品,王五,13800000003,４０,2019年3月5日
4,测试四厂,9.13501E+17,临河镇,工贸,赵六,,,
5,测试五厂,91370211MA3C1D2E14,没有这个镇,工贸,,,,
6,测试六厂,91500103MA5UKQ1BXQ,,,,,,
7,测试一厂,91350100M000100Y43,澜北区临河镇,工贸,张三,13800000001,20,2019.3.5
8,测试八厂,91410122123456788T,城关镇,火锅店,,123,-5,2019-02-30

合计,8,,,,,,,
"""


def checked(who, data, kind="enterprises"):
    got = who.ask("POST", f"/api/v1/{kind}/import?name=a.csv", data, Content_Type="text/csv")
    same(got.status, 201, got.body)
    return got.json


def wait(who, at, state):
    """Until it is in another state."""
    for _ in range(2400):
        now = who.get(at).json
        if now["state"] != state:
            return now
        time.sleep(0.05)
    raise AssertionError(now)


def imported(who, data, **correct):
    """Uploaded, corrected, run; waits until the server's own threads have done it."""
    at = f"/api/v1/imports/{checked(who, data)['id']}"
    if correct:
        same(who.ask("PATCH", at, correct).status, 200)
    same(who.post(at + "/run", {}).status, 200)
    now = wait(who, at, "importing")
    same(now["state"], "imported", now)
    return now


def sums(i):
    return i["rows"], i["imported"], i["duplicates_found"], i["rejected"]


def a_dirty_ledger_is_told_by_cell_and_imported_once(w):
    for data in (LEDGER.encode("gb18030"), LEDGER.encode()):
        got = checked(w.xujing, data)
        same(got["rows"], got["imported"] + got["duplicates_found"] + got["rejected"])
        rows = w.xujing.get(f"/api/v1/imports/{got['id']}/rows").json["items"]
        cells = {f"{p['letter']}{r['row']}" for r in rows for p in r["problems"]}
        same(cells, {"C3", "C5", "D6", "E9", "G9", "H9", "I9"})
        if data is not LEDGER.encode():
            same((*sums(got), got["pending"]), (8, 3, 1, 4, 2))
    same(sums(imported(w.xujing, LEDGER.encode(), cells={"D6": "临河镇"})), (8, 4, 1, 3))
    same(sums(imported(w.xujing, LEDGER.encode(), cells={"D6": "临河镇"})), (8, 0, 5, 3))


def a_cell_beyond_the_header_is_told_and_not_lost(w):
    ledger = "企业名称,所属乡镇\n超列一厂,临河镇,多出来的\n超列二厂,临河镇\n".encode()
    got = checked(w.xujing, ledger)
    same(sums(got), (2, 1, 0, 1), got)
    rows = w.xujing.get(f"/api/v1/imports/{got['id']}/rows?verdict=reject").json["items"]
    same([r["row"] for r in rows], [2])


# ---- when things break ----

def what_was_acknowledged_survives_kill(w):
    for _ in range(2):
        told, lock, stop = {}, threading.Lock(), threading.Event()

        def write(number):
            person = w.person("xujing")
            try:
                while not stop.is_set():
                    r = person.post("/api/v1/hazards", {"description": f"写入 {number}", "object": w.firm["id"],
                                                        "found_on": TODAY, "source": "self"})
                    if r.status != 201:
                        continue
                    with lock:
                        told[r.json["id"]] = 1
                    if person.patch(f"/api/v1/hazards/{r.json['id']}", {"location": "乙"}, 1).status == 200:
                        with lock:
                            told[r.json["id"]] = 2
            except OSError:
                pass
            except Exception as e:  # a reply cut in the middle by the kill
                assert "http.client" in type(e).__module__, e

        threads = [threading.Thread(target=write, args=(i,)) for i in range(50)]
        for t in threads:
            t.start()
        for _ in range(300):  # the kill comes in the middle of the work, however slow the machine is
            if len(told) > 100:
                break
            time.sleep(0.1)
        time.sleep(random.random())
        w.server.stop(signal.SIGKILL)
        stop.set()
        for t in threads:
            t.join()
        w.server.start()
        assert len(told) > 50, len(told)
        reader = w.person("xujing")
        for id_, version in random.sample(sorted(told.items()), min(300, len(told))):
            record = reader.get(f"/api/v1/hazards/{id_}")
            assert record.status == 200 and record.json["version"] >= version, (id_, version, record.body)
            same(len(reader.get(f"/api/v1/hazards/{id_}/history").json["items"]), record.json["version"])
    for name in PEOPLE:
        setattr(w, name, w.person(name))


def an_import_goes_on_after_kill_where_it_was(w):
    count = 4000
    ledger = "企业名称,所属乡镇,原系统编号\n" + "".join(
        f"续传 {i},{'没有这个镇' if i % 50 == 7 else '临河镇'},K-{i}\n" for i in range(count))
    at = f"/api/v1/imports/{checked(w.xujing, ledger.encode())['id']}"
    wait(w.xujing, at, "checking")
    same(w.xujing.post(at + "/run", {}).status, 200)
    for _ in range(3):
        begun = w.xujing.get(at).json
        before = begun["rows"] if begun["job"] and begun["job"]["done"] else 0
        for _ in range(400):  # the kill comes in the middle of the work, however fast the machine is
            now = w.xujing.get(at).json
            if now["state"] != "importing" or (now["job"] and now["job"]["done"] > before):
                break
            time.sleep(0.005)
        w.server.stop(signal.SIGKILL)
        w.server.start()
        w.xujing = w.person("xujing")
    same(sums(wait(w.xujing, at, "importing")), (count, count - count // 50, 0, count // 50))
    for i in (0, 1999, count - 1):
        same(len(w.xujing.get(f"/api/v1/enterprises?external_no=K-{i}").json["items"]), 1)
    same(w.xujing.get("/api/v1/enterprises?q=续传&count=exact&limit=1").json["total"]["count"], count - count // 50)
    rejected = w.xujing.get(at + "/rejected").body.decode("utf-8-sig").strip().split("\r\n")
    same(len(rejected), 1 + count // 50)
    same(w.xujing.post(at + "/undo", {}).status, 200)
    gone = wait(w.xujing, at, "undoing")
    same((gone["state"], gone["undo"]["undone"], gone["undo"]["left"]), ("undone", count - count // 50, 0))
    same(w.xujing.get("/api/v1/enterprises?q=续传&count=exact&limit=1").json["total"]["count"], 0)
    for name in PEOPLE:
        setattr(w, name, w.person(name))


def the_command_imports_as_the_page_does(w):
    w.server.stop()
    path = os.path.join(w.server.folder, "ledger.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("厂子,在哪,行当\n命令一厂,临河镇,做鞋的\n命令二厂,没有这个镇,做鞋的\n命令一厂,临河镇,做鞋的\n")
    run = [sys.argv[1], "import", "enterprise", path, "--data", w.server.folder, *w.server.db, "--mapping",
           '{"A":"name","B":"region","C":"sector"}', "--values", '{"C":{"做鞋的":"INDUSTRY"}}']
    for sums_said in ("rows=3 imported=1 duplicates=1 rejected=1", "rows=3 imported=0 duplicates=2 rejected=1"):
        done = subprocess.run([*run, "--sheet", "0", "--duplicates", "skip"], capture_output=True, text=True, timeout=120)
        same((done.returncode, done.stdout.strip().split("\n")[-1]), (0, sums_said), done.stderr)
        assert "在哪" in done.stderr, done.stderr
    for flag, value in (("--mapping", "{"), ("--duplicates", "all"), ("--sheet", "7"), ("--datum", "beijing54")):
        done = subprocess.run([*run, flag, value], capture_output=True, text=True, timeout=120)
        assert done.returncode != 0 and "rows=" not in done.stdout, done
    with open(path, "w", encoding="utf-8") as f:
        f.write('企业名称,坐标\n命令三厂,"120.35,36.1"\n')
    done = subprocess.run([sys.argv[1], "import", "enterprise", path, "--data", w.server.folder, *w.server.db, "--datum",
                           "gcj02"], capture_output=True, text=True, timeout=120)
    same((done.returncode, done.stdout.strip()), (0, "rows=1 imported=1 duplicates=0 rejected=0"), done.stderr)
    os.unlink(path)
    w.server.start()
    for name in PEOPLE:
        setattr(w, name, w.person(name))
    same(w.xujing.get("/api/v1/enterprises?name=命令一厂").json["items"][0]["sector"], "INDUSTRY")
    place = w.xujing.get("/api/v1/enterprises?name=命令三厂").json["items"][0]["place"]
    assert 0.001 < abs(float(place["lon"]) - 120.35) < 0.01, ("Gaode's place is some hundred metres off", place)


def a_second_process_on_the_same_folder_is_refused(w):
    done = subprocess.run([sys.argv[1], "key", "new", "--user", "xujing", "--data", w.server.folder, *w.server.db],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "another anlan process" in done.stderr + done.stdout or "另一个" in done.stderr, done


def the_server_leaves_when_told_also_with_open_streams(w):
    s = socket.create_connection(("127.0.0.1", w.server.port))
    s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {w.xujing.key}\r\n\r\n".encode())
    time.sleep(0.3)
    same(w.server.stop(), 0)
    s.close()
    log = open(os.path.join(w.server.folder, "log")).read()
    assert "ERROR: " not in log and "runtime error" not in log, log[-3000:]


STORIES = [
    a_hazard_goes_round_the_loop_by_three_people, each_of_the_five_arrangements_is_asked_for,
    a_major_hazard_needs_its_clause_and_no_quick_fix, a_repair_without_new_evidence_is_not_taken,
    whoever_repaired_may_not_recheck, a_state_is_left_only_by_its_moves, a_patch_tells_absent_from_null_from_zero,
    a_stale_version_shows_the_one_that_stands, the_same_request_twice_makes_one_record,
    of_eight_who_close_one_hazard_exactly_one_succeeds, rows_follow_an_enterprise_that_moves,
    another_town_finds_nothing_by_any_door, events_reach_only_those_who_may_read, without_a_key_nothing_answers,
    a_name_that_only_looks_like_this_machine_gets_no_demo, masked_numbers_stay_masked_also_in_history,
    a_password_opens_a_session_that_only_our_pages_can_use, no_secret_is_ever_written_down,
    the_first_start_is_behind_a_code_and_makes_three_administrators, wrong_passwords_lock_and_tell_nothing_about_names,
    bad_requests_are_answered_by_name, a_file_belongs_to_its_record_and_cannot_act_as_a_page,
    a_removed_record_rests_in_the_bin_and_comes_back, a_planted_number_is_nowhere_in_clear,
    all_pages_together_are_the_full_set_once_each, a_filter_nobody_declared_is_refused_by_name,
    an_export_has_the_rows_of_the_list, a_dirty_ledger_is_told_by_cell_and_imported_once,
    a_cell_beyond_the_header_is_told_and_not_lost,
    what_was_acknowledged_survives_kill, an_import_goes_on_after_kill_where_it_was,
    the_command_imports_as_the_page_does, a_second_process_on_the_same_folder_is_refused,
    the_server_leaves_when_told_also_with_open_streams,
]


def main():
    world, passed, failed = World(), 0, 0
    try:
        for story in STORIES:
            name = f"{story.__name__.replace('_', ' ')} ({ENGINE})"
            try:
                story(world)
                passed += 1
                print(f"[       OK ] {name}", flush=True)
            except Exception as e:
                failed += 1
                where = e.__traceback__
                while where.tb_next:
                    where = where.tb_next
                print(f"[  FAILED  ] {name}\n        line {where.tb_lineno}: {type(e).__name__}: {str(e)[:1500]}", flush=True)
    finally:
        world.server.done()
    return 0 if passed and not failed else 1


sys.exit(main())
