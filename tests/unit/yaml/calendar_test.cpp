// Calendar documents: the shipped ones load, mistakes are told with their places, layers are
// merged.

#include "definitions/calendar/loader.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/yaml/reader.hpp"

#include <doctest/doctest.h>

#include <list>
#include <string>
#include <vector>

using namespace countersign;
using calendar::CalendarData;
using calendar::Hours;
using Told = std::vector<std::string>;

namespace {

struct Loaded {
    diagnostics::Diagnostics diagnostics;
    std::map<std::string, CalendarData, std::less<>> calendars;
    Told told;  ///< "code line:column-end"; of further files with their name before
};

Loaded load(const std::vector<std::string>& texts) {
    Loaded loaded;
    std::list<yaml::Node> roots;
    std::vector<const yaml::Node*> pointers;
    for (const std::string& text : texts) {
        auto root = yaml::read("c" + std::to_string(roots.size()), text, loaded.diagnostics);
        REQUIRE_MESSAGE(root.has_value(), diagnostics::render_human(loaded.diagnostics, "en"));
        roots.push_back(std::move(*root));
        pointers.push_back(&roots.back());
    }
    loaded.calendars = definitions::load_calendars(pointers, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics.ordered()) {
        const std::string file =
            d.span.file == 0 ? "" : loaded.diagnostics.sources()[d.span.file].name() + " ";
        loaded.told.push_back(d.code + " " + file + std::to_string(d.span.line) + ":" +
                              std::to_string(d.span.column) + "-" +
                              std::to_string(d.span.end_column));
    }
    return loaded;
}

const std::string head =
    "calendar: base\nversion: 2\ntitle: { en: Base, zh: 基础 }\noffset: \"+08:00\"\n"
    "week: { mon: [\"09:00-12:00\", \"13:00-17:30\"], fri: [\"09:00-17:00\"] }\n";

/// The days of one holiday in a document's line 10.
std::string with_days(const std::string& days) {
    return head +
           "years:\n  2026:\n    notice: unverified\n    holidays:\n      - { name: New Year, " +
           days + " }\n";
}

const calendar::SpecialDay* day_of(const CalendarData& data, const char* date) {
    for (const auto& day : data.days)
        if (day.date == Date::parse(date)) return &day;
    return nullptr;
}

}  // namespace

TEST_CASE("the shipped calendars load without a word") {
    diagnostics::Diagnostics found;
    const auto china = yaml::read_file(CALENDARS "/china-mainland.yaml", found);
    const auto jiading = yaml::read_file(CALENDARS "/jiading.yaml", found);
    REQUIRE_MESSAGE((china && jiading), diagnostics::render_human(found, "en"));

    const auto calendars = definitions::load_calendars({&*jiading, &*china}, found);

    CHECK(diagnostics::render_human(found, "en") == "");
    REQUIRE(calendars.size() == 2);
    const CalendarData& data = calendars.find("jiading")->second;
    CHECK(data.first_year == 2020);
    CHECK(data.last_year == 2026);
    CHECK(data.offset_minutes == 480);
    CHECK(data.week[0] == std::vector<Hours>{{540, 1020}});
    CHECK(data.week[5].empty());
    CHECK(day_of(data, "2026-02-14")->usual_hours);
    CHECK(day_of(data, "2026-02-23")->hours.empty());
    CHECK(data.notices[day_of(data, "2026-02-23")->notice].number == "国办发明电〔2025〕7号");
    CHECK(day_of(data, "2022-12-31")->name.in("en") == "New Year");
    CHECK(calendar::make_calendar(data) != nullptr);
}

TEST_CASE("what a document says becomes data") {
    const Loaded loaded =
        load({head + "years:\n  2026:\n    notice: N1\n    issued: 2025-11-04\n    holidays:\n"
                     "      - name: { zh: 元旦 }\n        off: [2025-12-31..2026-01-02]\n        "
                     "work: [2026-01-04]\n"
                     "        hours: { 2026-01-09: [\"09:00-12:00\"], 2026-01-16: [] }\n"});
    CHECK(loaded.told == Told{});
    REQUIRE(loaded.calendars.size() == 1);
    const CalendarData& data = loaded.calendars.begin()->second;
    CHECK(data.id == "base");
    CHECK(data.version == 2);
    CHECK(data.week[0] == std::vector<Hours>{{540, 720}, {780, 1050}});
    CHECK(data.notices.at(0).issued == Date::parse("2025-11-04"));
    CHECK(data.days.size() == 6);
    CHECK(data.days.front().date == Date::parse("2025-12-31"));
    CHECK(data.days.front().name.in("en") == "元旦");
    CHECK(day_of(data, "2026-01-04")->usual_hours);
    CHECK(day_of(data, "2026-01-09")->hours == std::vector<Hours>{{540, 720}});
    CHECK(day_of(data, "2026-01-16")->hours.empty());
    CHECK_FALSE(day_of(data, "2026-01-16")->usual_hours);
}

