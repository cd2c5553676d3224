// Functions of lists, maps and optionals.
#include <array>

#include "engine/expr/call.hpp"

namespace countersign::expr {

namespace {

Value size(Call& call) {
    if (call.count() != 1) return call.no_overload();
    const Value& of = call[0];
    if (of.is(Kind::string) && !call.charge(text_cost(of.as_string().size()))) return {};
    if (of.is(Kind::string) || of.is(Kind::bytes) || of.is(Kind::list) || of.is(Kind::map))
        return Value::integer(static_cast<std::int64_t>(of.size()));
    return call.no_overload();
}

/// at(list, key): the first record of a list whose `key` is this one, as an optional.
Value at(Call& call) {
    if (call.count() != 2 || !call[0].is(Kind::list)) return call.no_overload();
    for (const Value& item : call[0].items()) {
        if (!call.charge(1)) return {};
        const Value* key = item.find("key");
        if (key && *key == call[1]) return Value::some(item);
    }
    return Value::none();
}

bool is_zero(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return true;
        case Kind::boolean:
            return !value.as_boolean();
        case Kind::integer:
            return value.as_integer() == 0;
        case Kind::unsigned_integer:
            return value.as_unsigned() == 0;
        case Kind::real:
            return value.as_real() == 0;
        case Kind::string:
        case Kind::bytes:
            return value.as_string().empty();
        case Kind::list:
        case Kind::map:
            return value.size() == 0;
        case Kind::duration:
            return value.as_seconds() == Seconds{};
        case Kind::money:
            return value.as_fen() == 0;
        case Kind::optional:
            return value.held() == nullptr;
        case Kind::timestamp:
        case Kind::type:
        case Kind::erased:
            return false;
    }
    return false;
}

Value optional_of(Call& call) {
    return call.count() == 1 ? Value::some(call[0]) : call.no_overload();
}

Value optional_none(Call& call) { return call.count() == 0 ? Value::none() : call.no_overload(); }

Value optional_of_non_zero(Call& call) {
    if (call.count() != 1) return call.no_overload();
    return is_zero(call[0]) ? Value::none() : Value::some(call[0]);
}

Value has_value(Call& call) {
    if (!call.takes({Kind::optional})) return call.no_overload();
    return Value::boolean(call[0].held() != nullptr);
}

Value optional_value(Call& call) {
    if (!call.takes({Kind::optional})) return call.no_overload();
    return call[0].held() ? *call[0].held() : call.fail("optional.none() has no value");
}

Value first(Call& call) {
    if (!call.takes({Kind::list})) return call.no_overload();
    return call[0].items().empty() ? Value::none() : Value::some(call[0].items().front());
}

Value last(Call& call) {
    if (!call.takes({Kind::list})) return call.no_overload();
    return call[0].items().empty() ? Value::none() : Value::some(call[0].items().back());
}

/// What the optionals of a list hold, without the empty ones.
Value unwrap(Call& call) {
    if (!call.takes({Kind::list})) return call.no_overload();
    std::vector<Value> held;
    for (const Value& item : call[0].items()) {
        if (!item.is(Kind::optional)) return call.no_overload();
        if (item.held() != nullptr) held.push_back(*item.held());
    }
    return Value::list(std::move(held));
}

}  // namespace

std::span<const FunctionEntry> list_functions() {
    // or() and orValue() look at their second argument only when they need it: see evaluate.cpp.
    static constexpr std::array<FunctionEntry, 13> all{{
        {Function::size, "size", size},
        {Function::at, "at", at},
        {Function::optional_of, "optional.of", optional_of},
        {Function::optional_none, "optional.none", optional_none},
        {Function::optional_of_non_zero, "optional.ofNonZeroValue", optional_of_non_zero},
        {Function::has_value, "hasValue", has_value},
        {Function::optional_value, "value", optional_value},
        {Function::or_value, "orValue", nullptr},
        {Function::optional_or, "or", nullptr},
        {Function::first, "first", first},
        {Function::last, "last", last},
        {Function::unwrap, "optional.unwrap", unwrap},
        {Function::unwrap_opt, "unwrapOpt", unwrap},
    }};
    return all;
}

}  // namespace countersign::expr
