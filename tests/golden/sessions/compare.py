#!/usr/bin/env python3
"""Runs each session of this folder in both languages and compares what it shows (README.md)."""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = (("en", ".txt"), ("zh", ".zh.txt"))


def played(binary, session, language):
    """Both streams of the program, and its exit code, without what differs from run to run."""
    line, _, typed = session.read_text().partition("---\n")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("COUNTERSIGN_", "LC_", "LANG"))}
    done = subprocess.run(
        [binary, "--lang", language, *shlex.split(line, comments=True)], input=typed, cwd=HERE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=60,
        env=environment | {"NO_COLOR": "1"})
    text = re.sub(r" *\d+\.\d+ ms", " … ms", done.stdout)
    text = re.sub(r"\d+ ms \(\d+ a second\)", "… ms (… a second)", text)
    text = re.sub(r"\d+毫秒（每秒\d+个）", "…毫秒（每秒…个）", text)
    return f"{text}exit code {done.returncode}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = pathlib.Path(parser.parse_args().binary).resolve()
    sessions = sorted(HERE.glob("*.session"))
    assert sessions, "there is no session"
    wrong = 0
    for session in sessions:
        for language, ending in LANGUAGES:
            beside = session.with_suffix(ending)
            found = played(binary, session, language)
            if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
                beside.write_text(found)
            wanted = beside.read_text() if beside.exists() else ""
            if found != wanted:
                wrong += 1
                sys.stdout.writelines(difflib.unified_diff(
                    wanted.splitlines(True), found.splitlines(True), beside.name, "found"))
    print(f"{len(sessions)} sessions, {wrong} texts differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
