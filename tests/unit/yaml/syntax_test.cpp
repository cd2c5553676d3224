// What a designer is told about mistakes in YAML: whole rendered texts.

#include "definitions/diagnostics/render.hpp"
#include "definitions/yaml/reader.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace countersign;
using Codes = std::vector<std::string>;

namespace {

std::string told(const std::string& text) {
    diagnostics::Diagnostics diagnostics;
    const auto root = yaml::read("a.yaml", text, diagnostics);
    CHECK(root.has_value() == !diagnostics.has_errors());
    tests::check_all_bilingual(diagnostics);
    return diagnostics::render_human(diagnostics, "en");
}

/// "code line:column-end" of each, in order.
Codes codes(const std::string& text) {
    diagnostics::Diagnostics diagnostics;
    yaml::read("a.yaml", text, diagnostics);
    tests::check_all_bilingual(diagnostics);
    Codes list;
    for (const auto& d : diagnostics.ordered())
        list.push_back(d.code + " " + std::to_string(d.span.line) + ":" +
                       std::to_string(d.span.column) + "-" + std::to_string(d.span.end_column));
    return list;
}

std::string suggestion(const std::string& text) {
    diagnostics::Diagnostics diagnostics;
    yaml::read("a.yaml", text, diagnostics);
    return diagnostics.all().size() == 1 ? diagnostics.all().front().suggestion.en
                                         : "not one mistake";
}

}  // namespace

TEST_CASE("an expression that begins with a quote is shown whole and quoted") {
    CHECK(told("a: 1\nwhen: 'gas' in form.services # only gas\n") ==
          R"~(a.yaml:2:7: error CS1013: )~"
          R"~(this expression must be quoted: it begins with a quote, so YAML takes the )~"
          R"~(quoted part for all of it
    2 | when: 'gas' in form.services # only gas
      |       ^^^^^^^^^^^^^^^^^^^^^^
  = help: write `when: "'gas' in form.services"`

1 error
)~");
    CHECK(suggestion("when: \"gas\" in form.services") ==
          R"~(write `when: '"gas" in form.services'`)~");
    CHECK(suggestion("- 'gas' in form.services") == R"~(write `"'gas' in form.services"`)~");
    CHECK(suggestion("when: \"gas\" in form.it's\n") != "");
}

TEST_CASE("an expression that is quoted with its own quotes gets the others") {
    CHECK(suggestion(R"~(when: "form.a == "x"")~") == R"~(write `when: 'form.a == "x"'`)~");
    CHECK(suggestion(R"~(when: '!form.b && 'a' in form.c && form.d == 'e'')~") ==
          R"~(write `when: "!form.b && 'a' in form.c && form.d == 'e'"`)~");
    CHECK(suggestion("when: 'x' == 'y'") == R"~(write `when: "'x' == 'y'"`)~");
    CHECK(suggestion("when: 'x' in [form.a, 'y']") ==
          R"~(write `when: "'x' in [form.a, 'y']"`)~");
}

TEST_CASE("carets stand under the characters, however wide they are") {
    CHECK(told("标题: 中文\n步骤: '水' in form.服务\n") ==
          R"~(a.yaml:2:5: error CS1013: )~"
          R"~(this value must be quoted: it begins with a quote, so YAML takes the quoted )~"
          R"~(part for all of it
    2 | 步骤: '水' in form.服务
      |       ^^^^^^^^^^^^^^^^^
  = help: write `步骤: "'水' in form.服务"`

1 error
)~");
}

TEST_CASE("an expression that begins with ! is no tag") {
    CHECK(told("when: !has(form.x)") ==
          R"~(a.yaml:1:7: error CS1013: )~"
          R"~(this expression must be quoted: it begins with `!`, which YAML takes for a tag
    1 | when: !has(form.x)
      |       ^^^^^^^^^^^^
  = help: write `when: "!has(form.x)"`

1 error
)~");
    CHECK(suggestion("when: !form.x && form.y") == R"~(write `when: "!form.x && form.y"`)~");
    CHECK(suggestion("{ when: !has(form.x), b: 1 }") == R"~(write `when: "!has(form.x)"`)~");
    CHECK(suggestion("a:\n  when: !(form.a || form.b)  # neither\n") ==
          R"~(write `when: "!(form.a || form.b)"`)~");
    CHECK(codes("a: !!str b") == Codes{"CS1012 1:4-9"});
    // The second line leaves no tree to tell that the first stands in braces.
    CHECK(codes("- { required: !form.b }\n- { when: form.a in ['b'] }\n") ==
          Codes{"CS1013 1:15-22", "CS1013 2:11-26"});
}

TEST_CASE("an expression with a colon and a space is quoted") {
    CHECK(suggestion("when: form.a ? 'x' : 'y'") == R"~(write `when: "form.a ? 'x' : 'y'"`)~");
    CHECK(suggestion("x: =form.m == {'a': 1}") == R"~(write `x: "=form.m == {'a': 1}"`)~");
    CHECK(suggestion("title: Note: this") == R"~(write `title: "Note: this"`)~");
}

