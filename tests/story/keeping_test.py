#!/usr/bin/env python3
"""Backup, restore and check, told to the real program: what an administrator would try on a bad day.

keeping_test.py BINARY [sqlite|postgres]     the engine it is taken from; it is restored on SQLite, and on PostgreSQL
where the server of $ANLAN_TEST_PG is there, in fresh databases.
"""
import gzip
import io
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading

BIN, ENGINE = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
os.environ["ANLAN_BIN"] = BIN
from server import Person, Server, forms  # noqa: E402


PHONE, IDENTITY = "13866667777", "11010519491231002X"


def database():
    base = os.environ["ANLAN_TEST_PG"]
    name = f"keeping_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return base.rsplit("/", 1)[0] + "/" + name


def anlan(*words, folder, db=None, passphrase=None, good=True):
    env = dict(os.environ, LANG="en", **({"ANLAN_RECOVERY": passphrase} if passphrase else {}))
    done = subprocess.run([BIN, *words, "--data", folder, *(["--db", db] if db else [])], capture_output=True, text=True,
                          env=env, stdin=subprocess.DEVNULL, timeout=300)
    if good:
        assert done.returncode == 0, done.stderr
        return done.stdout
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    return done.stderr + done.stdout


def digests(text):
    return [line for line in text.splitlines() if not line.startswith("faults=")]


class Place:
    def __init__(self):
        self.base = tempfile.mkdtemp(prefix="anlan-keeping-")
        self.server = Server(database() if ENGINE == "postgres" else None, scale=500)
        self.db = self.server.db[1] if self.server.db else None
        self.file = os.path.join(self.base, "all.tar.gz")
        self.n = 0

    def folder(self):
        self.n += 1
        return os.path.join(self.base, f"restored-{self.n}")

    def here(self, *words, **more):
        return anlan(*words, folder=self.server.folder, db=self.db, **more)

    def done(self):
        self.server.done()
        shutil.rmtree(self.base, ignore_errors=True)


def without_a_passphrase_there_is_no_backup_and_the_refusal_says_what_to_run(p):
    said = p.here("backup", p.file, good=False)
    assert "anlan recovery" in said, said
    assert not os.path.exists(p.file) and not os.path.exists(p.file + ".part")


def a_backup_taken_while_people_write_restores_whole_and_proves_itself(p):
    p.passphrase = p.here("recovery").split()[1]
    p.server.start()
    who = Person(p.server, p.server_key)
    firm = who.get("/api/v1/enterprises?limit=1").json["items"][0]["id"]
    planted = {"name": "密封测试厂", "phone": PHONE, "head_id_number": IDENTITY,
               "key_persons": [{"name": "甲", "post": "电工", "phone": PHONE}]}
    made = who.post("/api/v1/enterprises", {**planted, "no_code_reason": "new", "region": "990102001001"}, Idempotency_Key="planted-02")
    assert made.status == 201, made.body
    changed = who.patch(f"/api/v1/enterprises/{made.json['id']}", {"phone": None, "head_id_number": None}, 1)
    assert changed.status == 200, changed.body
    kept_draft = who.ask("PUT", "/api/v1/me/drafts?form=enterprise.new", {"values": planted, "version": None})
    assert kept_draft.status == 200, kept_draft.body
    ledger = f"企业名称,所属乡镇,联系电话\n密封测试二厂,临河镇,{PHONE}\n".encode()
    staged = who.ask("POST", "/api/v1/enterprises/import?name=a.csv", ledger, Content_Type="text/csv")
    assert staged.status == 201, staged.body
    stop, kept = threading.Event(), []

    def write():
        while not stop.is_set():
            r = who.post("/api/v1/hazards", {"description": "写入中的隐患", "object": firm, "found_on": "2026-01-05", "source": "grid"})
            if r.status == 201:
                kept.append(r.json["id"])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(kept) < 20:
            pass
        p.here("backup", p.file)
    finally:
        stop.set()
        thread.join()
    p.server.stop()
    first = p.folder()
    anlan("restore", p.file, folder=first, passphrase=p.passphrase)
    said = anlan("check", folder=first)
    assert said.endswith("faults=0\n"), said
    p.one = first
    p.digests = digests(said)


def a_planted_number_stands_nowhere_in_the_backup_and_in_what_was_restored(p):
    kept = b""
    with tarfile.open(p.file) as backup:
        for member in backup:
            kept += member.name.encode() + (backup.extractfile(member).read() if member.isfile() else b"")
    for folder, _, files in os.walk(p.one):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                kept += f.read()
    for text in ("密封测试厂", "enterprise.new"):
        assert kept.count(text.encode()) >= 2, (text, "the search looks in the right place")
    for number in (PHONE, IDENTITY):
        for form in forms(number):
            assert form not in kept, number


def a_second_restore_gives_equal_digests_on_the_other_database_where_there_is_one(p):
    other, db = p.folder(), database() if "ANLAN_TEST_PG" in os.environ else None
    anlan("restore", p.file, folder=other, db=db, passphrase=p.passphrase)
    assert digests(anlan("check", folder=other, db=db)) == p.digests


