"""What the crash tests share: the server under test, its departments, and its command line."""

import base64
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
READY_SECONDS = 60


class Failed(Exception):
    """A promise was broken; the message says which."""


def free_ports(count):
    """Ports that nobody listens on at the moment. They lie below those that the system gives to
    clients: while a server is down, a client that tries to reach it must not be given its port."""
    sockets = []
    try:
        while len(sockets) < count:
            one = socket.socket()
            try:
                one.bind(("127.0.0.1", random.randrange(15_000, 32_000)))
            except OSError:
                one.close()
                continue
            sockets.append(one)
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class World:
    """A server with its data, and a department process for each name in `departments`, a mapping to
    the kind of its misbehaviour or None. Use it with `with`: what it started ends."""

    def __init__(self, binary, folder, departments, binding=""):
        self.binary = str(binary)
        self.folder = pathlib.Path(folder)
        self.server = None
        self.departments = {}
        self.kills = 0
        port, *ports = free_ports(1 + len(departments))
        self.url = f"http://127.0.0.1:{port}"
        self.secret = self.folder / "secret"
        self.secret.write_text("whsec_" + base64.b64encode(os.urandom(32)).decode() + "\n")
        self.log = open(self.folder / "server.log", "ab")
        self._write_config(port, dict(zip(departments, ports)), binding)
        for (name, bad), department_port in zip(departments.items(), ports):
            self.departments[name] = self._start_department(name, bad, department_port)

    def _write_config(self, port, ports, binding):
        lines = [f"listen: 127.0.0.1:{port}", f"data: {json.dumps(str(self.folder / 'data'))}",
                 f"definitions: [{json.dumps(str(HERE / 'definitions'))}]", "departments:"]
        for name, department_port in ports.items():
            url = f"http://127.0.0.1:{department_port}/"
            lines.append(f"  {name}: {{ push: {{ url: {json.dumps(url)}, secret: {{ file: "
                         f"{json.dumps(str(self.secret))} }} {binding} }}, "
                         "retry: { first: 100ms, factor: 2, most: 1s } }")
        lines.append("log: { level: warning, format: text }")
        (self.folder / "countersign.yaml").write_text("\n".join(lines) + "\n")

    def _start_department(self, name, bad, port):
        command = [sys.executable, "-B", str(HERE / "department.py"), "--port", str(port),
                   "--journal", str(self.journal(name)), "--secret", str(self.secret)]
        return subprocess.Popen(command + (["--bad", bad] if bad else []))

    def journal(self, name):
        return self.folder / f"{name}.journal"

    def requests(self, name):
        """The requests that a department has seen, as its journal has them. The last line may be
        unfinished: a department may be writing."""
        if not self.journal(name).exists():
            return []
        lines = self.journal(name).read_text(encoding="utf-8").split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def start(self):
        """Starts the server and waits until it is ready."""
        self.server = subprocess.Popen(
            [self.binary, "serve", "--config", str(self.folder / "countersign.yaml")],
            stdout=self.log, stderr=self.log)
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self.server.poll() is not None:
                raise Failed(f"the server ended with {self.server.returncode}:\n{self.tail()}")
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as response:
                    if response.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise Failed(f"the server was not ready after {READY_SECONDS} s:\n{self.tail()}")

    def tail(self):
        """The end of the server's log."""
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]

    def kill(self):
        self.server.kill()
        self.server.wait()
        self.kills += 1

    def cli(self, *arguments, check=True):
        """Runs the program against the server; returns its exit code and standard output."""
        command = [self.binary, "--server", self.url, "--token-file",
                   str(self.folder / "data" / "operator.token"), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        if check and done.returncode != 0:
            raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
        return done.returncode, done.stdout

    def json(self, *arguments):
        return json.loads(self.cli("--output", "json", *arguments)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [self.server, *self.departments.values()]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        self.log.close()


def eventually(what, seconds, ask):
    """Asks until the answer is true and returns it; Failed when it never is. A server that is away
    for the moment counts as no answer."""
    until = time.monotonic() + seconds
    last = None
    while True:
        try:
            answer = ask()
            if answer:
                return answer
        except (OSError, Failed) as error:
            last = error
        if time.monotonic() > until:
            raise Failed(f"not within {seconds} s: {what}" + (f" ({last})" if last else ""))
        time.sleep(0.1)
