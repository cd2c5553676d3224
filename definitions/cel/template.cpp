// Texts with embedded expressions, compiled to one call that concatenates the pieces.
#include "definitions/cel/template.hpp"

#include <algorithm>

#include "definitions/cel/checking.hpp"
#include "definitions/cel/lexer.hpp"
#include "definitions/cel/parser.hpp"

namespace countersign::cel {

namespace {

using expr::Operation;
using expr::TypeKind;
using expr::Value;

constexpr std::size_t npos = std::string_view::npos;

/// A piece of a template: a literal text, or an expression's text with its place.
struct Piece {
    bool is_expression = false;
    std::string text;
    std::uint32_t offset = 0;
};

/// Returns where the `}` that closes the expression at `begin` stands; strings and nested braces
/// are skipped. npos when there is none.
std::size_t closing_brace(std::string_view text, std::size_t begin) {
    int depth = 0;
    for (std::size_t i = begin; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            for (++i; i < text.size() && text[i] != c; ++i)
                if (text[i] == '\\') ++i;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && depth-- == 0) {
            return i;
        }
    }
    return npos;
}

std::vector<Piece> cut(std::string_view text, std::vector<Problem>& problems) {
    std::vector<Piece> pieces(1);
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i).starts_with("$${")) {
            pieces.back().text += "${";
            i += 3;
        } else if (text.substr(i).starts_with("${")) {
            const std::size_t close = closing_brace(text, i + 2);
            if (close == npos) {
                problems.push_back(
                    {static_cast<std::uint32_t>(i),
                     2,
                     {"'${' is not closed", "'${'没有闭合"},
                     {"write '}' after the expression, or '$${' for the characters themselves",
                      "请在表达式后写 '}'；若要这两个字符本身，请写 '$${'"}});
                return pieces;
            }
            pieces.push_back({true, std::string(text.substr(i + 2, close - i - 2)),
                              static_cast<std::uint32_t>(i + 2)});
            pieces.emplace_back();
            i = close + 1;
        } else {
            pieces.back().text += text[i++];
        }
    }
    std::erase_if(pieces,
                  [](const Piece& piece) { return !piece.is_expression && piece.text.empty(); });
    return pieces;
}

bool has_text(const expr::Type& type, Mode mode) {
    for (const TypeKind kind :
         {TypeKind::string, TypeKind::integer, TypeKind::unsigned_integer, TypeKind::real,
          TypeKind::boolean, TypeKind::money, TypeKind::timestamp, TypeKind::duration})
        if (type.kind == kind) return true;
    return type.kind == TypeKind::dyn && mode != Mode::strict;
}

expr::Node make_node(Operation operation, std::size_t argument) {
    expr::Node node;
    node.operation = operation;
    node.argument = static_cast<std::uint32_t>(argument);
    return node;
}

/// Compiles one expression of a template into `checked`; returns its node, or nothing.
std::optional<std::uint32_t> add_expression(const Piece& piece, const Environment& environment,
                                            Checked& checked) {
    std::vector<Problem> problems;
    const auto tree = parse(piece.text, problems);
    for (Problem& problem : problems) {
        problem.offset += piece.offset;
        checked.problems.push_back(std::move(problem));
    }
    if (!tree) return std::nullopt;
    Checking checking(*tree, environment, checked.program, checked.problems, piece.offset);
    const Checking::Checked made = checking.run();
    const expr::Type type = checking.types.result(made.type);
    if (checked.problems.empty() && !has_text(type, environment.mode))
        checked.problems.push_back(
            {piece.offset, static_cast<std::uint32_t>(piece.text.size()),
             format_both("a {} cannot stand in a text", "{}不能放进文本", type.text()),
             type.kind == TypeKind::optional ? Text{"write .orValue('')", "请写 .orValue('')"}
                                             : Text{},
             ProblemKind::type});
    return made.node;
}

}  // namespace

bool has_expressions(std::string_view text) {
    for (std::size_t at = text.find("${"); at != npos; at = text.find("${", at + 2))
        if (at == 0 || text[at - 1] != '$') return true;
    return false;
}

Checked check_template(std::string_view text, const Environment& environment) {
    Checked checked;
    checked.program.text = text;
    checked.type = expr::Type::of(TypeKind::string);
    const std::vector<Piece> pieces = cut(text, checked.problems);
    // An optional has no text, so that a part of a text is never left out silently.
    Environment inner = environment;
    inner.may_be_absent = false;
    std::vector<std::uint32_t> children;
    expr::Program& program = checked.program;
    for (const Piece& piece : pieces) {
        if (piece.is_expression) {
            if (const auto node = add_expression(piece, inner, checked)) children.push_back(*node);
            continue;
        }
        program.constants.push_back(Value::string(piece.text));
        program.nodes.push_back(make_node(Operation::constant, program.constants.size() - 1));
        children.push_back(static_cast<std::uint32_t>(program.nodes.size() - 1));
    }
    expr::Node root =
        make_node(Operation::call, static_cast<std::size_t>(expr::Function::concatenate));
    root.first_child = static_cast<std::uint32_t>(program.children.size());
    root.child_count = static_cast<std::uint32_t>(children.size());
    program.children.insert(program.children.end(), children.begin(), children.end());
    program.nodes.push_back(root);
    std::stable_sort(checked.problems.begin(), checked.problems.end(),
                     [](const Problem& a, const Problem& b) { return a.offset < b.offset; });
    return checked;
}

}  // namespace countersign::cel