def what_was_restored_is_served_with_its_people_its_files_and_its_personal_values(p):
    restored = Server.__new__(Server)
    restored.folder, restored.db, restored.process = p.one, [], None
    restored.start()
    try:
        who = Person(restored, p.server_key)
        firm = who.get("/api/v1/enterprises?q=禾川").json["items"][0]
        clear = who.post(f"/api/v1/enterprises/{firm['id']}/unmask", {"field": "phone"})
        assert clear.status == 200 and clear.json["value"].startswith("139"), clear.body
        made = who.post("/api/v1/hazards", {"description": "恢复后登记", "object": firm["id"], "found_on": "2026-01-05", "source": "grid"})
        assert made.status == 201, made.body
        assert who.get("/api/v1/search?q=恢复后").json["items"], "the search index goes on"
        files = [f for h in who.get("/api/v1/hazards?state=closed&limit=50").json["items"]
                 for f in who.get(f"/api/v1/hazards/{h['id']}/files").json["items"]]
        assert files
    finally:
        restored.stop()


def another_passphrase_opens_nothing_and_leaves_no_keys(p):
    folder = p.folder()
    said = anlan("restore", p.file, folder=folder, passphrase="2222-2222-2222-2222-2222-2222-2222-2222", good=False)
    assert "passphrase" in said, said
    assert not os.path.exists(os.path.join(folder, "keys", "master"))


def a_folder_in_use_is_never_restored_into(p):
    said = anlan("restore", p.file, folder=p.one, passphrase=p.passphrase, good=False)
    assert "key already" in said, said


def a_backup_folder_keeps_the_newest_and_touches_nothing_else(p):
    place = os.path.join(p.base, "backups")
    os.mkdir(place)
    for name in ("anlan-20200101-000000.tar.gz", "anlan-20200102-000000.tar.gz", "anlan-mine.tar.gz"):
        open(os.path.join(place, name), "w").close()
    said = p.here("backup", "--backup-dir", place, "--backup-keep", "2")
    new = os.path.basename(said.split()[0].removeprefix("file="))
    assert sorted(os.listdir(place)) == sorted(["anlan-20200102-000000.tar.gz", "anlan-mine.tar.gz", new]), os.listdir(place)
    folder = p.folder()
    anlan("restore", os.path.join(place, new), folder=folder, passphrase=p.passphrase)


def a_backup_cut_short_is_refused(p):
    short = os.path.join(p.base, "short.tar.gz")
    with open(p.file, "rb") as f, open(short, "wb") as out:
        data = f.read()
        out.write(data[:len(data) * 2 // 3])
    said = anlan("restore", short, folder=p.folder(), passphrase=p.passphrase, good=False)
    assert "cannot be read" in said or "cut short" in said or "damaged" in said, said


def rows_changed_inside_a_backup_are_found_by_their_digest(p):
    forged = os.path.join(p.base, "forged.tar.gz")
    with tarfile.open(p.file) as old, tarfile.open(forged, "w:gz") as new:
        for member in old:
            data = old.extractfile(member).read()
            if member.name == "tables/hazard/000001":
                data = data.replace("隐患".encode(), "平安".encode(), 1)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    said = anlan("restore", forged, folder=p.folder(), passphrase=p.passphrase, good=False)
    assert "differs from the backup" in said and "hazard" in said, said


def a_file_that_is_no_backup_is_refused_by_a_sentence(p):
    other = os.path.join(p.base, "other.gz")
    with gzip.open(other, "wb") as f:
        f.write(b"not a tar" * 1000)
    said = anlan("restore", other, folder=p.folder(), passphrase=p.passphrase, good=False)
    assert "not a backup" in said, said


def the_check_finds_what_somebody_changed_behind_the_program(p):
    db = sqlite3.connect(os.path.join(p.one, "anlan.db"))
    with db:
        hazard = db.execute("SELECT id FROM hazard ORDER BY id LIMIT 1").fetchone()[0]
        db.execute("UPDATE hazard SET version = version + 1, own_town = 1 WHERE id = ?", (hazard,))
    db.close()
    name = next(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(p.one, "files")) for f in fs)
    with open(name, "ab") as f:
        f.write(b"!")
    said = anlan("check", folder=p.one, good=False)
    assert f"history and version differ / 经过与版本不符: {hazard}\n" in said, said
    assert f"not where its object is / 属地与监管对象不符: {hazard}\n" in said, said
    assert "damaged" in said and "3 faults" in said, said


STORIES = [
    without_a_passphrase_there_is_no_backup_and_the_refusal_says_what_to_run,
    a_backup_taken_while_people_write_restores_whole_and_proves_itself,
    a_planted_number_stands_nowhere_in_the_backup_and_in_what_was_restored,
    a_second_restore_gives_equal_digests_on_the_other_database_where_there_is_one,
    what_was_restored_is_served_with_its_people_its_files_and_its_personal_values,
    another_passphrase_opens_nothing_and_leaves_no_keys,
    a_folder_in_use_is_never_restored_into,
    a_backup_folder_keeps_the_newest_and_touches_nothing_else,
    a_backup_cut_short_is_refused,
    rows_changed_inside_a_backup_are_found_by_their_digest,
    a_file_that_is_no_backup_is_refused_by_a_sentence,
    the_check_finds_what_somebody_changed_behind_the_program,
]


def main():
    place, passed, failed = Place(), 0, 0
    place.server_key = place.server.key("xujing")
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
