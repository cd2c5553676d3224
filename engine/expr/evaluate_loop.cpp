// Loops: the comprehensions that macros expand to, and the lists and maps that they build. Those
// are built in place in the accumulator's slot: copying at each turn would make map() quadratic.
#include "engine/base/check.hpp"
#include "engine/expr/evaluation.hpp"

namespace countersign::expr {

bool Evaluation::local(const Node& node, Value& out) {
    Slot& slot = slots_[node.argument];
    if (slot.error) {
        error_ = *slot.error;
        return false;
    }
    if (slot.building && !finish_building(node, slot)) return false;
    out = slot.value;
    return true;
}

bool Evaluation::not_strictly_false(const Node& node, Value& out) {
    Value value;
    const bool done = child(node, 0, value);
    if (exhausted_) return false;
    out = Value::boolean(!done || !value.is(Kind::boolean) || value.as_boolean());
    return true;
}

bool Evaluation::comprehension(const Node& node, Value& out) {
    const Comprehension& loop = program_.comprehensions[node.argument];
    Value range;
    Value initial;
    if (!evaluate(loop.range, range) || !evaluate(loop.initial, initial)) return false;
    if (!range.is(Kind::list) && !range.is(Kind::map))
        return fail(node, "no such overload: cannot go over a " + std::string(type_name(range)));
    slots_[loop.accumulator_slot] = Slot{std::move(initial), {}, false, {}, {}};
    bool goes_on = true;
    for (std::size_t i = 0; goes_on && i < range.size(); ++i) {
        if (range.is(Kind::list)) {
            Value& first = slots_[loop.item_slot].value;
            if (loop.two_variables) {
                first = Value::integer(static_cast<std::int64_t>(i));
                slots_[loop.value_slot].value = range.items()[i];
            } else {
                first = range.items()[i];
            }
        } else {
            slots_[loop.item_slot].value = range.entries()[i].first;
            if (loop.two_variables) slots_[loop.value_slot].value = range.entries()[i].second;
        }
        if (!turn(node, loop, goes_on)) return false;
    }
    return evaluate(loop.result, out);
}

bool Evaluation::turn(const Node& node, const Comprehension& loop, bool& goes_on) {
    if (!charge(node, 1)) return false;
    Value condition;
    if (!evaluate(loop.condition, condition)) return false;
    goes_on = condition.is(Kind::boolean) && condition.as_boolean();
    if (!goes_on) return true;
    Value next;
    const bool done = evaluate(loop.step, next);
    Slot& accumulator = slots_[loop.accumulator_slot];
    if (done) {
        accumulator.error.reset();
        if (!accumulator.building) accumulator.value = std::move(next);
        return true;
    }
    // all() and exists() keep an error: a later item may decide nevertheless. Loops without a
    // condition have nothing that could.
    if (exhausted_ || program_.nodes[loop.condition].operation == Operation::constant) return false;
    accumulator.error = error_;
    return true;
}

bool Evaluation::build(const Node& node, Function function) {
    const bool has_condition = function == Function::append_if || function == Function::insert_if ||
                               function == Function::insert_all_if;
    bool holds = true;
    if (has_condition && !condition_of(node, 1, holds)) return false;
    const std::uint32_t next = has_condition ? 2 : 1;
    Slot& slot = slots_[program_.nodes[child_index(node, 0)].argument];
    if (!slot.building) {
        // The first turn: the accumulator holds the empty list or map that the macro began with.
        slot.building = true;
        slot.items.clear();
        slot.entries.clear();
    }
    if (!holds) return true;
    if (function == Function::append || function == Function::append_if) return append(node, next);
    if (function == Function::insert || function == Function::insert_if) return insert(node, next);
    return insert_all(node, next);
}

bool Evaluation::append(const Node& node, std::uint32_t item_child) {
    Value item;
    if (!child(node, item_child, item)) return false;
    slots_[program_.nodes[child_index(node, 0)].argument].items.push_back(std::move(item));
    return true;
}

bool Evaluation::insert(const Node& node, std::uint32_t key_child) {
    Value key;
    Value value;
    if (!child(node, key_child, key) || !child(node, key_child + 1, value)) return false;
    Slot& slot = slots_[program_.nodes[child_index(node, 0)].argument];
    return add_entry(node, slot.entries, std::move(key), std::move(value));
}

bool Evaluation::insert_all(const Node& node, std::uint32_t map_child) {
    Value map;
    if (!child(node, map_child, map)) return false;
    if (!map.is(Kind::map)) return fail(node, "no such overload: an entry must be a map");
    if (!charge(node, map.size())) return false;
    Slot& slot = slots_[program_.nodes[child_index(node, 0)].argument];
    for (const auto& [key, value] : map.entries())
        if (!add_entry(node, slot.entries, key, value)) return false;
    return true;
}

bool Evaluation::finish_building(const Node& node, Slot& slot) {
    slot.building = false;
    if (slot.value.is(Kind::map)) return finish_map(node, std::move(slot.entries), slot.value);
    CHECK(slot.value.is(Kind::list));
    slot.value = Value::list(std::move(slot.items));
    return bounded(node, slot.value);
}

}  // namespace countersign::expr
