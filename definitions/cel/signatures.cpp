// The table of the standard functions, and reading signatures.
#include "definitions/cel/signatures.hpp"

#include <array>

#include "definitions/cel/checker.hpp"
#include "engine/base/check.hpp"

namespace countersign::cel {

namespace {

// Operators first, with "-x" for the minus of one operand. "matches" and "size" come in both
// styles.
constexpr std::array texts{
    "+(int, int) -> int",
    "+(uint, uint) -> uint",
    "+(double, double) -> double",
    "+(string, string) -> string",
    "+(bytes, bytes) -> bytes",
    "+(list(A), list(A)) -> list(A)",
    "+(money, money) -> money",
    "+(timestamp, duration) -> timestamp",
    "+(duration, timestamp) -> timestamp",
    "+(duration, duration) -> duration",
    "-(int, int) -> int",
    "-(uint, uint) -> uint",
    "-(double, double) -> double",
    "-(money, money) -> money",
    "-(timestamp, timestamp) -> duration",
    "-(timestamp, duration) -> timestamp",
    "-(duration, duration) -> duration",
    "*(int, int) -> int",
    "*(uint, uint) -> uint",
    "*(double, double) -> double",
    "*(money, int) -> money",
    "*(int, money) -> money",
    "/(int, int) -> int",
    "/(uint, uint) -> uint",
    "/(double, double) -> double",
    "%(int, int) -> int",
    "%(uint, uint) -> uint",
    "-x(int) -> int",
    "-x(double) -> double",
    "-x(money) -> money",
    "!(bool) -> bool",
    "in(A, list(A)) -> bool",
    "in(A, map(A, B)) -> bool",
    "size(string) -> int",
    "size(bytes) -> int",
    "size(list(A)) -> int",
    "size(map(A, B)) -> int",
    "string.size() -> int",
    "bytes.size() -> int",
    "list(A).size() -> int",
    "map(A, B).size() -> int",
    "string.contains(string) -> bool",
    "string.startsWith(string) -> bool",
    "string.endsWith(string) -> bool",
    "string.matches(string) -> bool",
    "matches(string, string) -> bool",
    "type(A) -> type(A)",
    "int(int) -> int",
    "int(uint) -> int",
    "int(double) -> int",
    "int(string) -> int",
    "int(timestamp) -> int",
    "uint(uint) -> uint",
    "uint(int) -> uint",
    "uint(double) -> uint",
    "uint(string) -> uint",
    "double(double) -> double",
    "double(int) -> double",
    "double(uint) -> double",
    "double(string) -> double",
    "string(string) -> string",
    "string(int) -> string",
    "string(uint) -> string",
    "string(double) -> string",
    "string(bool) -> string",
    "string(bytes) -> string",
    "string(timestamp) -> string",
    "string(duration) -> string",
    "string(money) -> string",
    "bytes(bytes) -> bytes",
    "bytes(string) -> bytes",
    "bool(bool) -> bool",
    "bool(string) -> bool",
    "duration(duration) -> duration",
    "duration(string) -> duration",
    "timestamp(timestamp) -> timestamp",
    "timestamp(string) -> timestamp",
    "timestamp(int) -> timestamp",
    "money(string) -> money",
    "money(money) -> money",
    "list(A).at(string) -> optional_type(A)",
    "list(A).at(int) -> optional_type(A)",
    "timestamp.getFullYear() -> int",
    "timestamp.getFullYear(string) -> int",
    "timestamp.getMonth() -> int",
    "timestamp.getMonth(string) -> int",
    "timestamp.getDayOfYear() -> int",
    "timestamp.getDayOfYear(string) -> int",
    "timestamp.getDayOfMonth() -> int",
    "timestamp.getDayOfMonth(string) -> int",
    "timestamp.getDate() -> int",
    "timestamp.getDate(string) -> int",
    "timestamp.getDayOfWeek() -> int",
    "timestamp.getDayOfWeek(string) -> int",
    "timestamp.getHours() -> int",
    "timestamp.getHours(string) -> int",
    "duration.getHours() -> int",
    "timestamp.getMinutes() -> int",
    "timestamp.getMinutes(string) -> int",
    "duration.getMinutes() -> int",
    "timestamp.getSeconds() -> int",
    "timestamp.getSeconds(string) -> int",
    "duration.getSeconds() -> int",
    "timestamp.getMilliseconds() -> int",
    "timestamp.getMilliseconds(string) -> int",
    "duration.getMilliseconds() -> int",
    "optional.of(A) -> optional_type(A)",
    "optional.none() -> optional_type(A)",
    "optional.ofNonZeroValue(A) -> optional_type(A)",
    "optional_type(A).hasValue() -> bool",
    "optional_type(A).value() -> A",
    "optional_type(A).orValue(A) -> A",
    "optional_type(A).or(optional_type(A)) -> optional_type(A)",
    "list(A).first() -> optional_type(A)",
    "list(A).last() -> optional_type(A)",
    "optional.unwrap(list(optional_type(A))) -> list(A)",
    "list(optional_type(A)).unwrapOpt() -> list(A)",
    "string.charAt(int) -> string",
    "string.indexOf(string) -> int",
    "string.indexOf(string, int) -> int",
    "string.lastIndexOf(string) -> int",
    "string.lastIndexOf(string, int) -> int",
    "list(string).join() -> string",
    "list(string).join(string) -> string",
    "string.lowerAscii() -> string",
    "string.upperAscii() -> string",
    "string.replace(string, string) -> string",
    "string.replace(string, string, int) -> string",
    "string.split(string) -> list(string)",
    "string.split(string, int) -> list(string)",
    "string.substring(int) -> string",
    "string.substring(int, int) -> string",
    "string.trim() -> string",
    "string.reverse() -> string",
    "string.format(list(A)) -> string",
    "strings.quote(string) -> string",
    "math.ceil(double) -> double",
    "math.floor(double) -> double",
    "math.round(double) -> double",
    "math.trunc(double) -> double",
    "math.sqrt(int) -> double",
    "math.sqrt(uint) -> double",
    "math.sqrt(double) -> double",
    "math.abs(int) -> int",
    "math.abs(uint) -> uint",
    "math.abs(double) -> double",
    "math.sign(int) -> int",
    "math.sign(uint) -> uint",
    "math.sign(double) -> double",
    "math.isNaN(double) -> bool",
    "math.isInf(double) -> bool",
    "math.isFinite(double) -> bool",
    "math.bitAnd(int, int) -> int",
    "math.bitAnd(uint, uint) -> uint",
    "math.bitOr(int, int) -> int",
    "math.bitOr(uint, uint) -> uint",
    "math.bitXor(int, int) -> int",
    "math.bitXor(uint, uint) -> uint",
    "math.bitNot(int) -> int",
    "math.bitNot(uint) -> uint",
    "math.bitShiftLeft(int, int) -> int",
    "math.bitShiftLeft(uint, int) -> uint",
    "math.bitShiftRight(int, int) -> int",
    "math.bitShiftRight(uint, int) -> uint",
    // What macros expand to.
    "@not_strictly_false(bool) -> bool",
    "@append(list(A), A) -> list(A)",
    "@append_if(list(A), bool, A) -> list(A)",
    "@insert(map(A, B), A, B) -> map(A, B)",
    "@insert_if(map(A, B), bool, A, B) -> map(A, B)",
    "@insert_all(map(A, B), map(A, B)) -> map(A, B)",
    "@insert_all_if(map(A, B), bool, map(A, B)) -> map(A, B)",
};

/// Reads signatures from the front of a text.
class Reader {
  public:
    explicit Reader(std::string_view text) : left_(text) {}

