#!/usr/bin/env python3
"""A department that answers garbage, HTML or ten megabytes, or not at all, harms its own calls.

Each such call becomes an incident that `why` shows with what to do about it, or, when nothing came
at all, a call that is tried again; the other department's calls of the same cases are answered
meanwhile.
"""

import argparse
import json
import pathlib
import sys
import tempfile

from department import BAD
from world import Failed, World, eventually

CASES = 5


def events_of(world, case):
    return [event for record in world.json("history", case)["records"]
            for event in record["events"]]


def good_calls_answered(world, cases):
    """Whether the good department's call of every case is answered."""
    for case in cases:
        events = events_of(world, case)
        calls = {event["data"]["call"] for event in events if event["event"] == "CallRequested"
                 and event["data"]["department"] == "alpha"}
        answered = {event["data"]["call"] for event in events if event["event"] == "CallAnswered"}
        if not calls or not calls <= answered:
            return False
    return True


def trouble_shown(world, cases, kind):
    """Whether `why` of every case names the bad department and what came of asking it."""
    for case in cases:
        why = world.cli("why", case)[1]
        if "beta" not in why:
            return False
        shown = world.json("show", case)
        incidents = shown.get("incidents", [])
        if kind == "silence":
            tried = [event for event in events_of(world, case)
                     if event["event"] == "CallRetryScheduled"]
            if not tried and not incidents:
                return False
        elif not any(incident.get("resolved") is None for incident in incidents):
            return False
    return True


def run(binary, kind):
    binding = ", timeouts: { first_byte: 1s, total: 2s }"
    with tempfile.TemporaryDirectory(prefix="countersign-bad-") as folder:
        with World(binary, folder, {"alpha": None, "beta": kind}, binding) as world:
            world.start()
            application = world.folder / "application.json"
            application.write_text(json.dumps({"form": {"name": kind}}))
            cases = [world.json("start", "crash", application)["case"] for _ in range(CASES)]
            eventually(f"{kind}: the other department's calls are answered", 30,
                       lambda: good_calls_answered(world, cases))
            eventually(f"{kind}: the trouble is shown", 30,
                       lambda: trouble_shown(world, cases, kind))
            still = world.json("list", "--status", "open")["cases"]
            if len(still) != CASES:
                raise Failed(f"{kind}: {len(still)} of {CASES} cases are open")
            # An operator answers by hand what the department could not.
            if kind != "silence":
                call = next(call["call"] for call in world.json("show", cases[0])["calls"]
                            if call["department"] == "beta")
                world.cli("answer", call, "--outcome", "approved", "--result",
                          json.dumps({"reference": "by telephone"}), "--note", "asked by telephone")
                eventually(f"{kind}: the case ends once an operator has answered", 30,
                           lambda: world.json("show", cases[0])["status"] != "open")
            world.cli("verify")
    print(f"{kind}: {CASES} cases, only the calls of the bad department wait")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    for kind in BAD:
        try:
            run(arguments.binary, kind)
        except Failed as failed:
            print(f"FAILED: {failed}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
