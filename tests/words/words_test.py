#!/usr/bin/env python3
"""Whether the program speaks one language at a time.

A server runs cases that go through everything that there are words for. Then each command is asked
in Chinese and in English: a Latin word in a Chinese output, or a Chinese character in an English
one, that is neither on the short list below nor somebody's own words in quotation marks, is a
failure. The definitions' titles are whole in both languages, so what is found is the program's.
"""

import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What stays as it is in a Chinese text: names of things that have to be typed or looked up.
ALLOWED = """
    countersign Countersign countersign.yaml operator.token YAML JSON Schema RFC HTTP SHA-256 GET
    POST
    Authorization Bearer Idempotency-Key text json human sarif en zh base64 whsec_ MB KB B T10
    open ended closed process version department definitions materials phone stars site.address
    site_plan applicant.uscc plan.pdf plan.txt materials.m1 stepz everything operator done
    m1 m2 li due between diff wd form.load_kw SVG
    accepted refused incomplete accept plan dig rest visit tell never rating name address kinds form
    missing materials.m9 t w q
    approved rejected survey finding jiading calendar test hookup.test.yaml ms
""".split()


class Failed(Exception):
    pass


class World:
    """A server that is fast, people with tokens, and a department that nobody can reach."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.server = binary, pathlib.Path(folder), None
        # A port of ours on which nobody listens, and which nobody else gets.
        self.refusing = socket.socket()
        self.refusing.bind(("127.0.0.1", 0))
        nobody = self.refusing.getsockname()[1]
        self.url = None
        (self.folder / "li").write_text("token-of-li-0123456789\n")
        (self.folder / "countersign.yaml").write_text(f"""
listen: 127.0.0.1:0
data: {self.folder}/data
calendar: jiading
definitions: [{HERE}/documents, {ROOT}/definitions/library/calendars]
departments:
  hall: {{ worklist: {{}} }}
  grid: {{ worklist: {{}} }}
  tel:
    push: {{ url: "http://127.0.0.1:{nobody}/", signature: optional }}
    retry: {{ first: 100ms, factor: 1, most: 100ms, attempts: 3 }}
people:
  li: {{ roles: [applicant], token: {{ file: li }} }}
