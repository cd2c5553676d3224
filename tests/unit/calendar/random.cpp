// Random calendars, pauses and limits against a reference that walks day by day or minute by
// minute. COUNTERSIGN_SEED repeats a run; the seed of every failing case is shown with it.
#include "mainland.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace countersign;
using namespace countersign::calendar;
using namespace countersign::calendar::testing;

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 1'440 * minute_ms;

std::uint64_t first_seed() {
    static const std::uint64_t seed = [] {
        const char* given = std::getenv("COUNTERSIGN_SEED");
        const std::uint64_t chosen =
            given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
        std::printf("COUNTERSIGN_SEED=%llu\n", static_cast<unsigned long long>(chosen));
        return chosen;
    }();
    return seed;
}

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low +
               static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool one_in(std::int64_t n) { return between(1, n) == 1; }

  private:
    std::mt19937_64 engine_;
};

std::vector<Hours> random_hours(Random& random) {
    std::vector<Hours> hours;
    std::int64_t at = random.between(0, 600);
    const std::int64_t parts = random.between(1, 3);
    for (std::int64_t i = 0; i < parts && at < 1'440; ++i) {
        const std::int64_t to =
            random.one_in(6) ? 1'440 : std::min<std::int64_t>(at + random.between(1, 400), 1'440);
        hours.push_back({static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(to)});
        at = to + random.between(0, 120);
    }
    return hours;
}

CalendarData random_data(Random& random) {
    CalendarData data;
    data.offset_minutes = static_cast<std::int32_t>(random.between(-14, 14) * 60);
    data.week.resize(7);
    for (auto& hours : data.week)
        if (!random.one_in(3)) hours = random_hours(random);
    const auto sure = static_cast<std::size_t>(random.between(0, 6));
    if (data.week[sure].empty()) data.week[sure] = random_hours(random);
    Date at = date("2026-01-01") + static_cast<std::int32_t>(random.between(0, 60));
    const std::int64_t count = random.between(0, 60);
    for (std::int64_t i = 0; i < count; ++i) {
        SpecialDay day;
        day.date = at;
        if (random.one_in(3))
            day.usual_hours = true;
        else if (random.one_in(2))
            day.hours = random_hours(random);
        data.days.push_back(day);
        at = at + static_cast<std::int32_t>(random.between(1, 12));
    }
    data.first_year = 2026;
    data.last_year = 2026;
    return data;
}

/// The reference: hours of a date by searching the data.
std::vector<Hours> hours_of(const CalendarData& data, Date at) {
    for (const SpecialDay& day : data.days) {
        if (day.date != at) continue;
        if (!day.usual_hours) return day.hours;
        for (const auto& usual : data.week)
            if (!usual.empty()) return usual;
    }
    return data.week[static_cast<std::size_t>(at.weekday() - 1)];
}

bool is_paused(const std::vector<Pause>& pauses, Instant now, Instant at) {
    for (const Pause& pause : pauses)
        if (pause.from <= at && at < (pause.to ? *pause.to : now)) return true;
    return false;
}

struct Case {
    CalendarData data;
    std::shared_ptr<const Calendar> calendar;
    Instant from;
    Instant now;
    Counting counting;
    std::vector<Pause> pauses;
};

