#!/usr/bin/env python3
"""Running it for real: settings file, health, figures, TLS, and what systemd is told.

operations_test.py BINARY [sqlite|postgres]     one line per sentence; PostgreSQL: a database in $ANLAN_TEST_PG
"""
import http.client
import json
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import time
import warnings

os.environ["ANLAN_BIN"] = sys.argv[1]
os.environ["LANG"] = "C.UTF-8"
from server import BIN, Person, Server, free_port  # noqa: E402

ENGINE = sys.argv[2] if len(sys.argv) > 2 else "sqlite"


def same(a, b, *what):
    assert a == b, (a, b, *what)


def database():
    if ENGINE == "sqlite":
        return None
    base = os.environ["ANLAN_TEST_PG"]
    name = f"operations_{os.getpid()}_{random.randrange(10**6)}"
    subprocess.run(["psql", "-q", base, "-c", f"CREATE DATABASE {name}"], check=True)
    return base.rsplit("/", 1)[0] + "/" + name


def fetch(port, path, context=None, **headers):
    kind = http.client.HTTPSConnection if context else http.client.HTTPConnection
    c = kind("127.0.0.1", port, timeout=30, **({"context": context} if context else {}))
    c.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    body = r.read().decode()
    c.close()
    return r.status, body, r


def metrics(port, **headers):
    """The listener of the figures comes a moment after the one of the pages."""
    for _ in range(200):
        try:
            return fetch(port, "/metrics", **headers)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nobody listens")