    std::optional<Signature> signature() {
        Signature read;
        // "list(A).at(string)" begins with a type, "math.abs(int)" with a name that has a point:
        // the receiver is a type when the text goes on with a point after it.
        const std::size_t arrow = left_.find(" -> ");
        if (arrow == std::string_view::npos) return std::nullopt;
        std::string_view head = left_.substr(0, arrow);
        if (!head.ends_with(')')) return std::nullopt;
        std::size_t open = head.size();
        for (int depth = 0; open > 0;) {
            --open;
            if (head[open] == ')') ++depth;
            if (head[open] == '(' && --depth == 0) break;
        }
        std::string_view name = head.substr(0, open);
        const std::size_t point = name.rfind('.');
        if (point != std::string_view::npos && !is_namespace(name.substr(0, point))) {
            read.on_receiver = true;
            Reader receiver(name.substr(0, point));
            read.parameters.push_back(receiver.type());
            if (!receiver.left_.empty() || receiver.failed_) return std::nullopt;
            name.remove_prefix(point + 1);
        }
        read.name = name;
        Reader parameters(head.substr(open));
        for (TypeText& parameter : parameters.types())
            read.parameters.push_back(std::move(parameter));
        Reader result(left_.substr(arrow + 4));
        read.result = result.type();
        if (read.name.empty() || parameters.failed_ || result.failed_ || !result.left_.empty())
            return std::nullopt;
        return read;
    }

  private:
    static bool is_namespace(std::string_view text) {
        return text == "math" || text == "optional" || text == "strings" || text == "cel";
    }

    TypeText type() {
        TypeText read;
        const std::size_t end = std::min(left_.find_first_of("(), "), left_.size());
        read.name = left_.substr(0, end);
        left_.remove_prefix(end);
        failed_ = failed_ || read.name.empty();
        if (left_.starts_with('(')) read.arguments = types();
        return read;
    }

    std::vector<TypeText> types() {
        std::vector<TypeText> read;
        left_.remove_prefix(1);  // "("
        while (!failed_ && !left_.starts_with(')')) {
            read.push_back(type());
            if (left_.starts_with(", "))
                left_.remove_prefix(2);
            else if (!left_.starts_with(')'))
                failed_ = true;
        }
        if (!failed_) left_.remove_prefix(1);
        return read;
    }

    std::string_view left_;
    bool failed_ = false;
};

}  // namespace

std::optional<Signature> parse_signature(std::string_view text) { return Reader(text).signature(); }

const Signatures& standard_signatures() {
    static const Signatures all = [] {
        Signatures gathered;
        for (const char* text : texts) {
            auto signature = parse_signature(text);
            CHECK(signature.has_value());
            auto& overloads = gathered[signature->name];
            overloads.push_back(std::move(*signature));
        }
        return gathered;
    }();
    return all;
}

std::vector<std::string> standard_functions() {
    std::vector<std::string> all;
    for (const std::string_view text : texts)
        if (text[0] != '@') all.emplace_back(text);
    return all;
}

}  // namespace countersign::cel
