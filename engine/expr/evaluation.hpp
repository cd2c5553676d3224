#pragma once
// One run of a program. Inside of this room only.

#include "engine/expr/call.hpp"
#include "engine/expr/evaluate.hpp"

#include <optional>
#include <vector>

namespace countersign::expr {

/// Walks the nodes from the root. Its recursion follows the program's tree, whose depth the
/// compiler bounds and `depth_max` guards; it never follows the data.
class Evaluation {
  public:
    Evaluation(const Program& program, const Lookup& lookup, std::uint64_t& steps_left,
               const Host* host = nullptr);

    /// Runs the root.
    Evaluated run();

  private:
    static constexpr int depth_max = 512;
    static constexpr unsigned value_depth_max = 100;
    static constexpr std::uint64_t value_weight_max = 100'000;

    /// A comprehension's variable. The accumulator may hold the error of a step that a later step
    /// can make unimportant, or the items of a list or map that is being built.
    struct Slot {
        Value value;
        std::optional<EvaluationError> error;
        bool building = false;
        std::vector<Value> items;
        std::vector<Entry> entries;
    };
    struct Bound {
        bool asked = false;
        std::optional<Value> value;
    };

    /// Evaluates a node into `out`; false when it failed and `error_` says why.
    bool evaluate(std::uint32_t index, Value& out);
    bool dispatch(const Node& node, Value& out);
    bool child(const Node& node, std::uint32_t i, Value& out);
    std::uint32_t child_index(const Node& node, std::uint32_t i) const;
    bool fail(const Node& node, std::string why);
    bool exhausted(const Node& node);
    bool charge(const Node& node, std::uint64_t cost);
    /// Refuses values that would be too deep to store or cost too much to go over.
    bool bounded(const Node& node, const Value& value);
    const std::optional<Value>& bound(std::uint32_t variable);

    bool variable(const Node& node, Value& out);
    bool optional_variable(const Node& node, Value& out);
    bool local(const Node& node, Value& out);
    bool select(const Node& node, Value& out);
    bool has(const Node& node, Value& out);
    bool optional_select(const Node& node, Value& out);
    bool index(const Node& node, Value& out);
    bool optional_index(const Node& node, Value& out);
    /// Finds the item of a list or map; null when there is none, with the reason in `why`.
    const Value* item(const Value& of, const Value& key, std::string& why, bool& wrong_kind);
    bool list(const Node& node, Value& out);
    bool map(const Node& node, Value& out);
    bool add_entry(const Node& node, std::vector<Entry>& entries, Value key, Value value);
    bool finish_map(const Node& node, std::vector<Entry> entries, Value& out);
    bool logical(const Node& node, Value& out, bool decisive);
    bool conditional(const Node& node, Value& out);
    bool call(const Node& node, Value& out);
    bool call_implementation(const Node& node, Function function, Implementation implementation,
                             Value& out);
    bool ask_host(const Node& node, Function function, Value& out);
    bool condition_of(const Node& node, std::uint32_t i, bool& holds);

    bool comprehension(const Node& node, Value& out);
    bool turn(const Node& node, const Comprehension& loop, bool& goes_on);
    bool not_strictly_false(const Node& node, Value& out);
    bool optional_else(const Node& node, Function function, Value& out);
    bool append(const Node& node, std::uint32_t item_child);
    bool insert(const Node& node, std::uint32_t key_child);
    bool insert_all(const Node& node, std::uint32_t map_child);
    bool build(const Node& node, Function function);
    bool finish_building(const Node& node, Slot& slot);

    const Program& program_;
    const Lookup& lookup_;
    std::uint64_t& steps_left_;
    const Host* host_;
    std::vector<Bound> variables_;
    std::vector<Slot> slots_;
    Patterns patterns_;
    EvaluationError error_;
    std::uint64_t steps_given_;
    bool exhausted_ = false;
    int depth_ = 0;
};

}  // namespace countersign::expr
