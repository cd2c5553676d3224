#!/usr/bin/env python3
"""Plays the tutorial of the definitions: makes its files, applies its changes, runs its commands.

A fenced block of the page says what it is: `yaml NAME` and `json NAME` are files, `diff NAME` is a
change whose lines are found in the file by themselves, `sh` holds commands (`$ ...`) with what they
print, `sh server` one that goes on until the end. COUNTERSIGN_GOLDEN=write renews what is printed.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "definitions/tutorial/README.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
DONE = "--- done ---"
PORT = ":8420"


class Shell:
    """One shell for all commands, so that folders and variables last, as a reader's do."""

    def __init__(self, folder, environment):
        self.process = subprocess.Popen(["bash"], cwd=folder, env=environment, encoding="utf-8",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)

    def run(self, command):
        self.process.stdin.write(f"{command}\necho '{DONE}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n").endswith(DONE):
                return "".join(lines)
            lines.append(line)
        raise AssertionError(f"the shell ended in: {command}")


def changed(text, change):
    """The text with one hunk applied, whose lines before must be there once."""
    lines = change.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "-"))
    after = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "+"))
    assert text.count(before) == 1, f"{text.count(before)} places for the change:\n{change}"
    return text.replace(before, after)


def without_chance(text):
    """What a command printed, without what differs from run to run."""
    text = re.sub(r" *\d+\.\d+ ms", " … ms", text)
    text = re.sub(r"\d+ ms \(\d+ a second\)", "… ms (… a second)", text)
    text = re.sub(r"\b0[0-9A-Z]{15}\b", "06ERKDW000000000", text)
    return re.sub(r" +$", "", text, flags=re.M)


def serving(command, folder, environment):
    """Starts the server; returns it and where it serves, on a port that the system chose."""
    server = subprocess.Popen(command.split(), cwd=folder, env=environment, encoding="utf-8",
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for line in server.stderr:
        if serves := re.search(r"serves at (\S+),", line):
            # It says little more, all of which a pipe holds.
            return server, serves[1]
    raise AssertionError("the server did not start")


def play(page, binary, folder):
    (folder / "bin").mkdir()
    (folder / "bin/countersign").symlink_to(binary)
    (folder / "definitions").symlink_to(ROOT / "definitions")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("COUNTERSIGN_", "LC_", "LANG"))}
    environment |= {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "COLUMNS": "100",
                    "PATH": f"{folder}/bin:{environment['PATH']}"}
    shell, server = Shell(folder, environment), None
    home = folder / "hookup"

    def block(match):
        nonlocal server
        kind, name, text = match.groups()
        if kind in ("yaml", "json"):
            # A slow machine must not let the case's clock pass a minute.
            played = text.replace(PORT, ":0").replace("speed: 1 ", "speed: 0.001 ")
            (home / name).write_text(played)
        elif kind == "diff":
            (home / name).write_text(changed((home / name).read_text(), text))
        elif name == "server":
            command = text.removeprefix("$ ").strip()
            server, address = serving(command, home, environment)
            shell.run(f"export COUNTERSIGN_SERVER={address}")
        else:
            commands = re.findall(r"^\$ (.*)$", text, re.M)
            text = "".join(f"$ {command}\n{without_chance(shell.run(command))}"
                           for command in commands)
        return match[0][:match.start(3) - match.start(0)] + text + "```"

    try:
        return BLOCK.sub(block, page)
    finally:
        shell.process.stdin.close()
        shell.process.wait(timeout=60)
        if server is not None:
            server.terminate()
            server.wait(timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = pathlib.Path(parser.parse_args().binary).resolve()
    page = PAGE.read_text()
    with tempfile.TemporaryDirectory(prefix="countersign-tutorial-") as folder:
        found = play(page, binary, pathlib.Path(folder))
    if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
        PAGE.write_text(found)
        page = found
    sys.stdout.writelines(difflib.unified_diff(
        page.splitlines(True), found.splitlines(True), "the page", "found"))
    assert "$ countersign task complete" in found, "the page has lost its end"
    return 1 if found != page else 0


if __name__ == "__main__":
    sys.exit(main())
