// Whatever bytes come, reading ends, and ends with a tree or with diagnostics inside the text.

#include "definitions/diagnostics/render.hpp"
#include "definitions/yaml/reader.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

using namespace countersign;

namespace {

std::uint32_t chosen_seed() {
    const char* given = std::getenv("COUNTERSIGN_SEED");
    return given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                            : std::random_device{}();
}

const std::string sample = R"~(process: joint-utility-hookup
title: { en: Joint utility hookup, zh: 水电气网联合报装 }   # 标题
form:
  power: { load_kw: { type: number, unit: kW, min: 0, required: "'power' in form.services" } }
  slots: { type: list, of: { type: time }, min: 1 }
steps:
  accept:
    ask: hall.clerk
    choices: { accepted: ok, refused: refusal }
    when: form.site.outside_m > 0 && "x" != 'it''s'
    text: |
      两行
        indented

      end
    folded: >-
      one
      two
    lines: a
      b "c"
  fee:
    decide:
      - { if: "steps.a.result.fee == money('0')", then: { ok: true } }
      - { then: { ok: false } }
)~";

/// Checks that spans are ordered and lie in the source.
void check_span(const diagnostics::Span& span, const diagnostics::Source& source) {
    if (span.line == 0) return;
    CHECK(span.line <= source.lines());
    CHECK(span.end_line <= source.lines());
    CHECK(std::pair(span.line, span.column) <= std::pair(span.end_line, span.end_column));
}

void check_node(const yaml::Node& node, const diagnostics::Sources& sources) {
    check_span(node.span, sources[0]);
    CHECK(node.begin <= node.end);
    CHECK(node.end <= sources[0].text().size());
    if (node.is_scalar())
        check_span(yaml::span_within(sources, node, node.text.size() / 2, 3), sources[0]);
    for (const auto& item : node.items) check_node(item, sources);
    for (const auto& entry : node.entries) check_node(entry.value, sources);
}

void check_reading(const std::string& text) {
    diagnostics::Diagnostics found;
    const auto root = yaml::read("random.yaml", text, found);
    CHECK(root.has_value() == !found.has_errors());
    tests::check_all_bilingual(found);
    for (const auto& diagnostic : found.all()) check_span(diagnostic.span, found.sources()[0]);
    CHECK(diagnostics::render_human(found, "en").empty() == root.has_value());
    CHECK(diagnostics::render_json(found).size() > 0);
    CHECK(diagnostics::render_sarif(found, "en").size() > 0);
    if (root) check_node(*root, found.sources());
}

}  // namespace

TEST_CASE("random: mutated documents never crash the reader") {
    const std::uint32_t seed = chosen_seed();
    MESSAGE("seed " << seed << " (COUNTERSIGN_SEED repeats it)");
    std::mt19937 random(seed);
    const std::string pieces[] = {"'",    "\"", "[",   "]",     "{",    "}",           ": ",
                                  " #",   "!",  "&a ", "*a",    "\t",   "\n",          "\r\n",
                                  "- ",   "：", "水",  "---\n", "|",    ">",           "? ",
                                  "<<: ", ",",  "\\",  "~",     "null", "\xEF\xBB\xBF"};
    for (int round = 0; round < 1'500; ++round) {
        std::string text = sample;
        const auto changes = random() % 4 + 1;
        for (unsigned i = 0; i < changes; ++i) {
            const std::size_t at = random() % (text.size() + 1);
            if (random() % 3 == 0)
                text.erase(at, random() % 20);
            else if (random() % 2 == 0)
                text.insert(at, pieces[random() % std::size(pieces)]);
            else
                text.insert(at, text.substr(random() % text.size(), random() % 30));
        }
        CAPTURE(text);
        check_reading(text);
    }
}

TEST_CASE("random: bytes never crash the reader") {
    const std::uint32_t seed = chosen_seed();
    MESSAGE("seed " << seed << " (COUNTERSIGN_SEED repeats it)");
    std::mt19937 random(seed);
    const std::string letters = "ab: -#'\"[]{}!&*?|>,\\\n\t%@`~<=.";
    for (int round = 0; round < 1'000; ++round) {
        std::string text;
        const auto size = random() % 80;
        for (unsigned i = 0; i < size; ++i)
            text += round % 2 == 0 ? static_cast<char>(random() % 256)
                                   : letters[random() % letters.size()];
        CAPTURE(text);
        check_reading(text);
    }
}
