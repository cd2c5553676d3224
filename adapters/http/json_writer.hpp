#pragma once
// Writes JSON text piece by piece into a string: what the API answers with.

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/expr/json.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace countersign::http {

/// Appends to a string that outlives it. The caller keeps begin and end in pairs; commas are put.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /// Writes a member's name; its value must follow.
    void key(std::string_view name) {
        comma();
        expr::append_json_string(out_, name);
        out_.push_back(':');
        first_ = true;
    }

    void value(std::string_view text) {
        comma();
        expr::append_json_string(out_, text);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(bool flag) { raw(flag ? "true" : "false"); }
    void value(Instant at) { value(rfc3339(at)); }
    void value(double number) { value(expr::Value::real(number)); }
    template <class Integer>
    requires(std::is_integral_v<Integer> &&
             !std::is_same_v<Integer, bool>) void value(Integer number) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        raw(std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
    void value(const expr::Value& given, expr::Personal personal = expr::Personal::masked) {
        comma();
        expr::append_json(out_, given, personal);
    }
    /// Both languages: {"en": …, "zh": …}.
    void value(const Text& text) {
        begin_object();
        member("en", text.in("en"));
        member("zh", text.in("zh"));
        end_object();
    }
    /// Writes text that is JSON already.
    void raw(std::string_view json) {
        comma();
        out_.append(json);
    }

    template <class T>
    void member(std::string_view name, const T& given) {
        key(name);
        value(given);
    }
    void member(std::string_view name, const char* given) {
        key(name);
        value(given);
    }
    /// Leaves the member out when there is no value.
    template <class T>
    void member(std::string_view name, const std::optional<T>& given) {
        if (given) member(name, *given);
    }
    void member(std::string_view name, const expr::Value& given, expr::Personal personal) {
        key(name);
        value(given, personal);
    }
    /// Leaves the member out when the text is empty.
    void member_if(std::string_view name, std::string_view text) {
        if (!text.empty()) member(name, text);
    }

  private:
    void open(char bracket) {
        comma();
        out_.push_back(bracket);
        first_ = true;
    }
    void close(char bracket) {
        out_.push_back(bracket);
        first_ = false;
    }
    void comma() {
        if (!first_) out_.push_back(',');
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;
};

}  // namespace countersign::http
