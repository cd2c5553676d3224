#!/usr/bin/env python3
"""Plays the workflow patterns, and holds the table of definitions/patterns.md to the folders here:
43 rows in order, each that is supported links its folder, each folder has its row."""

import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "definitions/patterns.md"
ROW = re.compile(r"^\| (\d+) \| (?:\[([^\]]+)\]\(\.\./tests/scenario/patterns/([^)]+)\)|([^|[]+)) "
                 r"\| (direct|trick|not yet|refused) \| ([^|]+) \|$", re.M)


def mistakes_of(page):
    """What is wrong with the table."""
    rows = ROW.findall(page)
    numbers = [int(row[0]) for row in rows]
    if numbers != list(range(1, 44)):
        yield f"the rows are not 1 … 43 in order, each once: {numbers}"
    linked = {row[2] for row in rows if row[2]}
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "common"}
    for name in sorted(linked - folders):
        yield f"{name}: the table links it, but there is no such folder"
    for name in sorted(folders - linked):
        yield f"{name}: a folder that the table does not link"
    for number, _, folder, _, how, _ in rows:
        if bool(folder) != (how in ("direct", "trick")):
            yield f"{number}: what is supported has a folder, and nothing else has one"
        if folder and not folder.startswith(f"{int(number):02}-"):
            yield f"{number}: {folder} begins with another number"
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
    played = subprocess.run([binary, "test", str(HERE), "--definitions", str(HERE)])
    return 1 if mistakes or played.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
