#!/usr/bin/env python3
"""Real ledgers, cut to a sample: the figures known about them come out of the program, and a wrong one would be seen.

ledgers_test.py BINARY [sqlite|postgres]
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

BIN, ENGINE = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = os.path.join(ROOT, "tests", "cases", "osha")


def database():
    base = os.environ["ANLAN_TEST_PG"]
    name = f"ledgers_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return ["--db", base.rsplit("/", 1)[0] + "/" + name]


def prove(folder):
    done = subprocess.run([os.path.join(ROOT, "tools", "real-ledgers"), folder, "--anlan", BIN,
                           *(database() if ENGINE == "postgres" else [])], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def every_figure_of_the_real_ledgers_comes_out_equal():
    status, out, err = prove(SAMPLE)
    assert status == 0, out + err
    assert "rows=411 imported=381 duplicates=30 rejected=0" in out, out
    assert "rows=411 imported=0 duplicates=411 rejected=0" in out, "sent again, nothing is new\n" + out
    assert "street: 4 / 4" in out, "gaps stay gaps\n" + out
    assert "NOT EQUAL" not in out, out


def a_figure_that_differs_is_named():
    with tempfile.TemporaryDirectory() as folder:
        for name in os.listdir(SAMPLE):
            shutil.copyfile(os.path.join(SAMPLE, name), os.path.join(folder, name))
        path = os.path.join(folder, "truth.json")
        with open(path, encoding="utf-8") as file:
            truth = json.load(file)
        truth["violation_penalty_current_sum"] += 1
        with open(path, "w", encoding="utf-8") as file:
            json.dump(truth, file)
        status, out, err = prove(folder)
        assert status == 1, out + err
        wrong = [line for line in out.splitlines() if "NOT EQUAL" in line]
        assert len(wrong) == 1 and "violation_penalty_current_sum" in wrong[0], out


for test in (every_figure_of_the_real_ledgers_comes_out_equal, a_figure_that_differs_is_named):
    test()
    print(f"[       OK ] {test.__name__}")
