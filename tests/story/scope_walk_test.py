#!/usr/bin/env python3
"""Every kind, every person of the demonstration, every row, by every door: what lies outside a scope is not there.

scope_walk_test.py BINARY [sqlite|postgres]
Kinds, moves and verbs come from /meta, so a new kind is walked without a line here. What a person should see is told
below in the words of the demonstration (an area, sectors, a firm, everything, nothing) and worked out from the owner of
each row as the office sees it, never asked of the program.
"""
import concurrent.futures
import os
import random
import subprocess
import sys
import time

BIN, ENGINE = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
os.environ["ANLAN_BIN"] = BIN
from server import Person, Server  # noqa: E402

LOOK_UP = {"region", "organisation", "account", "post", "clause", "holiday"}
NOWHERE = 99999999
SAMPLE = 2  # rows outside, per kind and person, that are tried by every door; by id all are
HAZCHEM = {"HAZCHEM", "MINE", "TAILINGS", "FIREWORK", "INDUSTRY"}
FIRM = "澜北禾川精细化工有限公司"


def everything(row):
    return True


def every_kind(kind):
    return True


def in_area(level, code):
    return lambda row: row["owner"][level] == code


def in_sectors(sectors):
    return lambda row: row["owner"]["sector"] in sectors


def of_firm(row):
    return (row["object"] or {}).get("id") == firm if "object" in row else row["id"] == firm


# What the head and the safety officer of a firm work with.
OF_FIRM = {"hazard", "enterprise", "assignment", "licence", "person", "certificate", "major_hazard_source", "paper",
           "standardization", "safety_promise"}


def nothing(row):
    return False


PEOPLE = {
    "xujing": (everything, every_kind),
    "wuchengdong": (everything, every_kind),
    "zhoumingyuan": (in_area("county", "990102000000"), every_kind),
    "hezhicheng": (in_area("town", "990102001000"), every_kind),
    "wanghaitao": (in_area("town", "990102002000"), every_kind),
    "zhenghaisheng": (of_firm, lambda kind: kind in OF_FIRM),
    "fanguolin": (of_firm, lambda kind: kind in OF_FIRM),
    "gaoyuan": (in_sectors(HAZCHEM), every_kind),
    "linxiaowen": (in_sectors({"BUILD", "GAS"}), every_kind),
    "tangweiguo": (everything, every_kind),
    "luoxiaofang": (of_firm, lambda kind: kind == "enterprise"),  # hazards: only those naming her, and none does
    "sysadmin": (nothing, lambda kind: False),
    "secadmin": (everything, lambda kind: kind == "assignment"),  # who holds which right, and no business
    "auditadmin": (nothing, lambda kind: False),
}
# A draft is its office's own, whoever else sees the unit: these work in the office that made it.
DRAFTERS = {"zhoumingyuan"}
failures = []
of_nothing = {}  # what a person is answered by a door of a record that does not exist


def check(good, *what):
    if not good:
        failures.append(" ".join(str(w) for w in what)[:400])


def rows_of(person, plural, query=""):
    out, after = [], None
    while True:
        r = person.get(f"/api/v1/{plural}?limit=200{query}" + (f"&after={after}" if after else ""))
        if r.status != 200:
            return None
        out += r.json["items"]
        after = r.json["next"]
        if not after:
            return out


def silent(reply, title, where):
    check(not title or title.encode() not in reply.body, where, "tells", title)


def try_doors(person, name, kind, row, field, secret):
    """Nothing differs from a record that does not exist, and nothing of the row is said."""
    plural, head = kind["plural"], f'"{row["version"]}"'
    doors = [("GET", "", None, {}), ("GET", "/history", None, {}), ("GET", "/files", None, {}),
             ("GET", "/counts", None, {}), ("GET", "/standing", None, {}), ("GET", "/sources", None, {}),
             ("POST", "/verify", {"fields": [field]}, {"If_Match": head}),
             ("PATCH", "", {field: "x"}, {"If_Match": head}), ("DELETE", "", None, {"If_Match": head}),
             ("POST", "/restore", {}, {}), ("POST", "/unmask", {"field": field}, {}),
             ("GET", "/transfer?region=990102002001", None, {}),
             ("POST", "/transfer", {"region": "990102002001", "reason": "x"}, {"If_Match": head})]
    doors += [("POST", f"/moves/{m['name']}", {}, {"If_Match": head}) for m in kind["moves"]]
    for method, door, body, headers in doors:
        got = person.ask(method, f"/api/v1/{plural}/{row['id']}{door}", body, **headers)
        if (name, plural, method, door) not in of_nothing:
            of_nothing[name, plural, method, door] = person.ask(method, f"/api/v1/{plural}/{NOWHERE}{door}", body, **headers)
        none = of_nothing[name, plural, method, door]
        where = f"{name} {method} {plural}/{row['id']}{door}"
        check(got.status in (403, 404, 405, 422), where, got.status, got.body)
        check((got.status, got.body) == (none.status, none.body), where, "differs from nothing:", got.body, none.body)
        silent(got, secret, where)


