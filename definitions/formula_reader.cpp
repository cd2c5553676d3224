// Conditions read as formulas; see conditions.hpp.

#include "definitions/cel/parser.hpp"
#include "definitions/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace countersign::definitions {

using cel::Ast;
using cel::AstKind;

namespace {

/// Integers beyond are not exact as doubles.
constexpr double exact_max = 9'007'199'254'740'992.0;
/// Ends the keys of terms that are read once the case has ended: they see more.
constexpr std::string_view after_end_mark = "@after_end";

/// Returns the field at a path below the form ("site.area"), or null.
const model::Field* field_at(const model::Field& root, std::string_view path) {
    const model::Field* field = &root;
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('.'));
        const auto found =
            std::find_if(field->fields.begin(), field->fields.end(),
                         [&](const model::Field& other) { return other.name == name; });
        if (field->type != model::FieldType::record || found == field->fields.end()) return nullptr;
        field = &*found;
        path.remove_prefix(std::min(path.size(), name.size() + 1));
    }
    return field;
}

void limit_by_field(const model::Field& field, Term& term) {
    switch (field.type) {
        case model::FieldType::choice:
            term.values.emplace();
            for (const auto& choice : field.choices) term.values->insert(choice.value);
            return;
        case model::FieldType::integer:
        case model::FieldType::number:
            term.integer = field.type == model::FieldType::integer;
            if (field.min) term.range = term.range.meet(Interval::above(*field.min, false));
            if (field.max) term.range = term.range.meet(Interval::below(*field.max, false));
            return;
        case model::FieldType::text:
        case model::FieldType::boolean:
        case model::FieldType::time:
        case model::FieldType::choices:
        case model::FieldType::record:
        case model::FieldType::list:
        case model::FieldType::date:
        case model::FieldType::file:
        case model::FieldType::money:
        case model::FieldType::phone:
        case model::FieldType::email:
        case model::FieldType::uscc:
        case model::FieldType::citizen_id:
        case model::FieldType::division:
        case model::FieldType::point:
            return;
    }
}

/// Fills in what a step's outcome may be: what it declares, and what its moves speak of. While the
/// case runs nobody sees one whose move leaves the level of the step.
void limit_by_outcomes(const Draft& draft, std::string_view id, bool after_end, Term& term) {
    const StepIndex step = find_anywhere(draft, id);
    if (step == none || !draft.steps[step].outcomes_known) return;
    const model::Step& found = draft.process.steps[step];
    if (found.each) return;
    term.values.emplace();
    for (const auto& outcome : found.outcomes) term.values->insert(outcome.name);
    for (const auto& move : found.on) term.values->insert(move.outcome);
    if (!found.silence.outcome.empty()) term.values->insert(found.silence.outcome);
    if (after_end) return;
    std::erase_if(*term.values,
                  [&](const std::string& name) { return outcome_leaves(draft, step, name); });
}

}  // namespace

/// Turns one parsed condition into a formula.
class FormulaReader {
  public:
    FormulaReader(Conditions& conditions, const cel::Tree& tree, std::string_view text,
                  StepIndex step)
        : conditions_(conditions), tree_(tree), text_(text), step_(step) {}

    Formula read(std::uint32_t index, bool positive) {
        const Ast& ast = tree_[index];
        switch (ast.kind) {
            case AstKind::literal:
                if (ast.literal.is(expr::Kind::boolean))
                    return Formula::constant(ast.literal.as_boolean() == positive);
                return truth(index, positive);
            case AstKind::logical_and:
            case AstKind::logical_or: {
                std::vector<Formula> parts;
                for (const std::uint32_t child : ast.children)
                    parts.push_back(read(child, positive));
                const bool both = (ast.kind == AstKind::logical_and) == positive;
                return Formula::group(both ? Formula::Kind::all : Formula::Kind::any,
                                      std::move(parts));
            }
            case AstKind::conditional:
                return Formula::group(
                    Formula::Kind::any,
                    {Formula::group(Formula::Kind::all,
                                    {read(ast.children[0], true), read(ast.children[1], positive)}),
                     Formula::group(Formula::Kind::all, {read(ast.children[0], false),
                                                         read(ast.children[2], positive)})});
            case AstKind::call:
                return call(index, positive);
            case AstKind::name:
            case AstKind::select:
            case AstKind::optional_select:
            case AstKind::has:
            case AstKind::index:
            case AstKind::optional_index:
            case AstKind::list:
            case AstKind::map:
            case AstKind::optional_item:
            case AstKind::comprehension:
                return truth(index, positive);
        }
        return truth(index, positive);
    }

  private:
    Formula call(std::uint32_t index, bool positive) {
        const Ast& ast = tree_[index];
        if (ast.on_receiver) return truth(index, positive);
        if (ast.name == "!" && ast.children.size() == 1) return read(ast.children[0], !positive);
        if (ast.children.size() != 2) return truth(index, positive);
        if (ast.name == "==") return equal(index, positive);
        if (ast.name == "!=") return equal(index, !positive);
        if (ast.name == "in") return among(index, positive);
        if (ast.name == "<" || ast.name == "<=" || ast.name == ">" || ast.name == ">=")
            return ordered(index, positive);
        return truth(index, positive);
    }

