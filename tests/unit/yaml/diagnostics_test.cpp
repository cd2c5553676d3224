// Collecting, ordering, bounding and rendering diagnostics; the pages of the codes.

#include "definitions/diagnostics/codes.hpp"
#include "definitions/diagnostics/render.hpp"

#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <string>

using countersign::Text;
using namespace countersign::diagnostics;

namespace {

Diagnostics example() {
    Diagnostics found;
    const FileIndex file = found.sources().add("水 表.yaml", "a: 中文 x\nb: 2\n");
    const Text second{"second \"place\"", "第二处"};
    const Text cure{"write `y`", "请写`y`"};
    found.error("CS1018", found.sources().span(file, 10, 11), second, cure)
        .notes.push_back({found.sources().span(file, 0, 1), {"the first", "第一处"}});
    found.warning("CS1020", found.sources().span(file, 3, 9), {"first place", "第一处"});
    found.error("CS1018", found.sources().span(file, 10, 11), second, cure);
    return found;
}

}  // namespace

TEST_CASE("diagnostics are ordered by place and told once, carets by display width") {
    CHECK(render_human(example(), "en") ==
          "水 表.yaml:1:4: warning CS1020: first place\n"
          "    1 | a: 中文 x\n"
          "      |    ^^^^\n"
          "\n"
          "水 表.yaml:1:7: error CS1018: second \"place\"\n"
          "    1 | a: 中文 x\n"
          "      |         ^\n"
          "  = help: write `y`\n"
          "水 表.yaml:1:1: note: the first\n"
          "    1 | a: 中文 x\n"
          "      | ^\n"
          "\n"
          "1 error, 1 warning\n");
}

TEST_CASE("diagnostics in Chinese") {
    CHECK(render_human(example(), "zh") ==
          "水 表.yaml:1:4: 警告 CS1020：第一处\n"
          "    1 | a: 中文 x\n"
          "      |    ^^^^\n"
          "\n"
          "水 表.yaml:1:7: 错误 CS1018：第二处\n"
          "    1 | a: 中文 x\n"
          "      |         ^\n"
          "  = 改法：请写`y`\n"
          "水 表.yaml:1:1: 参见：第一处\n"
          "    1 | a: 中文 x\n"
          "      | ^\n"
          "\n"
          "1 处错误，1 处警告\n");
    CHECK(render_sarif(example(), "zh").find(R"("message":{"text":"第二处（请写`y`）"})") !=
          std::string::npos);
    CHECK(render_sarif(example(), "zh").find(R"("language":"zh-CN")") != std::string::npos);
}

TEST_CASE("diagnostics as JSON: both languages") {
    CHECK(render_json(example()) ==
          "{\"diagnostics\":[\n"
          R"~({"severity":"warning","code":"CS1020","file":"水 表.yaml","line":1,"column":4,"e)~"
          R"~(ndLine":1,"endColumn":6,"message":{"en":"first place","zh":"第一处"},"suggestion)~"
          R"~(":null,"notes":[]},)~"
          "\n"
          R"~({"severity":"error","code":"CS1018","file":"水 表.yaml","line":1,"column":7,"end)~"
          R"~(Line":1,"endColumn":8,"message":{"en":"second \"place\"","zh":"第二处"},"sugges)~"
          R"~(tion":{"en":"write `y`","zh":"请写`y`"},"notes":[{"file":"水 表.yaml","line":1,"c)~"
          R"~(olumn":1,"endLine":1,"endColumn":2,"message":{"en":"the first","zh":"第一处"}}]}],)~"
          R"~("shown":2,"errors":1,"warnings":1})~"
          "\n");
    CHECK(render_json(Diagnostics{}) ==
          "{\"diagnostics\":[],\"shown\":0,\"errors\":0,\"warnings\":0}\n");
}

TEST_CASE("diagnostics as SARIF") {
    CHECK(render_sarif(example(), "en") ==
          R"~({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",")~"
          R"~(runs":[{"tool":{"driver":{"name":"countersign","rules":[{"id":"CS1020","shortD)~"
          R"~(escription":{"text":"A key is not known here"}},{"id":"CS1018","shortDescripti)~"
          R"~(on":{"text":"A value is of the wrong kind"}}]}},"columnKind":"unicodeCodePoint)~"
          R"~(s","language":"en","results":[)~"
          "\n"
          R"~({"ruleId":"CS1020","ruleIndex":0,"level":"warning","message":{"text":"first pl)~"
          R"~(ace"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%E6%B0%B4%2)~"
          R"~(0%E8%A1%A8.yaml"},"region":{"startLine":1,"startColumn":4,"endLine":1,"endColu)~"
          R"~(mn":6}}}]},)~"
          "\n"
          R"~({"ruleId":"CS1018","ruleIndex":1,"level":"error","message":{"text":"second \"p)~"
          R"~(lace\" (write `y`)"},"locations":[{"physicalLocation":{"artifactLocation":{"ur)~"
          R"~(i":"%E6%B0%B4%20%E8%A1%A8.yaml"},"region":{"startLine":1,"startColumn":7,"endL)~"
          R"~(ine":1,"endColumn":8}}}],"relatedLocations":[{"physicalLocation":{"artifactLoc)~"
          R"~(ation":{"uri":"%E6%B0%B4%20%E8%A1%A8.yaml"},"region":{"startLine":1,"startColu)~"
          R"~(mn":1,"endLine":1,"endColumn":2}},"message":{"text":"the first"}}]}]}]})~"
          "\n");
}

