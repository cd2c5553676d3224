"""Checks one rule of the repository and prints each place that breaks it, with its cure.

usage: check.py --root ROOT --build BUILD RULE...        (no RULE: all of them)
"""

import argparse
import os
import pathlib
import subprocess
import sys

import rules

SKIPPED = (".git", ".cache", "build", "__pycache__")


def files_of(root):
    """The paths that are or could be committed: git's word, or without it all in the folder."""
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    listing = subprocess.run([*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=False) if (root / ".git").exists() else None
    if listing and listing.returncode == 0:
        names = listing.stdout.decode("utf-8").split("\0")
        return [name for name in names if name and (root / name).is_file()]
    found = []
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name not in SKIPPED]
        here = pathlib.Path(folder).relative_to(root)
        found += [str(here / name) for name in names]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("rule", nargs="*", help=", ".join(rules.RULES))
    arguments = parser.parse_args()
    tree = rules.Tree(arguments.root, files_of(arguments.root), arguments.build)
    count = 0
    for name in arguments.rule or rules.RULES:
        findings = list(rules.RULES[name](tree))
        count += len(findings)
        print(f"{name}: {rules.RULES[name].__doc__.splitlines()[0]} "
              f"{f'{len(findings)} findings' if findings else 'It holds.'}")
        for finding in findings:
            print(f"  {finding}")
    return 1 if count else 0


sys.exit(main())
