// Scalars of forms: what each type takes and how it is typed (README.md, "Types").

#include "engine/model/scalar.hpp"

#include "engine/base/date.hpp"
#include "engine/model/messages.hpp"
#include "engine/model/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace countersign::model {

namespace {

using expr::Kind;
using expr::Value;

/// Integers beyond are not all representable as double.
constexpr double exact_real_max = 9007199254740992.0;

void check_range(const Field& field, double value, Complaints& complaints) {
    const std::string unit = field.unit.empty() ? "" : " " + field.unit;
    if (field.min && value < *field.min) {
        const std::string bound = number_text(*field.min) + unit;
        complaints.add("too_small", "must be at least " + bound, "不能小于 " + bound);
    }
    if (field.max && value > *field.max) {
        const std::string bound = number_text(*field.max) + unit;
        complaints.add("too_large", "must be at most " + bound, "不能大于 " + bound);
    }
}

void check_length(const Field& field, const Value& text, Complaints& complaints) {
    const auto length = static_cast<double>(text.size());
    if (field.min && length < *field.min) {
        const std::string bound = number_text(*field.min);
        complaints.add("too_short", fmt::format("must have at least {} characters", bound),
                       fmt::format("不能少于 {} 个字符", bound));
    }
    const double declared = field.max_length > 0 ? field.max_length : HUGE_VAL;
    const double most = std::min(declared, field.max.value_or(HUGE_VAL));
    if (length > most) {
        const std::string bound = number_text(most);
        complaints.add("too_long", fmt::format("must have at most {} characters", bound),
                       fmt::format("不能超过 {} 个字符", bound));
    }
}

/// The common part of all types that are texts: kind, length and pattern.
bool check_text(const Field& field, const Value& given, Complaints& complaints) {
    if (!given.is(Kind::string)) {
        complaints.add("not_a_text", "must be a text", "应为文本");
        return false;
    }
    check_length(field, given, complaints);
    if (!field.pattern.empty()) {
        const re2::RE2 pattern(field.pattern, re2::RE2::Quiet);
        if (!pattern.ok() || !re2::RE2::FullMatch(given.as_string(), pattern))
            complaints.add("pattern_mismatch",
                           "does not have the required form (" + field.pattern + ")",
                           "不符合要求的格式（" + field.pattern + "）");
    }
    return true;
}

std::optional<Value> conform_integer(const Field& field, const Value& given,
                                     Complaints& complaints) {
    std::optional<std::int64_t> value;
    if (given.is(Kind::integer)) {
        value = given.as_integer();
    } else if (given.is(Kind::unsigned_integer) && given.as_unsigned() <= INT64_MAX) {
        value = static_cast<std::int64_t>(given.as_unsigned());
    } else if (given.is(Kind::real)) {
        const double real = given.as_real();
        if (std::trunc(real) == real && std::fabs(real) <= exact_real_max)
            value = static_cast<std::int64_t>(real);
    }
    if (!value) {
        complaints.add("not_an_integer", "must be a whole number", "应为整数");
        return std::nullopt;
    }
    check_range(field, static_cast<double>(*value), complaints);
    return Value::integer(*value);
}

std::optional<Value> conform_number(const Field& field, const Value& given,
                                    Complaints& complaints) {
    double value = NAN;
    if (given.is(Kind::real)) value = given.as_real();
    if (given.is(Kind::integer)) value = static_cast<double>(given.as_integer());
    if (given.is(Kind::unsigned_integer)) value = static_cast<double>(given.as_unsigned());
    const bool is_exact = given.is(Kind::real) || std::fabs(value) <= exact_real_max;
    if (!std::isfinite(value) || !is_exact) {
        complaints.add("not_a_number", "must be a number", "应为数字");
        return std::nullopt;
    }
    check_range(field, value, complaints);
    return Value::real(value);
}

std::optional<Value> conform_time(const Value& given, Complaints& complaints) {
    if (given.is(Kind::timestamp)) return given;
    if (given.is(Kind::string))
        if (const auto at = parse_rfc3339(given.as_string())) return Value::instant(*at);
    complaints.add("not_a_time",
                   "must be a time with date and offset, such as 2026-02-10T10:00:00+08:00",
                   "应为带日期和时区的时间，例如 2026-02-10T10:00:00+08:00");
    return std::nullopt;
}

std::optional<Value> conform_date(const Value& given, Complaints& complaints) {
    if (given.is(Kind::string) && Date::parse(given.as_string())) return given;
    complaints.add("not_a_date", "must be a date such as 2026-02-10", "应为日期，例如 2026-02-10");
    return std::nullopt;
}

/// Reads "12.34" (at most two decimals, nothing else) as fen.
std::optional<std::int64_t> parse_fen(std::string_view text) {
    const bool is_negative = !text.empty() && text.front() == '-';
    if (is_negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string digits(whole);
    std::string_view decimals =
        point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if (whole.empty() || decimals.size() > 2 ||
        (point != std::string_view::npos && decimals.empty()))
        return std::nullopt;
    digits += decimals;
    digits.append(2 - decimals.size(), '0');
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::int64_t fen = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fen);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return is_negative ? -fen : fen;
}

/// A number of yuan; a fraction finer than fen is no money.
std::optional<std::int64_t> fen_of(double yuan) {
    const double fen = std::round(yuan * 100);
    if (!std::isfinite(fen) || std::fabs(fen) > exact_real_max ||
        std::fabs(yuan * 100 - fen) > 1e-6)
        return std::nullopt;
    return static_cast<std::int64_t>(fen);
}

std::optional<Value> conform_money(const Field& field, const Value& given, Complaints& complaints) {
    std::optional<std::int64_t> fen;
    if (given.is(Kind::money)) fen = given.as_fen();
    if (given.is(Kind::string)) fen = parse_fen(given.as_string());
    if (given.is(Kind::integer) && std::abs(given.as_integer() / 100) < INT64_MAX / 20'000)
        fen = given.as_integer() * 100;
    if (given.is(Kind::real)) fen = fen_of(given.as_real());
    if (!fen) {
        complaints.add("not_money", "must be an amount in yuan such as 12.34",
                       "应为以元计的金额，例如 12.34");
        return std::nullopt;
    }
    check_range(field, static_cast<double>(*fen) / 100, complaints);
    return Value::money(*fen);
}

bool is_choice(const Field& field, const std::string& value) {
    return std::any_of(field.choices.begin(), field.choices.end(),
                       [&](const Choice& choice) { return choice.value == value; });
}

void complain_choice(const Field& field, const std::string& value, Complaints& complaints) {
    std::vector<std::string_view> known;
    std::string list;
    for (const Choice& choice : field.choices) {
        known.push_back(choice.value);
        list += (list.empty() ? "" : ", ") + choice.value;
    }
    // A personal value must not turn up in logs of what was refused.
    const std::string near = field.personal ? std::string() : nearest_name(value, known);
    if (near.empty())
        complaints.add("unknown_choice", "must be one of: " + list, "应为以下之一：" + list);
    else
        complaints.add("unknown_choice",
                       fmt::format("must be one of: {} (did you mean `{}`?)", list, near),
                       fmt::format("应为以下之一：{}（是否为“{}”？）", list, near));
}

std::optional<Value> conform_choice(const Field& field, const Value& given,
                                    Complaints& complaints) {
    if (given.is(Kind::string) && is_choice(field, given.as_string())) return given;
    complain_choice(field, given.is(Kind::string) ? given.as_string() : std::string(), complaints);
    return std::nullopt;
}

std::optional<Value> conform_choices(const Field& field, const Value& given,
                                     Complaints& complaints) {
    if (!given.is(Kind::list)) {
        complaints.add("not_a_list", "must be a list", "应为列表");
        return std::nullopt;
    }
    check_count(field, given.items().size(), complaints);
    std::set<std::string> seen;
    bool is_good = true;
    for (const Value& item : given.items()) {
        const bool is_known = item.is(Kind::string) && is_choice(field, item.as_string());
        if (!is_known)
            complain_choice(field, item.is(Kind::string) ? item.as_string() : std::string(),
                            complaints);
        const bool is_twice = is_known && !seen.insert(item.as_string()).second;
        if (is_twice) complaints.add("duplicate_choice", "names a choice twice", "有重复选项");
        is_good = is_good && is_known && !is_twice;
    }
    if (!is_good) return std::nullopt;
    return given;
}

}  // namespace

void Complaints::add(std::string code, std::string_view en, std::string_view zh) {
    problems_.push_back({path_, std::move(code), message(label_, en, zh)});
}

void check_count(const Field& field, std::size_t count, Complaints& complaints) {
    const auto items = static_cast<double>(count);
    if (field.min && items < *field.min) {
        const std::string bound = number_text(*field.min);
        complaints.add("too_few", fmt::format("must have at least {} items", bound),
                       fmt::format("至少应有 {} 项", bound));
    }
    if (field.max && items > *field.max) {
        const std::string bound = number_text(*field.max);
        complaints.add("too_many", fmt::format("must have at most {} items", bound),
                       fmt::format("最多只能有 {} 项", bound));
    }
}

std::optional<Value> conform_scalar(const Field& field, const Value& given,
                                    Complaints& complaints) {
    switch (field.type) {
        case FieldType::integer:
            return conform_integer(field, given, complaints);
        case FieldType::number:
            return conform_number(field, given, complaints);
        case FieldType::time:
            return conform_time(given, complaints);
        case FieldType::date:
            return conform_date(given, complaints);
        case FieldType::money:
            return conform_money(field, given, complaints);
        case FieldType::choice:
            return conform_choice(field, given, complaints);
        case FieldType::choices:
            return conform_choices(field, given, complaints);
        case FieldType::boolean:
            if (given.is(Kind::boolean)) return given;
            complaints.add("not_a_boolean", "must be true or false", "应为是或否");
            return std::nullopt;
        case FieldType::file:
            return conform_file(given, complaints);
        case FieldType::point:
            return conform_point(given, complaints);
        case FieldType::text:
        case FieldType::phone:
        case FieldType::email:
        case FieldType::uscc:
        case FieldType::citizen_id:
        case FieldType::division:
        case FieldType::record:
        case FieldType::list:
            break;
    }
    // An identity number of digits alone is a number to whoever writes JSON by hand.
    const bool is_digits = field.type != FieldType::text && given.is(Kind::integer);
    const Value text = is_digits ? Value::string(fmt::format("{}", given.as_integer())) : given;
    if (!check_text(field, text, complaints)) return std::nullopt;
    return conform_coded(field, text, complaints);
}

std::optional<std::string> pattern_problem(std::string_view pattern) {
    const re2::RE2 read(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet);
    if (read.ok()) return std::nullopt;
    return read.error();
}

}  // namespace countersign::model
