#!/usr/bin/env python3
"""A department for the crash tests: an HTTP service of its own process, with a journal.

It answers some calls at once and others later to their callback, chosen by the call's id, so that a
call repeated is treated alike. Each request is a line of JSON in the journal before it is answered:
{"id", "type", "attempt", "body": SHA-256}. A misbehaving department (--bad KIND) answers nothing
that a contract allows.
"""

import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import queue
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BAD = ("garbage", "html", "huge", "silence")


class Department:
    """What the requests share: the journal, and the answers that wait to be posted."""

    def __init__(self, arguments):
        self.bad = arguments.bad
        self.journal = open(arguments.journal, "a", encoding="utf-8")
        self.lock = threading.Lock()
        self.secret = base64.b64decode(
            pathlib.Path(arguments.secret).read_text().strip().removeprefix("whsec_"))
        self.later = queue.Queue()
        self.promised = set()
        for _ in range(4):
            threading.Thread(target=self.post_answers, daemon=True).start()

    def note(self, **line):
        with self.lock:
            self.journal.write(json.dumps(line) + "\n")
            self.journal.flush()

    def promise(self, call, callback, body):
        """Has the answer posted soon; a call that was promised already is not promised twice."""
        with self.lock:
            if call in self.promised:
                return
            self.promised.add(call)
        self.later.put((call, callback, body))

    def post_answers(self):
        while True:
            call, callback, body = self.later.get()
            time.sleep(0.02)
            while not self.post_answer(call, callback, body):
                time.sleep(0.2)

    def post_answer(self, call, callback, body):
        """Posts it, signed as Standard Webhooks. False: nobody took it, try again."""
        name, stamp = f"{call}/answer", str(int(time.time()))
        mac = hmac.new(self.secret, f"{name}.{stamp}.".encode() + body, hashlib.sha256)
        request = urllib.request.Request(callback, data=body, headers={
            "content-type": "application/json", "webhook-id": name, "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(mac.digest()).decode()})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status < 300
        except urllib.error.HTTPError as error:
            if error.code in (408, 429) or error.code >= 500:
                return False
            self.note(id=call, type="callback.refused", attempt="", body=str(error.code))
            return True
        except OSError:
            return False


def answer_of(call):
    """The answer to a call: always the same bytes."""
    return json.dumps({"outcome": "approved", "result": {"reference": f"R-{call}"}}).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    department = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        event = json.loads(body)
        self.department.note(id=event["id"], type=event["type"],
                             attempt=self.headers.get("countersign-attempt", ""),
                             body=hashlib.sha256(body).hexdigest())
        if event["type"] != "countersign.call.v1":
            return self.reply(200, b"{}")
        if self.department.bad:
            return self.misbehave(self.department.bad)
        call = event["data"]["call"]
        if hashlib.sha256(call.encode()).digest()[0] % 2:
            self.department.promise(call, event["data"]["callback"], answer_of(call))
            return self.reply(202, b"{}")
        return self.reply(200, answer_of(call))

    def misbehave(self, kind):
        if kind == "garbage":
            self.reply(200, b"\x01{]\xff\xfe")
        elif kind == "html":
            self.reply(200, b"<html><h1>Please sign in</h1></html>", "text/html")
        elif kind == "huge":
            self.reply(200, b" " * 10_000_000)
        else:
            time.sleep(3600)

    def reply(self, status, body, content_type="application/json"):
        try:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the server was killed while we answered


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # connections of a killed server break; that is what the test is about


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--bad", choices=BAD)
    arguments = parser.parse_args()
    Handler.department = Department(arguments)
    Server(("127.0.0.1", arguments.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
