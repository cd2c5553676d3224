// Offsets are read here; named zones are absl's, which remembers each name that it was asked for:
// definitions write theirs out (definitions/cel), so they are few.
#include "engine/expr/zone.hpp"

#include <absl/time/time.h>

#include <algorithm>
#include <string>

namespace countersign::expr {

namespace {

constexpr std::size_t name_bytes_max = 64;

/// Reads "+08:00", "-02:30" or "02:00" as seconds.
std::optional<std::int64_t> read_offset(std::string_view text) {
    const bool west = text.starts_with('-');
    if (west || text.starts_with('+')) text.remove_prefix(1);
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    std::int64_t digits[4]{};
    for (std::size_t i = 0; i < 4; ++i) {
        const char c = text[i < 2 ? i : i + 1];
        if (c < '0' || c > '9') return std::nullopt;
        digits[i] = c - '0';
    }
    const std::int64_t hours = digits[0] * 10 + digits[1];
    const std::int64_t minutes = digits[2] * 10 + digits[3];
    if (hours > 23 || minutes > 59) return std::nullopt;
    return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/// Whether a text may name a zone and nothing else of the file system.
bool is_zone_name(std::string_view name) {
    const auto may_stand = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    };
    return !name.empty() && name.size() <= name_bytes_max && name.front() != '/' &&
           std::all_of(name.begin(), name.end(), may_stand);
}

}  // namespace

std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t at) {
    if (zone == "UTC" || zone == "Z") return 0;
    if (const auto offset = read_offset(zone)) return offset;
    const std::string name(zone);
    absl::TimeZone found;
    if (!is_zone_name(zone) || !absl::LoadTimeZone(name, &found)) return std::nullopt;
    return found.At(absl::FromUnixSeconds(at)).offset;
}

}  // namespace countersign::expr
