// The tree: kinds, texts, places in characters, and typed access.

#include "definitions/diagnostics/render.hpp"
#include "definitions/yaml/access.hpp"
#include "definitions/yaml/reader.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace countersign;
using namespace countersign::yaml;

namespace {

struct Document {
    diagnostics::Diagnostics diagnostics;
    Node root;
    explicit Document(const std::string& text) {
        auto read_root = read("a.yaml", text, diagnostics);
        REQUIRE_MESSAGE(read_root.has_value(), diagnostics::render_human(diagnostics, "en"));
        root = std::move(*read_root);
    }
    std::string told() const {
        tests::check_all_bilingual(diagnostics);
        std::string list;
        for (const auto& d : diagnostics.ordered()) {
            list += std::to_string(d.span.line) + ":" + std::to_string(d.span.column) + " " +
                    d.code + " " + d.message.en;
            list += (d.suggestion.empty() ? "" : " | " + d.suggestion.en) + "\n";
        }
        return list;
    }
};

std::string place(const Span& span) {
    return std::to_string(span.line) + ":" + std::to_string(span.column) + "-" +
           std::to_string(span.end_line) + ":" + std::to_string(span.end_column);
}

std::string within(const Document& document, const char* key, std::size_t offset,
                   std::size_t length) {
    return place(
        span_within(document.diagnostics.sources(), *document.root.find(key), offset, length));
}

}  // namespace

TEST_CASE("places count characters, whatever bytes and line ends there are") {
    const Document document(
        "\xEF\xBB\xBF标题: 中文 # 注\r\nb: { 水: 'x''y', c: [1, \"二\"] }\r\nd:\r\ne: |\r\n  "
        "甲\r\n  乙\r\n");
    const Node& root = document.root;
    CHECK(place(root.entry("标题")->key.span) == "1:1-1:3");
    CHECK(place(root.find("标题")->span) == "1:5-1:7");
    CHECK(place(root.find("b")->span) == "2:4-2:30");
    CHECK(place(root.find("b")->find("水")->span) == "2:9-2:15");
    CHECK(place(root.find("b")->find("c")->items[1].span) == "2:24-2:27");
    CHECK(place(root.find("d")->span) == "3:3-3:3");
    CHECK(place(root.find("e")->span) == "4:4-6:4");
    CHECK(root.find("e")->text == "甲\n乙\n");
}

TEST_CASE("scalars have the types of the core schema, and yes and on are texts") {
    const Document document(
        "a: [yes, on, No, 2026-02-10, 09:00-17:00, '1', 1_000]\nb: [true, FALSE]\nc: [0, -12, "
        "0x1F, 0o17]\n"
        "d: [1.5, -.5e3, 1., .inf, 1e3]\ne: [~, null]\non: x\n");
    for (const Node& node : document.root.find("a")->items) CHECK(node.type() == ScalarType::text);
    for (const Node& node : document.root.find("b")->items)
        CHECK(node.type() == ScalarType::boolean);
    for (const Node& node : document.root.find("c")->items)
        CHECK(node.type() == ScalarType::integer);
    for (const Node& node : document.root.find("d")->items) CHECK(node.type() == ScalarType::real);
    for (const Node& node : document.root.find("e")->items) CHECK(node.is_null());
    CHECK(document.root.find("on")->text == "x");
}

TEST_CASE("a value left out is nothing, also before a key spelled like null") {
    const Document document("a:\nnull_: 1\nb: {c: , d}\n");
    CHECK(document.root.find("a")->is_null());
    CHECK(place(document.root.find("a")->span) == "1:3-1:3");
    CHECK(document.root.find("b")->find("d")->is_null());
}

TEST_CASE("a place within a scalar is a place in the file") {
    const Document document(
        "plain: form.水 > 1\n"
        "single: 'a ''b'' c'\n"
        "double: \"a\\u4e2d\\\"b\"\n"
        "folded: >-\n"
        "  form.a &&\n"
        "  form.b\n"
        "literal: |\n"
        "    一\n"
        "\n"
        "    two three\n"
        "lines: form.a &&\n"
        "  form.b\n");
    CHECK(within(document, "plain", 5, 3) == "1:13-1:14");
    CHECK(within(document, "plain", 9, 1) == "1:15-1:16");
    CHECK(within(document, "single", 3, 1) == "2:14-2:15");
    CHECK(within(document, "single", 7, 0) == "2:19-2:19");
    CHECK(within(document, "double", 1, 3) == "3:11-3:17");
    CHECK(within(document, "double", 5, 1) == "3:19-3:20");
    CHECK(within(document, "folded", 10, 4) == "6:3-6:7");
    CHECK(within(document, "literal", 0, 3) == "8:5-8:6");
    CHECK(within(document, "literal", 9, 5) == "10:9-10:14");
    CHECK(within(document, "lines", 10, 6) == "12:3-12:9");
    CHECK(within(document, "plain", 999, 5) == "1:18-1:18");
}

