// A recursive-descent parser over the grammar of the CEL specification. Recursion is bounded by
// limits::expression_depth_max; chains such as a + b + c make deep trees without recursion and are
// bounded by their depth.
#include "definitions/cel/parser.hpp"

#include <algorithm>
#include <array>

#include "definitions/cel/builder.hpp"
#include "engine/base/limits.hpp"

namespace countersign::cel {

namespace {

using expr::Value;
using Index = std::uint32_t;
using Parsed = std::optional<Index>;

/// Levels of the tree that long chains and macros may add to the nesting that the author sees.
constexpr std::uint32_t tree_depth_max = 4 * limits::expression_depth_max;

constexpr std::array<std::string_view, 17> reserved{
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

/// Words of other languages and what CEL has for them.
struct Word {
    std::string_view word;
    Text suggestion;
};
const std::array<Word, 12> words{{
    {"and", {"write '&&'", "请写 '&&'"}},
    {"AND", {"write '&&'", "请写 '&&'"}},
    {"or", {"write '||'", "请写 '||'"}},
    {"OR", {"write '||'", "请写 '||'"}},
    {"is", {"write '=='", "请写 '=='"}},
    {"not", {"write '!'", "请写 '!'"}},
    {"NOT", {"write '!'", "请写 '!'"}},
    {"then", {"write 'condition ? a : b'", "请写 '条件 ? a : b'"}},
    {"else", {"write 'condition ? a : b'", "请写 '条件 ? a : b'"}},
    {"if", {"write 'condition ? a : b'", "请写 '条件 ? a : b'"}},
    {"between", {"write 'low <= x && x <= high'", "请写 '下限 <= x && x <= 上限'"}},
    {"eq", {"write '=='", "请写 '=='"}},
}};

class Parser {
  public:
    Parser(std::string_view text, std::vector<Problem>& problems)
        : text_(text), tokens_(lex(text, problems)), problems_(problems) {}

    std::optional<Tree> run() {
        if (!problems_.empty()) return std::nullopt;
        if (peek().kind == TokenKind::end) {
            problems_.push_back({0, 0, {"the expression is empty", "表达式是空的"}, {}});
            return std::nullopt;
        }
        const Parsed root = expression();
        if (root && peek().kind != TokenKind::end)
            unexpected({"an operator or the end", "运算符或结尾"});
        if (!root || !problems_.empty()) return std::nullopt;
        builder_.tree.root = *root;
        return std::move(builder_.tree);
    }

  private:
    const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    const Token& take() {
        const Token& token = peek();
        if (at_ + 1 < tokens_.size()) ++at_;
        return token;
    }
    bool take_sign(std::string_view sign) {
        if (!peek().is(sign)) return false;
        take();
        return true;
    }
    /// The span from `begin` to the end of the last token taken.
    Span since(Index begin) const { return {begin, at_ == 0 ? begin : tokens_[at_ - 1].end}; }
    Span span(const Token& token) const { return {token.begin, token.end}; }
    Index begin_of(Index node) const { return builder_.tree[node].begin; }

    Parsed problem(const Token& token, Text message, Text suggestion = {}) {
        if (problems_.empty())
            problems_.push_back(
                {token.begin, token.end - token.begin, std::move(message), std::move(suggestion)});
        return std::nullopt;
    }

    Parsed unexpected(const Text& expected) {
        const Token& token = peek();
        if (token.kind == TokenKind::end)
            return problem(token, format_both("the expression ends too early: expected {}",
                                              "表达式没有写完：此处应为{}", expected));
        Text suggestion;
        for (const Word& word : words)
            if (token.kind == TokenKind::name && token.text == word.word)
                suggestion = word.suggestion;
        // After `not x` the mistake is the word before.
        if (suggestion.empty() && at_ > 0 &&
            (tokens_[at_ - 1].is_name("not") || tokens_[at_ - 1].is_name("NOT")))
            return problem(tokens_[at_ - 1], {"'not' is no operator", "'not'不是运算符"},
                           {"write '!'", "请写 '!'"});
        if (token.is(">") && at_ > 0 && tokens_[at_ - 1].is("<"))
            suggestion = {"write '!=' for \"not equal\"", "“不等于”请写 '!='"};
        return problem(token,
                       format_both("expected {}, but found '{}'", "此处应为{}，但实为'{}'",
                                   expected, text_.substr(token.begin, token.end - token.begin)),
                       std::move(suggestion));
    }

    bool expect(std::string_view sign) {
        if (take_sign(sign)) return true;
        const std::string quoted = fmt::format("'{}'", sign);
        unexpected({quoted, quoted});
        return false;
    }

    /// Refuses nodes whose tree has grown too deep.
    Parsed checked(Index node) {
        if (builder_.tree[node].depth <= tree_depth_max) return node;
        const Ast& ast = builder_.tree[node];
        if (problems_.empty())
            problems_.push_back(
                {ast.begin,
                 ast.end - ast.begin,
                 {"the expression is nested too deeply or too long", "表达式嵌套过深或过长"},
                 {"split it into several", "请拆成几个"}});
        return std::nullopt;
    }

    Parsed expression() {
        if (++nesting_ > limits::expression_depth_max)
            return problem(peek(), {"the expression is nested too deeply", "表达式嵌套过深"},
                           {"split it into several", "请拆成几个"});
        const Parsed parsed = conditional();
        --nesting_;
        return parsed;
    }

    Parsed conditional() {
        const Parsed condition = logical("||", AstKind::logical_or);
        if (!condition || !peek().is("?")) return condition;
        const Span mark = span(take());
        const Parsed yes = logical("||", AstKind::logical_or);
        if (!yes || !expect(":")) return std::nullopt;
        const Parsed no = expression();
        if (!no) return std::nullopt;
        return checked(builder_.add(AstKind::conditional, since(begin_of(*condition)),
                                    {*condition, *yes, *no}, {}, mark));
    }

    /// One level of && or ||: all its operands become children of one node.
    Parsed logical(std::string_view sign, AstKind kind) {
        const auto operand = [&] {
            return kind == AstKind::logical_or ? logical("&&", AstKind::logical_and) : relation();
        };
        const Parsed first = operand();
        if (!first || !peek().is(sign)) return first;
        const Span mark = span(peek());
        std::vector<Index> operands{*first};
        while (take_sign(sign)) {
            const Parsed next = operand();
            if (!next) return std::nullopt;
            operands.push_back(*next);
        }
        return checked(builder_.add(kind, since(begin_of(*first)), std::move(operands), {}, mark));
    }

    /// Returns the binding of a binary operator, 0 when the token is none.
    static int binding(const Token& token) {
        if (token.is_name("in")) return 1;
        if (token.kind != TokenKind::sign) return 0;
        for (const std::string_view sign : {"==", "!=", "<", "<=", ">", ">="})
            if (token.text == sign) return 1;
        if (token.text == "+" || token.text == "-") return 2;
        return token.text == "*" || token.text == "/" || token.text == "%" ? 3 : 0;
    }

    Parsed relation() { return binary(1); }

    Parsed binary(int level) {
        if (level > 3) return unary();
        Parsed left = binary(level + 1);
        while (left && binding(peek()) == level) {
            const Token& sign = take();
            const Parsed right = binary(level + 1);
            if (!right) return std::nullopt;
            left = checked(builder_.call(since(begin_of(*left)), std::string(sign.text),
                                         {*left, *right}, span(sign)));
        }
        return left;
    }

    Parsed unary() {
        std::vector<const Token*> signs;
        while (peek().is("!") || peek().is("-")) {
            if (!signs.empty() && signs.back()->text != peek().text)
                break;  // !-x is not in the grammar
            signs.push_back(&take());
        }
        if (signs.size() > limits::expression_depth_max)
            return problem(*signs.front(),
                           {"the expression is nested too deeply", "表达式嵌套过深"},
                           {"take most of the signs away", "请去掉多余的符号"});
        const bool is_number = peek().kind == TokenKind::integer || peek().kind == TokenKind::real;
        Parsed operand;
        if (!signs.empty() && signs.back()->is("-") && is_number) {
            // The minus belongs to the number, so that -9223372036854775808 can be written.
            const Token& token = take();
            const Span both{signs.back()->begin, token.end};
            operand = members(builder_.literal(both, literal_value(token, true, problems_)));
            signs.pop_back();
        } else {
            operand = primary();
            if (operand) operand = members(*operand);
        }
        for (; operand && !signs.empty(); signs.pop_back()) {
            const Token& sign = *signs.back();
            operand = checked(builder_.call(since(sign.begin), sign.is("-") ? "-x" : "!",
                                            {*operand}, span(sign)));
        }
        return operand;
    }

    /// What follows an operand: .name, .?name, .name(...), [key], [?key].
    Parsed members(Index operand) {
        Parsed result = operand;
        while (result) {
            if (peek().is(".") || peek().is(".?"))
                result = member(*result);
            else if (peek().is("["))
                result = key(*result);
            else
                break;
        }
        return result;
    }

    Parsed member(Index of) {
        const bool optional = take().is(".?");
        if (peek().kind != TokenKind::name && peek().kind != TokenKind::quoted_name)
            return unexpected({"the name of a field or function", "字段名或函数名"});
        const Token& name = take();
        if (optional || !peek().is("(") || name.kind == TokenKind::quoted_name) {
            const AstKind kind = optional ? AstKind::optional_select : AstKind::select;
            return checked(
                builder_.add(kind, since(begin_of(of)), {of}, std::string(name.text), span(name)));
        }
        const auto given = arguments();
        if (!given) return std::nullopt;
        return call({since(begin_of(of)), span(name), std::string(name.text), of, *given});
    }

    Parsed key(Index of) {
        take();  // "["
        const bool optional = take_sign("?");
        const Parsed index = expression();
        if (!index || !expect("]")) return std::nullopt;
        return checked(builder_.add(optional ? AstKind::optional_index : AstKind::index,
                                    since(begin_of(of)), {of, *index}));
    }

    std::optional<std::vector<Index>> arguments() {
        take();  // "("
        std::vector<Index> given;
        if (take_sign(")")) return given;
        do {
            const Parsed argument = expression();
            if (!argument) return std::nullopt;
            given.push_back(*argument);
        } while (take_sign(","));
        if (!expect(")")) return std::nullopt;
        return given;
    }

    Parsed call(MacroCall made) {
        if (const auto expanded = expand(builder_, made, problems_)) return checked(*expanded);
        std::vector<Index> children = std::move(made.arguments);
        if (made.receiver) children.insert(children.begin(), *made.receiver);
        const Index node =
            builder_.call(made.span, std::move(made.name), std::move(children), made.mark);
        builder_.tree.nodes[node].on_receiver = made.receiver.has_value();
        return checked(node);
    }

    Parsed primary() {
        const Token& token = peek();
        switch (token.kind) {
            case TokenKind::integer:
            case TokenKind::unsigned_integer:
            case TokenKind::real:
            case TokenKind::string:
            case TokenKind::bytes:
                take();
                return builder_.literal(span(token), literal_value(token, false, problems_));
            case TokenKind::name:
                return named();
            case TokenKind::sign:
                if (token.is("(")) return parenthesised();
                if (token.is("[")) return list();
                if (token.is("{")) return map();
                if (token.is(".") && peek(1).kind == TokenKind::name) {
                    take();  // .name: the name at the root, which is where all our names are
                    return named();
                }
                break;
            case TokenKind::quoted_name:
            case TokenKind::end:
                break;
        }
        return unexpected({"a value", "值"});
    }

    Parsed parenthesised() {
        take();
        const Parsed inner = expression();
        if (!inner || !expect(")")) return std::nullopt;
        return inner;
    }

    Parsed named() {
        const Token& name = peek();
        if (name.text == "in") return unexpected({"a value", "值"});
        if (std::find(reserved.begin(), reserved.end(), name.text) != reserved.end()) {
            Text suggestion;
            for (const Word& word : words)
                if (name.text == word.word) suggestion = word.suggestion;
            return problem(name, format_both("'{}' is a reserved word", "'{}'是保留字", name.text),
                           std::move(suggestion));
        }
        take();
        if (name.text == "true" || name.text == "false")
            return builder_.literal(span(name), Value::boolean(name.text == "true"));
        if (name.text == "null") return builder_.literal(span(name), Value());
        if (peek().is("(")) {
            const auto given = arguments();
            if (!given) return std::nullopt;
            return call(
                {since(name.begin), span(name), std::string(name.text), std::nullopt, *given});
        }
        return builder_.name(span(name), std::string(name.text));
    }

    /// An item that may be optional: `?x`.
    Parsed item(bool optional, Index begin) {
        const Parsed value = expression();
        if (!value || !optional) return value;
        return checked(builder_.add(AstKind::optional_item, since(begin), {*value}));
    }

    Parsed list() {
        const Index begin = peek().begin;
        take();
        std::vector<Index> items;
        while (!peek().is("]")) {
            const Index item_begin = peek().begin;
            const Parsed next = item(take_sign("?"), item_begin);
            if (!next) return std::nullopt;
            items.push_back(*next);
            if (!take_sign(",")) break;
        }
        if (!expect("]")) return std::nullopt;
        return checked(builder_.add(AstKind::list, since(begin), std::move(items)));
    }

    Parsed map() {
        const Index begin = peek().begin;
        take();
        std::vector<Index> entries;
        while (!peek().is("}")) {
            const Index entry_begin = peek().begin;
            const bool optional = take_sign("?");
            const Parsed entry_key = expression();
            if (!entry_key || !expect(":")) return std::nullopt;
            const Parsed value = item(optional, entry_begin);
            if (!value) return std::nullopt;
            entries.insert(entries.end(), {*entry_key, *value});
            if (!take_sign(",")) break;
        }
        if (!expect("}")) return std::nullopt;
        return checked(builder_.add(AstKind::map, since(begin), std::move(entries)));
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::vector<Problem>& problems_;
    Builder builder_;
    std::size_t at_ = 0;
    std::size_t nesting_ = 0;
};

}  // namespace

std::optional<Tree> parse(std::string_view text, std::vector<Problem>& problems) {
    if (text.size() > limits::expression_bytes_max) {
        problems.push_back({0,
                            0,
                            format_both("the expression is longer than {} bytes",
                                        "表达式超过 {} 字节", limits::expression_bytes_max),
                            {"split it into several", "请拆成几个"}});
        return std::nullopt;
    }
    return Parser(text, problems).run();
}

}  // namespace countersign::cel
