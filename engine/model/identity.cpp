// GB 32100-2015, GB 11714-1997 and GB 11643-1999.

#include "engine/model/identity.hpp"

#include "engine/base/date.hpp"

#include <array>
#include <cstddef>

namespace countersign::model {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The 31 characters of GB 32100: without I, O, S, V, Z.
constexpr std::string_view uscc_alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool has_uscc_form(std::string_view code) {
    if (code.size() != 18) return false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const bool is_region = i >= 2 && i < 8;
        if (is_region ? !is_digit(code[i]) : uscc_alphabet.find(code[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

/// Character 18: weights 3^i mod 31 over the first 17.
bool has_uscc_check(std::string_view code) {
    std::size_t sum = 0;
    std::size_t weight = 1;
    for (std::size_t i = 0; i < 17; ++i) {
        sum += uscc_alphabet.find(code[i]) * weight;
        weight = weight * 3 % 31;
    }
    return code[17] == uscc_alphabet[(31 - sum % 31) % 31];
}

/// Character 17 checks characters 9 … 16, letters counting from A = 10.
bool has_organisation_check(std::string_view code) {
    constexpr std::array<int, 8> weights{3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const char c = code[8 + i];
        sum += (is_digit(c) ? c - '0' : c - 'A' + 10) * weights[i];
    }
    const int rest = 11 - sum % 11;
    const char wanted = rest == 10 ? 'X' : rest == 11 ? '0' : static_cast<char>('0' + rest);
    return code[16] == wanted;
}

int number_at(std::string_view digits, std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : digits.substr(at, count)) value = value * 10 + (c - '0');
    return value;
}

}  // namespace

Verdict judge_uscc(std::string_view code) {
    if (!has_uscc_form(code)) return Verdict::malformed;
    return has_uscc_check(code) && has_organisation_check(code) ? Verdict::fine
                                                                : Verdict::suspicious;
}

Verdict judge_citizen_id(std::string_view number) {
    if (number.size() != 18) return Verdict::malformed;
    for (std::size_t i = 0; i < 17; ++i)
        if (!is_digit(number[i])) return Verdict::malformed;
    if (!is_digit(number[17]) && number[17] != 'X') return Verdict::malformed;
    const int year = number_at(number, 6, 4);
    if (year < 1800 || !Date::from(year, number_at(number, 10, 2), number_at(number, 12, 2)))
        return Verdict::malformed;

    constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    constexpr std::string_view checks = "10X98765432";
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (number[i] - '0') * weights[i];
    return number[17] == checks[static_cast<std::size_t>(sum % 11)] ? Verdict::fine
                                                                    : Verdict::suspicious;
}

}  // namespace countersign::model
