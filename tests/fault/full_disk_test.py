#!/usr/bin/env python3
"""A full disk: what was acknowledged is there, what was not is gone, the server goes on, and room made is used again.

full_disk_test.py BINARY     needs a mount namespace of its own, which it makes, as root or in a user namespace; one line
                             per sentence
"""
import os
import subprocess
import sys
import tempfile

if "--inside" not in sys.argv:
    root = os.geteuid() == 0
    os.environ["ANLAN_TEST_UID"] = "" if root else f"{os.geteuid()}:{os.getegid()}"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *([] if root else ["--map-root-user"]),
                          sys.executable, *sys.argv, "--inside"])

os.environ["ANLAN_BIN"] = sys.argv[1]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from server import Person, Server  # noqa: E402

MB = 1 << 20
PG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "pg-server")


def mount(folder, megabytes):
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)


def same(a, b, *what):
    assert a == b, (a, b, *what)


def report(who, firm, text):
    return who.post("/api/v1/hazards", {"description": text, "object": firm, "found_on": "2026-01-05", "source": "grid"})


def firm_of(who):
    return who.get("/api/v1/enterprises?limit=1").json["items"][0]["id"]


def files_left_over(folder):
    return [name for _, _, names in os.walk(folder) for name in names if name.startswith("part-")]


def a_full_file_store_refuses_the_file_and_keeps_the_others():
    server = Server()
    try:
        key = server.key("xujing")
        store = os.path.join(server.folder, "files")
        mount(store, 16)
        filler = os.path.join(store, "filler")
        with open(filler, "wb") as f:
            f.write(b"x" * (6 * MB))
        server.start()
        who = Person(server, key)
        kept, reply = [], None
        for number in range(12):
            data = os.urandom(3 * MB)
            reply = who.upload(f"{number}.png", data)
            if reply.status != 201:
                break
            kept.append((reply.json["id"], data))
        same((reply.status, reply.json["code"]), (507, "file.full"))
        assert kept, "the first files found room"
        same(files_left_over(store), [])
        made = report(who, firm_of(who), "磁盘已满时登记")
        same(made.status, 201, "the database has room")
        made = who.patch(f"/api/v1/hazards/{made.json['id']}", {"photos": [i for i, _ in kept]}, 1)
        same(made.status, 200, made.body)
        for i, data in kept:
            same(who.get(f"/api/v1/hazards/{made.json['id']}/files/{i}").body, data, i)
        os.unlink(filler)
        same(who.upload("later.png", os.urandom(3 * MB)).status, 201)
        same(server.stop(), 0)
        subprocess.run(["umount", store], check=True)
    finally:
        server.done()


def a_full_place_for_uploads_refuses_the_upload_and_nothing_else():
    place = tempfile.mkdtemp(prefix="anlan-spool-")
    server = Server()
    before = os.environ.get("TMPDIR")
    try:
        key = server.key("xujing")
        mount(place, 4)
        os.environ["TMPDIR"] = place
        server.start()
        who = Person(server, key)
        for _ in range(2):
            reply = who.upload("large.png", os.urandom(8 * MB))
            same((reply.status, reply.json["code"]), (507, "http.spool_full"))
        same(who.upload("small.png", os.urandom(1 * MB)).status, 201, "what was spooled of the refused ones is gone")
        same(report(who, firm_of(who), "照常登记").status, 201)
        same(server.stop(), 0)
        subprocess.run(["umount", place], check=True)
    finally:
        os.environ.pop("TMPDIR")
        if before:
            os.environ["TMPDIR"] = before
        server.done()
        os.rmdir(place)


def fill_until_refused(who, firm, place, spare_kib):
    """Leaves so much room, then writes until there is none: the file to remove, and what was told to be kept."""
    filler, told, refused = os.path.join(place, "filler"), [], None
    with open(filler, "wb") as f:
        free = os.statvfs(place)
        f.write(b"x" * (free.f_bavail * free.f_frsize - spare_kib * 1024))
    for number in range(5000):
        reply = report(who, firm, f"写到满为止 {number} " + "长" * 400)
        if reply.status != 201:
            refused = reply
            break
        told.append(reply.json["id"])
    assert refused is not None and told, (len(told), refused)
    same((refused.status, refused.headers["Content-Type"], refused.json["code"]),
         (507, "application/problem+json", "store.full"), refused.body)
    return filler, told