def refused(server, *words):
    done = subprocess.run([BIN, "serve", "--data", server.folder, "--listen", f"127.0.0.1:{free_port()}", *server.db, *words],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 or done.returncode == 1, (done.returncode, done.stderr)
    return done.stderr


def certificate(folder, name="tls"):
    cert, key = os.path.join(folder, f"{name}.crt"), os.path.join(folder, f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    os.chmod(key, 0o600)
    return cert, key


# ---- settings ----

def the_folder_s_own_file_is_read_and_a_wrong_line_stops_the_start(server):
    ini = os.path.join(server.folder, "anlan.ini")
    port = free_port()
    with open(ini, "w") as f:
        f.write(f"[watch]\nmetrics-listen = 127.0.0.1:{port}\n")
    server.start()
    same(metrics(port)[0], 200)
    same(server.stop(), 0)
    with open(ini, "a") as f:
        f.write("min-free-mb = much\n")
    said = refused(server)
    assert "anlan.ini line 3: min-free-mb takes a whole number" in said, said
    os.unlink(ini)


# ---- health and figures ----

LINE = re.compile(r'^(anlan_\w+)(\{(?:\w+="[^"\\]*",?)*\})? ([0-9.]+)$')


def figures(text):
    out, declared = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name = line.split()[2]
            assert name not in declared, ("a name is declared once", name)
            declared.add(name)
        elif not line.startswith("# HELP "):
            m = LINE.match(line)
            assert m, line
            base = re.sub(r"_(bucket|sum|count)$", "", m[1])
            assert m[1] in declared or base in declared, line
            assert m[1] + (m[2] or "") not in out, ("a figure stands once", line)
            out[m[1] + (m[2] or "")] = float(m[3])
    return out


def figures_count_requests_by_route_and_say_nothing_about_anybody(server):
    key = server.key("xujing")
    port = free_port()
    server.start("--metrics-listen", f"127.0.0.1:{port}")
    who = Person(server, key)
    firm = who.get("/api/v1/enterprises?limit=1&q=禾川").json["items"][0]["id"]
    before = figures(metrics(port)[1])
    for n in range(7):
        same(who.post("/api/v1/hazards", {"description": f"指标 {n}", "object": firm, "found_on": "2026-01-05", "source": "self"}).status, 201)
    same(who.post("/api/v1/hazards", {}).status, 422)
    same(who.get("/api/v1/hazards/999999999").status, 404)
    same(who.get("/api/v1/nothing").status, 404)
    s = socket.create_connection(("127.0.0.1", server.port))
    s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
    s.recv(4096)
    text = metrics(port)[1]
    after = figures(text)
    grew = lambda name: after.get(name, 0) - before.get(name, 0)
    create = 'method="POST",route="/api/v1/{kind}"'
    same(grew("anlan_http_requests_total{%s,status=\"201\"}" % create), 7)
    same(grew("anlan_http_requests_total{%s,status=\"422\"}" % create), 1)
    same(grew('anlan_http_requests_total{method="GET",route="/api/v1/{kind}/{id}",status="404"}'), 1)
    same(grew('anlan_http_requests_total{method="",route="unknown",status="404"}'), 1)
    same(grew("anlan_http_request_seconds_count{%s}" % create), 8)
    same(grew("anlan_http_request_seconds_bucket{%s,le=\"+Inf\"}" % create), 8)
    buckets = [v for k, v in after.items() if k.startswith("anlan_http_request_seconds_bucket{%s" % create)]
    same(buckets, sorted(buckets), "buckets hold all below them")
    assert grew("anlan_store_jobs_total") >= 7 and grew("anlan_store_commits_total") >= 0
    same(after["anlan_streams"], 1)
    same(after["anlan_store_up"], 1)
    assert after["anlan_database_bytes"] > 10000 and after["anlan_resident_bytes"] > 10**6
    same(after["anlan_ladder_lag_days"] >= 0 and after["anlan_sessions"] >= 0 and after['anlan_jobs{state="waiting"}'], 0)
    for word in ("许静", "xujing", "禾川", "127.0.0.1", key):
        assert word not in text, word
    same(fetch(port, "/api/v1/me")[0], 404, "nothing else stands there")
    s.close()
    same(server.stop(), 0)


def from_elsewhere_figures_need_a_key(server):
    port = free_port()
    said = refused(server, "--metrics-listen", f"0.0.0.0:{port}")
    assert "metrics-key" in said, said
    path = os.path.join(server.folder, "metrics-key")
    with open(path, "w") as f:
        f.write("a-key-that-nobody-guesses\n")
    os.chmod(path, 0o644)
    said = refused(server, "--metrics-listen", f"0.0.0.0:{port}", "--metrics-key", path)
    assert "chmod 600" in said and "nobody-guesses" not in said, said
    os.chmod(path, 0o600)
    server.start("--metrics-listen", f"0.0.0.0:{port}", "--metrics-key", "metrics-key", CREDENTIALS_DIRECTORY=server.folder)
    same(metrics(port)[0], 401)
    same(metrics(port, Authorization="Bearer a-key-that-nobody-guesse")[0], 401)
    same(metrics(port, Authorization="Bearer a-key-that-nobody-guesses")[0], 200)
    same(server.stop(), 0)
    assert "nobody-guesses" not in open(os.path.join(server.folder, "log")).read()


def a_full_disk_is_not_ready_but_alive(server):
    server.start("--min-free-mb", "1000000")
    same(fetch(server.port, "/healthz")[:2], (200, "ok\n"))
    status, body, reply = fetch(server.port, "/readyz")
    same((status, body, reply.headers["Retry-After"]), (503, "disk\n", "2"))
    same(server.stop(), 0)
    server.start("--min-free-mb", "0")
    same(fetch(server.port, "/readyz")[:2], (200, "ok\n"))
    same(server.stop(), 0)


# ---- TLS ----

def https_is_served_with_secure_cookies_streams_and_uploads(server):
    cert, key = certificate(server.folder)
    user = server.key("xujing")
    server.start("--tls-cert", cert, "--tls-key", key)
    context = ssl.create_default_context(cafile=cert)
    status, _, reply = fetch(server.port, "/healthz", context)
    same((status, reply.headers["Strict-Transport-Security"]), (200, "max-age=31536000"))
    c = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=60)
    c.request("POST", "/api/v1/demo-session", '{"name":"xujing"}',
              {"Content-Type": "application/json", "Host": f"localhost:{server.port}"})
    r = c.getresponse()
    same(r.status, 200, r.read()[:300])
    assert "; Secure" in r.headers["Set-Cookie"], r.headers["Set-Cookie"]
    r.read()
    data = os.urandom(5 << 20)
    c.request("POST", "/api/v1/files?name=a.png", data, {"Authorization": f"Bearer {user}", "Content-Type": "image/png"})
    r = c.getresponse()
    same((r.status, len(data)), (201, json.loads(r.read())["size"]))
    c.request("GET", "/api/v1/meta", headers={"Authorization": f"Bearer {user}"})
    assert len(c.getresponse().read()) > 50000
    s = context.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname="127.0.0.1")
    assert s.version() in ("TLSv1.3", "TLSv1.2"), s.version()
    s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user}\r\n\r\n".encode())
    assert b"200 OK" in s.recv(4096)
    time.sleep(0.3)
    firm = None
    c.request("GET", "/api/v1/enterprises?limit=1", headers={"Authorization": f"Bearer {user}"})
    firm = json.loads(c.getresponse().read())["items"][0]["id"]
    c.request("POST", "/api/v1/hazards", json.dumps({"description": "加密", "object": firm, "found_on": "2026-01-05",
              "source": "self"}), {"Authorization": f"Bearer {user}", "Content-Type": "application/json"})
    same(c.getresponse().read() and True, True)
    s.settimeout(20)
    text = b""
    while b"event: change" not in text:
        piece = s.recv(4096)
        assert piece, text
        text += piece
    warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is tried
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        old.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname="127.0.0.1")
        raise AssertionError("TLS 1.1 is taken")
    except (ssl.SSLError, ConnectionError):
        pass
    same(server.stop(), 0)
    log = open(os.path.join(server.folder, "log")).read()
    assert "ERROR: " not in log and "runtime error" not in log, log[-3000:]


