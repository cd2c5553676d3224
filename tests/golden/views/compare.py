#!/usr/bin/env python3
"""Gives each command of this folder its answers and compares what it draws (README.md)."""

import argparse
import difflib
import fcntl
import http.server
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading

HERE = pathlib.Path(__file__).resolve().parent


def serve(answers):
    """A server with these answers by path, on a port of the system's choice."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = json.dumps(answers[self.path.partition("?")[0]]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def environment():
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("COUNTERSIGN_", "LC_", "LANG", "NO_COLOR", "COLUMNS"))}
    return kept | {"TERM": "xterm"}


def on_terminal(command):
    """What the command writes to a terminal of 100 columns."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its, stderr=its,
                               env=environment())
    os.close(its)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    code = running.wait(timeout=60)
    text = re.sub("\x1b\\[([0-9;]*)m", r"‹\1›", written.decode().replace("\r\n", "\n"))
    return f"{text}exit code {code}\n"


def through_pipe(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, encoding="utf-8", timeout=60,
                          env=environment())
    return f"{done.stdout}exit code {done.returncode}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = pathlib.Path(parser.parse_args().binary).resolve()
    views = sorted(HERE.glob("*.json"))
    assert views, "there is no view"
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder, "token")
        token.write_text("secret\n")
        token.chmod(0o600)
        for view in views:
            given = json.loads(view.read_text())
            server = serve(given["answers"])
            command = [binary, "--server", f"http://127.0.0.1:{server.server_address[1]}",
                       "--token-file", token, "--lang"]
            for found, ending in ((on_terminal([*command, "en", *given["command"]]), ".txt"),
                                  (through_pipe([*command, "zh", *given["command"]]), ".zh.txt")):
                beside = view.with_suffix(ending)
                if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
                    beside.write_text(found)
                wanted = beside.read_text() if beside.exists() else ""
                if found != wanted:
                    wrong += 1
                    sys.stdout.writelines(difflib.unified_diff(
                        wanted.splitlines(True), found.splitlines(True), beside.name, "found"))
            server.shutdown()
    print(f"{len(views)} views, {wrong} texts differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