TEST_CASE("a comment within an expression's string is found although YAML is content") {
    CHECK(told("when: form.note == 'lot # 7'") ==
          R"~(a.yaml:1:7: error CS1014: )~"
          R"~(this expression must be quoted: it holds ` #`, which YAML takes for the begin )~"
          R"~(of a comment
    1 | when: form.note == 'lot # 7'
      |       ^^^^^^^^^^^^^^^^^^^^^^
  = help: write `when: "form.note == 'lot # 7'"`

1 error
)~");
    CHECK(suggestion("to: =form.list.filter(x, x == ' # ')") ==
          R"~(write `to: "=form.list.filter(x, x == ' # ')"`)~");
}

TEST_CASE("a comment behind a whole expression is a comment") {
    CHECK(told("when: form.x == 'a' # b\n") == "");
    CHECK(told("title: don't # isn't\n") == "");
    CHECK(told("title: Hall (ground # floor)\n") == "");
}

TEST_CASE("within braces an expression with brackets or commas is quoted") {
    CHECK(codes("- { if: form.a[0] == 1, then: 2 }\n- { when: f(a, b), x: 1 }\n- { each: "
                "form.l.filter(x, x > 1) }\n") ==
          Codes{"CS1013 1:9-23", "CS1013 2:11-18", "CS1013 3:11-34"});
    CHECK(suggestion("{ if: form.a[0] == 1, then: 2 }") == R"~(write `if: "form.a[0] == 1"`)~");
    CHECK(suggestion("{ if: f([1, 2]), then: 2 }") == R"~(write `if: "f([1, 2])"`)~");
    CHECK(suggestion("a: [f(a, b), c]") == R"~(write `"f(a, b)"`)~");
    CHECK(suggestion("a: { en: Foo (bar, baz), zh: x }") == R"~(write `en: "Foo (bar, baz)"`)~");
    CHECK(suggestion("a: { when: form.x == 'a, b', zh: x }") ==
          R"~(write `when: "form.x == 'a, b'"`)~");
}

TEST_CASE("apostrophes in texts within braces are texts") {
    CHECK(told("a: { en: Don't, zh: Can't }\n") == "");
    CHECK(told("a: { en: (a), zh: b }\n") == "");
}

TEST_CASE("an expression that begins with a bracket is quoted") {
    CHECK(suggestion("x: [1, 2].exists(i, i == form.n)") ==
          R"~(write `x: "[1, 2].exists(i, i == form.n)"`)~");
    CHECK(suggestion("x: {'a': 1}.a == 1") == R"~(write `x: "{'a': 1}.a == 1"`)~");
}

TEST_CASE("mistakes in several values are told in one run") {
    CHECK(codes("a: 'x' y\nb: @z\nc: p: q\nd: ok\n") ==
          Codes{"CS1013 1:4-9", "CS1013 2:4-6", "CS1013 3:4-8"});
}

TEST_CASE("a tab that indents is shown") {
    CHECK(told("a:\n\tb: 1\n") ==
          "a.yaml:2:1: error CS1005: a tab indents this line\n"
          "    2 |     b: 1\n"
          "      | ^^^^\n"
          "  = help: indent with spaces only\n"
          "\n"
          "1 error\n");
    CHECK(codes("a: x\n\tb: 1\n") == Codes{"CS1005 2:1-2"});
    CHECK(told("a: |\n  x\n  \ty\n") == "");
}

TEST_CASE("a missing space after a colon is shown") {
    CHECK(codes("a:b\nc: d\n") == Codes{"CS1006 1:1-3"});
    CHECK(codes("x: {a:1}\n") == Codes{"CS1006 1:5-8"});
    CHECK(suggestion("x: {a:1}\n") == "write `a: 1`");
}

TEST_CASE("full-width colons are shown") {
    CHECK(told("title: x\n名称：水\nversion: 1\n") ==
          R"~(a.yaml:2:3: error CS1017: this is a full-width colon, which YAML takes for a letter
    2 | 名称：水
      |     ^^
  = help: write a half-width colon and a space: `名称: `

1 error
)~");
    CHECK(codes("x: {a：1}\n") == Codes{"CS1017 1:5-8"});
}

TEST_CASE("brackets and quotes that are left open are shown where they open") {
    CHECK(codes("a: [1, 2\nb: 3\n") == Codes{"CS1007 1:4-5"});
    CHECK(codes("a: { b: 1\n") == Codes{"CS1007 1:4-5"});
    CHECK(codes("a: \"x\nb: 1\n") == Codes{"CS1007 1:4-5"});
    CHECK(codes("a: \"x\nb: \"y\"\n") == Codes{"CS1007 1:4-5"});
    CHECK(codes("a: }\n") == Codes{"CS1007 1:4-5"});
    CHECK(suggestion("x: 'it's'\n") == "write `\"it's\"`");
}

