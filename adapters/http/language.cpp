// Accept-Language: a list of ranges with weights, "zh-CN,zh;q=0.9,en;q=0.8".
#include "adapters/http/language.hpp"

#include <algorithm>

namespace countersign::http {

namespace {

constexpr int weight_most = 1'000;  ///< thousandths: q has three decimals at most
constexpr int weight_malformed = -1;

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Reads "q=0.8" into thousandths.
int weight_of(std::string_view parameter) {
    parameter = trimmed(parameter);
    if (parameter.size() < 3 || lower_ascii(parameter[0]) != 'q' || parameter[1] != '=')
        return weight_malformed;
    const std::string_view number = parameter.substr(2);
    if (number.size() > 5 || (number[0] != '0' && number[0] != '1')) return weight_malformed;
    if (number.size() > 1 && number[1] != '.') return weight_malformed;
    int weight = (number[0] - '0') * weight_most;
    int scale = weight_most / 10;
    for (const char digit : number.substr(std::min<std::size_t>(2, number.size()))) {
        if (digit < '0' || digit > '9') return weight_malformed;
        weight += (digit - '0') * scale;
        scale /= 10;
    }
    return weight <= weight_most ? weight : weight_malformed;
}

/// Whether a range names the language: "zh", "ZH-Hans-CN".
bool names(std::string_view range, std::string_view language) {
    if (range.size() < language.size()) return false;
    for (std::size_t i = 0; i < language.size(); ++i)
        if (lower_ascii(range[i]) != language[i]) return false;
    return range.size() == language.size() || range[language.size()] == '-';
}

/// What a language may have: the heaviest of its ranges, and where that stands.
struct Wish {
    int weight = 0;
    std::size_t at = 0;
    bool named = false;

    void take(int given, std::size_t place) {
        if (named && given <= weight) return;
        *this = {given, place, true};
    }
};

}  // namespace

std::string_view language_wanted(std::string_view accept_language) {
    Wish en;
    Wish zh;
    Wish others;  // "*": the languages that are not named
    for (std::size_t place = 0; !accept_language.empty(); ++place) {
        const std::size_t comma = accept_language.find(',');
        const std::string_view item = accept_language.substr(0, comma);
        accept_language = comma == std::string_view::npos ? "" : accept_language.substr(comma + 1);
        const std::size_t semicolon = item.find(';');
        const std::string_view range = trimmed(item.substr(0, semicolon));
        const int weight = semicolon == std::string_view::npos
                               ? weight_most
                               : weight_of(item.substr(semicolon + 1));
        if (weight == weight_malformed) continue;
        if (names(range, "en")) en.take(weight, place);
        if (names(range, "zh")) zh.take(weight, place);
        if (range == "*") others.take(weight, place);
    }
    if (!en.named) en = others;
    if (!zh.named) zh = others;
    if (zh.weight != en.weight) return zh.weight > en.weight ? "zh" : "en";
    return zh.weight > 0 && zh.at < en.at ? "zh" : "en";
}

}  // namespace countersign::http
