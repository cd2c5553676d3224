#!/usr/bin/env python3
"""Holds `countersign schema` against the documents of this repository: every sound one is valid,
every broken one whose fault is one of structure (an unknown key, a missing one, a wrong shape) is
not. By python3-jsonschema, and by ajv where npm can fetch it."""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
BROKEN = TOP / "tests/golden/definitions"
SOUND = ["definitions/library", "definitions/tutorial", "tests/scenario/constructs",
         "tests/scenario/patterns", "tests/scenario/sample", "tests/golden/definitions/catalog"]
# Unknown key, key without value or missing, a value of another kind.
STRUCTURAL = ("CS1018", "CS1020", "CS1021")


class Core(yaml.SafeLoader):
    """YAML's core schema, as the loader reads it: `on`, `yes` and dates are texts."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(?:~|null|)$", ["~", "n", ""]),
                            ("bool", r"^(?:true|false)$", list("tf")),
                            ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
                            ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$",
                             list("-+.0123456789"))):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def document(path):
    """The document as JSON has it, or None when it is no YAML to other readers either."""
    try:
        return json.loads(json.dumps(yaml.load(path.read_text(encoding="utf-8"), Core)))
    except (yaml.YAMLError, ValueError, TypeError):
        return None


def codes_of(path):
    """The codes that `check` reports of a broken document."""
    return set(re.findall(r"error (CS\d{4})", path.with_suffix(".txt").read_text()))


def expectations():
    """Each document with whether the schema must take it."""
    for folder in SOUND:
        for path in sorted((TOP / folder).rglob("*.yaml")):
            if path.name not in ("countersign.yaml",):
                yield path, True
    for path in sorted(BROKEN.glob("*.yaml")):
        if codes_of(path) & set(STRUCTURAL):
            yield path, False


def by_jsonschema(schema, cases):
    validator = jsonschema.Draft202012Validator(schema)
    return [not list(validator.iter_errors(content)) for _, content, _ in cases]


def by_ajv(schema, cases, build):
    """None where npm is missing or cannot fetch ajv."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return None
    tools = pathlib.Path(build) / "ajv"
    if not (tools / "node_modules/ajv").is_dir():
        tools.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund",
                                  "--prefix", str(tools), "ajv@8"], capture_output=True)
        if fetched.returncode:
            return None
    script = ("const Ajv=require('ajv/dist/2020');const fs=require('fs');"
              "const input=JSON.parse(fs.readFileSync(process.argv[1]));"
              "const check=new Ajv({strict:false}).compile(input.schema);"
              "console.log(JSON.stringify(input.documents.map(d=>check(d))))")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"schema": schema, "documents": [case[1] for case in cases]}, file)
        file.flush()
        ran = subprocess.run(["node", "-e", script, file.name], cwd=tools, capture_output=True,
                             text=True)
    if ran.returncode:
        print(ran.stderr)
        return []
    return json.loads(ran.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--build", required=True)
    arguments = parser.parse_args()
    made = subprocess.run([arguments.binary, "schema"], capture_output=True, text=True, check=True)
    schema = json.loads(made.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    cases = [(path, content, sound) for path, sound in expectations()
             if (content := document(path)) is not None]
    failed = 0
    for name, found in (("jsonschema", by_jsonschema(schema, cases)),
                        ("ajv", by_ajv(schema, cases, arguments.build))):
        if found is None:
            print(f"{name}: not to be had here, passed over")
            continue
        if len(found) != len(cases):
            print(f"{name}: it did not run")
            failed += 1
            continue
        for (path, _, sound), valid in zip(cases, found):
            if valid != sound:
                failed += 1
                print(f"{name}: {path.relative_to(TOP)} should {'' if sound else 'not '}be valid")
        sound = sum(1 for case in cases if case[2])
        print(f"{name}: {sound} sound and {len(cases) - sound} broken documents looked at")
        if sound < 60 or len(cases) - sound < 25:
            failed += 1
            print(f"{name}: there should be more")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