/// Times lie on whole minutes, so that a walk by minutes is exact.
Case random_case(Random& random, std::int64_t pause_minutes_max) {
    Case made;
    made.data = random_data(random);
    made.calendar = make_calendar(made.data);
    const Date start = date("2025-11-01") + static_cast<std::int32_t>(random.between(0, 500));
    made.from = instant_of(start, random.between(0, 1'439) * minute_ms, made.data.offset_minutes);
    if (random.one_in(4)) made.from = instant_of(start, 0, made.data.offset_minutes);
    made.counting = {random.one_in(2), random.one_in(2), random.one_in(2)};
    Instant at = made.from - minutes(random.between(0, 3'000));
    const std::int64_t count = random.between(0, 4);
    for (std::int64_t i = 0; i < count; ++i) {
        const Instant from = at + minutes(random.between(0, pause_minutes_max));
        at = from + minutes(random.between(0, pause_minutes_max));
        made.pauses.push_back({from, at});
    }
    made.now = at + minutes(random.between(-100, pause_minutes_max));
    if (count > 0 && random.one_in(3)) made.pauses.back().to.reset();
    return made;
}

Instant close_at(const Case& given, Date at) {
    return instant_of(at, hours_of(given.data, at).back().to * minute_ms,
                      given.data.offset_minutes);
}

bool counts(const Case& given, Date at) {
    if (hours_of(given.data, at).empty()) return false;
    if (given.counting.count_start_day && close_at(given, at) <= given.from) return false;
    return !is_paused(given.pauses, given.now, close_at(given, at));
}

Instant reference_working_days(const Case& given, std::int64_t count) {
    Date at = local_time(given.from, given.data.offset_minutes).date;
    if (given.counting.count_start_day && counts(given, at)) --count;
    while (count > 0) {
        at = at + 1;
        if (counts(given, at)) --count;
    }
    if (given.counting.ends_midnight) return instant_of(at, day_ms, given.data.offset_minutes);
    return close_at(given, at);
}

Instant reference_dates(const Case& given, std::int64_t count) {
    Date at = local_time(given.from, given.data.offset_minutes).date;
    while (count > 0) {
        at = at + 1;
        if (!is_paused(given.pauses, given.now, instant_of(at, day_ms, given.data.offset_minutes)))
            --count;
    }
    while (given.counting.roll && hours_of(given.data, at).empty()) at = at + 1;
    return instant_of(at, day_ms, given.data.offset_minutes);
}

/// Walks by minutes; `only_working` says whether minutes outside working hours are skipped.
Instant reference_minutes(const Case& given, std::int64_t count, bool only_working) {
    Instant at = given.from;
    Date known{-1'000'000};
    std::vector<Hours> today;
    for (; count > 0; at = at + minutes(1)) {
        const LocalTime time = local_time(at, given.data.offset_minutes);
        if (time.date != known) today = hours_of(given.data, known = time.date);
        bool works = !only_working;
        for (const Hours& part : today)
            works |=
                time.ms_of_day >= part.from * minute_ms && time.ms_of_day < part.to * minute_ms;
        if (works && !is_paused(given.pauses, given.now, at)) --count;
    }
    return at;
}

std::string explained(const Case& given, Instant at) {
    return rfc3339(at, given.data.offset_minutes);
}

Due due_of(const Case& given, std::int64_t count, Unit unit) {
    return due_after(*given.calendar, given.from, Limit{count, unit}, given.counting, given.pauses,
                     given.now);
}

}  // namespace

TEST_CASE("random: dues in working days and dates are those of a walk by days") {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 1'000; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const Case given = random_case(random, 30'000);
        const std::int64_t count = random.between(1, 60);
        CAPTURE(count);
        CAPTURE(explained(given, given.from));
        CHECK(explained(given, due_of(given, count, Unit::working_day).at) ==
              explained(given, reference_working_days(given, count)));
        CHECK(explained(given, due_of(given, count, Unit::day).at) ==
              explained(given, reference_dates(given, count)));
    }
}

TEST_CASE("random: dues in working hours and elapsed time are those of a walk by minutes") {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 1'000; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const Case given = random_case(random, 4'000);
        const std::int64_t count = random.between(1, 12);
        CAPTURE(count);
        CAPTURE(explained(given, given.from));
        const Due due = due_of(given, count, Unit::working_hour);
        CHECK(explained(given, due.at) ==
              explained(given, reference_minutes(given, count * 60, true)));
        CHECK(explained(given, due_of(given, count * 7, Unit::minute).at) ==
              explained(given, reference_minutes(given, count * 7, false)));
    }
}

TEST_CASE("random: what lies between two instants is what a walk counts") {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const Case given = random_case(random, 100);
        const Instant to = given.from + minutes(random.between(0, 30'000));
        std::int64_t worked = 0;
        for (Instant at = given.from; at < to; at = at + minutes(1)) {
            const LocalTime time = local_time(at, given.data.offset_minutes);
            if (time.ms_of_day == 0 || at == given.from) {
                // A day's minutes at once: the walk would otherwise be most of the suite's time.
                for (const Hours& part : hours_of(given.data, time.date)) {
                    const Instant open =
                        instant_of(time.date, part.from * minute_ms, given.data.offset_minutes);
                    const Instant shut =
                        instant_of(time.date, part.to * minute_ms, given.data.offset_minutes);
                    worked += std::max<std::int64_t>(
                        (std::min(shut, to) - std::max(open, given.from)).ms, 0);
                }
            }
        }
        CHECK(working_ms_between(*given.calendar, given.from, to) == worked);
        std::int64_t days = 0;
        for (Date at = local_time(given.from, given.data.offset_minutes).date + 1;
             instant_of(at, 0, given.data.offset_minutes) <= to; at = at + 1)
            if (!hours_of(given.data, at).empty() && close_at(given, at) <= to) ++days;
        CHECK(working_days_between(*given.calendar, given.from, to) == days);
    }
}

TEST_CASE("random: a later percent never lies before an earlier one, and 100 % is the due") {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const Case given = random_case(random, 5'000);
        const Limit length{random.between(1, 15), static_cast<Unit>(random.between(0, 7))};
        CAPTURE(length.text());
        Instant before = given.from;
        for (unsigned percent = 0; percent <= 100; ++percent) {
            CAPTURE(percent);
            const Due point = point_of(*given.calendar, given.from, length, percent, given.counting,
                                       given.pauses, given.now);
            CHECK(point.at >= before);
            before = point.at;
        }
        CHECK(before == due_of(given, length.count, length.unit).at);
    }
}

TEST_CASE("random: what a clock has used is the limit at its due, and less a moment before") {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 1'000; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Case given = random_case(random, 5'000);
        given.counting.ends_midnight = given.counting.roll = false;
        if (!given.pauses.empty() && !given.pauses.back().to)
            given.pauses.back().to = std::max(given.pauses.back().from, given.now);
        const std::int64_t count = random.between(1, 30);
        for (const Unit unit : {Unit::working_day, Unit::working_hour, Unit::day, Unit::minute}) {
            CAPTURE(Limit({count, unit}).text());
            const Instant due = due_of(given, count, unit).at;
            const std::int64_t whole = unit == Unit::working_hour ? count * 60 * minute_ms
                                       : unit == Unit::minute     ? count * minute_ms
                                                                  : count;
            const auto used = [&](Instant until) {
                return used_of(*given.calendar, given.from, unit, given.counting, given.pauses,
                               until);
            };
            CHECK(used(due) == whole);
            CHECK(used(due - milliseconds(1)) == whole - 1);
            CHECK(used(given.from - minutes(5)) == 0);
        }
    }
}
