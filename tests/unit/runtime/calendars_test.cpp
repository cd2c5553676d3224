// The row that keeps the calendars in force: it reads back whole, and rows of before are read.
#include "engine/runtime/calendars.hpp"

#include "engine/store/memory.hpp"

#include <doctest/doctest.h>

namespace countersign::runtime {

namespace {

calendar::Calendars one_calendar() {
    calendar::CalendarData data;
    data.id = "jiading";
    data.title = both("Jiading", "嘉定区");
    data.version = 3;
    data.week.assign(7, {});
    data.week[0].push_back({9 * 60, 17 * 60});
    data.notices.push_back({"unverified", {}, 2026});
    data.first_year = data.last_year = 2026;
    calendar::Calendars calendars;
    calendars.by_id[data.id] = calendar::make_calendar(data);
    return calendars;
}

}  // namespace

TEST_CASE("calendars: what is kept reads back, title and all") {
    const auto store = store::make_memory_store();
    CHECK(stored_calendars(*store)->by_id.empty());
    store::Batch batch;
    put_calendars(batch, one_calendar());
    REQUIRE(store->commit(batch).has_value());

    const auto read = stored_calendars(*store);
    REQUIRE(read.has_value());
    CHECK(same_tables(*read, one_calendar()));
    const auto& data = calendar::data_of(*read->find("jiading"));
    CHECK(data.title == both("Jiading", "嘉定区"));
    CHECK(data.notices[0].year == 2026);
}

TEST_CASE("calendars: a row of format 1, without titles, is read; one of the future is refused") {
    const auto store = store::make_memory_store();
    const std::vector<std::pair<std::string, calendar::CalendarData>> tables{
        {"jiading", calendar::data_of(*one_calendar().find("jiading"))}};
    store::Batch batch;
    batch.put(store::Family::meta, "calendars", '\1' + encode(tables, 1));
    REQUIRE(store->commit(batch).has_value());
    const auto read = stored_calendars(*store);
    REQUIRE(read.has_value());
    CHECK(calendar::data_of(*read->find("jiading")).title.empty());
    CHECK(calendar::data_of(*read->find("jiading")).last_year == 2026);
    CHECK_FALSE(same_tables(*read, one_calendar()));  // so the titles are kept at the next start

    batch.clear();
    batch.put(store::Family::meta, "calendars", '\3' + encode(tables, 2));
    REQUIRE(store->commit(batch).has_value());
    CHECK_FALSE(stored_calendars(*store).has_value());
}

}  // namespace countersign::runtime