TEST_CASE("indentation that fits nothing is shown with what would fit") {
    CHECK(told("a:\n    b: 1\n  c: 2\n") ==
          R"~(a.yaml:3:3: error CS1008: )~"
          R"~(this line is indented by 2, unlike anything above that it could belong to
    3 |   c: 2
      |   ^^^^
  = help: indent it by 0 or 4

1 error
)~");
    CHECK(codes("a: b\n  c: d\n") == Codes{"CS1008 2:3-4"});
    CHECK(codes("a: 1\n- b\n") == Codes{"CS1008 2:1-2"});
    CHECK(codes("- a\nb: c\n") == Codes{"CS1008 2:1-1"});
    CHECK(codes("x: - a\n") == Codes{"CS1008 1:4-5"});
}

TEST_CASE("both places of a key that stands twice are shown") {
    CHECK(told("on: 1\nb:\n  c: 1\non: 3\n") ==
          R"~(a.yaml:4:1: error CS1009: the key `on` stands here twice
    4 | on: 3
      | ^^
  = help: keep one of them
a.yaml:1:1: note: the first stands here
    1 | on: 1
      | ^^

1 error
)~");
    CHECK(codes("a: {b: 1, 'b': 2}") == Codes{"CS1009 1:11-14"});
}

TEST_CASE("anchors, aliases, merge keys, tags and odd keys are refused") {
    CHECK(codes("a: &x 1\nb: *x\n") == Codes{"CS1011 1:4-6", "CS1011 2:4-6"});
    CHECK(codes("b: *x\n") == Codes{"CS1011 1:4-5"});
    CHECK(codes("<<: {a: 1}\n") == Codes{"CS1011 1:1-3"});
    CHECK(told("'<<': 1\n") == "");
    CHECK(codes("? [a]\n: 1\n") == Codes{"CS1015 1:3-6"});
    CHECK(codes("~: 1\n") == Codes{"CS1015 1:1-2"});
}

TEST_CASE("an alias bomb is refused before it is expanded") {
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string name = "a" + std::to_string(i);
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += name + ": &" + name + " [" + before + ", " + before + "]\n";
    }
    CHECK(codes(bomb).front() == "CS1011 1:5-8");
}

TEST_CASE("a second document is refused") {
    CHECK(codes("a: 1\n---\nb: 2\n") == Codes{"CS1010 2:1-4"});
    CHECK(codes("a: 1\n...\nb: 2\n") == Codes{"CS1010 3:1-4"});
    CHECK(told("---\na: 1\n...\n") == "");
}

TEST_CASE("files that are not text are refused") {
    CHECK(codes("a: \xC8\xCB\n") == Codes{"CS1002 1:4-5"});
    CHECK(codes("标题: 中\xE4\xB8\n") == Codes{"CS1002 1:6-7"});
    CHECK(told("\xFF\xFE a\0") ==
          "a.yaml: error CS1002: the file is in UTF-16, not in UTF-8\n  = help: save it as "
          "UTF-8\n\n1 error\n");
    CHECK(codes("a: b\x07\n") == Codes{"CS1003 1:5-6"});
    CHECK(codes("# nothing\n") == Codes{"CS1004 0:0-0"});
}

TEST_CASE("bounds are refused, not walked") {
    CHECK(codes(std::string((1 << 20) + 1, ' ')) == Codes{"CS1016 0:0-0"});
    std::string deep;
    for (int i = 0; i < 33; ++i) deep += "[";
    CHECK(codes(deep + std::string(33, ']')) == Codes{"CS1016 1:33-33"});
    CHECK(told(deep.substr(1) + std::string(32, ']')) == "");
    std::string wide = "[";
    for (int i = 0; i < 20'000; ++i) wide += "a,";
    CHECK(codes(wide + "]") == Codes{"CS1016 1:1-1"});
    CHECK(codes("a: " + std::string((64 << 10) + 1, 'x')) == Codes{"CS1016 1:4-4"});
    CHECK(told("a: " + std::string(64 << 10, 'x')) == "");
}

TEST_CASE("an escape that does not exist is shown") {
    CHECK(codes("x: \"a\\qb\"\n") == Codes{"CS1001 1:6-8"});
    CHECK(suggestion("x: >x\n") == "write `x: \">x\"`");
}

TEST_CASE("a file that is not there is a diagnostic") {
    diagnostics::Diagnostics diagnostics;
    CHECK_FALSE(yaml::read_file("/nowhere/a.yaml", diagnostics).has_value());
    CHECK(diagnostics::render_human(diagnostics, "en") ==
          "/nowhere/a.yaml: error CS1022: the file cannot be read\n"
          "  = help: check its name and who may read it\n\n1 error\n");
    CHECK_FALSE(yaml::read_file("/", diagnostics).has_value());
}
