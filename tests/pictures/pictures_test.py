#!/usr/bin/env python3
"""Draws processes, shipped and random ones, and holds the pictures to what makes them legible: well
formed, no script, each step once, no box over another, each text inside its box, arrows that end at
boxes. COUNTERSIGN_SEED repeats a run."""

import argparse
import http.server
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SVG = "{http://www.w3.org/2000/svg}"
KNOWN = [("joint-utility-hookup", [ROOT / "definitions/library"]),
         ("back", [ROOT / "tests/scenario/constructs/back",
                   ROOT / "tests/scenario/patterns/common"]),
         ("critical-section", [ROOT / "tests/scenario/patterns"])]


def width_of(text, size):
    """As wide as the widest usual sans-serif font draws it, about."""
    return sum(1.0 if ord(c) >= 0x800 else 0.6 if not c.isupper() else 0.75 for c in text) * size


def random_process(dice, steps):
    """A process of so many steps with random needs, stages, moves and titles in Chinese."""
    lines = ["process: random", "version: 1", "title: { en: Random, zh: 随机生成的联合审批流程 }",
             "steps:"]
    titles, earlier, indent = [], [], "  "
    number = 0
    while number < steps:
        inside = min(steps - number, dice.randint(2, 5)) if dice.random() < 0.2 else 0
        needs = dice.sample(earlier, min(len(earlier), dice.randint(0, 2)))
        head = f"needs: [{', '.join(needs)}]" if needs else "title: { en: Free, zh: 无前置 }"
        if inside > 1:
            lines.append(f"{indent}g{number}:\n{indent}  {head}\n{indent}  do:")
            for i in range(inside):
                title = f"第{number + i}项专业意见与现场核查"
                titles.append(title)
                lines.append(f"{indent}    s{number + i}: {{ title: {{ en: S, zh: {title} }}, "
                             f"ask: applicant, limit: {dice.randint(1, 9)}wd }}")
            earlier.append(f"g{number}")
            number += inside
            continue
        title = f"第{number}项{'受理审核决定送达归档'[:dice.randint(1, 10)]}"
        titles.append(title)
        needs_text = f"needs: [{', '.join(needs)}], " if needs else ""
        move = ", choices: { fine: ok, wrong: refusal }, on: { wrong: { end: refused } }" \
            if dice.random() < 0.3 else ""
        lines.append(f"{indent}s{number}: {{ title: {{ en: S, zh: {title} }}, {needs_text}"
                     f"ask: supervisor{move} }}")
        earlier.append(f"s{number}")
        number += 1
    lines += ["ends:", "  granted: { kind: granted, otherwise: true }",
              "  refused: { kind: refused }"]
    return "\n".join(lines) + "\n", titles


def overlap(a, b):
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def rectangle(element):
    return tuple(float(element.get(name, "0")) for name in ("x", "y", "width", "height"))


def near(point, box):
    x, y = point
    return box[0] - 4 <= x <= box[0] + box[2] + 4 and box[1] - 4 <= y <= box[1] + box[3] + 4


