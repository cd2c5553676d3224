// Parts of timestamps and durations.
#include "engine/base/date.hpp"
#include "engine/expr/call.hpp"
#include "engine/expr/zone.hpp"

namespace countersign::expr {

namespace {

struct Local {
    Date date;
    std::int64_t second_of_day = 0;
    std::int64_t milliseconds = 0;
};

/// The local time of a timestamp in the zone of the second argument, else UTC; nothing on failure.
std::optional<Local> local(Call& call) {
    const bool has_zone = call.takes({Kind::timestamp, Kind::string});
    if (!has_zone && !call.takes({Kind::timestamp})) {
        call.no_overload();
        return std::nullopt;
    }
    const std::int64_t at = call[0].as_seconds().seconds;
    const auto offset =
        has_zone ? zone_offset(call[1].as_string(), at) : std::optional<std::int64_t>(0);
    if (!offset) {
        call.fail("unknown time zone: write 'Asia/Shanghai', or an offset such as '+08:00'");
        return std::nullopt;
    }
    const std::int64_t seconds = at + *offset;
    std::int64_t rest = seconds % 86400;
    if (rest < 0) rest += 86400;
    return Local{Date{static_cast<std::int32_t>((seconds - rest) / 86400)}, rest,
                 call[0].as_seconds().nanos / 1'000'000};
}

template <std::int64_t (*part)(const Local&)>
Value part_of(Call& call) {
    const auto at = local(call);
    return at ? Value::integer(part(*at)) : Value();
}

std::int64_t year(const Local& at) { return at.date.year(); }
std::int64_t month(const Local& at) { return at.date.month() - 1; }
std::int64_t day_of_month(const Local& at) { return at.date.day() - 1; }
std::int64_t date(const Local& at) { return at.date.day(); }
std::int64_t day_of_week(const Local& at) { return at.date.weekday() % 7; }
std::int64_t day_of_year(const Local& at) {
    const auto first = Date::from(at.date.year(), 1, 1);
    return first ? at.date.days - first->days : 0;
}

/// Whole units of a duration, cut towards zero.
std::int64_t units(Seconds length, std::int64_t seconds_a_unit) {
    // A negative length with a fraction is kept as the second below it.
    const std::int64_t seconds =
        length.seconds < 0 && length.nanos > 0 ? length.seconds + 1 : length.seconds;
    return seconds / seconds_a_unit;
}

Value hours(Call& call) {
    if (call.takes({Kind::duration})) return Value::integer(units(call[0].as_seconds(), 3600));
    const auto at = local(call);
    return at ? Value::integer(at->second_of_day / 3600) : Value();
}

Value minutes(Call& call) {
    if (call.takes({Kind::duration})) return Value::integer(units(call[0].as_seconds(), 60));
    const auto at = local(call);
    return at ? Value::integer(at->second_of_day / 60 % 60) : Value();
}

Value seconds(Call& call) {
    if (call.takes({Kind::duration})) return Value::integer(units(call[0].as_seconds(), 1));
    const auto at = local(call);
    return at ? Value::integer(at->second_of_day % 60) : Value();
}

/// Of a duration too, only the part below the second (the language's definition).
Value milliseconds(Call& call) {
    if (call.takes({Kind::duration})) {
        const Seconds length = call[0].as_seconds();
        const bool negative = length.seconds < 0 && length.nanos > 0;
        const std::int64_t nanos = negative ? length.nanos - 1'000'000'000 : length.nanos;
        return Value::integer(nanos / 1'000'000);
    }
    const auto at = local(call);
    return at ? Value::integer(at->milliseconds) : Value();
}

}  // namespace

std::span<const FunctionEntry> time_functions() {
    static constexpr std::array<FunctionEntry, 12> all{{
        {Function::get_full_year, "getFullYear", part_of<year>},
        {Function::get_month, "getMonth", part_of<month>},
        {Function::get_day_of_year, "getDayOfYear", part_of<day_of_year>},
        {Function::get_day_of_month, "getDayOfMonth", part_of<day_of_month>},
        {Function::get_date, "getDate", part_of<date>},
        {Function::get_day_of_week, "getDayOfWeek", part_of<day_of_week>},
        {Function::get_hours, "getHours", hours},
        {Function::get_minutes, "getMinutes", minutes},
        {Function::get_seconds, "getSeconds", seconds},
        {Function::get_milliseconds, "getMilliseconds", milliseconds},
        {Function::workdays, "workdays", nullptr},
        {Function::workday, "workday", nullptr},
    }};
    return all;
}

}  // namespace countersign::expr
