// Checks of compiled expressions that types do not make; see expressions.hpp.

#include "definitions/expressions.hpp"
#include "engine/expr/functions.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

bool is_call(const expr::Node& node) { return node.operation == expr::Operation::call; }

expr::Function function_of(const expr::Node& node) {
    return static_cast<expr::Function>(node.argument);
}

bool is_order(expr::Function function) {
    return function == expr::Function::less || function == expr::Function::less_equals ||
           function == expr::Function::greater || function == expr::Function::greater_equals;
}

/// Whether the node is `steps.X.outcome`, with X among `steps` and no list; its step, else none.
StepIndex step_of_outcome(const Draft& draft, const std::vector<SeenStep>& steps,
                          const expr::Program& program, std::uint32_t index) {
    const expr::Node& node = program.nodes[index];
    const bool selects = node.operation == expr::Operation::select ||
                         node.operation == expr::Operation::optional_select;
    if (!selects || program.names[node.argument] != "outcome") return none;
    const expr::Node& variable = program.nodes[program.children[node.first_child]];
    if (variable.operation != expr::Operation::variable) return none;
    const auto& path = program.variables[variable.argument].path;
    if (path.size() != 2 || path[0] != "steps") return none;
    for (const SeenStep& seen : steps) {
        if (draft.process.steps[seen.step].id == path[1]) return seen.step;
    }
    return none;
}

bool may_end_as(const Draft& draft, StepIndex step, const std::string& outcome) {
    if (draft.process.steps[step].outcome(outcome) != nullptr) return true;
    if (outcome == "timeout") return part(*draft.steps[step].node, "limit") != nullptr;
    return outcome == "failure" &&
           (draft.steps[step].verb == VerbKind::call || draft.steps[step].verb == VerbKind::run);
}

/// Whether a part of an expression reads a variable of a loop around it.
bool reads_locals(const expr::Program& program, std::uint32_t root) {
    std::vector<std::uint32_t> next = {root};
    std::vector<std::uint32_t> read;
    std::vector<std::uint32_t> bound;
    while (!next.empty()) {
        const expr::Node& node = program.nodes[next.back()];
        next.pop_back();
        if (node.operation == expr::Operation::local) read.push_back(node.argument);
        for (std::uint32_t c = 0; c < node.child_count; ++c)
            next.push_back(program.children[node.first_child + c]);
        if (node.operation != expr::Operation::comprehension) continue;
        const expr::Comprehension& loop = program.comprehensions[node.argument];
        bound.insert(bound.end(), {loop.item_slot, loop.value_slot, loop.accumulator_slot});
        next.insert(next.end(), {loop.range, loop.initial, loop.condition, loop.step, loop.result});
    }
    return std::any_of(read.begin(), read.end(), [&](std::uint32_t slot) {
        return std::find(bound.begin(), bound.end(), slot) == bound.end();
    });
}

}  // namespace

std::vector<model::Expression> check_now(Draft& draft, const Node& node,
                                         const model::Expression& expression) {
    const expr::Program& program = expression.program;
    std::vector<bool> reads_now(program.nodes.size(), false);
    std::vector<model::Expression> moments;
    const auto refuse = [&](const expr::Node& at, Text message) {
        draft.found.error("CS2063", yaml::span_within(draft.found.sources(), node, at.offset, 1),
                          std::move(message),
                          {"write a comparison such as `now >= steps.x.ended + duration('24h')`",
                           "请写成比较，例如`now >= steps.x.ended + duration('24h')`"});
        return std::vector<model::Expression>();
    };
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
        const expr::Node& part_node = program.nodes[i];
        if (part_node.operation == expr::Operation::variable) {
            reads_now[i] = program.variables[part_node.argument].path.front() == "now";
            continue;
        }
        std::vector<std::uint32_t> others;
        std::size_t direct = 0;
        for (std::uint32_t c = 0; c < part_node.child_count; ++c) {
            const std::uint32_t child = program.children[part_node.first_child + c];
            if (!reads_now[child]) {
                others.push_back(child);
                continue;
            }
            ++direct;
        }
        if (direct == 0) continue;
        const bool compares = is_call(part_node) && is_order(function_of(part_node));
        if (!compares || direct != 1)
            return refuse(part_node, {"where the engine waits, `now` may only be compared with a "
                                      "value without `now`",
                                      "在等待的条件中，`now`只能与不含`now`的值比较"});
        if (reads_locals(program, others.front()))
            return refuse(part_node, {"where the engine waits, `now` may not be compared with "
                                      "items of a list, one by one",
                                      "在等待的条件中，`now`不能与列表的各项逐一比较"});
        // The root is the last node, and whatever a node needs stands before it.
        model::Expression moment = expression;
        moment.program.nodes.resize(others.front() + 1);
        moments.push_back(std::move(moment));
    }
    if (!program.nodes.empty() && reads_now.back())
        return refuse(program.nodes.back(), {"where the engine waits, `now` may only be compared",
                                             "在等待的条件中，`now`只能用来比较"});
    return moments;
}

void check_outcome_names(Draft& draft, const Node& scalar, std::size_t skip,
                         const std::vector<SeenStep>& steps, const expr::Program& program) {
    for (const expr::Node& node : program.nodes) {
        if (!is_call(node) || node.child_count != 2) continue;
        const expr::Function function = function_of(node);
        if (function != expr::Function::equals && function != expr::Function::not_equals) continue;
        for (std::uint32_t side = 0; side < 2; ++side) {
            const std::uint32_t outcome = program.children[node.first_child + side];
            const expr::Node& other = program.nodes[program.children[node.first_child + 1 - side]];
            const StepIndex step = step_of_outcome(draft, steps, program, outcome);
            if (step == none || other.operation != expr::Operation::constant) continue;
            const expr::Value& value = program.constants[other.argument];
            if (!value.is(expr::Kind::string) || may_end_as(draft, step, value.as_string()))
                continue;
            std::vector<std::string> known;
            for (const auto& possible : draft.process.steps[step].outcomes)
                known.push_back(possible.name);
            draft.found.error("CS2031",
                              yaml::span_within(draft.found.sources(), scalar, skip + other.offset,
                                                value.as_string().size() + 2),
                              format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`",
                                          draft.process.steps[step].id, value.as_string()),
                              diagnostics::did_you_mean(value.as_string(), known));
        }
    }
}

}  // namespace countersign::definitions
