// The days of 2020 … 2026 that are not what their weekday says: State Council notices for 2024 to
// 2026 (国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号), an open holiday library before.
#include "mainland.hpp"

#include <utility>

namespace countersign::calendar::testing {

namespace {

struct Named {
    const char* date;
    bool works;
};

constexpr Named named_days[] = {
    {"2020-01-01", false}, {"2020-01-19", true},  {"2020-01-24", false}, {"2020-01-25", false},
    {"2020-01-26", false}, {"2020-01-27", false}, {"2020-01-28", false}, {"2020-01-29", false},
    {"2020-01-30", false}, {"2020-01-31", false}, {"2020-02-01", false}, {"2020-02-02", false},
    {"2020-04-04", false}, {"2020-04-05", false}, {"2020-04-06", false}, {"2020-04-26", true},
    {"2020-05-01", false}, {"2020-05-02", false}, {"2020-05-03", false}, {"2020-05-04", false},
    {"2020-05-05", false}, {"2020-05-09", true},  {"2020-06-25", false}, {"2020-06-26", false},
    {"2020-06-27", false}, {"2020-06-28", true},  {"2020-09-27", true},  {"2020-10-01", false},
    {"2020-10-02", false}, {"2020-10-03", false}, {"2020-10-04", false}, {"2020-10-05", false},
    {"2020-10-06", false}, {"2020-10-07", false}, {"2020-10-08", false}, {"2020-10-10", true},
    {"2021-01-01", false}, {"2021-01-02", false}, {"2021-01-03", false}, {"2021-02-07", true},
    {"2021-02-11", false}, {"2021-02-12", false}, {"2021-02-13", false}, {"2021-02-14", false},
    {"2021-02-15", false}, {"2021-02-16", false}, {"2021-02-17", false}, {"2021-02-20", true},
    {"2021-04-03", false}, {"2021-04-04", false}, {"2021-04-05", false}, {"2021-04-25", true},
    {"2021-05-01", false}, {"2021-05-02", false}, {"2021-05-03", false}, {"2021-05-04", false},
    {"2021-05-05", false}, {"2021-05-08", true},  {"2021-06-12", false}, {"2021-06-13", false},
    {"2021-06-14", false}, {"2021-09-18", true},  {"2021-09-19", false}, {"2021-09-20", false},
    {"2021-09-21", false}, {"2021-09-26", true},  {"2021-10-01", false}, {"2021-10-02", false},
    {"2021-10-03", false}, {"2021-10-04", false}, {"2021-10-05", false}, {"2021-10-06", false},
    {"2021-10-07", false}, {"2021-10-09", true},  {"2022-01-01", false}, {"2022-01-02", false},
    {"2022-01-03", false}, {"2022-01-29", true},  {"2022-01-30", true},  {"2022-01-31", false},
    {"2022-02-01", false}, {"2022-02-02", false}, {"2022-02-03", false}, {"2022-02-04", false},
    {"2022-02-05", false}, {"2022-02-06", false}, {"2022-04-02", true},  {"2022-04-03", false},
    {"2022-04-04", false}, {"2022-04-05", false}, {"2022-04-24", true},  {"2022-04-30", false},
    {"2022-05-01", false}, {"2022-05-02", false}, {"2022-05-03", false}, {"2022-05-04", false},
    {"2022-05-07", true},  {"2022-06-03", false}, {"2022-06-04", false}, {"2022-06-05", false},
    {"2022-09-10", false}, {"2022-09-11", false}, {"2022-09-12", false}, {"2022-10-01", false},
    {"2022-10-02", false}, {"2022-10-03", false}, {"2022-10-04", false}, {"2022-10-05", false},
    {"2022-10-06", false}, {"2022-10-07", false}, {"2022-10-08", true},  {"2022-10-09", true},
    {"2022-12-31", false}, {"2023-01-01", false}, {"2023-01-02", false}, {"2023-01-21", false},
    {"2023-01-22", false}, {"2023-01-23", false}, {"2023-01-24", false}, {"2023-01-25", false},
    {"2023-01-26", false}, {"2023-01-27", false}, {"2023-01-28", true},  {"2023-01-29", true},
    {"2023-04-05", false}, {"2023-04-23", true},  {"2023-04-29", false}, {"2023-04-30", false},
    {"2023-05-01", false}, {"2023-05-02", false}, {"2023-05-03", false}, {"2023-05-06", true},
    {"2023-06-22", false}, {"2023-06-23", false}, {"2023-06-24", false}, {"2023-06-25", true},
    {"2023-09-29", false}, {"2023-09-30", false}, {"2023-10-01", false}, {"2023-10-02", false},
    {"2023-10-03", false}, {"2023-10-04", false}, {"2023-10-05", false}, {"2023-10-06", false},
    {"2023-10-07", true},  {"2023-10-08", true},  {"2024-01-01", false}, {"2024-02-04", true},
    {"2024-02-10", false}, {"2024-02-11", false}, {"2024-02-12", false}, {"2024-02-13", false},
    {"2024-02-14", false}, {"2024-02-15", false}, {"2024-02-16", false}, {"2024-02-17", false},
    {"2024-02-18", true},  {"2024-04-04", false}, {"2024-04-05", false}, {"2024-04-06", false},
    {"2024-04-07", true},  {"2024-04-28", true},  {"2024-05-01", false}, {"2024-05-02", false},
    {"2024-05-03", false}, {"2024-05-04", false}, {"2024-05-05", false}, {"2024-05-11", true},
    {"2024-06-10", false}, {"2024-09-14", true},  {"2024-09-15", false}, {"2024-09-16", false},
    {"2024-09-17", false}, {"2024-09-29", true},  {"2024-10-01", false}, {"2024-10-02", false},
    {"2024-10-03", false}, {"2024-10-04", false}, {"2024-10-05", false}, {"2024-10-06", false},
    {"2024-10-07", false}, {"2024-10-12", true},  {"2025-01-01", false}, {"2025-01-26", true},
    {"2025-01-28", false}, {"2025-01-29", false}, {"2025-01-30", false}, {"2025-01-31", false},
    {"2025-02-01", false}, {"2025-02-02", false}, {"2025-02-03", false}, {"2025-02-04", false},
    {"2025-02-08", true},  {"2025-04-04", false}, {"2025-04-05", false}, {"2025-04-06", false},
    {"2025-04-27", true},  {"2025-05-01", false}, {"2025-05-02", false}, {"2025-05-03", false},
    {"2025-05-04", false}, {"2025-05-05", false}, {"2025-05-31", false}, {"2025-06-01", false},
    {"2025-06-02", false}, {"2025-09-28", true},  {"2025-10-01", false}, {"2025-10-02", false},
    {"2025-10-03", false}, {"2025-10-04", false}, {"2025-10-05", false}, {"2025-10-06", false},
    {"2025-10-07", false}, {"2025-10-08", false}, {"2025-10-11", true},  {"2026-01-01", false},
    {"2026-01-02", false}, {"2026-01-03", false}, {"2026-01-04", true},  {"2026-02-14", true},
    {"2026-02-15", false}, {"2026-02-16", false}, {"2026-02-17", false}, {"2026-02-18", false},
    {"2026-02-19", false}, {"2026-02-20", false}, {"2026-02-21", false}, {"2026-02-22", false},
    {"2026-02-23", false}, {"2026-02-28", true},  {"2026-04-04", false}, {"2026-04-05", false},
    {"2026-04-06", false}, {"2026-05-01", false}, {"2026-05-02", false}, {"2026-05-03", false},
    {"2026-05-04", false}, {"2026-05-05", false}, {"2026-05-09", true},  {"2026-06-19", false},
    {"2026-06-20", false}, {"2026-06-21", false}, {"2026-09-20", true},  {"2026-09-25", false},
    {"2026-09-26", false}, {"2026-09-27", false}, {"2026-10-01", false}, {"2026-10-02", false},
    {"2026-10-03", false}, {"2026-10-04", false}, {"2026-10-05", false}, {"2026-10-06", false},
    {"2026-10-07", false}, {"2026-10-10", true},
};

}  // namespace

CalendarData mainland_data(std::vector<Hours> hours) {
    if (hours.empty()) hours = {{9 * 60, 17 * 60}};
    CalendarData data;
    data.id = "china-mainland";
    data.version = 1;
    data.week = {hours, hours, hours, hours, hours, {}, {}};
    for (const Named& named : named_days) {
        SpecialDay day;
        day.date = date(named.date);
        day.usual_hours = named.works;
        data.days.push_back(std::move(day));
    }
    data.first_year = 2020;
    data.last_year = 2026;
    return data;
}

std::shared_ptr<const Calendar> mainland(std::vector<Hours> hours) {
    return make_calendar(mainland_data(std::move(hours)));
}

}  // namespace countersign::calendar::testing