TEST_CASE("of too many diagnostics the errors are kept, and the rest is counted") {
    Diagnostics found;
    const FileIndex file = found.sources().add("a.yaml", std::string(300, '\n'));
    for (std::uint32_t line = 1; line <= 90; ++line)
        found.warning("CS1020", {file, line, 1, line, 1}, {"w", "警"});
    for (std::uint32_t line = 100; line <= 150; ++line)
        found.error("CS1018", {file, line, 1, line, 1}, {"e", "错"});
    const std::string text = render_human(found, "en");
    CHECK(text.find("a.yaml:49:1: warning") != std::string::npos);
    CHECK(text.find("a.yaml:50:1: warning") == std::string::npos);
    CHECK(text.find("a.yaml:150:1: error") != std::string::npos);
    CHECK(text.find("41 more not shown\n51 errors, 90 warnings\n") != std::string::npos);
    CHECK(render_human(found, "zh").find("另有 41 处未列出\n51 处错误，90 处警告\n") !=
          std::string::npos);
}

TEST_CASE("a very long line is cut around the place") {
    Diagnostics found;
    const std::string text = std::string(1000, 'a') + "水" + std::string(1000, 'b');
    const FileIndex file = found.sources().add("a.yaml", text);
    found.error("CS1001", found.sources().span(file, 1000, 1003), {"here", "此处"});
    CHECK(render_human(found, "en") ==
          "a.yaml:1:1001: error CS1001: here\n    1 | …" + std::string(40, 'a') + "水" +
              std::string(78, 'b') + "…\n      | " + std::string(41, ' ') + "^^\n\n1 error\n");
}

TEST_CASE("what a terminal would obey is not printed") {
    Diagnostics found;
    const FileIndex file = found.sources().add("a.yaml", "a\x1b[31m\tb\xff!");
    found.error("CS1003", found.sources().span(file, 7, 8), {"here", "此处"});
    CHECK(render_human(found, "en") ==
          "a.yaml:1:8: error CS1003: here\n    1 | a\xEF\xBF\xBD[31m    b\xEF\xBF\xBD!\n      | "
          "          ^\n\n1 error\n");
}

TEST_CASE("the nearest name is suggested, a far one is not") {
    CHECK(nearest("limits", {"needs", "limit", "with"}) == "limit");
    CHECK(nearest("nedes", {"needs", "limit"}) == "needs");
    CHECK(nearest("Limit", {"limits", "limit"}) == "limit");
    CHECK(nearest("水电汽", {"水电气", "污水"}) == "水电气");
    CHECK(nearest("x", {"y"}) == "");
    CHECK(nearest("document", {"needs", "limit"}) == "");
    CHECK(nearest(std::string(100'000, 'x'), {std::string(100'000, 'x')}) == "");
    CHECK(did_you_mean("foo", {"needs", "limit"}) ==
          Text{"known are `needs`, `limit`", "可用的有`needs`、`limit`"});
    CHECK(did_you_mean("nedes", {"needs"}) == Text{"did you mean `needs`?", "是否应为`needs`？"});
    const std::vector<std::string> many{"a1", "a2", "a3", "a4", "a5", "a6",
                                        "a7", "a8", "a9", "b1", "b2"};
    CHECK(did_you_mean("foo", many).en ==
          "known are `a1`, `a2`, `a3`, `a4`, `a5`, `a6`, `a7`, `a8`, `a9`, `b1`, …");
    CHECK(did_you_mean("foo", {}).empty());
}

TEST_CASE("every page has its code, a title and a text") {
    CHECK(code_pages().size() > 20);
    for (const CodePage& code : code_pages()) {
        CAPTURE(code.code);
        CHECK(code.code.size() == 6);
        for (const Page& page : {code.english, code.chinese}) {
            CHECK(page.text.substr(0, 9) == "# " + std::string(code.code) + " ");
            CHECK(page.title.size() > 5);
            CHECK(page.title.front() != '#');
            CHECK(page.text.size() > page.title.size() + 60);
        }
        countersign::tests::check_bilingual(
            {std::string(code.english.text), std::string(code.chinese.text)});
    }
    CHECK(find_code("cs1013")->in("en").title == "A value must be quoted");
    CHECK(find_code("cs1013")->in("zh").title == "值必须加引号");
    CHECK(find_code("CS0000") == nullptr);
}
