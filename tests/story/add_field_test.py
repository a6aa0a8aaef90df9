#!/usr/bin/env python3
"""Adding one field is one struct member and one row (the recipe of docs/recipes/add-a-field.md, followed).

add_field_test.py BINARY SOURCE     BINARY made the data folder before the field existed
Copies the tree, writes the two lines, builds, opens the old folder, and finds the field in table, API, meta, filter,
OpenAPI, export, import and types. No other file is touched.
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

os.environ["ANLAN_BIN"] = sys.argv[1]
import server  # noqa: E402

SOURCE = sys.argv[2]
MEMBER = "    const char *weather;\n"
ROW = ('    { TEXT(struct hazard, weather), .label = { "天气", "Weather" }, .max = 40, .flags = LIST | SEARCH, '
       '.group = "found" },\n')


def insert(path, before, line):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert text.count(before) == 1, (path, before)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(before, line + before))


def build():
    tree = tempfile.mkdtemp(prefix="anlan-field-")
    for name in ("src", "meson.build", "meson_options.txt"):
        source = os.path.join(SOURCE, name)
        (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, os.path.join(tree, name))
    insert(f"{tree}/src/domain/hazard/hazard.h", "    struct place place;\n", MEMBER)
    insert(f"{tree}/src/domain/hazard/hazard.c", "    { PLACE(struct hazard, place)", ROW)
    for command in (["meson", "setup", "build", "-Dweb=none", "-Dtests=disabled"], ["ninja", "-C", "build"]):
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return tree


def check(name, good, *what):
    print(f"[       OK ] {name}" if good else f"[  FAILED  ] {name}\n        {what}", flush=True)
    return bool(good)


def main():
    old = server.Server()
    key = old.key("xujing")
    tree = build()
    server.BIN = f"{tree}/build/anlan"
    good = []
    try:
        old.start()
        who = server.Person(old, key)
        before = who.get("/api/v1/hazards/1").json
        good.append(check("a folder made before the field was added opens and has it empty",
                          before.get("weather", 0) is None and before["description"], before))
        firm = who.get("/api/v1/enterprises?limit=1").json["items"][0]["id"]
        made = who.post("/api/v1/hazards", {"description": "新字段", "object": firm, "found_on": "2026-01-05",
                                           "source": "grid", "weather": "大雨"}).json
        good.append(check("the API takes and gives the new field", made.get("weather") == "大雨", made))
        listed = who.get("/api/v1/hazards?weather=大雨").json["items"]
        good.append(check("the list filters by the new field", [x["id"] for x in listed] == [made["id"]], listed))
        found = who.get("/api/v1/search?q=大雨").json["items"]
        good.append(check("the search box finds the new field", [x["id"] for x in found] == [made["id"]], found))
        long = who.patch(f"/api/v1/hazards/{made['id']}", {"weather": "雨" * 41}, 1)
        good.append(check("its limit is enforced by name", long.status == 422 and "weather" in long.json["fields"], long.body))
        hazard = [k for k in who.get("/api/v1/meta").json["kinds"] if k["name"] == "hazard"][0]
        field = [f for f in hazard["fields"] if f["name"] == "weather"]
        good.append(check("the pages are told of it", field and field[0]["label"]["zh"] == "天气" and field[0]["group"] == "found", field))
        openapi = who.get("/api/openapi.json").json
        good.append(check("OpenAPI has it in record, input and list parameters",
                          "weather" in openapi["components"]["schemas"]["hazard"]["properties"]
                          and "weather" in openapi["components"]["schemas"]["hazard_input"]["properties"]
                          and any(p["name"] == "weather" for p in openapi["paths"]["/api/v1/hazards"]["get"]["parameters"])))
        export = who.get("/api/v1/hazards/export?columns=description,weather").body.decode("utf-8-sig")
        good.append(check("the export has the column and the value", "天气" in export.split("\r\n")[0] and "大雨" in export))
        checked = who.ask("POST", "/api/v1/hazards/import?name=a.csv", "隐患内容,责任单位,排查日期,天气\n甲,x,2026-01-05,晴\n".encode()).json
        good.append(check("the import knows its header", checked["columns"][3]["field"] == "weather", checked["columns"]))
        history = who.patch(f"/api/v1/hazards/{made['id']}", {"weather": "晴"}, 1)
        history = who.get(f"/api/v1/hazards/{made['id']}/history").json["items"][0]["changes"]
        good.append(check("the history keeps its changes", history == [{"field": "weather", "old": "大雨", "new": "晴"}], history))
        old.stop()
        columns = [c[1] for c in sqlite3.connect(f"{old.folder}/anlan.db").execute("PRAGMA table_info(hazard)")]
        good.append(check("the table has the column", "weather" in columns, columns))
        types = subprocess.run([server.BIN, "describe", "types", "--dir", tree], capture_output=True)
        with open(f"{tree}/hazard.ts", encoding="utf-8") as f:
            good.append(check("the types of the pages have it", types.returncode == 0 and "weather: string | null" in f.read()))
    finally:
        old.done()
        shutil.rmtree(tree, ignore_errors=True)
    return 0 if len(good) == 12 and all(good) else 1


sys.exit(main())