TEST_CASE("quoted() yields one line that reads back") {
    for (const std::string text : {"a", "'gas' in form.x", "\"q\"", "it's \"so\"", "back\\slash",
                                   "中文: #", "a\nb", "a\n\"b\\"}) {
        CAPTURE(text);
        CHECK(Document("x: " + quoted(text)).root.find("x")->text == text);
    }
}

TEST_CASE("values of the wrong kind are named with what stands there") {
    Document document(
        "version: one\ncount: 1.5\nok: yes\ntitle: 2026\nlist: {a: 1}\nbig: "
        "99999999999999999999\nn: '3'\nc: a:b\n");
    const Node& root = document.root;
    auto& found = document.diagnostics;
    CHECK_FALSE(as_integer(*root.find("version"), found, ticked("version")));
    CHECK_FALSE(as_integer(*root.find("count"), found, ticked("count")));
    CHECK_FALSE(as_boolean(*root.find("ok"), found, ticked("ok")));
    CHECK_FALSE(as_text(*root.find("title"), found, ticked("title")));
    CHECK_FALSE(expect_sequence(*root.find("list"), found, ticked("list")));
    CHECK_FALSE(as_integer(*root.find("big"), found, ticked("big")));
    CHECK_FALSE(as_number(*root.find("n"), found, ticked("n")));
    CHECK_FALSE(expect_mapping(*root.find("c"), found, ticked("c")));
    CHECK(document.told() ==
          "1:10 CS1018 `version` must be an integer, but here is the text `one`\n"
          "2:8 CS1018 `count` must be an integer, but here is the number `1.5`\n"
          "3:5 CS1018 `ok` must be `true` or `false`, but here is the text `yes` | write `true`\n"
          "4:8 CS1018 `title` must be a text, but here is the integer `2026` | put it in quotes: "
          "`\"2026\"`\n"
          "5:7 CS1018 `list` must be a list, but here is a mapping | put it in square brackets: "
          "`[{ … }]`\n"
          "6:6 CS1018 `big` must be an integer of at most 19 digits, but here is the integer "
          "`99999999999999999999`\n"
          "7:4 CS1018 `n` must be a number, but here is the text `3` | write it without quotes\n"
          "8:4 CS1018 `c` must be a mapping, but here is the text `a:b` | write a space after the "
          "colon: `a: b`\n");
}

TEST_CASE("values of the right kind are read exactly") {
    Document document(
        "i: -9223372036854775808\nr: 1e3\nb: true\nt: yes\ntitle: {zh: 水}\nlist: [a, b]\n");
    const Node& root = document.root;
    auto& found = document.diagnostics;
    CHECK(as_integer(*root.find("i"), found, ticked("i")) == INT64_MIN);
    CHECK(as_number(*root.find("r"), found, ticked("r")) == 1000.0);
    CHECK(as_boolean(*root.find("b"), found, ticked("b")) == true);
    CHECK(as_text(*root.find("t"), found, ticked("t")) == "yes");
    CHECK(as_title(*root.find("title"), found, ticked("title")) == Text{"", "水"});
    CHECK(as_texts(*root.find("list"), found, ticked("list"))->size() == 2);
    CHECK(as_texts(*root.find("t"), found, ticked("t"))->front()->text == "yes");
    CHECK(document.told() == "");
}

TEST_CASE("unknown and missing keys are told with the nearest known one") {
    Document document("limits: 1wd\nask: hall.clerk\ntitle:\n");
    Keys keys(document.root, document.diagnostics, {"step `accept`", "步骤`accept`"});
    CHECK(keys.required("ask")->text == "hall.clerk");
    CHECK(keys.optional("limit") == nullptr);
    CHECK(keys.required("title") == nullptr);
    CHECK(keys.required("needs") == nullptr);
    keys.finish();
    CHECK(document.told() ==
          "1:1 CS1020 step `accept` has no key `limits` | did you mean `limit`?\n"
          "1:1 CS1021 step `accept` has no `needs` | add `needs: …`\n"
          "3:1 CS1021 `title` of step `accept` has no value | write it behind the colon: "
          "`title: …`\n");
}
