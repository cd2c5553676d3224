// What a test expects: each entry's first word says what it is about.
#include "definitions/testing/reading.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

const std::vector<std::string> cards = {"green", "yellow", "red"};

/// Reads the members of one expectation, each with its place.
class Members {
  public:
    Members(const TestContext& context, yaml::Keys& keys) : context_(context), keys_(keys) {}

    std::optional<Placed<std::string>> text(std::string_view key) {
        const Node* node = keys_.optional(key);
        if (node == nullptr) return std::nullopt;
        const auto read = yaml::as_text(*node, context_.found, ticked(key));
        if (!read) return std::nullopt;
        return Placed<std::string>{*read, node->span};
    }
    /// One of the names known; else adds `code`.
    std::optional<Placed<std::string>> one_of(std::string_view key,
                                              const std::vector<std::string>& known,
                                              std::string_view code, const Text& what) {
        const Node* node = keys_.optional(key);
        if (node == nullptr || !yaml::as_text(*node, context_.found, ticked(key)))
            return std::nullopt;
        if (!check_known(context_, *node, known, code, what)) return std::nullopt;
        return Placed<std::string>{node->text, node->span};
    }
    /// One of the clocks of the case or, when `of` names one, of a step; a step may have none.
    std::optional<Placed<std::string>> clock(const std::vector<std::string>& known,
                                             const std::optional<Placed<std::string>>& of) {
        const Node* node = keys_.optional("clock");
        if (node == nullptr || !known.empty())
            return one_of("clock", known, "CS5004", Text{"clock", "时钟"});
        context_.found.error(
            "CS5004", node->span,
            of ? format_both("`{}` has no clock", "`{}`没有时钟", of->value)
               : Text{"the case has no clock of its own", "办件本身没有时钟"},
            of ? Text{"the step gets one by `limit`", "步骤写了`limit`才有时钟"}
               : Text{"the process gets some by `limits`; name a step's with `of`",
                      "流程写了`limits`才有时钟；步骤的时钟用`of`指明"});
        return std::nullopt;
    }
    std::optional<Placed<std::string>> card() {
        return one_of("card", cards, "CS5009", Text{"card", "牌"});
    }
    std::optional<Placed<bool>> flag(std::string_view key) {
        const Node* node = keys_.optional(key);
        if (node == nullptr) return std::nullopt;
        const auto read = yaml::as_boolean(*node, context_.found, ticked(key));
        if (!read) return std::nullopt;
        return Placed<bool>{*read, node->span};
    }
    /// The place of the key's value when it is just this word.
    std::optional<Span> word(std::string_view key, std::string_view word) {
        const Node* node = keys_.optional(key);
        if (node == nullptr || !node->is_scalar() || node->text != word) return std::nullopt;
        return node->span;
    }
    std::optional<Placed<std::int64_t>> count(std::string_view key, std::int64_t low) {
        const Node* node = keys_.optional(key);
        if (node == nullptr) return std::nullopt;
        const auto read = read_count(*node, context_.found, ticked(key), low, 1'000);
        if (!read) return std::nullopt;
        return Placed<std::int64_t>{*read, node->span};
    }
    std::optional<Placed<When>> when(std::string_view key) {
        const Node* node = keys_.optional(key);
        if (node == nullptr) return std::nullopt;
        const auto read = read_when(context_, *node, ticked(key));
        if (!read) return std::nullopt;
        return Placed<When>{*read, node->span};
    }
    /// The address of a step.
    std::optional<Placed<std::string>> step(std::string_view key, NamedStep& named) {
        const Node* node = keys_.optional(key);
        if (node == nullptr) return std::nullopt;
        const auto found = find_step(context_, *node, false);
        if (!found) return std::nullopt;
        named = *found;
        return Placed<std::string>{node->text, node->span};
    }
    /// A role or department.
    std::optional<Placed<std::string>> addressee(std::string_view key) {
        const Node* node = keys_.optional(key);
        if (node == nullptr || !yaml::as_text(*node, context_.found, ticked(key)))
            return std::nullopt;
        if (context_.catalog.department(node->text) == nullptr &&
            !check_role(*node, context_.catalog, context_.found))
            return std::nullopt;
        return Placed<std::string>{node->text, node->span};
    }
    const Node* node(std::string_view key) { return keys_.optional(key); }

  private:
    const TestContext& context_;
    yaml::Keys& keys_;
};

void check_step_alone(const TestContext& context, const ExpectStep& step) {
    const bool told = step.outcome || step.deemed || step.card || step.escalated_to || step.note ||
                      step.ended || !step.result.empty();
    const bool more = told || step.open || step.round || step.started || step.cancelled;
    if (step.never_started && (more || step.skipped))
        context.found.error("CS5009", *step.never_started,
                            Text{"a step that never started has nothing else to expect",
                                 "从未开始的步骤没有别的可以预期"},
                            Text{"expect `started: never` alone", "只写`started: never`"});
    const bool still_open = step.open && step.open->value;
    if (step.cancelled && step.cancelled->value && (step.outcome || step.ended || still_open))
        context.found.error(
            "CS5009", step.cancelled->place,
            Text{"a step that was cancelled has no outcome, and is not open",
                 "被取消的步骤没有结果，也不在办理"},
            Text{"leave `cancelled`, or the others, out", "去掉`cancelled`，或去掉其他几项"});
    if (step.skipped && step.skipped->value && more)
        context.found.error("CS5009", step.skipped->place,
                            Text{"a step that is skipped has no outcome, times or cards",
                                 "被跳过的步骤没有结果、时间和牌"},
                            Text{"expect `skipped: true` alone", "只写`skipped: true`"});
    if (step.open && step.open->value && (step.outcome || step.ended))
        context.found.error(
            "CS5009", step.open->place,
            Text{"a step that is still open has no outcome yet", "仍在办理的步骤没有结果"},
            Text{"leave `open` or the outcome out", "去掉`open`或结果"});
}

void read_expected_result(const TestContext& context, const Node& node, ExpectStep& step) {
    if (!yaml::expect_mapping(node, context.found, ticked("result"))) return;
    for (const yaml::Entry& entry : node.entries)
        step.result.push_back({{entry.key.text, entry.key.span}, plain_value(entry.value)});
}

std::optional<ExpectStep> read_step(const TestContext& context, Members& members) {
    ExpectStep step;
    NamedStep named;
    const auto address = members.step("step", named);
    const std::vector<std::string> outcomes =
        address ? outcomes_of(context.process, named) : std::vector<std::string>{};
    if (address)
        step.outcome = members.one_of("outcome", outcomes, "CS2031", Text{"outcome", "结果"});
    else
        members.node("outcome");
    step.skipped = members.flag("skipped");
    step.open = members.flag("open");
    step.cancelled = members.flag("cancelled");
    step.deemed = members.flag("deemed");
    step.round = members.count("round", 1);
    step.card = members.card();
    step.escalated_to = members.addressee("escalated_to");
    step.note = members.text("note");
    step.never_started = members.word("started", "never");
    if (!step.never_started) step.started = members.when("started");
    step.ended = members.when("ended");
    if (const Node* result = members.node("result")) read_expected_result(context, *result, step);
    if (!address) return std::nullopt;
    step.step = *address;
    check_step_alone(context, step);
    return step;
}

std::optional<ExpectEnd> read_end(const TestContext& context, Members& members) {
    std::vector<std::string> known;
    for (const model::End& end : context.process.ends) known.push_back(end.name);
    const auto end = members.one_of("end", known, "CS2038", Text{"end", "办结方式"});
    ExpectEnd expected;
    expected.reason = members.text("reason");
    expected.ended = members.when("ended");
    if (!end) return std::nullopt;
    expected.end = *end;
    return expected;
}

/// The names of the case's clocks, or of a step's: its own and, of a stage, those of its scope.
std::vector<std::string> clock_names(const model::Process& process, const NamedStep& named) {
    std::vector<std::string> names;
    const auto add = [&names](const std::vector<model::Clock>& clocks) {
        for (const model::Clock& clock : clocks) names.push_back(clock.name);
    };
    if (named.index == model::none) {
        add(process.scopes[0].clocks);
        return names;
    }
    const model::Step& step = process.steps[named.index];
    add(step.clocks);
    if (const auto* stage = std::get_if<model::DoVerb>(&step.verb))
        add(process.scopes[stage->scope].clocks);
    return names;
}

std::optional<ExpectClock> read_clock(const TestContext& context, Members& members) {
    ExpectClock expected;
    NamedStep named;
    expected.of = members.step("of", named);
    const auto clock = members.clock(clock_names(context.process, named), expected.of);
    expected.card = members.card();
    if (const Node* used = members.node("used"))
        if (const auto limit = read_limit(*used, context.found, ticked("used")))
            expected.used = Placed<calendar::Limit>{*limit, used->span};
    expected.due = members.when("due");
    if (!clock) return std::nullopt;
    expected.clock = *clock;
    return expected;
}

std::optional<ExpectSent> read_sent(const TestContext& context, const Node& node) {
    yaml::Keys keys(node, context.found, ticked("sent"), "sent");
    if (!keys.ok()) return std::nullopt;
    Members members(context, keys);
    const bool has_to = keys.required("to") != nullptr;
    const auto to = members.addressee("to");
    ExpectSent expected;
    expected.text = members.text("text");
    keys.finish();
    if (!has_to || !to) return std::nullopt;
    expected.to = *to;
    return expected;
}

std::optional<ExpectIssued> read_issued(const TestContext& context, Members& members,
                                        const Node& value) {
    ExpectIssued expected;
    expected.text = members.text("text");
    expected.never = members.flag("never");
    if (!yaml::as_text(value, context.found, ticked("issued"))) return std::nullopt;
    std::vector<std::string> known;
    for (const model::Document& document : context.process.documents) known.push_back(document.id);
    if (!check_known(context, value, known, "CS2084", Text{"document", "文书"}))
        return std::nullopt;
    expected.document = {value.text, value.span};
    return expected;
}

std::optional<ExpectRejected> read_rejected(const TestContext& context, const Node& node) {
    ExpectRejected expected;
    if (node.is_scalar() && node.type() == yaml::ScalarType::boolean && node.text == "true")
        return expected;
    yaml::Keys keys(node, context.found, ticked("rejected"), "rejected");
    if (!keys.ok()) return std::nullopt;
    Members members(context, keys);
    expected.path = members.text("path");
    expected.code = members.text("code");
    keys.finish();
    return expected;
}

const std::vector<std::string> incident_kinds = {"attempts_exhausted", "answer_refused",
                                                 "expression_failed", "refused_by_department"};

std::optional<ExpectIncident> read_incident(const TestContext& context, const Node& node) {
    ExpectIncident expected;
    if (node.is_scalar() && node.type() == yaml::ScalarType::boolean && node.text == "true")
        return expected;
    if (node.is_scalar()) {
        if (!check_known(context, node, incident_kinds, "CS5009",
                         Text{"kind of incident", "异常类型"}))
            return std::nullopt;
        expected.kind = Placed<std::string>{node.text, node.span};
        return expected;
    }
    yaml::Keys keys(node, context.found, ticked("incident"), "incident");
    if (!keys.ok()) return std::nullopt;
    Members members(context, keys);
    NamedStep named;
    expected.kind =
        members.one_of("kind", incident_kinds, "CS5009", Text{"kind of incident", "异常类型"});
    expected.step = members.step("step", named);
    expected.text = members.text("text");
    keys.finish();
    return expected;
}

/// Reads an expectation whose first word is `word`; the keys are not finished yet.
template <class T>
void keep(std::optional<T> read, const Node& item, TestDefinition& test) {
    if (read) test.expectations.push_back({item.span, std::move(*read)});
}

void read_expectation(const TestContext& context, const Node& item, TestDefinition& test) {
    static const std::vector<std::string> words = {
        "step", "end", "clock", "sent", "issued", "notices", "rejected", "incident", "open"};
    if (!item.is_mapping() || item.entries.empty()) {
        yaml::expect_mapping(item, context.found, Text{"an expectation", "一项预期"});
        return;
    }
    const Node& first = item.entries.front().key;
    const std::string& word = first.text;
    if (!check_known(context, first, words, "CS5009", Text{"kind of expectation", "预期"})) return;
    yaml::Keys keys(item, context.found, format_both("the expectation of `{}`", "预期`{}`", word),
                    "expectation");
    Members members(context, keys);
    const Node* value = keys.required(word);
    if (value == nullptr) return;
    if (word == "step") keep(read_step(context, members), item, test);
    if (word == "end") keep(read_end(context, members), item, test);
    if (word == "clock") keep(read_clock(context, members), item, test);
    if (word == "sent") keep(read_sent(context, *value), item, test);
    if (word == "issued") keep(read_issued(context, members, *value), item, test);
    if (word == "rejected") keep(read_rejected(context, *value), item, test);
    if (word == "incident") keep(read_incident(context, *value), item, test);
    if (word == "notices")
        if (const auto count = members.count("notices", 0))
            test.expectations.push_back({item.span, ExpectNotices{*count}});
    if (word == "open")
        if (const auto open = members.flag("open"))
            test.expectations.push_back({item.span, ExpectOpen{*open}});
    keys.finish();
}

}  // namespace

void read_expectations(const TestContext& context, const Node& node, TestDefinition& test) {
    if (!yaml::expect_sequence(node, context.found, ticked("expect"))) return;
    if (node.items.empty())
        context.found.error(
            "CS5009", node.span,
            Text{"a test that expects nothing cannot fail", "没有预期的测试永远不会失败"},
            Text{"add what must come of it, such as `- { end: NAME }`",
                 "写明应有的结果，如`- { end: 名称 }`"});
    for (const Node& item : node.items) read_expectation(context, item, test);
    const auto is_rejection = [](const Expectation& one) {
        return std::holds_alternative<ExpectRejected>(one.what);
    };
    const bool any = std::any_of(test.expectations.begin(), test.expectations.end(), is_rejection);
    for (const Expectation& one : test.expectations)
        if (any && !is_rejection(one))
            context.found.error(
                "CS5009", one.place,
                Text{"an application that is refused opens no case of which to expect this",
                     "申请被退回就没有办件，无从谈起这一预期"},
                Text{"keep `rejected`, or this", "只保留`rejected`或这一项"});
}

}  // namespace countersign::definitions
