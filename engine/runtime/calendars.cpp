// Rows of family meta: "calendars" → byte of format (2 has the tables' titles), list of tables;
// "refile/NN" → empty, present while the partition's timers may stand where older tables put them.

#include "engine/runtime/calendars.hpp"

#include <algorithm>
#include <set>

namespace countersign::runtime {

namespace {

constexpr std::string_view calendars_row = "calendars";
constexpr unsigned calendars_format = 2;

std::string mark_row(unsigned partition) { return "refile/" + std::to_string(partition); }

std::string bytes_of(const calendar::Calendars& calendars) {
    std::vector<std::pair<std::string, calendar::CalendarData>> tables;
    for (const auto& [id, table] : calendars.by_id)
        tables.emplace_back(id, calendar::data_of(*table));
    return static_cast<char>(calendars_format) + encode(tables, calendars_format);
}

std::shared_ptr<const calendar::Calendar> plain_calendar() {
    calendar::CalendarData data;
    data.version = 1;
    data.week.assign(7, {});
    constexpr std::uint16_t from = 9 * 60;
    constexpr std::uint16_t to = 17 * 60;
    for (std::size_t day = 0; day < 5; ++day) data.week[day].push_back({from, to});
    return calendar::make_calendar(std::move(data));
}

}  // namespace

calendar::Calendars completed(calendar::Calendars fresh, const calendar::Calendars& before) {
    for (const auto& [id, table] : before.by_id) fresh.by_id.try_emplace(id, table);
    if (!fresh.by_id.contains("")) fresh.by_id[""] = plain_calendar();
    return fresh;
}

std::vector<std::string> calendars_of(const model::Process& process) {
    std::set<std::string> ids{process.calendar};
    for (const model::Scope& scope : process.scopes)
        for (const model::Clock& clock : scope.clocks)
            if (!clock.calendar.empty()) ids.insert(clock.calendar);
    for (const model::Step& step : process.steps)
        for (const model::Clock& clock : step.clocks)
            if (!clock.calendar.empty()) ids.insert(clock.calendar);
    return {ids.begin(), ids.end()};
}

bool same_tables(const calendar::Calendars& a, const calendar::Calendars& b) {
    return bytes_of(a) == bytes_of(b);
}

result<calendar::Calendars> stored_calendars(const store::Store& store) {
    const auto bytes = store.get(store::Family::meta, calendars_row);
    if (!bytes) return bytes.error();
    calendar::Calendars calendars;
    if (!*bytes) return calendars;
    const std::string& row = **bytes;
    const unsigned format = row.empty() ? 0 : static_cast<unsigned char>(row[0]);
    if (format == 0 || format > calendars_format)
        return failure(ErrorKind::corrupt, "cannot read the stored calendars: unknown format");
    const auto tables = decode<std::vector<std::pair<std::string, calendar::CalendarData>>>(
        std::string_view(row).substr(1), format);
    if (!tables) return tables.error();
    for (const auto& [id, data] : *tables) calendars.by_id[id] = calendar::make_calendar(data);
    return calendars;
}

void put_calendars(store::Batch& batch, const calendar::Calendars& calendars) {
    batch.put(store::Family::meta, calendars_row, bytes_of(calendars));
    for (unsigned partition = 0; partition < partitions; ++partition)
        mark(batch, static_cast<std::uint8_t>(partition));
}

result<bool> is_marked(const store::Store& store, std::uint8_t partition) {
    const auto row = store.get(store::Family::meta, mark_row(partition));
    if (!row) return row.error();
    return row->has_value();
}

void mark(store::Batch& batch, std::uint8_t partition) {
    batch.put(store::Family::meta, mark_row(partition), "");
}

void unmark(store::Batch& batch, std::uint8_t partition) {
    batch.remove(store::Family::meta, mark_row(partition));
}

}  // namespace countersign::runtime
