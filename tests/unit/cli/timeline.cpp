// A case's events as lines: who did what where, with titles and clocks by name.
#include "cli/commands/brief.hpp"
#include "cli/commands/timeline.hpp"
#include "cli/output/text.hpp"
#include "engine/base/text.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace countersign;
using namespace countersign::cli;

namespace {

const auto process = boost::json::parse(R"({"process": "hookup",
    "title": {"en": "Hookup", "zh": "联合报装"},
    "departments": {"grid": {"en": "Power company", "zh": "供电公司"}},
    "roles": {"hall.clerk": {"en": "clerk of the window", "zh": "窗口经办人员"}},
    "materials": [{"id": "m", "title": {"en": "Drawing", "zh": "图纸"}}],
    "form": {"fields": [{"name": "site", "fields": [
        {"name": "address", "title": {"en": "Address", "zh": "地址"}}]}]},
    "steps": [{"step": "utility", "title": {"en": "Utility", "zh": "专业服务"},
               "keys": {"power": {"en": "power", "zh": "电"}}},
              {"step": "plan", "title": {"en": "Supply plan", "zh": "供应方案"}}]})");
const auto shown = boost::json::parse(R"({"now": "2026-02-10T10:00:00+08:00",
    "clocks": [{"name": "limit", "within": "3wd", "card": "met"},
               {"name": "limit", "within": "4wd", "card": "red"}],
    "end": {"name": "connected", "kind": "granted", "title": {"en": "Connected", "zh": "通达"}}})");

Happening tell(const char* event, std::string_view language) {
    Terminal terminal;
    terminal.language = language;
    Timeline timeline(terminal, process, terminal.language);
    timeline.see_case(shown);
    return timeline.tell(boost::json::parse(event));
}

}  // namespace

TEST_CASE("timeline: a step is told by the titles of its path, with its branch and round") {
    const auto told = tell(R"({"event": "StepStarted", "step": "utility[power]/plan#2"})", "zh");
    CHECK(told.where == "专业服务[电] · 供应方案（第2轮）");
    CHECK(told.what == "开始");
    const auto where = [](const char* address) {
        return tell(fmt::format(R"({{"event": "StepStarted", "step": "{}"}})", address).c_str(),
                    "en")
            .where;
    };
    CHECK(where("utility[power]") == "Utility[power]");
    CHECK(where("plan#3") == "Supply plan (round 3)");
    // A key that no choice names stays, whatever stands in it.
    CHECK(where("utility[a/b#1.c]/plan") == "Utility[a/b#1.c] · Supply plan");
    CHECK(where("unknown[1]") == "unknown[1]");
}

TEST_CASE("timeline: of a long way the first and the last step are told whole") {
    Terminal terminal;
    const Timeline timeline(terminal, process, "en");
    const auto line = [&](const char* where) { return timeline.line("", {where, "begins"}); };

    CHECK(line("Utility[power] · Opening of the road · Traffic police") ==
          "  Utility[power] · … · Traffic police   begins");
    CHECK(line("Utility[power] · Supply plan (2nd round)") ==
          "  [power] · Supply plan (2nd round)     begins");
    CHECK(line("Utility[power] · Opening of the road · Rivers and the drains") ==
          "  [power] · … · Rivers and the drains   begins");
    CHECK(line("A utility with a very long name · Traffic police") ==
          "  … · Traffic police                    begins");
}

TEST_CASE("timeline: what is missing is told by its titles, a notice in one line") {
    CHECK(tell(R"({"event": "SupplementRequested", "data": {"items": [
        {"id": "m", "reason": "unclear", "supplied": false},
        {"id": "site.address", "reason": "", "supplied": false}]}})",
               "zh")
              .what == "提出补正：图纸、地址");
    CHECK(tell(R"({"event": "NoticeGiven", "data": {"kind": "send", "to": "applicant",
        "text": {"en": "A: one\nB: two", "zh": "甲：一\n乙：二"}}})",
               "en")
              .what == "told the applicant: A: one; B: two");
}

TEST_CASE("timeline: what is taken back is told without the step that stands before it") {
    CHECK(tell(R"({"event": "UndoPrepared", "step": "plan", "data": {"department": "grid"}})", "en")
              .what == "could be taken back by Power company");
    CHECK(tell(R"({"event": "UndoRequested", "data": {"call": 7, "department": "grid"}})", "zh")
              .what == "→ 供电公司 C7：请予撤销");
    CHECK(tell(R"({"event": "StepUndone", "data": {"kind": "refusal", "outcome": "rejected"}})",
               "en")
              .what == "was not taken back: rejected");
}

TEST_CASE("timeline: a call names its department and when it is due by the calendar's wall clock") {
    const auto told = tell(R"({"event": "CallRequested", "step": "utility[power]/plan",
        "data": {"call": 3, "department": "grid", "due_when_asked": "2026-02-24T09:00:00Z"}})",
                           "en");
    CHECK(told.what == "→ Power company C3, due Tue 02-24 17:00");
}

