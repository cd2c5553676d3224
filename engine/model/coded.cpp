// Texts that follow a rule: telephone numbers, addresses of mail, identity numbers, divisions
// (README.md, "Types").

#include "engine/model/identity.hpp"
#include "engine/model/scalar.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace countersign::model {

namespace {

using expr::Value;

bool matches(std::string_view text, const re2::RE2& form) {
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form);
}

/// Mobile numbers; fixed lines with their area code and an extension; 400 and 800 numbers. Abroad:
/// ITU-T E.164, whose form is too wide for numbers of China.
bool is_phone(std::string_view text) {
    static const re2::RE2 inland(
        R"((?:\+?86[- ]?)?(?:1[3-9]\d{9}|0?(?:10|2\d|[3-9]\d{2})-?[2-9]\d{6,7}(?:-\d{1,6})?|)"
        R"([48]00-?\d{3}-?\d{4}))");
    static const re2::RE2 abroad(R"(\+[1-9]\d{6,14})");
    return matches(text, inland) || (!text.starts_with("+86") && matches(text, abroad));
}

/// An address as people have it; what RFC 5321 allows beyond (quotes, comments) is nobody's.
bool is_email(std::string_view text) {
    static const re2::RE2 form(
        R"([^@\s<>(),;:"\[\]\\]{1,64}@(?:[^@\s.<>(),;:"\[\]\\]{1,63}\.)+)"
        R"([^@\s.<>(),;:"\[\]\\]{2,63})");
    return text.size() <= 254 && !text.starts_with(".") && text.find("..") == text.npos &&
           text.find(".@") == text.npos && matches(text, form);
}

/// GB/T 2260 and GB/T 10114: a county, a street or town, a village. The first two digits name a
/// province; further ones are not looked up, since divisions are merged and renamed every year.
bool is_division(std::string_view text) {
    static const re2::RE2 form(
        R"((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}(?:\d{3}){0,2})");
    return matches(text, form);
}

Value in_capitals(const Value& given) {
    std::string text = given.as_string();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return Value::string(std::move(text));
}

void complain(Verdict verdict, const Text& form, Complaints& complaints) {
    if (verdict == Verdict::malformed) complaints.add("malformed", form.en, form.zh);
    if (verdict == Verdict::suspicious)
        complaints.add("suspicious",
                       "has a wrong check digit; correct it, or have the hall accept it with a "
                       "reason if it is what the certificate says",
                       "校验位不正确；请更正，如证照所载确实如此，可由窗口注明理由后予以认可");
}

}  // namespace

std::optional<Value> conform_coded(const Field& field, const Value& given,
                                   Complaints& complaints) {
    const std::string& text = given.as_string();
    if (field.type == FieldType::phone && !is_phone(text))
        complaints.add("malformed",
                       "must be a telephone number such as 13812345678, 021-59991234 with its "
                       "area code, or +81312345678 from abroad",
                       "应为电话号码，例如 13812345678、带区号的 021-59991234 或境外的 +81312345678");
    if (field.type == FieldType::email && !is_email(text))
        complaints.add("malformed", "must be an e-mail address such as name@example.cn",
                       "应为电子邮箱地址，例如 name@example.cn");
    if (field.type == FieldType::division && !is_division(text))
        complaints.add("malformed",
                       "must be a division code of 6, 9 or 12 digits that begins with a province, "
                       "such as 310114",
                       "应为以省级代码开头的 6、9 或 12 位行政区划代码，例如 310114");
    if (field.type == FieldType::uscc) {
        const Value code = in_capitals(given);
        complain(judge_uscc(code.as_string()),
                 both("must be 18 digits and letters (without I, O, S, V, Z), with 6 digits from "
                      "the third on",
                      "应为 18 位数字和字母（不含 I、O、S、V、Z），其中第 3 至 8 位为数字"),
                 complaints);
        return code;
    }
    if (field.type == FieldType::citizen_id) {
        const Value number = in_capitals(given);
        complain(judge_citizen_id(number.as_string()),
                 both("must be 17 digits and a digit or X, with a date of birth that exists from "
                      "the seventh on",
                      "应为 17 位数字加 1 位数字或 X，第 7 至 14 位为真实存在的出生日期"),
                 complaints);
        return number;
    }
    return given;
}

}  // namespace countersign::model
