"""A real server on a demo folder, and people who talk to it: what the tests of this folder share."""
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

BIN = os.environ["ANLAN_BIN"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def forms(text):
    """How a text would stand somewhere in clear: as it is, in hexadecimal, as UTF-16, in base64 wherever it begins there."""
    data = text.encode()
    found = [data, data.hex().encode(), text.encode("utf-16le")]
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data)
        found.append(whole[-(-before * 8 // 6):(before + len(data)) * 8 // 6])
    return found


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self, db=None, scale=0):
        self.folder = tempfile.mkdtemp(prefix="anlan-test-")
        self.db = ["--db", db] if db else []
        self.process = None
        self.run("demo", "--city", "small", *(["--scale", str(scale)] if scale else []))

    def run(self, *words):
        done = subprocess.run([BIN, *words, "--data", self.folder, *self.db], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def key(self, name):
        return self.run("key", "new", "--user", name).strip()

    def start(self, *words, port=None, **environment):
        self.port = port or free_port()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([BIN, "serve", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}", *self.db,
                                         *words], stdout=subprocess.DEVNULL, stderr=self.log,
                                        env={**os.environ, **environment})
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return self
            except OSError:
                assert self.process.poll() is None, open(os.path.join(self.folder, "log")).read()
                time.sleep(0.05)
        raise AssertionError("the server does not start")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.process = None
        return code

    def done(self):
        if self.process:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Person:
    """One signed-in client with a connection of its own.

    The server closes a connection that was idle for 30 seconds. What is not a GET is never sent twice, so whoever rested
    for long comes back on a fresh connection instead of writing into one that may be closing.
    """
    RESTED = 10  # seconds

    def __init__(self, server, key):
        self.server, self.key, self.connection, self.used, self.process = server, key, None, 0, None

    def ask(self, method, path, body=None, **headers):
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if data is not None and not isinstance(body, bytes):
            head["Content-Type"] = "application/json"
        head.update({k.replace("_", "-"): v for k, v in headers.items() if v is not None})
        # A server that was started anew has another port, and ends what rested too long.
        if self.connection and (self.process is not self.server.process or time.monotonic() - self.used > self.RESTED):
            self.connection.close()
            self.connection = None
        for attempt in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
                    self.process = self.server.process
                self.connection.request(method, urllib.parse.quote(path, safe="/?&=%.,-_:"), data, head)
                r = self.connection.getresponse()
                reply = Reply(r.status, dict(r.getheaders()), r.read())
                self.used = time.monotonic()
                return reply
            except (http.client.HTTPException, ConnectionError, socket.timeout):
                self.connection = None
                if attempt or method != "GET":
                    raise

    def get(self, path, **h):
        return self.ask("GET", path, **h)

    def post(self, path, body=None, **h):
        return self.ask("POST", path, {} if body is None else body, **h)

    def patch(self, path, body, version):
        return self.ask("PATCH", path, body, If_Match=f'"{version}"' if version else None)

    def move(self, hazard, move, body=None):
        return self.ask("POST", f"/api/v1/hazards/{hazard['id']}/moves/{move}", body or {}, If_Match=f'"{hazard["version"]}"')

    def upload(self, name, data, kind="image/png"):
        return self.ask("POST", f"/api/v1/files?name={name}", data, Content_Type=kind)
