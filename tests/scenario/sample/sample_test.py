#!/usr/bin/env python3
"""Checks and plays the documents of this folder, and, where the language's own sample lies beside
the checkout, that sample and its test against them; without it that part is passed over."""

import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
CALENDARS = TOP / "definitions/library/calendars"
DESIGN = [above / "shared" / "design" for above in list(TOP.parents)[:2]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    known = ["--definitions", str(HERE), "--definitions", str(CALENDARS)]
    failed = subprocess.run([binary, "check", "--strict", str(HERE), str(CALENDARS)]).returncode
    failed |= subprocess.run([binary, "test", str(HERE), *known]).returncode
    design = next((path for path in DESIGN if (path / "hookup.yaml").exists()), None)
    if design is None:
        print("the language's sample does not lie beside the checkout: passed over")
        return failed
    sample = design / "hookup.yaml"
    checked = subprocess.run([binary, "check", str(HERE), str(CALENDARS), str(sample)],
                             capture_output=True, text=True)
    if checked.returncode:
        print(checked.stderr or checked.stdout)
    played = subprocess.run([binary, "test", str(design / "hookup.test.yaml"), *known,
                             "--definitions", str(sample)], capture_output=True, text=True)
    print(played.stdout if not played.returncode else played.stdout + played.stderr)
    return failed | checked.returncode | played.returncode


if __name__ == "__main__":
    sys.exit(main())
