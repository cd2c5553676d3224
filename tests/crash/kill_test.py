#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments while cases run, and then asks for every promise:

- every case that was accepted ends, and no case exists that nobody asked for;
- a start that was repeated with its key opened one case;
- each department saw each call, never with two different bodies, and none that is not on disk;
- no case counts an answer twice;
- the chain verifies.

CRASH_CASES, CRASH_KILLS and COUNTERSIGN_SEED change how much and at which moments.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import sys
import tempfile
import threading
import time

from world import Failed, World, eventually

DEPARTMENTS = ("alpha", "beta")
STARTERS = 4
CALLS_A_CASE = 3


class Run:
    def __init__(self, world, cases, kills, seed):
        self.world = world
        self.cases = cases
        self.kills = kills
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.gate = threading.Condition()
        self.ids = {}

    def kill_at_random(self):
        """Kills and starts again, `kills` times. Each time some more cases may be opened, so that
        there is always work under way."""
        try:
            while self.world.kills < self.kills:
                time.sleep(self.random.uniform(0.02, 0.7))
                self.world.kill()
                time.sleep(self.random.uniform(0, 0.2))
                self.world.start()
                with self.gate:
                    self.gate.notify_all()
        finally:
            self.over.set()
            with self.gate:
                self.gate.notify_all()

    def may_open(self, number):
        allowed = (self.world.kills + 1) * self.cases / self.kills
        return self.over.is_set() or number < allowed

    def open_case(self, number):
        """Opens a case by its key, once or twice: the second must meet the first."""
        with self.gate:
            self.gate.wait_for(lambda: self.may_open(number))
        application = self.world.folder / f"application-{number}.json"
        application.write_text(json.dumps({"form": {"name": f"case {number}"}}))
        repeats = 1 + number % 2
        for _ in range(repeats):
            answer = self.world.json("start", "crash", application,
                                     "--idempotency-key", f"key-{number}")
            self.ids.setdefault(number, set()).add(answer["case"])

    def go(self):
        with concurrent.futures.ThreadPoolExecutor(STARTERS + 1) as pool:
            killer = pool.submit(self.kill_at_random)
            starters = [pool.submit(self.open_case, number) for number in range(self.cases)]
            try:
                killer.result()
            except Failed:
                for starter in starters:  # each would wait for a server that is no more
                    starter.cancel()
                raise
            for starter in starters:
                starter.result()

    def all_ended(self):
        open_cases = self.world.json("list", "--status", "open", "--limit", "1000")["cases"]
        return not open_cases


def expect(holds, promise):
    if not holds:
        raise Failed(promise)


def check_cases(run):
    """Returns the ids. Each start led to one case of its own, and there are no others."""
    for number, ids in sorted(run.ids.items()):
        expect(len(ids) == 1, f"the starts of case {number} with one key opened {sorted(ids)}")
    ids = sorted(next(iter(found)) for found in run.ids.values())
    expect(len(ids) == run.cases, f"{run.cases} cases were asked for, {len(ids)} were opened")
    expect(len(set(ids)) == run.cases, "two keys led to one case")
    listed = [case["case"] for case in run.world.json("list", "--limit", "1000")["cases"]]
    expect(sorted(listed) == ids, f"cases listed, but not as opened: {set(listed) ^ set(ids)}")
    return ids


def check_histories(run, ids):
    """Returns the calls that the cases asked for, by department. Each was answered once."""
    calls = collections.defaultdict(set)
    for case in ids:
        requested, answered = {}, collections.Counter()
        for record in run.world.json("history", case)["records"]:
            for event in record["events"]:
                if event["event"] == "CallRequested":
                    requested[event["data"]["call"]] = event["data"]["department"]
                elif event["event"] == "CallAnswered":
                    answered[event["data"]["call"]] += 1
        expect(len(requested) == CALLS_A_CASE, f"{case} asked {len(requested)} times")
        for call, department in requested.items():
            expect(answered[call] == 1, f"{case}: call C{call} counts {answered[call]} answers")
            calls[department].add(f"{case}-C{call}")
        shown = run.world.json("show", case)
        expect(shown["end"]["kind"] == "granted", f"{case} ended {shown['end']}")
    return calls


def check_departments(run, calls):
    for name in DEPARTMENTS:
        bodies = collections.defaultdict(set)
        for request in run.world.requests(name):
            expect(request["type"] != "callback.refused",
                   f"the answer of {name} to {request['id']} was refused: {request['body']}")
            if request["type"] == "countersign.call.v1":
                bodies[request["id"]].add(request["body"])
        for call, different in bodies.items():
            expect(len(different) == 1, f"{name} got {len(different)} bodies for call {call}")
        expect(set(bodies) >= calls[name], f"{name} never saw {sorted(calls[name] - set(bodies))}")
        expect(set(bodies) <= calls[name],
               f"{name} was asked what is not on disk: {sorted(set(bodies) - calls[name])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=int(os.environ.get("CRASH_CASES", "60")))
    parser.add_argument("--kills", type=int, default=int(os.environ.get("CRASH_KILLS", "6")))
    seed = int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() % 1_000_000))
    arguments = parser.parse_args()
    print(f"{arguments.cases} cases, {arguments.kills} kills, COUNTERSIGN_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="countersign-crash-") as folder:
        with World(arguments.binary, folder, dict.fromkeys(DEPARTMENTS)) as world:
            run = Run(world, arguments.cases, arguments.kills, seed)
            try:
                world.start()
                run.go()
                eventually("every case ends", 120, run.all_ended)
                ids = check_cases(run)
                check_departments(run, check_histories(run, ids))
                world.cli("verify")
            except Failed as failed:
                print(f"FAILED: {failed}\n\nserver log:\n{world.tail()}", file=sys.stderr)
                return 1
            repeats = sum(len(world.requests(name)) for name in DEPARTMENTS)
            print(f"all {len(ids)} cases ended, {repeats} requests for {len(ids) * CALLS_A_CASE} "
                  f"calls, {world.kills} kills, the chain verifies")
    return 0


if __name__ == "__main__":
    sys.exit(main())
