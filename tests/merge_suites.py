"""Merges the test suites of several builds into one, so that a single ctest run covers them all.

usage: merge_suites.py OUT NAME=BUILD[:SELECTION...] ...

SELECTION is passed to `ctest` (as -L:label). The tests are named NAME/TEST in the merged suite.
"""

import json
import pathlib
import subprocess
import sys


def quoted(text):
    """The text as a CMake bracket argument, which nothing inside it can end."""
    fence = "="
    while f"]{fence}]" in text:
        fence += "="
    return f"[{fence}[{text}]{fence}]"


def property_text(value):
    if isinstance(value, list):
        return ";".join(item.replace(";", "\\;") for item in value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)


def entry_text(name, entry):
    """The value of a property; what names other tests or fixtures gets the build's prefix too."""
    value = entry["value"]
    if entry["name"] == "DEPENDS" or entry["name"].startswith("FIXTURES_"):
        value = [f"{name}/{item}" for item in value]
    return property_text(value)


def suite(name, build, selection):
    """The CTestTestfile lines of the selected tests of one build."""
    command = ["ctest", "--test-dir", build, "--show-only=json-v1", *selection]
    tests = json.loads(subprocess.check_output(command))["tests"]
    if not tests:
        sys.exit(f"merge_suites: {build} has no test that {' '.join(selection)} selects")
    lines = []
    for test in tests:
        if "command" not in test:
            sys.exit(f"merge_suites: the test {test['name']} of {build} is not built")
        title = quoted(f"{name}/{test['name']}")
        lines.append(f"add_test({title} {' '.join(map(quoted, test['command']))})")
        for entry in test.get("properties", []):
            value = quoted(entry_text(name, entry))
            lines.append(f"set_tests_properties({title} PROPERTIES {entry['name']} {value})")
    return lines


def main(arguments):
    out = pathlib.Path(arguments[0])
    lines = []
    for argument in arguments[1:]:
        name, _, rest = argument.partition("=")
        build, *selection = rest.split(":")
        lines += suite(name, build, selection)
    out.mkdir(parents=True, exist_ok=True)
    (out / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n", encoding="utf-8")


main(sys.argv[1:])
