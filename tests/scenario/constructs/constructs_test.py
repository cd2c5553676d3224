#!/usr/bin/env python3
"""Plays the examples of definitions/README.md, and holds that page to the folders here: each folder
is linked from it, and each link leads to a folder with a test."""

import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "definitions/README.md"
COMMON = HERE.parent / "patterns/common"


def mistakes_of(page):
    """What is wrong with the links."""
    linked = set(re.findall(r"\(\.\./tests/scenario/constructs/([a-z-]+)\)", page))
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] != "_"}
    for name in sorted(linked - folders):
        yield f"{name}: the page links it, but there is no such folder"
    for name in sorted(folders - linked):
        yield f"{name}: a folder that the page does not link"
    for name in sorted(linked & folders):
        if not list((HERE / name).glob("*.test.yaml")):
            yield f"{name}: no test plays it"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    mistakes = list(mistakes_of(PAGE.read_text()))
    for mistake in mistakes:
        print(mistake)
    played = subprocess.run([binary, "test", str(HERE), "--definitions", str(HERE),
                             "--definitions", str(COMMON)])
    return 1 if mistakes or played.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