TEST_CASE("wrong days are told with their place") {
    CHECK(load({with_days("off: [2026-02-30]")}).told == Told{"CS4001 10:33-43"});
    CHECK(load({with_days("off: [02/03/2026]")}).told == Told{"CS4001 10:33-43"});
    CHECK(load({with_days("off: [2026-02-03..2026-02-01]")}).told == Told{"CS4002 10:33-55"});
    CHECK(load({with_days("off: [2026-01-01..2026-03-04]")}).told == Told{"CS4002 10:33-55"});
    CHECK(load({with_days("off: [2026-01-01..2026-03-03]")}).told == Told{});
    CHECK(load({with_days("off: [2027-01-01]")}).told == Told{"CS4004 10:33-43"});
    CHECK(load({with_days("off: [2025-11-30]")}).told == Told{"CS4004 10:33-43"});
    CHECK(load({with_days("off: 2026-01-01")}).told == Told{"CS1018 10:32-42"});
    CHECK(load({with_days("of: [2026-01-01]")}).told == Told{"CS1020 10:27-29"});
    CHECK(load({head + "years:\n  2026:\n    notice: n\n    holidays: [{ name: New Year }]\n"})
              .told == Told{"CS4013 9:16-34"});
}

TEST_CASE("a day named twice is told with both places") {
    const Loaded loaded = load({with_days("off: [2026-01-01..2026-01-03], work: [2026-01-03]")});
    CHECK(diagnostics::render_human(loaded.diagnostics, "en") ==
          "c0:10:65: error CS4003: 2026-01-03 is named twice\n"
          "   10 |       - { name: New Year, off: [2026-01-01..2026-01-03], work: [2026-01-03] }\n"
          "      |                                                                 ^^^^^^^^^^\n"
          "  = help: keep one of them\n"
          "c0:10:33: note: first named here\n"
          "   10 |       - { name: New Year, off: [2026-01-01..2026-01-03], work: [2026-01-03] }\n"
          "      |                                 ^^^^^^^^^^^^^^^^^^^^^^\n"
          "\n"
          "1 error\n");
    CHECK(loaded.calendars.empty());
}

TEST_CASE("a make-up day on a weekday that is worked is told") {
    CHECK(load({with_days("work: [2026-01-05]")}).told == Told{"CS4006 10:34-44"});
    CHECK(load({with_days("work: [2026-01-04]")}).told == Told{});
}

TEST_CASE("wrong hours are told") {
    const auto week = [](const std::string& hours) {
        return load({"calendar: a\nversion: 1\ntitle: A\noffset: \"+08:00\"\nweek: { mon: " +
                     hours + " }\nyears: { 2026: { notice: n, holidays: [] } }\n"})
            .told;
    };
    CHECK(week("[\"09:00-12:00\", \"12:00-24:00\"]") == Told{});
    CHECK(week("[\"09:00-12:00\", \"11:59-17:00\"]") == Told{"CS4005 5:30-43"});
    CHECK(week("[\"12:00-09:00\"]") == Told{"CS4005 5:15-28"});
    CHECK(week("[\"9-12\"]") == Told{"CS4005 5:15-21"});
    CHECK(week("[\"09:00-24:01\"]") == Told{"CS4005 5:15-28"});
    CHECK(week("[\"09:60-10:00\"]") == Told{"CS4005 5:15-28"});
    CHECK(week("[]") == Told{"CS4011 1:11-12"});
    CHECK(week("\"09:00-12:00\"") == Told{"CS1018 5:14-27"});
}

