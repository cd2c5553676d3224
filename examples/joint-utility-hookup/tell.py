#!/usr/bin/env python3
"""Tells the example's results, and fails when a story did not end as told.

tell.py title LANG < department.yaml        what the department is called
tell.py result LANG LETTER WORLD            the result of one story
tell.py holders LANG WORLD                  where the time of all went, by holder
WORLD holds LETTER.case, .clock and .history: `--output json` of show, clock and history.
"""
import json
import re
import sys
import unicodedata

ZH = False


def say(en, zh):
    return zh if ZH else en


def title(both, fallback=""):
    return (both or {}).get("zh" if ZH else "en") or fallback


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text, columns, right=False):
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def load(world, letter, kind):
    with open(f"{world}/{letter}.{kind}", encoding="utf-8") as file:
        return json.load(file)


def days(ms, day_ms):
    """Working time in days of the calendar's usual day, to a tenth."""
    return f"{ms / day_ms:.1f}"


def steps_by_address(steps):
    found = {}
    for step in steps:
        found[step["address"]] = step
        found.update(steps_by_address(step.get("steps", [])))
    return found


def happened(history, event):
    return [e for r in history["records"] for e in r["events"] if e["event"] == event]


class Story:
    def __init__(self, world, letter):
        self.letter = letter
        self.case = load(world, letter, "case")
        self.clock = load(world, letter, "clock")
        self.history = load(world, letter, "history")
        self.steps = steps_by_address(self.case["steps"])
        self.day_ms = self.clock["calendar"]["usual_day_ms"]
        self.clocks = {(c["of"], c["name"]): c for c in self.clock["clocks"]}
        self.promised = self.clocks[("", "promised")]

    def branches(self):
        return {re.fullmatch(r"utility\[(\w+)\]", a).group(1): s
                for a, s in self.steps.items() if re.fullmatch(r"utility\[\w+\]", a)}

    def service(self, key):
        return title(self.branches()[key].get("key_title"), key)

    def connected(self):
        return [k for k, s in self.branches().items() if s.get("outcome") == "done"]

    def card(self, address):
        return next(c["card"] for (of, name), c in self.clocks.items()
                    if of.split("#")[0] == address and name == "limit")


def wrong_with(story):
    """What is not as the story was told: a list of sentences, empty when all is."""
    case, wrong = story.case, []

    def must(holds, en, zh):
        if not holds:
            wrong.append(say(en, zh))

    end = (case.get("end") or {}).get("name")
    must(case["status"] == "closed", "the case is not closed", "办件未归档")
    wanted = {"b": "partly_connected"}.get(story.letter, "connected")
    must(end == wanted, f"it ended {end}, not {wanted}", f"办结为 {end}，应为 {wanted}")
    if story.letter == "a":
        must(story.steps.get("utility[power]/road/permit", {}).get("outcome") == "approved",
             "the road was not permitted", "占掘路未获许可")
        must("utility[water]/road/permit" not in story.steps, "water asked for the road, too",
             "供水分支不应办理占掘路")
    if story.letter == "b":
        must(sorted(story.connected()) == ["broadband", "power", "water"],
             f"connected are {story.connected()}", f"通达的是 {story.connected()}")
    if story.letter == "c":
        notices = [e["data"].get("kind") for e in happened(story.history, "NoticeGiven")]
        must("warn" in notices, "nobody was reminded", "未发出提醒")
        must("escalate" in notices, "nothing was escalated", "未升级督办")
        must(story.card("utility[power]/supply_plan") == "red", "there is no red card", "无红牌")
    if story.letter == "d":
        must(len(happened(story.history, "SupplementNoticed")) == 1, "not one notice",
             "补正通知不是一次")
        must(story.promised["stood_still"] >= 1, "the clock did not stand still", "未停表")
    if story.letter in "abd":
        must(story.promised["card"] == "met", "the promised limit was not kept", "未在承诺时限内办结")
    return wrong