    /// A part that is true or false by itself.
    Formula truth(std::uint32_t index, bool positive) { return truth_of(slice(index), positive); }

    Formula truth_of(const std::string& text, bool positive) {
        Formula formula;
        formula.kind = Formula::Kind::truth;
        formula.value = positive;
        formula.term = term(text);
        return formula;
    }

    Formula equal(std::uint32_t index, bool positive) {
        const Ast& ast = tree_[index];
        const bool swapped = constant_of(ast.children[0]).has_value();
        const std::uint32_t left = ast.children[swapped ? 1 : 0];
        const std::uint32_t right = ast.children[swapped ? 0 : 1];
        const auto value = constant_of(right);
        if (!value || constant_of(left)) {
            const std::string a = slice(left), b = slice(right);
            return truth_of(std::min(a, b) + "==" + std::max(a, b), positive);
        }
        if (value->is(expr::Kind::boolean)) return read(left, value->as_boolean() == positive);
        if (value->is(expr::Kind::string)) return is_text(left, {right}, positive);
        if (const auto exact = number_of(*value)) return is_number(left, *exact, *value, positive);
        return truth_of(slice(left) + "==" + slice(right), positive);
    }

    Formula among(std::uint32_t index, bool positive) {
        const Ast& ast = tree_[index];
        const Ast& list = tree_[ast.children[1]];
        if (list.kind != AstKind::list || constant_of(ast.children[0]))
            return truth(index, positive);
        std::vector<std::uint32_t> texts;
        std::vector<Formula> numbers;
        for (const std::uint32_t item : list.children) {
            const auto value = constant_of(item);
            if (value && value->is(expr::Kind::string)) {
                texts.push_back(item);
            } else if (const auto exact = value ? number_of(*value) : std::nullopt) {
                numbers.push_back(is_number(ast.children[0], *exact, *value, positive));
            } else {
                return truth(index, positive);
            }
        }
        if (numbers.empty()) return is_text(ast.children[0], texts, positive);
        if (!texts.empty()) return truth(index, positive);
        return Formula::group(positive ? Formula::Kind::any : Formula::Kind::all,
                              std::move(numbers));
    }

    Formula ordered(std::uint32_t index, bool positive) {
        const Ast& ast = tree_[index];
        const auto left = constant_of(ast.children[0]);
        const auto right = constant_of(ast.children[1]);
        bool less = ast.name[0] == '<';
        bool open = ast.name.size() == 1;
        const bool swapped = left.has_value() && !right;
        const auto value = swapped ? left : right;
        const auto exact = value && (swapped || !left) ? number_of(*value) : std::nullopt;
        if (!exact) {
            // Of two terms one order only is kept: a > b is b < a, a <= b is not b < a.
            std::string a = slice(ast.children[0]), b = slice(ast.children[1]);
            if (less != open) std::swap(a, b);
            return truth_of(a + "<" + b, positive == open);
        }
        if (swapped) less = !less;
        if (!positive) {
            less = !less;
            open = !open;
        }
        const std::size_t of = number_term(ast.children[swapped ? 1 : 0], *value);
        return Formula::number(
            of, less ? Interval::below(*exact, open) : Interval::above(*exact, open));
    }

    Formula is_text(std::uint32_t left, const std::vector<std::uint32_t>& items, bool positive) {
        Formula formula;
        formula.kind = Formula::Kind::text;
        formula.value = positive;
        formula.term = term(slice(left));
        const Term& of = conditions_.terms_[formula.term];
        for (const std::uint32_t item : items) {
            const std::string value = constant_of(item)->as_string();
            formula.texts.insert(value);
            if (!of.values || of.values->count(value) != 0) continue;
            conditions_.strays_.push_back({tree_[item].begin,
                                           tree_[item].end,
                                           of.text,
                                           value,
                                           {of.values->begin(), of.values->end()}});
        }
        return formula;
    }

    Formula is_number(std::uint32_t left, double exact, const expr::Value& value, bool positive) {
        const std::size_t of = number_term(left, value);
        if (positive) return Formula::number(of, {exact, exact, false, false});
        return Formula::group(Formula::Kind::any,
                              {Formula::number(of, Interval::below(exact, true)),
                               Formula::number(of, Interval::above(exact, true))});
    }

    std::size_t number_term(std::uint32_t index, const expr::Value& value) {
        const std::size_t of = term(slice(index));
        Term& known = conditions_.terms_[of];
        known.money = known.money || value.is(expr::Kind::money);
        // CEL converts nothing: what is compared with a whole number is one, unless it is a field
        // of the form that says otherwise.
        const bool is_field = known.text.starts_with("form.");
        if (!is_field && !value.is(expr::Kind::real)) known.integer = true;
        if (known.money) known.integer = true;
        return of;
    }