TEST_CASE("timeline: a clock is told by its name and length, its red card in red") {
    const auto told = tell(R"({"event": "ClockDuePassed", "data": {"clock": 1}})", "en");
    CHECK(told.what == "⏱ limit 3wd has passed: red card");
    CHECK(told.style == Style::red);
}

TEST_CASE("timeline: a clock that stops behind its due is not told as met") {
    CHECK(tell(R"({"event": "ClockStopped", "data": {"clock": 1, "met": true}})", "en").what ==
          "⏱ limit 3wd is met");
    CHECK(tell(R"({"event": "ClockStopped", "data": {"clock": 2, "met": true}})", "en").what ==
          "⏱ limit 4wd stops, late");
}

TEST_CASE("timeline: cards and escalations are told by what they mean") {
    CHECK(tell(R"({"event": "NoticeGiven", "data": {"kind": "warn"}})", "en").what ==
          "yellow card: the limit is near");
    CHECK(
        tell(R"({"event": "NoticeGiven", "data": {"kind": "escalate", "to": "supervisor"}})", "zh")
            .what == "升级督办 督查人员");
}

TEST_CASE("timeline: who answered is told by name, an operator as one") {
    CHECK(tell(R"({"event": "CallAnswered",
        "data": {"call": 1, "by": "department:grid", "outcome": "approved"}})",
               "en")
              .what == "← Power company C1: approved");
    CHECK(tell(R"({"event": "CallAnswered",
        "data": {"call": 1, "by": "operator:li", "outcome": "approved"}})",
               "en")
              .what == "← the operator li C1: approved");
}

TEST_CASE("timeline: departments, roles, lengths and papers are told as people call them") {
    CHECK(tell(R"({"event": "CallRequested", "data": {"call": 3, "department": "grid"}})", "zh")
              .what == "→ 供电公司 C3");
    CHECK(tell(R"({"event": "TaskOpened", "data": {"task": 1, "role": "hall.clerk"}})", "zh")
              .what == "任务 T1 交 窗口经办人员");
    CHECK(tell(R"({"event": "ClockStarted", "data": {"clock": 1}})", "zh").what ==
          "⏱ 时限 3个工作日 起算");
    CHECK(tell(R"({"event": "StepHeld", "step": "plan", "data": {"materials": ["m", "n"]}})", "zh")
              .what == "等待容缺材料：图纸、n");
    CHECK(tell(R"({"event": "StepSkipped", "step": "plan", "data": {"reason": "when_false"}})",
               "zh")
              .what == "跳过（不适用）");
}

TEST_CASE("timeline: the end is told by its title") {
    const auto told =
        tell(R"({"event": "CaseEnded", "data": {"end": {"name": "connected"}}})", "en");
    CHECK(told.what == "ended: Connected (granted)");
    CHECK(told.style == Style::green);
}

TEST_CASE("timeline: an event without words of its own is told in the server's") {
    const auto told =
        tell(R"({"event": "Unheard", "text": {"en": "something new", "zh": ""}})", "zh");
    CHECK(told.what == "something new");
}

TEST_CASE("timeline: lines align and fit the terminal") {
    Terminal terminal;
    terminal.columns = 80;
    const Timeline timeline(terminal, process, terminal.language);
    const std::string line =
        timeline.line("Tue 02-10 10:00", {"供应方案", std::string(80, 'x'), {}});
    CHECK(display_width(line) == 80);
    CHECK(line.starts_with("Tue 02-10 10:00  " + padded("供应方案", 36) + "  xxxx"));
}

TEST_CASE("brief: what an answer or a notice tells is not told twice, what went wrong always") {
    const boost::json::value process = boost::json::parse(
        R"({"steps": [{"step": "plan", "verb": "call"}, {"step": "utility", "verb": "do"}]})");
    const auto told = [&](const char* event) {
        return !goes_without_saying(boost::json::parse(event), process);
    };

    CHECK_FALSE(told(R"({"event": "StepStarted", "step": "utility[gas]/plan#2"})"));
    CHECK_FALSE(told(R"({"event": "StepEnded", "step": "utility[gas]/plan#2", "data": {}})"));
    CHECK_FALSE(told(R"({"event": "ClockStarted", "step": "utility[gas]/plan", "data": {}})"));
    CHECK(told(R"({"event": "ClockStarted", "step": "", "data": {}})"));
    CHECK(told(R"({"event": "ClockDuePassed", "step": "utility[gas]/plan", "data": {}})"));
    CHECK(told(R"({"event": "StepEnded", "step": "utility[gas]/plan", "data": {"deemed": true}})"));
    CHECK(told(R"({"event": "StepEnded", "step": "utility[gas]", "data": {}})"));
    CHECK(told(R"({"event": "StepEnded", "step": "unknown", "data": {}})"));
    CHECK(told(R"({"event": "CallAnswered", "step": "utility[gas]/plan", "data": {}})"));
    CHECK(told(R"({"event": "StepSkipped", "step": "plan", "data": {"reason": "absent"}})"));
}
