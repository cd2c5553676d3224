// Texts of numbers, money, durations and timestamps, and reading them (numbers.hpp).
#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/date.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Appends ".5" or ".000001", without trailing zeros; nothing when there is no fraction.
void append_fraction(std::string& out, std::int64_t nanos) {
    if (nanos == 0) return;
    std::string digits = std::to_string(nanos);
    digits.insert(0, 9 - digits.size(), '0');
    while (digits.back() == '0') digits.pop_back();
    out += '.' + digits;
}

/// Takes `count` digits from the front of `text`; nothing when they are not there.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// Takes ".123456789" if it is there, as nanoseconds; false when it is malformed.
bool take_fraction(std::string_view& text, std::int64_t& nanos) {
    nanos = 0;
    if (!take(text, '.')) return true;
    std::int64_t scale = nanos_a_second / 10;
    std::size_t digits = 0;
    for (; !text.empty() && is_digit(text.front()); ++digits, scale /= 10) {
        if (digits == 9) return false;
        nanos += (text.front() - '0') * scale;
        text.remove_prefix(1);
    }
    return digits > 0;
}

/// Takes "Z" or "+08:00", as seconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return 0;
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    const std::int64_t seconds = (*hour * 60 + *minute) * 60;
    return west ? -seconds : seconds;
}

/// Nanoseconds of a duration's unit, taken from the front of `text`; 0 when there is none.
std::int64_t take_unit(std::string_view& text) {
    struct Unit {
        std::string_view name;
        std::int64_t nanos;
    };
    static constexpr std::array<Unit, 7> units{{{"ms", 1'000'000},
                                                {"us", 1'000},
                                                {"ns", 1},
                                                {"µs", 1'000},
                                                {"h", 3600 * nanos_a_second},
                                                {"m", 60 * nanos_a_second},
                                                {"s", nanos_a_second}}};
    for (const Unit& unit : units) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        return unit.nanos;
    }
    return 0;
}

/// Adds "1.5h" from the front of `text` to `total`, in nanoseconds; false when it does not fit.
bool add_part(std::string_view& text, __int128& total) {
    __int128 whole = 0;
    __int128 fraction = 0;
    __int128 scale = 1;
    std::size_t digits = 0;
    for (; !text.empty() && is_digit(text.front()); ++digits, text.remove_prefix(1)) {
        if (digits == 18) return false;
        whole = whole * 10 + (text.front() - '0');
    }
    if (take(text, '.'))
        for (; !text.empty() && is_digit(text.front()); ++digits, text.remove_prefix(1)) {
            if (scale >= 1'000'000'000'000) continue;  // finer than any unit can show
            fraction = fraction * 10 + (text.front() - '0');
            scale *= 10;
        }
    const std::int64_t unit = digits == 0 ? 0 : take_unit(text);
    if (unit == 0) return false;
    total += whole * unit + fraction * unit / scale;
    return total <= static_cast<__int128>(duration_seconds_max) * nanos_a_second;
}

}  // namespace

std::string real_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    std::array<char, 40> buffer{};
    // Large whole numbers as digits up to 2^53, like CEL's other implementations; else the
    // shortest.
    const bool whole = value == std::trunc(value) && std::fabs(value) < 1e15;
    const auto end =
        whole ? std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed)
              : std::to_chars(buffer.begin(), buffer.end(), value);
    return {buffer.begin(), end.ptr};
}

std::string money_text(std::int64_t fen) {
    // Unsigned, so that the least int64 has a magnitude, too.
    const std::uint64_t size =
        fen < 0 ? 0 - static_cast<std::uint64_t>(fen) : static_cast<std::uint64_t>(fen);
    std::string out = fen < 0 ? "-" : "";
    out += std::to_string(size / 100) + '.';
    out += static_cast<char>('0' + size % 100 / 10);
    out += static_cast<char>('0' + size % 10);
    return out;
}

std::string duration_text(Seconds length) {
    std::int64_t seconds = length.seconds;
    std::int64_t nanos = length.nanos;
    const bool negative = seconds < 0;
    if (negative && nanos > 0) {
        seconds += 1;
        nanos = nanos_a_second - nanos;
    }
    std::string out = negative ? "-" : "";
    out += std::to_string(negative ? -seconds : seconds);
    append_fraction(out, nanos);
    return out + 's';
}

std::string timestamp_text(Seconds since_1970) {
    std::string out = rfc3339(Instant{since_1970.seconds * 1000});
    std::string fraction;
    append_fraction(fraction, since_1970.nanos);
    out.insert(out.size() - 1, fraction);  // before the "Z"
    return out;
}

std::optional<std::int64_t> read_money(std::string_view text) {
    const bool negative = take(text, '-');
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
    if (whole.empty() || part.size() > 2 || (part.empty() && point != std::string_view::npos))
        return std::nullopt;
    std::string digits(whole);
    digits += part;
    digits.append(2 - part.size(), '0');
    for (const char c : digits)
        if (!is_digit(c)) return std::nullopt;
    if (negative) digits.insert(digits.begin(), '-');
    std::int64_t fen = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fen);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return fen;
}

std::optional<Seconds> read_duration(std::string_view text) {
    const bool negative = take(text, '-');
    if (!negative) take(text, '+');
    if (text == "0") return Seconds{};
    if (text.empty()) return std::nullopt;
    __int128 total = 0;
    while (!text.empty())
        if (!add_part(text, total)) return std::nullopt;
    if (negative) total = -total;
    __int128 nanos = total % nanos_a_second;
    if (nanos < 0) nanos += nanos_a_second;
    return Seconds{static_cast<std::int64_t>((total - nanos) / nanos_a_second),
                   static_cast<std::int32_t>(nanos)};
}

std::optional<Seconds> read_timestamp(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || !(take(text, 'T') || take(text, 't'))) return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    std::int64_t nanos = 0;
    if (!second || !take_fraction(text, nanos)) return std::nullopt;
    const auto offset = take_offset(text);
    const auto date = Date::from(*year, *month, *day);
    if (!offset || !text.empty() || !date || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    Seconds read{static_cast<std::int64_t>(date->days) * 86400 + *hour * 3600 + *minute * 60 +
                     *second - *offset,
                 static_cast<std::int32_t>(nanos)};
    if (!is_timestamp(read)) return std::nullopt;
    return read;
}

bool is_timestamp(Seconds seconds) {
    return seconds.seconds >= timestamp_seconds_min && seconds.seconds <= timestamp_seconds_max;
}

bool is_duration(Seconds seconds) {
    return seconds.seconds >= -duration_seconds_max && seconds.seconds <= duration_seconds_max;
}

}  // namespace countersign::expr
