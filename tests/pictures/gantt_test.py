#!/usr/bin/env python3
"""Draws cases over time, small, large and random ones as a server would tell them, and holds the
pictures to what makes them legible: well formed, no script, every bar inside the plot, names inside
their column, no label over another, both languages. COUNTERSIGN_SEED repeats a run."""

import argparse
import datetime
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree

from pictures_test import SVG, rectangle, width_of

ZONE = datetime.timezone(datetime.timedelta(hours=8))
BARS = {"plan", "bar", "ok", "late", "cut"}


def told(moment):
    return moment.isoformat(timespec="milliseconds")


def random_case(dice, bars):
    """The answer of GET …/clock for a case with so many rounds of steps."""
    begun = datetime.datetime(2026, 2, 10, 10, tzinfo=ZONE)
    whole = datetime.timedelta(days=dice.choice([1, 5, 40, 400]))
    now = begun + whole * dice.uniform(0.3, 1)
    rows, last = [], now
    for number in range(bars):
        start = begun + whole * dice.uniform(0, 0.7)
        bar = {"step": f"s{number}", "round": 1, "from": told(start), "cut": dice.random() < 0.1,
               "title": {"en": f"Step {number} " + "long " * dice.randint(0, 20),
                         "zh": f"第{number}步" + "联合踏勘意见" * dice.randint(0, 8)},
               "who": {"en": f"Office {number % 7}", "zh": f"承办单位{number % 7}"}}
        if dice.random() < 0.7:
            bar["to"] = told(start + whole * dice.uniform(0, 0.3))
            bar["outcome"] = "approved"
            bar["outcome_title"] = {"en": "approved", "zh": "同意"}
        if dice.random() < 0.7:
            due = start + whole * dice.uniform(0, 0.3)
            bar.update(plan_from=told(start), due=told(due), overdue=False)
            last = max(last, due)
        rows.append(bar)
    dues = [{"name": name, "title": {"en": name, "zh": zh}, "pauses": [
        {"from": told(begun + whole * 0.1), "to": told(begun + whole * 0.2)}],
        "due": told(begun + whole * dice.uniform(0.5, 1))}
        for name, zh in (("promised", "承诺"), ("statutory", "法定"))]
    last = max([last] + [datetime.datetime.fromisoformat(due["due"]) for due in dues])
    off = [{"from": told(begun + datetime.timedelta(days=d, hours=-10)),
            "to": told(begun + datetime.timedelta(days=d + 2, hours=-10))}
           for d in range(4, max(5, whole.days), 7)]
    return {"case": "06EARHGN000G0000", "title": {"en": "A case", "zh": "办件"}, "now": told(now),
            "from": told(begun), "ended": dice.random() < 0.3, "bars": rows, "dues": dues,
            "off": off, "last": told(last)}


def mistakes_of(svg, case, language):
    """What keeps a picture from being read."""
    if "<script" in svg or "javascript:" in svg:
        yield "a script"
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    plot = width - 24
    groups = root.findall(f"{SVG}g")
    if len(groups) != len(case["bars"]):
        yield f"{len(groups)} rows for {len(case['bars'])} bars"
    names_end = plot - 860
    labels = []
    for group in groups:
        drawn = [one for one in group.findall(f"{SVG}rect") if one.get("class") in BARS]
        if not [one for one in drawn if one.get("class") != "plan"]:
            yield "a row without a bar"
        for one in drawn:
            x, y, w, h = rectangle(one)
            if x < names_end - 1 or x + w > plot + 2 or y < 0 or y + h > height:
                yield f"a bar stands outside of the plot: {(x, y, w, h)}"
        for text in group.findall(f"{SVG}text"):
            size = 11 if text.get("class") == "small" else 12
            right = float(text.get("x")) + width_of(text.text, size)
            if right > (names_end if text.get("class") == "line" else width) + 30:
                yield f"{text.text!r} does not fit"
        title = group.find(f"{SVG}title")
        if title is None or not title.text:
            yield "a row without its whole title"
    for text in root.iter(f"{SVG}text"):
        if text.get("class") == "duelabel":
            x, y = float(text.get("x")), float(text.get("y"))
            labels.append((x, y, width_of(text.text, 11), 11))
    for i, one in enumerate(labels):
        for other in labels[i + 1:]:
            same = abs(one[1] - other[1]) < 8
            if same and one[0] < other[0] + other[2] and other[0] < one[0] + one[2]:
                yield f"labels of dues stand over each other: {one} {other}"
    whole = "".join(text.text or "" for text in root.iter(f"{SVG}text"))
    if ("时限" in whole) != (language == "zh"):
        yield "the legend speaks the other language"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    seed = int(os.environ.get("COUNTERSIGN_SEED", random.randrange(1 << 32)))
    dice = random.Random(seed)
    cases = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(cases["now"]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrong = pictures = 0
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder, "token")
        token.write_text("secret\n")
        token.chmod(0o600)
        for bars in (0, 1, 5, 60, 12, 12, 12, 30):
            cases["now"] = random_case(dice, bars)
            for language in ("en", "zh"):
                done = subprocess.run(
                    [binary, "--lang", language, "gantt", "06EARHGN000G0000", "--token-file",
                     str(token), "--server", f"http://127.0.0.1:{server.server_address[1]}"],
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60)
                pictures += 1
                found = [done.stderr] if done.returncode else \
                    list(mistakes_of(done.stdout, cases["now"], language))
                wrong += len(found)
                for mistake in found:
                    print(f"{bars} bars ({language}): {mistake}")
    server.shutdown()
    print(f"{pictures} pictures, {wrong} mistakes (COUNTERSIGN_SEED={seed})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