clock: {{ start: 2026-02-10T10:00+08:00, speed: 1800 }}
log: {{ level: error, format: text }}
""")

    def __enter__(self):
        log = open(self.folder / "server.log", "wb")
        self.server = subprocess.Popen(
            [self.binary, "--lang", "zh", "serve",
             "--config", str(self.folder / "countersign.yaml")],
            stdout=log, stderr=log)
        self.until("the server says where it serves", self.announced)
        self.until("the server is ready", self.ready)
        return self

    def __exit__(self, *_):
        if self.server.poll() is None:
            self.server.terminate()
            self.server.wait()
        self.refusing.close()

    def announced(self):
        """The system chose the port: one that this test chose might be taken meanwhile."""
        found = re.search(r"http://127\.0\.0\.1:\d+", (self.folder / "server.log").read_text())
        self.url = found and found[0]
        return found

    def ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as response:
                return response.status == 200
        except OSError:
            return False

    def until(self, what, ask, seconds=60):
        end = time.monotonic() + seconds
        while not ask():
            if self.server.poll() is not None or time.monotonic() > end:
                raise Failed(f"never: {what}\n{(self.folder / 'server.log').read_text()}")
            time.sleep(0.05)

    def run(self, *arguments, language="en", token=None):
        """Both outputs of the program, one behind the other, and its exit code."""
        command = [self.binary, "--lang", language, "--server", self.url, "--token-file",
                   str(token or self.folder / "data" / "operator.token"), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=self.folder,
                              stdin=subprocess.DEVNULL,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.stdout + done.stderr, done.returncode

    def must(self, *arguments):
        said, code = self.run(*arguments)
        if code != 0:
            raise Failed(f"{arguments} ended with {code}:\n{said}")
        return said.strip()

    def json(self, *arguments):
        return json.loads(self.must("--output", "json", *arguments))

    def step(self, case, address):
        todo = list(self.json("show", case)["steps"])
        for step in todo:
            if step["address"] == address:
                return step
            todo += step.get("steps", [])
        return {}


class Speech:
    """Asks each command in both languages and keeps what is wrong."""

    def __init__(self, world):
        self.world, self.found, self.asked = world, [], 0
        self.commands = {"list", "show", "claim", "release", "complete", "get", "put", "serve"}
        self.commands |= set(re.findall("^  ([a-z]+) ", world.must("--help"), re.M))

    def hear(self, *arguments, token=None):
        checks = {"zh": self.latin, "en": self.chinese}
        with concurrent.futures.ThreadPoolExecutor() as both:
            ask = functools.partial(self.world.run, *arguments, token=token)
            said = {lang: both.submit(ask, language=lang) for lang in checks}
        for language, check in checks.items():
            self.judge(language, check, arguments, said[language].result()[0])

    def once(self, language, *arguments, token=None):
        """A command that changes something can be asked in one language only."""
        said, code = self.world.run(*arguments, language=language, token=token)
        self.judge(language, self.latin if language == "zh" else self.chinese, arguments, said)
        if code != 0:
            raise Failed(f"{arguments} ended with {code}:\n{said}")

    def judge(self, language, check, arguments, said):
        self.asked += 1
        if not said.strip():
            self.found.append(f"{language}: {arguments} says nothing")
        for line in said.splitlines():
            wrong = [w for w in check(line) if not self.is_said_back(w, arguments)]
            if wrong:
                asked = " ".join(map(str, arguments))
                self.found.append(f"{language}: {asked}: {wrong}\n    {line}")

    def is_said_back(self, word, arguments):
        """What stood on the command line, and the commands' names."""
        given = [part for argument in arguments for part in re.split("[=/ ]", str(argument))]
        return word in self.commands or word in given

    def latin(self, line):
        if "CS5001" in line:                                      # as the test's author wrote it
            line = re.sub(r"\d+wd|发给[a-z.]+", " ", line)
        line = re.sub(r'"[a-z]\d"|\b[a-z]+\[x\d\]', " ", line)   # JSON, and steps' addresses
        line = re.sub(r"“[^”]*”|`[^`]*`", " ", line)              # somebody's own words
        line = re.sub(r"https?://\S+|\S*/\S+", " ", line)         # addresses and paths
        line = re.sub(r"\b0[0-9A-Z]{15}\b(-[CT]?\d+)?|\b\d+(\.\d+)?e[+]\d+\b", " ", line)   # ids
        line = re.sub(r"--?[a-z][a-z-]*|\{[^}]*\}", " ", line)    # options, and their values
        line = re.sub(r"\bN-\d+\b|\bCS\d+\b|\b[CT]\d+\b|\b[0-9a-f]{12,}\b", " ", line)
        words = re.findall(r"[A-Za-z][A-Za-z0-9_.'-]*", line)
        return [w for w in words if w.rstrip(".") not in ALLOWED and not self.is_typed(w)]

    @staticmethod
    def is_typed(word):
        """What stands for something on a command line: PATH, ID=FILE."""
        return re.fullmatch(r"[A-Z_.]{2,}", word) is not None

    @staticmethod
    def chinese(line):
        return re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", line)


def application(folder, kinds):
    path = folder / "application.json"
    path.write_text(json.dumps({"form": {"name": "N-1", "phone": "13800001111", "kinds": kinds},
                                "materials": [{"id": "m1"}]}))
    return path


def due_stands_in_list(world, task):
    """A worklist tells when a task is due as its case does."""
    due = world.step(task["case"], task["step"]).get("due")
    rows = world.must("task", "list").splitlines()
    # While a clock stands still the due moves from one look to the next, and a task may be done.
    if due is None or due != world.step(task["case"], task["step"]).get("due"):
        return
    row = next((row for row in rows if row.startswith(task["task"] + " ")), "")
    if due[:16].replace("T", " ") not in row:
        raise Failed(f"task list does not tell that {task['task']} is due {due}: {row!r}")


def look(speech, case):
    for command in (["show"], ["why"], ["clock"], ["history"], ["history", "--brief"]):
        speech.hear(*command, case)
    speech.hear("material", "list", case)
    speech.hear("verify", case)
    speech.hear("list")
    speech.hear("task", "list")
    for task in speech.world.json("task", "list")["tasks"]:
        if task["case"] == case:
            speech.hear("task", "show", task["task"])
            due_stands_in_list(speech.world, task)