def a_certificate_without_its_key_is_refused_by_a_sentence(server):
    cert, key = certificate(server.folder)
    other, _ = certificate(server.folder, "other")
    assert "set together" in refused(server, "--tls-cert", cert)
    assert "belong together" in refused(server, "--tls-cert", other, "--tls-key", key)
    os.chmod(key, 0o644)
    assert "chmod 600" in refused(server, "--tls-cert", cert, "--tls-key", key)


# ---- systemd ----

def the_manager_is_told_when_it_is_ready_and_when_it_stops(server):
    path = os.path.join(server.folder, "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(30)
    server.start(NOTIFY_SOCKET=path)
    same(listener.recv(100), b"READY=1")
    same(server.stop(), 0)
    same(listener.recv(100), b"STOPPING=1")
    listener.close()


# ---- paper from a shell ----

def report(server, *words):
    done = subprocess.run([BIN, "report", *words, "--data", server.folder, *server.db], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def text_of(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def ledgers_cards_and_papers_come_from_a_shell_with_the_scope_of_the_person(server):
    pdf, xlsx = os.path.join(server.folder, "ledger.pdf"), os.path.join(server.folder, "ledger.xlsx")
    xujing, grid, inspector = (Person(server, server.key(name)) for name in ("xujing", "hezhicheng", "zhoumingyuan"))
    server.start()
    own = grid.get("/api/v1/hazards?count=exact&limit=1").json
    first = own["items"][0]["id"]
    foreign = next(h for h in xujing.get("/api/v1/hazards?limit=200").json["items"]
                   if grid.get(f"/api/v1/hazards/{h['id']}").status == 404)["id"]
    firm = xujing.get("/api/v1/enterprises?limit=1").json["items"][0]
    open_ones = [h for h in inspector.get("/api/v1/hazards?limit=200").json["items"] if h["state"] in ("classified", "assigned")]
    second = next(a for a in xujing.get("/api/v1/accounts?limit=200").json["items"] if a["name"] == "gaoyuan")["id"]
    draft = inspector.post("/api/v1/papers", {"type": "instruction", "items": [{"hazard": open_ones[0]["id"]}],
                                              "due": "2190-01-31", "second_officer": second})
    same(draft.status, 201, draft.body)
    draft = draft.json
    same(server.stop(), 0)

    same(report(server, "ledger", "-o", pdf, "--user", "hezhicheng")[:2], (0, f"rows={own['total']['count']}\n"))
    assert "隐患" in text_of(pdf)
    code, said, _ = report(server, "ledger", "hazards", "--from", "2199-01-01", "-o", xlsx)
    same((code, said), (0, "rows=0\n"))
    assert open(xlsx, "rb").read(2) == b"PK" and os.stat(xlsx).st_mode & 0o77 == 0
    everything = int(report(server, "ledger", "-o", xlsx)[1].strip()[5:])
    assert everything > own["total"]["count"], "the program's own eyes see the city"
    same(report(server, "card", "hazard", str(first), "-o", pdf, "--user", "hezhicheng")[:2], (0, "rows=1\n"))
    assert "登记卡" in text_of(pdf)
    same(report(server, "card", "enterprise", str(firm["id"]), "-o", pdf)[:2], (0, "rows=1\n"))
    assert firm["name"] in text_of(pdf).replace("\n", "")

    for words, status, names in (
            (["card", "hazard", str(foreign), "-o", pdf, "--user", "hezhicheng"], 1, ""),
            (["paper", str(draft["id"]), "-o", pdf], 1, "issue it first"),
            (["paper", "安监〔1999〕1号", "-o", pdf], 1, "安监〔1999〕1号"),
            (["ledger", "-o", "ledger.doc"], 2, "-o"),
            (["ledger"], 2, "-o"),
            (["ledger", "cloud", "-o", pdf], 2, "cloud"),
            (["ledger", "--from", "spring", "-o", pdf], 2, "--from"),
            (["ledger", "enterprise", "--to", "2026-01-01", "-o", pdf], 2, "--to"),
            (["ledger", "--region", "nowhere", "-o", pdf], 1, "region"),
            (["card", "hazard", "first", "-o", pdf], 2, "first"),
            (["card", "hazard", "1", "--from", "2026-01-01", "-o", pdf], 2, "--from"),
            (["poster", "-o", pdf], 2, "anlan report ledger"),
            (["ledger", "-o", pdf, "--user", "nobody"], 1, "nobody")):
        code, said, why = report(server, *words)
        same((code, said), (status, ""), words, why)
        assert names in why, (words, why)

    server.start()
    issued = inspector.post(f"/api/v1/papers/{draft['id']}/moves/issue", {}, If_Match=f'"{draft["version"]}"')
    same(issued.status, 200, issued.body)
    original = inspector.get(f"/api/v1/papers/{draft['id']}/pdf").body
    same(server.stop(), 0)
    same(report(server, "paper", issued.json["doc_number"], "-o", pdf, "--user", "zhoumingyuan")[:2], (0, "rows=1\n"))
    same(open(pdf, "rb").read(), original)
    # Who may not see it learns not even that the number was given.
    hidden, never = (report(server, "paper", number, "-o", pdf, "--user", "secadmin")[2]
                     for number in (issued.json["doc_number"], "安监〔1999〕1号"))
    assert issued.json["doc_number"] in hidden, hidden
    same(hidden.replace(issued.json["doc_number"], "安监〔1999〕1号"), never)
    same(subprocess.run([BIN, "export", "hazard", os.path.join(server.folder, "h.csv"), "--user", "hezhicheng", "--data",
                         server.folder, *server.db], capture_output=True).returncode, 0)

    trail = Person(server, server.key("auditadmin"))
    server.start()
    for act, kind, who, times in (("export", "hazard", "hezhicheng", 2), ("print", "hazard", "hezhicheng", 1),
                                  ("print", "paper", "zhoumingyuan", 1)):
        account = next(a["id"] for a in xujing.get("/api/v1/accounts?limit=200").json["items"] if a["name"] == who)
        rows = trail.get(f"/api/v1/audit?act={act}&kind={kind}&account={account}&limit=50").json["items"]
        same(sum(row["peer"] == "console" for row in rows), times, act, rows)
    same(server.stop(), 0)


def main():
    failed = 0
    server = Server(database())
    for story in (the_folder_s_own_file_is_read_and_a_wrong_line_stops_the_start,
                  figures_count_requests_by_route_and_say_nothing_about_anybody, from_elsewhere_figures_need_a_key,
                  a_full_disk_is_not_ready_but_alive, https_is_served_with_secure_cookies_streams_and_uploads,
                  a_certificate_without_its_key_is_refused_by_a_sentence,
                  the_manager_is_told_when_it_is_ready_and_when_it_stops,
                  ledgers_cards_and_papers_come_from_a_shell_with_the_scope_of_the_person):
        name = f"{story.__name__.replace('_', ' ')} ({ENGINE})"
        try:
            story(server)
            print(f"[       OK ] {name}", flush=True)
        except Exception as e:
            failed += 1
            where = e.__traceback__
            while where.tb_next:
                where = where.tb_next
            print(f"[  FAILED  ] {name}\n        line {where.tb_lineno}: {type(e).__name__}: {str(e)[:1500]}", flush=True)
            if server.process:
                server.stop()
    server.done()
    return 1 if failed else 0


sys.exit(main())