def walk(person, name, kind, rows, bin_rows, expected, may):
    plural, title = kind["plural"], kind["title"]
    inside = {r["id"] for r in rows if may and (kind["scope"] == "open" or expected(r))}
    outside = [r for r in rows if r["id"] not in inside]
    listed = rows_of(person, plural)
    check({r["id"] for r in listed or []} == inside, name, plural, "lists", sorted({r["id"] for r in listed or []} ^ inside))
    count = person.get(f"/api/v1/{plural}?limit=1&count=exact")
    check(count.status == 403 or count.json["total"]["count"] == len(inside), name, plural, "counts", count.body[:200])
    seen_bin = rows_of(person, plural, "&removed=true")
    binned = {r["id"] for r in bin_rows if may and (kind["scope"] == "open" or expected(r))}
    check({r["id"] for r in seen_bin or []} <= binned, name, plural, "sees in the bin", seen_bin)
    sheet = person.get(f"/api/v1/{plural}/export")
    secrets = {r[title] for r in outside if r[title]} - {r[title] for r in rows if r["id"] in inside}
    for r in outside + [b for b in bin_rows if b["id"] not in binned]:
        got = person.get(f"/api/v1/{plural}/{r['id']}")
        check(got.status in (403, 404), name, plural, r["id"], got.status)
        if r[title] in secrets:
            silent(got, r[title], f"{name} {plural}/{r['id']}")
            if sheet.status == 200 and not kind["open_label"]:
                silent(sheet, r[title], f"{name} {plural}/export")
    field = next(f["name"] for f in kind["fields"] if f["name"] == title)
    for r in outside[:SAMPLE]:
        secret = r[title] if r[title] in secrets and not kind["open_label"] else None
        try_doors(person, name, kind, r, field, secret)
        if secret:
            found = person.get(f"/api/v1/search?q={secret}")
            check(found.status != 200 or not any(i["kind"] == kind["name"] and i["id"] == r["id"] for i in found.json["items"]),
                  name, "finds", plural, r["id"])
            words = person.get(f"/api/v1/{plural}?q={secret}")
            check(words.status != 200 or all(i["id"] != r["id"] for i in words.json["items"]), name, "q= finds", plural, r["id"])
        if kind["scope"] == "is_object":
            hop = person.get(f"/api/v1/hazards?{kind['name']}.{title}={r[title]}&count=exact")
            check(hop.status != 200 or secret is None or hop.json["total"]["count"] == 0, name, "hops to", plural, r["id"])
            check(person.get(f"/api/v1/responsible?object={r['id']}").body == person.get(f"/api/v1/responsible?object={NOWHERE}").body,
                  name, "is told who answers for", plural, r["id"])
            owners = person.get(f"/api/v1/owners/none?kind={kind['name']}")
            check(owners.status == 403 or all(i["object"]["id"] != r["id"] for i in owners.json["items"]), name, "owners", r["id"])


def database():
    if ENGINE == "sqlite":
        return None
    base = os.environ["ANLAN_TEST_PG"]
    name = f"walk_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return base.rsplit("/", 1)[0] + "/" + name


def open_to(name, expected):
    """What a person should see of a row that may be a draft."""
    return lambda row: expected(row) and (row.get("state") != "draft" or name in DRAFTERS)


def make_draft(drafter):
    hazard = next(h for h in rows_of(drafter, "hazards") if of_firm(h) and h["state"] not in ("closed", "closed_by_closure"))
    made = drafter.ask("POST", "/api/v1/papers", {"type": "instruction", "items": [{"hazard": hazard["id"]}],
                                                  "recipient": "未签发的单位"})
    assert made.status == 201, made.body


def main():
    global firm
    began = time.monotonic()
    server = Server(database())
    try:
        keys = {name: server.key(name) for name in PEOPLE}
        server.start()
        office = Person(server, keys["xujing"])
        firm = next(r["id"] for r in rows_of(office, "enterprises") if r["name"] == FIRM)
        for hazard in (rows_of(office, "hazards")[0], rows_of(office, "hazards")[-1]):
            done = office.ask("DELETE", f"/api/v1/hazards/{hazard['id']}", If_Match=f'"{hazard["version"]}"')
            assert done.status == 204, done.body
        drafter = Person(server, keys["zhoumingyuan"])
        make_draft(drafter)
        kinds = [k for k in office.get("/api/v1/meta").json["kinds"] if k.get("title")]
        assert {"hazard", "enterprise", "claim", "assignment"} <= {k["name"] for k in kinds}
        there = []
        for kind in kinds:
            there.append((kind, rows_of(office, kind["plural"]), rows_of(office, kind["plural"], "&removed=true") or []))
            if kind["name"] == "paper":
                there[-1][1].extend(r for r in rows_of(drafter, "papers") if r["state"] == "draft")
                assert len({r["id"] for r in there[-1][1]}) == len(there[-1][1]), "the office sees a draft of another"
            assert there[-1][1], f"the demonstration has no {kind['plural']}: let src/demo make one"

        def go(name):
            """One person tries everything; the others do at the same time."""
            person, (expected, kinds_of) = Person(server, keys[name]), PEOPLE[name]
            for kind, rows, gone in there:
                look_up = kind["name"] in LOOK_UP  # what everybody looks up; the administrators see that and no business
                may = kinds_of(kind["name"]) or look_up
                walk(person, name, kind, rows, gone, everything if look_up else open_to(name, expected), may)

        with concurrent.futures.ThreadPoolExecutor(len(PEOPLE)) as pool:
            list(pool.map(go, PEOPLE))
    finally:
        server.done()
    for f in failures[:40]:
        print(f"[  FAILED  ] {f}")
    print(f"{len(kinds)} kinds, {len(PEOPLE)} people, {len(failures)} leaks, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


sys.exit(main())
