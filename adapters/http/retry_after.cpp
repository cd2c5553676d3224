// Retry-After as seconds or as an IMF date ("Wed, 21 Oct 2015 07:28:00 GMT").
#include "adapters/http/retry_after.hpp"

#include "engine/base/date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace countersign::http {

namespace {

constexpr std::int64_t most_ms = 86'400'000;

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<Instant> http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
        return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const auto day = number(text.substr(5, 2));
    const auto year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const auto date = Date::from(*year, static_cast<int>(month - months.begin()) + 1, *day);
    if (!date || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return instant_of(*date, ((*hour * 60LL + *minute) * 60 + *second) * 1'000, 0);
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Instant now) {
    const bool digits =
        !text.empty() && text.size() <= 18 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::int64_t ms = 0;
    if (digits) {
        std::int64_t given = 0;
        std::from_chars(text.data(), text.data() + text.size(), given);
        ms = std::min(given, most_ms / 1'000) * 1'000;
    } else if (const auto at = http_date(text)) {
        ms = (*at - now).ms;
    } else {
        return std::nullopt;
    }
    return milliseconds(std::clamp<std::int64_t>(ms, 0, most_ms));
}

}  // namespace countersign::http
