// `sign`; see sign.hpp.

#include "definitions/sign.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeField;
using expr::TypeKind;
using model::OutcomeKind;

namespace {

constexpr std::int64_t signers_max = 50;

/// What stands under `sign`.
struct SignText {
    const Node* at_least = nullptr;
    const Node* of = nullptr;
    const Node* order = nullptr;
    const Node* veto = nullptr;
    std::int64_t count = 0;  ///< 0: all
};

void say_how(Draft& draft, const Node& node, Text what) {
    draft.found.error(
        "CS2024", node.span, std::move(what),
        {"write `sign: all`, `sign: 2` or `sign: { at_least: 2, order: sequence, veto: "
         "refused }`",
         "请写`sign: all`、`sign: 2`或`sign: { at_least: 2, order: sequence, veto: "
         "refused }`"});
}

std::optional<SignText> read_text(Draft& draft, const Node& node) {
    SignText text;
    if (node.is_mapping()) {
        yaml::Keys keys(node, draft.found, ticked("sign"), "sign");
        text.at_least = keys.optional("at_least");
        text.of = keys.optional("of");
        text.order = keys.optional("order");
        text.veto = keys.optional("veto");
        keys.finish();
        if (!keys.ok()) return std::nullopt;
    } else if (!node.is_scalar()) {
        say_how(draft, node, {"this must say how many sign", "此处应写明须几人签署"});
        return std::nullopt;
    } else if (node.text != "all") {
        text.at_least = &node;
    }
    if (text.at_least == nullptr) return text;
    const auto count = read_count(*text.at_least, draft.found, ticked("sign"), 1, signers_max);
    if (!count) return std::nullopt;
    text.count = *count;
    return text;
}

/// One role for each who signs: the list, or the one role as often as `of` or the count says.
void read_roles(Draft& draft, const Node& asked, const SignText& text, model::Sign& sign) {
    const auto roles = yaml::as_texts(asked, draft.found, ticked("ask"));
    for (const Node* role : roles.value_or(std::vector<const Node*>{}))
        if (check_role(*role, draft.catalog, draft.found)) sign.roles.push_back(role->text);
    if (asked.is_sequence()) {
        if (text.of != nullptr)
            draft.found.error(
                "CS2024", text.of->span,
                {"the list under `ask` says how many are asked", "`ask`的列表已说明由几方签署"},
                {"leave `of` out", "请去掉`of`"});
        return;
    }
    std::int64_t people = text.count;
    if (text.of != nullptr)
        people = read_count(*text.of, draft.found, ticked("of"), 1, signers_max).value_or(0);
    if (people == 0 && text.of == nullptr)
        say_how(draft, asked,
                {"one role alone does not say how many of its people sign",
                 "只写一个角色看不出须由几人签署"});
    if (!sign.roles.empty() && people > 0)
        sign.roles.resize(static_cast<std::size_t>(people), sign.roles.front());
}

void read_veto_of_signers(Draft& draft, const Node& node, const model::Step& step,
                          model::Sign& sign) {
    std::vector<std::string> known;
    for (const model::Outcome& outcome : step.outcomes)
        if (outcome.kind == OutcomeKind::refusal) known.push_back(outcome.name);
    for (const Node* item :
         yaml::as_texts(node, draft.found, ticked("veto")).value_or(std::vector<const Node*>{})) {
        if (std::find(known.begin(), known.end(), item->text) != known.end()) {
            sign.veto.push_back(item->text);
            continue;
        }
        draft.found.error("CS2031", item->span,
                          format_both("step `{}` has no refusal `{}`", "步骤`{}`没有不予类结果`{}`",
                                      step.id, item->text),
                          diagnostics::did_you_mean(item->text, known));
    }
}

/// Agreeing is one outcome: whoever chooses another of kind ok would agree to something else.
void check_agreement(Draft& draft, const Node& node, const model::Step& step) {
    const auto ok = std::count_if(
        step.outcomes.begin(), step.outcomes.end(),
        [](const model::Outcome& outcome) { return outcome.kind == OutcomeKind::ok; });
    if (ok == 1) return;
    draft.found.error(
        "CS2024", node.span,
        format_both("those who sign must agree on one outcome of kind `ok`, and step `{}` has {}",
                    "签署须有且只有一个`ok`类结果，而步骤`{}`有{}个", step.id, ok),
        {"write `choices: { agreed: ok, refused: refusal }`",
         "请写成`choices: { agreed: ok, refused: refusal }`"});
}

}  // namespace

void read_signers(Draft& draft, StepIndex step, model::AskVerb& ask) {
    const StepDraft& text = draft.steps[step];
    const model::Step& model_step = draft.process.steps[step];
    const Node& asked = *text.verb_node;
    const Node* node = part(*text.node, "sign");
    if (node == nullptr) {
        if (asked.is_sequence())
            draft.found.error("CS2024", asked.span,
                              {"several are asked, and it does not say how many must sign",
                               "由多方办理时须写明几方签署"},
                              {"add `sign: all` or `sign: 2`", "请补上`sign: all`或`sign: 2`"});
        else if (yaml::as_text(asked, draft.found, ticked("ask"))) {
            check_role(asked, draft.catalog, draft.found);
            ask.role = asked.text;
        }
        return;
    }
    const auto read = read_text(draft, *node);
    if (!read) return;
    model::Sign sign;
    read_roles(draft, asked, *read, sign);
    if (sign.roles.empty()) return;
    ask.role = sign.roles.front();
    sign.count = static_cast<std::uint32_t>(
        read->count == 0 ? static_cast<std::int64_t>(sign.roles.size()) : read->count);
    if (sign.count > sign.roles.size())
        draft.found.error("CS2024", node->span,
                          format_both("{} must sign, and only {} are asked",
                                      "须有{}方签署，而只请了{}方", sign.count, sign.roles.size()),
                          {"ask more, or let fewer suffice", "请增加签署方，或减少所需份数"});
    if (read->order != nullptr) {
        sign.sequence = read->order->text == "sequence";
        if (!sign.sequence && read->order->text != "parallel")
            draft.found.error(
                "CS2024", read->order->span,
                format_both("there is no order `{}`", "没有`{}`这种次序", read->order->text),
                {"write `parallel` or `sequence`", "请写`parallel`或`sequence`"});
    }
    if (read->veto != nullptr) read_veto_of_signers(draft, *read->veto, model_step, sign);
    check_agreement(draft, *node, model_step);
    ask.sign = std::move(sign);
}

Type signatures_type(const model::Field& form) {
    std::vector<TypeField> one = {{"by", Type::of(TypeKind::string), false},
                                  {"role", Type::of(TypeKind::string), false},
                                  {"outcome", Type::of(TypeKind::string), false},
                                  {"note", Type::of(TypeKind::string), false}};
    for (const TypeField& field : model::type_of(form).fields) {
        const bool taken = std::any_of(one.begin(), one.end(), [&](const TypeField& other) {
            return other.name == field.name;
        });
        if (!taken) one.push_back(field);
    }
    return Type::record_of({{"signatures", Type::list_of(Type::record_of(std::move(one))), false}});
}

}  // namespace countersign::definitions
