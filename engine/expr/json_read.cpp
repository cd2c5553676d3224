// Reading JSON: the parser of Boost.JSON gives its events to a handler that builds values at once.
#include <boost/json/basic_parser_impl.hpp>

#include <charconv>
#include <cmath>

#include "engine/base/limits.hpp"
#include "engine/expr/json.hpp"

namespace countersign::expr {

namespace {

/// Receives the events of boost::json::basic_parser. `stack` holds finished values; `starts` where
/// each open array or object begins in it. Names of objects stand before their values.
struct Handler {
    static constexpr std::size_t max_object_size = limits::json_members_max;
    static constexpr std::size_t max_array_size = limits::json_members_max;
    static constexpr std::size_t max_key_size = limits::json_string_bytes_max;
    static constexpr std::size_t max_string_size = limits::json_string_bytes_max;

    using Code = boost::system::error_code;

    std::vector<Value> stack;
    std::vector<std::size_t> starts;
    std::string text;  ///< parts of a string that came in pieces
    std::size_t members = 0;
    Text refusal;  ///< why the handler itself stopped

    bool refuse(Text why, Code& code) {
        refusal = std::move(why);
        code = boost::json::error::exception;
        return false;
    }
    bool push(Value value, Code& code) {
        if (++members > limits::json_members_max)
            return refuse(
                format_both("more than {} values", "值超过 {} 个", limits::json_members_max), code);
        stack.push_back(std::move(value));
        return true;
    }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_array_begin(Code&) { return open(); }
    bool on_object_begin(Code&) { return open(); }
    bool open() {
        starts.push_back(stack.size());
        return true;
    }
    bool on_array_end(std::size_t, Code& code) {
        const auto first = stack.begin() + static_cast<std::ptrdiff_t>(starts.back());
        std::vector<Value> items(std::make_move_iterator(first),
                                 std::make_move_iterator(stack.end()));
        stack.erase(first, stack.end());
        starts.pop_back();
        return push(Value::list(std::move(items)), code);
    }
    bool on_object_end(std::size_t count, Code& code) {
        const std::size_t start = starts.back();
        std::vector<Entry> entries;
        entries.reserve(count);
        for (std::size_t i = start; i < stack.size(); i += 2)
            entries.emplace_back(std::move(stack[i]), std::move(stack[i + 1]));
        stack.resize(start);
        starts.pop_back();
        Value map = Value::map(std::move(entries));
        if (map.size() != count)
            return refuse(both("a name occurs twice in one object", "同一对象中有重名"), code);
        return push(std::move(map), code);
    }
    bool on_key_part(boost::json::string_view part, std::size_t, Code& code) {
        return add(part, code);
    }
    bool on_string_part(boost::json::string_view part, std::size_t, Code& code) {
        return add(part, code);
    }
    bool add(boost::json::string_view part, Code&) {
        text.append(part.data(), part.size());
        return true;
    }
    Value take(boost::json::string_view last) {
        text.append(last.data(), last.size());
        Value value = Value::string(std::move(text));
        text.clear();
        return value;
    }
    bool on_key(boost::json::string_view last, std::size_t, Code&) {
        stack.push_back(take(last));
        return true;
    }
    bool on_string(boost::json::string_view last, std::size_t, Code& code) {
        return push(take(last), code);
    }
    bool on_number_part(boost::json::string_view part, Code& code) { return add(part, code); }
    bool on_int64(std::int64_t number, boost::json::string_view, Code& code) {
        text.clear();
        return push(Value::integer(number), code);
    }
    bool on_uint64(std::uint64_t, boost::json::string_view, Code& code) {
        return refuse(both("an integer is outside the 64 bits", "整数超出 64 位"), code);
    }
    bool on_double(double, boost::json::string_view last, Code& code) {
        // The parser's own number is not always the nearest one, so its text is read once more.
        text.append(last.data(), last.size());
        if (text.find_first_of(".eE") == std::string::npos)
            return refuse(both("an integer is outside the 64 bits", "整数超出 64 位"), code);
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        // Too small for a double reads as zero; too large has no value.
        if (read.ec == std::errc::result_out_of_range) number = std::strtod(text.c_str(), nullptr);
        text.clear();
        if (!std::isfinite(number)) return refuse(both("a number is too large", "数字过大"), code);
        return push(Value::real(number), code);
    }
    bool on_bool(bool value, Code& code) { return push(Value::boolean(value), code); }
    bool on_null(Code& code) { return push(Value(), code); }
    bool on_comment_part(boost::json::string_view, Code&) { return true; }
    bool on_comment(boost::json::string_view, Code&) { return true; }
};

Error not_json(const Text& why, std::size_t offset) {
    return failure(ErrorKind::invalid, format_both("not acceptable as JSON: {} at byte {}",
                                                   "JSON 有误：{}（第 {} 字节）", why, offset));
}

}  // namespace

result<Value> from_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::json::basic_parser<Handler> parser(options);
    boost::system::error_code code;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
    if (code) {
        const Text& refusal = parser.handler().refusal;
        return not_json(
            refusal.empty() ? both(code.message(), "“" + code.message() + "”") : refusal, used);
    }
    // The parser stops after the text's value and the blanks behind it.
    if (used != text.size())
        return not_json(both("something follows the value", "值之后还有内容"), used);
    return std::move(parser.handler().stack.back());
}

}  // namespace countersign::expr