    /// The value of a literal, of one with a sign, or of money('12.34').
    std::optional<expr::Value> constant_of(std::uint32_t index) const {
        const Ast& ast = tree_[index];
        if (ast.kind == AstKind::literal) return ast.literal;
        if (ast.kind != AstKind::call || ast.on_receiver || ast.children.size() != 1)
            return std::nullopt;
        const Ast& inner = tree_[ast.children[0]];
        if (inner.kind != AstKind::literal) return std::nullopt;
        if (ast.name == "-x" && inner.literal.is(expr::Kind::integer) &&
            inner.literal.as_integer() != std::numeric_limits<std::int64_t>::min())
            return expr::Value::integer(-inner.literal.as_integer());
        if (ast.name == "-x" && inner.literal.is(expr::Kind::real))
            return expr::Value::real(-inner.literal.as_real());
        if (ast.name == "money" && inner.literal.is(expr::Kind::string))
            return money_of(inner.literal.as_string());
        return std::nullopt;
    }

    static std::optional<expr::Value> money_of(const std::string& text) {
        const std::size_t dot = text.find('.');
        std::string digits = text.substr(0, dot);
        std::string fen = dot == std::string::npos ? "" : text.substr(dot + 1);
        if (digits.empty() || digits.size() > 13 || fen.size() > 2) return std::nullopt;
        fen.resize(2, '0');
        digits += fen;
        const bool plain = std::all_of(digits.begin() + (digits[0] == '-' ? 1 : 0), digits.end(),
                                       [](char c) { return c >= '0' && c <= '9'; });
        if (!plain || digits == "-00") return std::nullopt;
        return expr::Value::money(std::stoll(digits));
    }

    static std::optional<double> number_of(const expr::Value& value) {
        double number = 0;
        if (value.is(expr::Kind::integer))
            number = static_cast<double>(value.as_integer());
        else if (value.is(expr::Kind::money))
            number = static_cast<double>(value.as_fen());
        else if (value.is(expr::Kind::real))
            number = value.as_real();
        else
            return std::nullopt;
        if (!(std::abs(number) < exact_max)) return std::nullopt;
        return number;
    }

    /// The text of a part without blanks, but for those within quotes.
    std::string slice(std::uint32_t index) const {
        const Ast& ast = tree_[index];
        std::string text;
        char quote = 0;
        for (const char c : text_.substr(ast.begin, ast.end - ast.begin)) {
            if (quote == 0 && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) continue;
            if (quote == 0 && (c == '\'' || c == '"'))
                quote = c;
            else if (c == quote)
                quote = 0;
            text += c;
        }
        return text;
    }

    std::size_t term(const std::string& text) {
        std::string key = text;
        const auto names = [&](const char* word) { return text.find(word) != std::string::npos; };
        if (names("now") || names("case.") || names("materials.")) {
            key += "@" + std::to_string(step_);
        } else if (!text.starts_with("form.") && !text.starts_with("steps.")) {
            key += "@" + std::to_string(binder());
        }
        if (step_ != none && is_after_end(conditions_.draft_, step_)) key += after_end_mark;
        return conditions_.term_of(key, text);
    }

    /// The outermost step around with `each`: names bound in different ones are different.
    StepIndex binder() const {
        StepIndex found = none;
        for (StepIndex at = step_; at != none; at = stage_of(conditions_.draft_, at))
            if (conditions_.draft_.process.steps[at].each) found = at;
        return found;
    }

    Conditions& conditions_;
    const cel::Tree& tree_;
    std::string_view text_;
    StepIndex step_;
};

std::size_t Conditions::term_of(const std::string& key, const std::string& text) {
    const auto [found, is_new] = by_key_.emplace(key, terms_.size());
    if (!is_new) return found->second;
    Term term;
    term.text = text;
    if (text.starts_with("form.")) {
        if (const auto* field = field_at(draft_.process.form, text.substr(5)))
            limit_by_field(*field, term);
    } else if (text.starts_with("steps.") && text.ends_with(".outcome")) {
        const std::string id = text.substr(6, text.size() - 6 - 8);
        if (id.find('.') == std::string::npos)
            limit_by_outcomes(draft_, id, key.ends_with(after_end_mark), term);
    } else if (text.starts_with("size(")) {
        term.integer = true;
        term.range = Interval::above(0, false);
    } else {
        for (StepIndex step = 0; step < draft_.steps.size(); ++step) {
            const auto& each = draft_.process.steps[step].each;
            if (!each || each->name != text || draft_.steps[step].choice == nullptr) continue;
            if (!term.values) term.values.emplace();
            for (const auto& member : draft_.steps[step].choice->members)
                term.values->insert(member.value);
        }
    }
    terms_.push_back(std::move(term));
    return found->second;
}

Formula Conditions::read(const Node& scalar, StepIndex step) {
    std::vector<cel::Problem> problems;
    const auto tree = cel::parse(scalar.text, problems);
    if (!tree) {
        Formula either;
        either.kind = Formula::Kind::truth;
        either.term = term_of("?" + std::to_string(terms_.size()), "");
        return either;
    }
    return FormulaReader(*this, *tree, scalar.text, step).read(tree->root, true);
}

}  // namespace countersign::definitions
