// Texts of ids. Alphabet: Crockford base 32.
#include "engine/base/ids.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace countersign {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int digit_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

Error bad_id(std::string_view text, const Text& what) {
    return failure(ErrorKind::invalid,
                   format_both("'{}' is not the id of a {}", "“{}”不是{}的编号", text, what));
}

/// Splits "CASE-C3" at its letter; the number must be 1 … 2^32 - 1 without leading zeros.
template <class Id>
result<Id> parse_numbered(std::string_view text, char letter, const Text& what) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos || dash + 2 >= text.size()) return bad_id(text, what);
    const char found = text[dash + 1];
    if (found != letter && found != static_cast<char>(letter - 'A' + 'a'))
        return bad_id(text, what);
    const auto case_id = CaseId::parse(text.substr(0, dash));
    if (!case_id) return bad_id(text, what);
    Id id{*case_id, 0};
    const char* begin = text.data() + dash + 2;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, id.number);
    if (error != std::errc() || stop != end || *begin == '0') return bad_id(text, what);
    return id;
}

}  // namespace

std::string CaseId::text() const {
    std::array<std::uint8_t, 10> bytes{};
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    bytes[6] = partition;
    for (std::size_t i = 0; i < 3; ++i)
        bytes[7 + i] = static_cast<std::uint8_t>(counter >> (16 - 8 * i));
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        held += 8;
        while (held >= 5) {
            held -= 5;
            out += alphabet[bits >> held & 31];
        }
    }
    return out;
}

result<CaseId> CaseId::parse(std::string_view text) {
    if (text.size() != 16) return bad_id(text, both("case", "办件"));
    std::array<std::uint8_t, 10> bytes{};
    std::size_t at = 0;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const int digit = digit_of(c);
        if (digit < 0) return bad_id(text, both("case", "办件"));
        bits = (bits << 5 | static_cast<unsigned>(digit)) & 0xfffff;
        held += 5;
        if (held < 8) continue;
        held -= 8;
        bytes[at++] = static_cast<std::uint8_t>(bits >> held);
    }
    CaseId id;
    for (std::size_t i = 0; i < 6; ++i) id.ms = id.ms << 8 | bytes[i];
    id.partition = bytes[6];
    for (std::size_t i = 7; i < 10; ++i) id.counter = id.counter << 8 | bytes[i];
    if (id.partition >= partitions) return bad_id(text, both("case", "办件"));
    return id;
}

std::string CallId::text() const { return fmt::format("{}-C{}", case_id.text(), number); }
std::string TaskId::text() const { return fmt::format("{}-T{}", case_id.text(), number); }
result<CallId> CallId::parse(std::string_view text) {
    return parse_numbered<CallId>(text, 'C', both("call", "调用"));
}
result<TaskId> TaskId::parse(std::string_view text) {
    return parse_numbered<TaskId>(text, 'T', both("task", "任务"));
}

}  // namespace countersign