def result(world, letter):
    story = Story(world, letter)
    case = story.case
    lines = [(say("result", "结果"), title(case["end"].get("title"), case["end"]["name"]))]
    yes = [story.service(k) for k in story.branches() if k in story.connected()]
    no = [story.service(k) for k in story.branches() if k not in story.connected()]
    total = len(story.branches())
    joined = say(", ", "、").join
    lines.append((say("connected", "已通达"),
                  say(f"{len(yes)} of {total}: {joined(yes)}",
                      f"{total}项中{len(yes)}项：{joined(yes)}")))
    if no:
        reason = "；".join(s.get("note", "") for s in story.steps.values()
                          if s.get("outcome") == "rejected")
        lines.append((say("refused", "未办成"),
                      joined(no) + (say(": ", "：") + reason if reason else "")))
    p = story.promised
    count = p["counted"]
    card = {"met": say("kept", "按时"), "red": say("exceeded", "超期"),
            "yellow": say("kept", "按时"), "green": say("kept", "按时")}[p["card"]]
    still = p["stood_still"]
    lines.append((say("promised", "承诺时限"),
                  say(f"within {p['within'][:-2]} working days, {count} were counted: {card}",
                      f"{p['within'][:-2]}个工作日，实计{count}个：{card}")
                  + (say(f"; its clock stood still for {still} more", f"；另停表{still}个")
                     if still else "")))
    cards = [c for c in story.clocks.values() if c["card"] == "red"]
    if cards:
        who = joined(title(c["of_title"]) for c in cards)
        lines.append((say("red cards", "红牌"),
                      say(f"{len(cards)}: {who}", f"{len(cards)}张：{who}")))
    columns = max(width(name) for name, _ in lines)
    for name, text in lines:
        print(f"  {pad(name, columns)}  {text}")
    wrong = wrong_with(story)
    for sentence in wrong:
        print(say(f"example: story {letter} went otherwise: {sentence}",
                  f"示例：故事 {letter} 与所述不符：{sentence}"), file=sys.stderr)
    return 1 if wrong else 0


def holders(world):
    stories = [Story(world, letter) for letter in "abcd"]
    day_ms = stories[0].day_ms
    names = {"government": say("the departments and companies", "承办部门和单位"),
             "applicant": say("the applicant", "申请人"),
             "third_party": say("others' permits (clock stands still)", "其他审批（停表）"),
             "nobody": say("nobody", "无人")}
    held = {h: [next(x["working_ms"] for x in s.clock["holders"] if x["holder"] == h)
                for s in stories] for h in names}
    whole = [s.clock["whole"]["working_ms"] for s in stories]
    if [sum(held[h][i] for h in names) for i in range(4)] != whole:
        print(say("example: the parts do not sum to the whole", "示例：各部分之和不等于总时长"),
              file=sys.stderr)
        return 1
    rows = [[say("HELD BY", "持有方"), *"abcd", say("ALL", "合计"), say("SHARE", "占比"), ""]]
    for h, label in names.items():
        part = sum(held[h])
        if part == 0 and h == "nobody":
            continue
        share = part / max(sum(whole), 1)
        rows.append([label, *(days(ms, day_ms) for ms in held[h]), days(part, day_ms),
                     f"{100 * share:.1f} %", "█" * round(24 * share) or ("▏" if part else "")])
    rows.append([say("in all", "合计"), *(days(ms, day_ms) for ms in whole),
                 days(sum(whole), day_ms), "100.0 %", ""])
    columns = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [pad(cell, columns[i], right=0 < i < len(row) - 1) for i, cell in enumerate(row)]
        print("  ".join(cells).rstrip())
    hours = f"{day_ms / 3_600_000:g}"
    print(say(f"a working day has {hours} hours here; "
              "`countersign clock CASE` tells it interval by interval",
              f"1个工作日按{hours}小时折算；countersign clock 办件编号 可查看逐段明细"))
    return 0


def main(arguments):
    global ZH
    ZH = arguments[1] == "zh"
    if arguments[0] == "title":
        line = re.search(r'^title: \{ en: "?(.*?)"?, zh: (.*?) \}', sys.stdin.read(), re.M)
        print(line.group(2 if ZH else 1))
        return 0
    if arguments[0] == "result":
        return result(arguments[3], arguments[2])
    return holders(arguments[2])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
