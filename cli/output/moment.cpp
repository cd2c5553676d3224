// Times with their weekday, because working days are what these cases are about.
#include "cli/output/moment.hpp"

#include "engine/base/date.hpp"

#include <fmt/core.h>

#include <array>
#include <cstddef>

namespace countersign::cli {

namespace {

struct Unit {
    std::int64_t ms;
    std::string_view en;
    std::string_view zh;
};
constexpr std::array<Unit, 5> units = {{{86'400'000, "d", "天"},
                                        {3'600'000, "h", "小时"},
                                        {60'000, "min", "分"},
                                        {1'000, "s", "秒"},
                                        {1, "ms", "毫秒"}}};

}  // namespace

std::string moment(Instant at, int offset_minutes, std::string_view language) {
    return moment_text(at, offset_minutes).in(language);
}

std::string short_moment(Instant at, int offset_minutes, std::string_view language) {
    const LocalTime local = local_time(at, offset_minutes);
    const std::int64_t minute = local.ms_of_day / 60'000;
    return fmt::format("{} {:02}-{:02} {:02}:{:02}", weekday_text(local.date).in(language),
                       local.date.month(), local.date.day(), minute / 60, minute % 60);
}

std::string readable(Duration length, std::string_view language) {
    std::int64_t rest = length.ms < 0 ? -length.ms : length.ms;
    std::string out = length.ms < 0 ? "-" : "";
    for (std::size_t i = 0; i < units.size(); ++i) {
        const bool last = i + 1 == units.size();
        if (rest < units[i].ms && !last) continue;
        const auto name = [language](const Unit& u) { return language == "zh" ? u.zh : u.en; };
        out += fmt::format("{} {}", rest / units[i].ms, name(units[i]));
        rest %= units[i].ms;
        // Milliseconds beside seconds are noise.
        if (i + 2 < units.size() && rest >= units[i + 1].ms)
            out += fmt::format(" {} {}", rest / units[i + 1].ms, name(units[i + 1]));
        break;
    }
    return out;
}

std::string working(std::int64_t ms, std::int64_t day_ms, std::string_view language) {
    const bool zh = language == "zh";
    std::string out;
    const auto part = [&](std::int64_t count, std::string_view en, std::string_view in_chinese) {
        if (count == 0) return;
        if (!out.empty() && !zh) out += " ";
        out += fmt::format("{}{}", count, zh ? in_chinese : en);
    };
    if (day_ms > 0) {
        part(ms / day_ms, "wd", "工作日");
        ms %= day_ms;
    }
    part(ms / 3'600'000, "wh", "小时");
    part(ms / 60'000 % 60, "min", "分");
    return out.empty() ? "0" : out;
}

int offset_of(std::string_view text) {
    if (text.size() < 6) return 0;
    const std::string_view end = text.substr(text.size() - 6);
    if ((end[0] != '+' && end[0] != '-') || end[3] != ':') return 0;
    for (const std::size_t i : {1u, 2u, 4u, 5u})
        if (end[i] < '0' || end[i] > '9') return 0;
    const int minutes =
        ((end[1] - '0') * 10 + (end[2] - '0')) * 60 + (end[4] - '0') * 10 + (end[5] - '0');
    return end[0] == '-' ? -minutes : minutes;
}

}  // namespace countersign::cli
