// Names and digests of contents in header fields.
#include "adapters/http/content_fields.hpp"

#include "adapters/http/message.hpp"
#include "adapters/http/signature.hpp"
#include "engine/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace countersign::http {

namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed_field(std::string_view text) {
    const std::size_t from = text.find_first_not_of(blanks);
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
        return lower(x) == lower(y);
    });
}

/// Takes the next parameter from a field's parameters: "a=b; c=\"d;e\"".
struct Parameter {
    std::string_view name;
    std::string value;
};

std::optional<Parameter> take_parameter(std::string_view& rest) {
    const std::size_t start = rest.find_first_not_of("; \t");
    if (start == rest.npos) return std::nullopt;
    rest.remove_prefix(start);
    const std::size_t stop = rest.find_first_of("=;");
    Parameter found{trimmed_field(rest.substr(0, stop)), {}};
    if (stop == rest.npos || rest[stop] == ';') {
        rest.remove_prefix(std::min(stop, rest.size()));
        return found;
    }
    rest.remove_prefix(stop + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    if (!rest.starts_with('"')) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        found.value = trimmed_field(rest.substr(0, end));
        rest.remove_prefix(end);
        return found;
    }
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
        found.value += rest[at];
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return found;
}

std::string base_name(const std::string& path) {
    const std::size_t slash = path.find_last_of("/\\");
    return slash == path.npos ? path : path.substr(slash + 1);
}

bool is_attribute_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string file_name_in(std::string_view disposition) {
    const std::size_t type = disposition.find(';');
    if (type == disposition.npos) return {};
    std::string_view rest = disposition.substr(type);
    std::string plain;
    std::string extended;
    while (const auto parameter = take_parameter(rest)) {
        if (same_word(parameter->name, "filename")) plain = parameter->value;
        if (!same_word(parameter->name, "filename*")) continue;
        const std::size_t language = parameter->value.find('\'');
        const std::size_t text =
            language == std::string::npos ? language : parameter->value.find('\'', language + 1);
        if (text == std::string::npos ||
            !same_word(std::string_view(parameter->value).substr(0, language), "utf-8"))
            continue;
        const std::string decoded = percent_decoded(parameter->value.substr(text + 1));
        if (is_utf8(decoded)) extended = decoded;
    }
    return base_name(extended.empty() ? plain : extended);
}

std::string attachment(std::string_view name) {
    std::string plain;
    std::string extended;
    bool odd = false;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool fits = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
        odd = odd || !fits;
        // One sign a character: the bytes that continue one are left out.
        if (fits)
            plain += c;
        else if ((byte & 0xc0) != 0x80)
            plain += '_';
        if (is_attribute_character(c))
            extended += c;
        else
            extended += fmt::format("%{:02X}", byte);
    }
    if (!odd) return fmt::format("attachment; filename=\"{}\"", plain);
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, extended);
}

result<std::optional<std::string>> sha256_in(std::string_view digest) {
    while (!digest.empty()) {
        const std::size_t end = std::min(digest.find(','), digest.size());
        const std::string_view member = trimmed_field(digest.substr(0, end));
        digest.remove_prefix(std::min(end + 1, digest.size()));
        const std::size_t equals = member.find('=');
        if (equals == member.npos || !same_word(member.substr(0, equals), "sha-256")) continue;
        const std::string_view given = member.substr(equals + 1);
        const bool framed = given.size() > 2 && given.front() == ':' && given.back() == ':';
        auto bytes = framed ? unbase64(given.substr(1, given.size() - 2))
                            : result<std::string>(failure(ErrorKind::invalid, ""));
        if (!bytes || bytes->size() != 32)
            return failure(ErrorKind::invalid,
                           both("a digest must be written sha-256=:BASE64:, with the base64 of 32 "
                                "bytes",
                                "摘要应写作 sha-256=:BASE64:，其中为 32 字节的 Base64"));
        return std::optional(std::move(*bytes));
    }
    return std::optional<std::string>();
}

std::string digest_of(std::string_view sha256) {
    return fmt::format("sha-256=:{}:", base64(sha256));
}

}  // namespace countersign::http