def a_full_database_refuses_the_change_whole_and_recovers():
    place = tempfile.mkdtemp(prefix="anlan-full-")
    mount(place, 24)
    tempfile.tempdir, before = place, tempfile.tempdir
    server = Server()
    try:
        key = server.key("xujing")
        server.start()
        who = Person(server, key)
        firm = firm_of(who)
        count = who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"]
        filler, told = fill_until_refused(who, firm, place, 256)
        same(report(who, firm, "再来 " + "长" * 400).status, 507)
        same(who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"], count + len(told), "reading goes on")
        os.unlink(filler)
        after = report(who, firm, "有空间了")
        same(after.status, 201, after.body)
        same(server.stop(), 0)
        server.start()
        who = Person(server, key)
        same(who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"], count + len(told) + 1)
        for i in told[-20:] + [after.json["id"]]:
            same(who.get(f"/api/v1/hazards/{i}").json["version"], 1, i)
            same(len(who.get(f"/api/v1/hazards/{i}/history").json["items"]), 1, i)
        same(len(who.get("/api/v1/search?q=再来").json["items"]), 0, "nothing of what was refused is found")
        same(server.stop(), 0)
    finally:
        tempfile.tempdir = before
        server.done()
        server.log.close()
        subprocess.run(["umount", place], check=True)
        os.rmdir(place)


def as_before(*words):
    """PostgreSQL refuses root, also the root that a user namespace makes of somebody: he becomes himself again."""
    uid, _, gid = os.environ["ANLAN_TEST_UID"].partition(":")
    return [*(["unshare", "--user", f"--map-user={uid}", f"--map-group={gid}"] if uid else []), *words]


def sql(url, *statements):
    for s in statements:
        subprocess.run(as_before("psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", s), check=True)


def a_full_database_server_refuses_the_change_whole_and_recovers():
    place, folder = tempfile.mkdtemp(prefix="anlan-full-"), tempfile.mktemp(prefix="anlan-full-pg-")
    mount(place, 160)
    os.chmod(place, 0o777)
    base = subprocess.run(as_before(PG, "start", folder), capture_output=True, text=True, check=True).stdout.strip()
    server = None
    try:
        space = os.path.join(place, "space")
        subprocess.run(["runuser", "-u", "postgres", "--", "mkdir", space] if not os.environ["ANLAN_TEST_UID"]
                       else as_before("mkdir", space), check=True)
        # The log of writes stays where there is room: full are the tables, as on a server whose data has a disk of its own.
        sql(base, f"CREATE TABLESPACE small LOCATION '{space}'", "CREATE DATABASE full_disk TABLESPACE small")
        server = Server(base.rsplit("/", 1)[0] + "/full_disk")
        key = server.key("xujing")
        server.start("--min-free-mb", "0")
        who = Person(server, key)
        firm = firm_of(who)
        count = who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"]
        filler, told = fill_until_refused(who, firm, place, 512)
        same(report(who, firm, "再来 " + "长" * 400).status, 507)
        same(who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"], count + len(told), "reading goes on")
        for i in told[-5:]:
            same(len(who.get(f"/api/v1/hazards/{i}/history").json["items"]), 1, i)
        os.unlink(filler)
        after = report(who, firm, "有空间了")
        same(after.status, 201, after.body)
        same(server.stop(), 0)
        server.start()
        who = Person(server, key)
        same(who.get("/api/v1/hazards?count=exact&limit=1").json["total"]["count"], count + len(told) + 1)
        same(len(who.get("/api/v1/search?q=再来").json["items"]), 0, "nothing of what was refused is found")
        same(server.stop(), 0)
        assert server.run("check").endswith("faults=0\n")
    finally:
        if server:
            server.done()
        subprocess.run(as_before(PG, "stop", folder))
        subprocess.run(["umount", place], check=True)
        os.rmdir(place)


def main():
    failed = 0
    for story in (a_full_file_store_refuses_the_file_and_keeps_the_others,
                  a_full_place_for_uploads_refuses_the_upload_and_nothing_else,
                  a_full_database_refuses_the_change_whole_and_recovers,
                  a_full_database_server_refuses_the_change_whole_and_recovers):
        name = story.__name__.replace("_", " ")
        try:
            story()
            print(f"[       OK ] {name}", flush=True)
        except Exception as e:
            failed += 1
            print(f"[  FAILED  ] {name}\n        {type(e).__name__}: {str(e)[:1500]}", flush=True)
    return 1 if failed else 0


sys.exit(main())