def task_of(world, case, step):
    world.until(f"a task of {step}", lambda: any(
        task["case"] == case and task["step"].startswith(step)
        for task in world.json("task", "list")["tasks"]))
    return next(task["task"] for task in world.json("task", "list")["tasks"]
                if task["case"] == case and task["step"].startswith(step))


def everything(world, speech):
    """One case through all that may happen, looked at whenever something has."""
    case = world.must("start", "everything", application(world.folder, ["x1", "x2"]),
                      "--applicant", "li")
    look(speech, case)
    task = task_of(world, case, "accept")
    speech.once("zh", "task", "claim", task)
    look(speech, case)
    speech.once("en", "task", "release", task)
    speech.once("zh", "task", "complete", task, "--choose", "incomplete", "--missing",
                "address=N-2")
    look(speech, case)
    world.until("the notice leaves",
                lambda: world.json("show", case)["supplement"]["status"] == "noticed")
    look(speech, case)
    speech.once("zh", "supply", case, "--field", "address=N-3")
    world.must("task", "complete", task_of(world, case, "accept"), "--choose", "accepted",
               "--note", "N-4")
    world.until("an incident", lambda: world.json("show", case)["incidents"])
    world.until("a red card", lambda: world.step(case, "visit").get("steps", [{}])[0].get("card")
                == "red")
    look(speech, case)
    speech.once("zh", "retry", case, 1)
    world.until("another incident", lambda: len(world.json("show", case)["incidents"]) == 2)
    for number, call in enumerate(world.json("show", case)["calls"]):
        speech.once("zh" if number else "en", "answer", call["call"], "--outcome",
                    "rejected" if number == 2 else "approved", "--note", "N-5")
    look(speech, case)
    (world.folder / "plan.txt").write_text("0")
    speech.once("en", "supply", case, "--material", "m2=plan.txt")
    world.must("task", "complete", task_of(world, case, "dig"))
    look(speech, case)
    world.until("the end", lambda: world.json("show", case)["end"])
    look(speech, case)
    return case


def short_cases(world, speech):
    """Cases that are withdrawn and refused."""
    case = world.must("start", "everything", application(world.folder, ["x1"]))
    speech.once("zh", "withdraw", case, "--reason", "N-6")
    look(speech, case)
    case = world.must("start", "everything", application(world.folder, ["x1"]))
    world.must("task", "complete", task_of(world, case, "accept"), "--choose", "refused",
               "--note", "N-7")
    look(speech, case)


def refusals(world, speech, case):
    """What does not fit: the command line's own failures, and the server's."""
    (world.folder / "bad.json").write_text('{"form": {"phone": "x", "kinds": []}}')
    (world.folder / "text.json").write_text("0")
    (world.folder / "bad.yaml").write_text("process: everything\nversion: 1\nstepz: {}\n")
    for arguments in (
            ["start", "everything", "bad.json"], ["start", "everything", "text.json"],
            ["start", "everything", "absent.json"], ["start", "nothing", "bad.json"],
            ["start", "everything", "bad.json", "--received", "x"],
            ["show", "x"], ["show", "0" * 26], ["task", "claim", f"{case}-99"],
            ["task", "complete", f"{case}-1"], ["task", "show", f"{case}-99"],
            ["task", "complete", f"{case}-1", "--field", "x"],
            ["supply", case], ["supply", case, "--field", "x"],
            ["supply", case, "--accept-suspicious", "x"],
            ["supply", case, "--material", "m9=absent.pdf"],
            ["supply", case, "--field", "address=N-8"],
            ["withdraw", case, "--reason", "N-9"], ["retry", case, "99"],
            ["answer", f"{case}-99", "--outcome", "x"],
            ["answer", f"{case}-1", "--outcome", "x", "--result", "["],
            ["material", "get", case, "m9"], ["material", "put", "absent.pdf"],
            ["list", "--status", "x"], ["list", "--limit", "0"], ["list", "--limit", "x"],
            ["list", "--after", "x"], ["show"], ["task"], ["nothing"], ["show", "a", "b"],
            ["show", "--nothing"], ["deploy", "bad.yaml"], ["deploy", "absent"],
            ["check", "absent"], ["check", "bad.yaml"], ["check", "plan.txt"],
            ["test", "absent"], ["test", "bad.yaml"],
            ["test", HERE / "tests"], ["test", HERE / "tests", "--definitions", "absent"],
            ["test", HERE / "tests", "--definitions", "bad.yaml"], ["explain", "CS9999"],
            ["serve", "--config", "absent.yaml"], ["serve", "--config", "bad.yaml"],
            ["serve", "--config", "countersign.yaml", "--listen", "x"],
            ["serve", "--config", "countersign.yaml", "--start-at", "x"],
            ["department", "serve", "absent.yaml", "--profile", "absent.yaml"],
            ["department", "serve", "bad.yaml", "--profile", "bad.yaml"],
            ["list", "--server", "http://127.0.0.1:1"], ["list", "--server", "nonsense"],
            ["list", "--server", "https://127.0.0.1:1"]):
        speech.hear(*arguments)
    for command in (["show", case], ["withdraw", case, "--reason", "N-9"], ["verify"],
                    ["task", "list", "--role", "hall.clerk"]):
        speech.hear(*command, token=world.folder / "li")
    (world.folder / "stranger").write_text("token-of-nobody-012345\n")
    (world.folder / "empty").write_text("\n")
    for token in ("stranger", "empty", "absent"):
        speech.hear("list", token=world.folder / token)


