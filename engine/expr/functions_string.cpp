// The string functions of CEL and of its strings extension. Positions count characters (code
// points), so text is cut into its characters first; texts are valid UTF-8.
#include <re2/re2.h>

#include <array>
#include <memory>

#include "engine/expr/call.hpp"

namespace countersign::expr {

namespace {

bool charge_texts(Call& call) {
    std::uint64_t cost = 0;
    for (const Value& argument : call.arguments)
        if (argument.is(Kind::string)) cost += text_cost(argument.as_string().size());
    return call.charge(cost);
}

/// Where each character of `text` begins, and its end.
std::vector<std::size_t> character_starts(std::string_view text) {
    std::vector<std::size_t> starts;
    starts.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) starts.push_back(i);
    starts.push_back(text.size());
    return starts;
}

Value index_error(Call& call) { return call.fail("index out of range"); }

/// Whether `index` is 0 … `bound`.
bool in_range(std::int64_t index, std::size_t bound) {
    return index >= 0 && static_cast<std::uint64_t>(index) <= bound;
}

template <bool (*test)(std::string_view, std::string_view)>
Value test_of(Call& call) {
    if (!call.takes({Kind::string, Kind::string})) return call.no_overload();
    if (!charge_texts(call)) return {};
    return Value::boolean(test(call[0].as_string(), call[1].as_string()));
}

bool has_part(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
bool has_prefix(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool has_suffix(std::string_view text, std::string_view part) { return text.ends_with(part); }

/// Returns the compiled pattern, compiled once an evaluation: a loop may match thousands of items.
const RE2& compiled(Patterns& patterns, const std::string& pattern) {
    static constexpr std::size_t kept_max = 16;
    for (const auto& kept : patterns)
        if (kept->pattern() == pattern) return *kept;
    if (patterns.size() == kept_max) patterns.clear();
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    patterns.push_back(std::make_shared<const RE2>(pattern, options));
    return *patterns.back();
}

Value matches(Call& call) {
    if (!call.takes({Kind::string, Kind::string})) return call.no_overload();
    // RE2 runs in time linear in the text, with a factor of up to the pattern's size.
    if (!call.charge(1 +
                     text_cost(call[0].as_string().size() * (1 + call[1].as_string().size() / 8))))
        return {};
    const RE2& pattern = compiled(call.patterns, call[1].as_string());
    if (!pattern.ok()) return call.fail("not a regular expression (RE2 syntax)");
    return Value::boolean(RE2::PartialMatch(call[0].as_string(), pattern));
}

Value char_at(Call& call) {
    if (!call.takes({Kind::string, Kind::integer})) return call.no_overload();
    if (!charge_texts(call)) return {};
    const std::string& text = call[0].as_string();
    const auto starts = character_starts(text);
    const std::int64_t index = call[1].as_integer();
    if (!in_range(index, starts.size() - 1)) return index_error(call);
    const auto i = static_cast<std::size_t>(index);
    if (i + 1 == starts.size()) return Value::string("");
    return Value::string(text.substr(starts[i], starts[i + 1] - starts[i]));
}

/// Reads the arguments (text, part[, position]) of indexOf and its kin; false (and failed) if
/// wrong.
bool takes_search(Call& call) {
    if (!call.takes({Kind::string, Kind::string}) &&
        !call.takes({Kind::string, Kind::string, Kind::integer})) {
        call.no_overload();
        return false;
    }
    return charge_texts(call);
}

std::int64_t character_of(const std::vector<std::size_t>& starts, std::size_t byte) {
    return std::lower_bound(starts.begin(), starts.end(), byte) - starts.begin();
}

Value index_of(Call& call) {
    if (!takes_search(call)) return {};
    const std::string& text = call[0].as_string();
    const auto starts = character_starts(text);
    const std::int64_t from = call.count() == 3 ? call[2].as_integer() : 0;
    if (!in_range(from, starts.size() - 1)) return index_error(call);
    const std::size_t found =
        text.find(call[1].as_string(), starts[static_cast<std::size_t>(from)]);
    return Value::integer(found == std::string::npos ? -1 : character_of(starts, found));
}

Value last_index_of(Call& call) {
    if (!takes_search(call)) return {};
    const std::string& text = call[0].as_string();
    const auto starts = character_starts(text);
    std::size_t until = text.size();
    if (call.count() == 3) {
        if (!in_range(call[2].as_integer(), starts.size() - 1)) return index_error(call);
        until = starts[static_cast<std::size_t>(call[2].as_integer())];
    }
    const std::size_t found = text.rfind(call[1].as_string(), until);
    return Value::integer(found == std::string::npos ? -1 : character_of(starts, found));
}

Value join(Call& call) {
    if (!call.takes({Kind::list}) && !call.takes({Kind::list, Kind::string}))
        return call.no_overload();
    const std::string_view between = call.count() == 2 ? std::string_view(call[1].as_string()) : "";
    std::string out;
    for (const Value& item : call[0].items()) {
        if (!item.is(Kind::string)) return call.no_overload();
        if (!call.charge(1 + text_cost(item.as_string().size() + between.size()))) return {};
        if (&item != &call[0].items().front()) out += between;
        out += item.as_string();
    }
    return Value::string(std::move(out));
}

template <char first, char last>
Value with_case_turned(Call& call) {
    if (!call.takes({Kind::string})) return call.no_overload();
    if (!charge_texts(call)) return {};
    std::string text = call[0].as_string();
    for (char& c : text)
        if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
    return Value::string(std::move(text));
}

Value replace(Call& call) {
    const bool has_limit = call.takes({Kind::string, Kind::string, Kind::string, Kind::integer});
    if (!has_limit && !call.takes({Kind::string, Kind::string, Kind::string}))
        return call.no_overload();
    const std::string& text = call[0].as_string();
    const std::string& old = call[1].as_string();
    const std::string& replacement = call[2].as_string();
    std::int64_t left = has_limit ? call[3].as_integer() : -1;
    if (!charge_texts(call)) return {};
    std::string out;
    std::size_t done = 0;
    // An empty `old` stands before every character and at the end.
    std::size_t search = 0;
    while (left != 0 && search <= text.size()) {
        const std::size_t found = text.find(old, search);
        if (found == std::string::npos) break;
        if (!call.charge(1 + text_cost(replacement.size()))) return {};
        out.append(text, done, found - done).append(replacement);
        done = found + old.size();
        search = done;
        if (old.empty()) {
            do ++search;
            while (search < text.size() &&
                   (static_cast<unsigned char>(text[search]) & 0xc0) == 0x80);
        }
        if (left > 0) --left;
    }
    return Value::string(out.append(text, done));
}

Value split(Call& call) {
    const bool has_limit = call.takes({Kind::string, Kind::string, Kind::integer});
    if (!has_limit && !call.takes({Kind::string, Kind::string})) return call.no_overload();
    const std::string& text = call[0].as_string();
    const std::string& between = call[1].as_string();
    const std::int64_t limit = has_limit ? call[2].as_integer() : -1;
    if (!charge_texts(call)) return {};
    std::vector<Value> parts;
    std::size_t start = 0;
    const auto may_cut = [&] {
        return limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit;
    };
    if (limit == 0) return Value::list({});
    while (may_cut()) {
        if (!call.charge(1)) return {};
        std::size_t found = text.find(between, start);
        if (between.empty()) {
            found = start + 1;
            while (found < text.size() && (static_cast<unsigned char>(text[found]) & 0xc0) == 0x80)
                ++found;
            if (found >= text.size()) break;
        }
        if (found == std::string::npos) break;
        parts.push_back(Value::string(text.substr(start, found - start)));
        start = found + between.size();
    }
    if (!(between.empty() && text.empty())) parts.push_back(Value::string(text.substr(start)));
    return Value::list(std::move(parts));
}

Value substring(Call& call) {
    const bool has_end = call.takes({Kind::string, Kind::integer, Kind::integer});
    if (!has_end && !call.takes({Kind::string, Kind::integer})) return call.no_overload();
    if (!charge_texts(call)) return {};
    const auto starts = character_starts(call[0].as_string());
    const std::int64_t from = call[1].as_integer();
    const std::int64_t until =
        has_end ? call[2].as_integer() : static_cast<std::int64_t>(starts.size() - 1);
    if (!in_range(from, starts.size() - 1) || !in_range(until, starts.size() - 1) || from > until)
        return index_error(call);
    const std::size_t start = starts[static_cast<std::size_t>(from)];
    return Value::string(
        call[0].as_string().substr(start, starts[static_cast<std::size_t>(until)] - start));
}

/// The characters with the property White_Space of Unicode.
constexpr std::array<std::string_view, 25> white_space{
    "\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085", "\u00a0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

Value trim(Call& call) {
    if (!call.takes({Kind::string})) return call.no_overload();
    if (!charge_texts(call)) return {};
    std::string_view text = call[0].as_string();
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view space : white_space) {
            if (text.starts_with(space)) text.remove_prefix(space.size()), again = true;
            if (text.ends_with(space)) text.remove_suffix(space.size()), again = true;
        }
    }
    return Value::string(std::string(text));
}

Value reverse(Call& call) {
    if (!call.takes({Kind::string})) return call.no_overload();
    if (!charge_texts(call)) return {};
    const std::string& text = call[0].as_string();
    const auto starts = character_starts(text);
    std::string out;
    for (std::size_t i = starts.size() - 1; i > 0; --i)
        out.append(text, starts[i - 1], starts[i] - starts[i - 1]);
    return Value::string(std::move(out));
}

}  // namespace

std::span<const FunctionEntry> string_functions() {
    static constexpr std::array<FunctionEntry, 15> all{{
        {Function::contains, "contains", test_of<has_part>},
        {Function::starts_with, "startsWith", test_of<has_prefix>},
        {Function::ends_with, "endsWith", test_of<has_suffix>},
        {Function::matches, "matches", matches},
        {Function::char_at, "charAt", char_at},
        {Function::index_of, "indexOf", index_of},
        {Function::last_index_of, "lastIndexOf", last_index_of},
        {Function::join, "join", join},
        {Function::lower_ascii, "lowerAscii", with_case_turned<'A', 'Z'>},
        {Function::upper_ascii, "upperAscii", with_case_turned<'a', 'z'>},
        {Function::replace, "replace", replace},
        {Function::split, "split", split},
        {Function::substring, "substring", substring},
        {Function::trim, "trim", trim},
        {Function::reverse, "reverse", reverse},
    }};
    return all;
}

}  // namespace countersign::expr