def mistakes_of(svg, titles):
    """What keeps a picture from being read."""
    if "<script" in svg or "javascript:" in svg:
        yield "a script"
    root = ElementTree.fromstring(svg)
    page = (0, 0, float(root.get("width")), float(root.get("height")))
    if root.find(f"{SVG}title") is None or root.find(f"{SVG}desc") is None:
        yield "no title or description for those who do not see it"
    drawn = root.find(f"{SVG}g")
    shift = [float(n) for n in re.findall(r"[-\d.]+", drawn.get("transform"))]
    boxes = []
    for group in drawn.findall(f"{SVG}g"):
        shape = group.find(f"{SVG}rect")
        if shape is None:
            dot = group.find(f"{SVG}circle")
            x, y, r = (float(dot.get(name)) for name in ("cx", "cy", "r"))
            boxes.append((x - r, y - r, 2 * r, 2 * r))
            continue
        box = rectangle(shape)
        boxes.append(box)
        for text in group.findall(f"{SVG}text"):
            size = 14 if text.get("class") == "title" else 12
            if width_of(text.text, size) > box[2] + 2:
                yield f"{text.text!r} is wider than its box"
            if not box[1] < float(text.get("y")) <= box[1] + box[3]:
                yield f"{text.text!r} stands outside of its box"
    for i, one in enumerate(boxes):
        if one[0] + shift[0] < 0 or one[0] + one[2] + shift[0] > page[2] or \
                one[1] + one[3] + shift[1] > page[3]:
            yield f"a box stands off the page: {one}"
        for other in boxes[i + 1:]:
            if overlap(one, other):
                yield f"boxes overlap: {one} {other}"
    for path in drawn.findall(f"{SVG}path"):
        points = re.findall(r"[-\d.]+ [-\d.]+", path.get("d"))
        tip = tuple(float(n) for n in points[0].split())
        if "tip" in path.get("class") and not any(near(tip, box) for box in boxes):
            yield f"an arrow ends nowhere: {tip}"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    for title in titles:
        if texts.count(title) != 1:
            yield f"{title!r} stands there {texts.count(title)} times"


def draw(binary, process, definitions, language, *more):
    command = [binary, "--lang", language, "diagram", *more, *([process] if process else [])]
    for path in definitions:
        command += ["--definitions", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=60)
    if done.returncode:
        return None, done.stderr
    return done.stdout, ""


# A case of the process "back": what its steps have come to, and how each box then looks.
STEPS = [{"step": "papers", "status": "ended", "kind": "ok"},
         {"step": "site", "status": "skipped"},
         {"step": "hearing", "status": "active", "steps": [
             {"step": "visit", "status": "ended", "kind": "ok"},
             {"step": "opinion", "status": "ended", "kind": "refusal"},
             {"step": "visit", "status": "active"}]},
         {"step": "weigh", "status": "waiting"}]
LOOKS = {"papers": "done", "site": "skipped", "visit": "active", "opinion": "no", "weigh": ""}


def mistakes_of_states(binary):
    """Whether a picture with a case shows what its steps have come to."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"process": "back", "steps": STEPS}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder, "token")
        token.write_text("secret\n")
        token.chmod(0o600)
        svg, error = draw(binary, "", KNOWN[1][1], "en",
                          "--case", "06EARHGN000G0000", "--token-file", str(token), "--server",
                          f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    if svg is None:
        return [error]
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        shape, title = group.find(f"{SVG}rect"), group.find(f"{SVG}title")
        step = title.text.split()[0] if title is not None and title.text else ""
        if shape is None or step not in LOOKS:
            continue
        states = set(shape.get("class").split()) & {"active", "done", "no", "skipped"}
        if states != set(LOOKS[step].split()):
            found.append(f"{step} looks {states}, not {LOOKS[step]!r}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    seed = int(os.environ.get("COUNTERSIGN_SEED", random.randrange(1 << 32)))
    dice = random.Random(seed)
    wrong = 0
    pictures = 0

    def hold(name, svg, error, titles):
        nonlocal wrong, pictures
        pictures += 1
        found = [error] if svg is None else list(mistakes_of(svg, titles))
        wrong += len(found)
        for mistake in found:
            print(f"{name}: {mistake}")

    for process, definitions in KNOWN:
        for language in ("en", "zh"):
            svg, error = draw(binary, process, definitions, language)
            hold(f"{process} ({language})", svg, error, [])
    for mistake in mistakes_of_states(binary):
        wrong += 1
        print(f"with a case: {mistake}")
    with tempfile.TemporaryDirectory() as folder:
        for steps in (1, 10, 25, 60):
            text, titles = random_process(dice, steps)
            path = pathlib.Path(folder, "random.yaml")
            path.write_text(text)
            svg, error = draw(binary, "random", [path], "zh")
            hold(f"{steps} random steps", svg, error, titles)
    if wrong:
        print(f"repeat with COUNTERSIGN_SEED={seed}")
    print(f"{pictures} pictures, {wrong} mistakes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