def rehearsals(world, speech, definitions):
    """One that is played to its end, one that nobody acts in, and what does not fit."""
    path = application(world.folder, ["x1", "x2"])
    start = ["--start-at", "2026-02-10T10:00+08:00"]
    rehearse = ["rehearse", "everything", path, *definitions, *start]
    if world.run(*rehearse, "--choose", "accept=accepted")[1] != 0:
        raise Failed("the rehearsal is refused")
    for more in (["--choose", "accept=accepted", "--choose", "dig=done"], [], ["--brief"],
                 ["--choose", "accept=incomplete"], ["--choose", "accept"],
                 ["--choose", "accept=x"], ["--choose", "x=accepted"], ["--material", "m9"],
                 ["--profile", "absent"], ["--profile", HERE / "tests"],
                 ["--profile", f"x={path}"], ["--profile", f"grid={path}"], ["--interactive"]):
        speech.hear(*rehearse, *more)
    speech.hear("rehearse", "everything", path, *definitions, "--start-at", "x")
    speech.hear("rehearse", "nothing", path, *definitions)
    speech.hear("rehearse", "everything", *definitions)
    speech.hear("rehearse", "everything", "--interactive", *definitions)
    speech.hear("rehearse", "everything", "-", "--interactive", *definitions)
    for name in ("bad.json", "text.json", "absent.json"):
        speech.hear("rehearse", "everything", name, *definitions)


def help_pages(world, speech):
    speech.hear("--help")
    for line in world.must("--help").split("Subcommands:")[1].splitlines():
        command = re.match(r"  ([a-z]+) ", line)
        if command:
            speech.hear(command[1], "--help")
    for pair in (["task", "list"], ["task", "complete"], ["material", "get"],
                 ["department", "serve"]):
        speech.hear(*pair, "--help")
    speech.hear("version")
    speech.hear("verify")
    # One that passes, told with its timeline, and one whose every expectation is wrong.
    definitions = ["--definitions", HERE / "documents",
                   "--definitions", ROOT / "definitions/library/calendars"]
    speech.hear("test", "-v", HERE / "tests", *definitions)
    rehearsals(world, speech, definitions)
    speech.hear("deploy", HERE / "documents", ROOT / "definitions/library/calendars")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    binary = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory() as folder, World(binary, folder) as world:
        speech = Speech(world)
        try:
            case = everything(world, speech)
            short_cases(world, speech)
            refusals(world, speech, case)
            help_pages(world, speech)
        except Failed as failed:
            speech.found.append(str(failed))
    print("\n".join(speech.found))
    print(f"{speech.asked} outputs, {len(speech.found)} mistakes")
    return 1 if speech.found else 0


if __name__ == "__main__":
    sys.exit(main())
