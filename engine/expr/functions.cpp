// The table of all functions, gathered from the files that implement them.
#include "engine/expr/functions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/expr/call.hpp"

namespace countersign::expr {

namespace {

constexpr std::size_t numbers_max = 170;

struct Table {
    std::array<const FunctionEntry*, numbers_max> by_number{};
    std::vector<const FunctionEntry*> by_name;

    Table() {
        for (const auto group :
             {operator_functions(), conversion_functions(), list_functions(), math_functions(),
              string_functions(), text_functions(), time_functions()}) {
            for (const FunctionEntry& entry : group) {
                by_number[static_cast<std::size_t>(entry.function)] = &entry;
                by_name.push_back(&entry);
            }
        }
        std::sort(by_name.begin(), by_name.end(),
                  [](const FunctionEntry* a, const FunctionEntry* b) { return a->name < b->name; });
    }
};

const Table& table() {
    static const Table all;
    return all;
}

const FunctionEntry* entry_of(Function function) {
    const auto number = static_cast<std::size_t>(function);
    return number < numbers_max ? table().by_number[number] : nullptr;
}

}  // namespace

std::optional<Function> function_named(std::string_view name) {
    const auto& all = table().by_name;
    const auto at = std::lower_bound(
        all.begin(), all.end(), name,
        [](const FunctionEntry* entry, std::string_view wanted) { return entry->name < wanted; });
    if (at == all.end() || (*at)->name != name) return std::nullopt;
    return (*at)->function;
}

std::string_view name_of(Function function) {
    const FunctionEntry* entry = entry_of(function);
    return entry ? entry->name : "?";
}

Implementation implementation_of(Function function) {
    const FunctionEntry* entry = entry_of(function);
    return entry ? entry->implementation : nullptr;
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return "null_type";
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::unsigned_integer:
            return "uint";
        case Kind::real:
            return "double";
        case Kind::string:
            return "string";
        case Kind::bytes:
            return "bytes";
        case Kind::list:
            return "list";
        case Kind::map:
            return "map";
        case Kind::timestamp:
            return "google.protobuf.Timestamp";
        case Kind::duration:
            return "google.protobuf.Duration";
        case Kind::money:
            return "money";
        case Kind::type:
            return "type";
        case Kind::optional:
            return "optional_type";
        case Kind::erased:
            return "erased";
    }
    return "?";
}

bool Call::takes(std::initializer_list<Kind> kinds) const {
    return std::equal(kinds.begin(), kinds.end(), arguments.begin(), arguments.end(),
                      [](Kind kind, const Value& value) { return value.is(kind); });
}

bool Call::charge(std::uint64_t cost) {
    if (cost < steps_left) {
        steps_left -= cost;
        return true;
    }
    steps_left = 0;
    error = "step budget exceeded";
    return false;
}

Value Call::fail(std::string why) {
    error = std::move(why);
    return {};
}

Value Call::no_overload() {
    std::string kinds;
    for (const Value& argument : arguments)
        kinds.append(kinds.empty() ? "" : ", ").append(type_name(argument));
    return fail("no such overload: " + std::string(name_of(function)) + "(" + kinds + ")");
}

}  // namespace countersign::expr