TEST_CASE("missing and unknown keys, wrong ids, versions, offsets and years are told") {
    const Loaded loaded =
        load({"calendar: Bad Id\nversion: 0\nofset: 8\noffset: 8\nweek: { mo: [] }\nyears: { 2025: "
              "{ notice: n, holidays: [] }, 2027: { holidays: [] }, x: {} }\n"});
    CAPTURE(diagnostics::render_human(loaded.diagnostics, "en"));
    CHECK(loaded.told == Told{"CS1021 1:1-9", "CS4012 1:11-17", "CS1018 2:10-11", "CS1020 3:1-6",
                              "CS4010 4:9-10", "CS1020 5:9-11", "CS4007 6:45-49", "CS1021 6:53-61",
                              "CS4007 6:69-70"});
}

TEST_CASE("layers: days, notices and the week of the upper document replace those below") {
    const std::string upper =
        "calendar: hall\nversion: 7\ntitle: Hall\nextends: base\nweek: { sat: [\"09:00-12:00\"], "
        "fri: [] }\nyears:\n"
        "  2027:\n    notice: typhoon\n    holidays:\n      - { name: Typhoon, off: [2027-08-02] "
        "}\n"
        "      - { name: Open, hours: { 2027-08-04: [\"10:00-12:00\"] } }\n";
    const std::string lower = with_days("off: [2026-01-01]");
    const Loaded loaded = load({upper + "  2028:\n    notice: x\n    holidays: []\n", lower});
    CHECK(loaded.told == Told{});
    const CalendarData& data = loaded.calendars.find("hall")->second;
    CHECK(data.version == 7);
    CHECK(data.first_year == 2026);
    CHECK(data.last_year == 2026);
    CHECK(data.week[5] == std::vector<Hours>{{540, 720}});
    CHECK(data.week[4].empty());
    CHECK(data.week[0].size() == 2);
    CHECK(data.notices.size() == 3);
    CHECK(data.notices[day_of(data, "2027-08-02")->notice].number == "typhoon");
    CHECK(data.notices[day_of(data, "2026-01-01")->notice].number == "unverified");
}

TEST_CASE("layers: a make-up day may take back a holiday of the layer below") {
    const std::string upper =
        "calendar: hall\nversion: 1\ntitle: Hall\nextends: base\nyears:\n  2026:\n    notice: n\n  "
        "  holidays:\n"
        "      - { name: Open, work: [2026-01-02] }\n";
    const Loaded loaded = load({upper, with_days("off: [2026-01-01..2026-01-02]")});
    CHECK(loaded.told == Told{});
    CHECK(day_of(loaded.calendars.find("hall")->second, "2026-01-02")->usual_hours);
    CHECK_FALSE(day_of(loaded.calendars.find("base")->second, "2026-01-02")->usual_hours);
}

TEST_CASE("layers: unknown ones, circles and twins are told, and what stands above is left out") {
    const auto layer = [](const std::string& id, const std::string& below) {
        return "calendar: " + id + "\nversion: 1\ntitle: T\nextends: " + below + "\n";
    };
    const Loaded unknown =
        load({layer("hall", "bse"), layer("desk", "hall"), with_days("off: [2026-01-01]")});
    CHECK(unknown.told == Told{"CS4008 4:10-13"});
    CHECK(unknown.diagnostics.all().front().suggestion.en == "did you mean `base`?");
    CHECK(unknown.calendars.size() == 1);

    CHECK(load({layer("a", "b"), layer("b", "a")}).told ==
          Told{"CS4009 4:10-11", "CS4009 c1 4:10-11"});
    CHECK(load({layer("a", "a")}).told == Told{"CS4009 4:10-11"});
    CHECK(load({with_days("off: [2026-01-01]"), with_days("off: [2026-01-01]")}).told ==
          Told{"CS4012 c1 1:11-15"});
    CHECK(load({layer("hall", "base") + "offset: \"+08:00\"\n", with_days("off: [2026-01-01]")})
              .told == Told{"CS4010 5:9-17"});
}

TEST_CASE("layers: eight at most") {
    std::vector<std::string> texts{with_days("off: [2026-01-01]")};
    std::string below = "base";
    for (int i = 1; i <= 8; ++i) {
        const std::string id = "l" + std::to_string(i);
        texts.push_back("calendar: " + id + "\nversion: 1\ntitle: T\nextends: " + below + "\n");
        below = id;
    }
    const Loaded loaded = load(texts);
    CHECK(loaded.told == Told{"CS4009 c8 4:10-12"});
    CHECK(loaded.calendars.size() == 8);
}
