// What the tests of definitions share; see support.hpp.

#include "support.hpp"

#include "definitions/diagnostics/render.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace countersign::definitions {

std::vector<SourceFile> j4_sources() {
    auto process = read_sources({J4_FILE});
    REQUIRE(process.has_value());
    std::vector<SourceFile> files = std::move(*process);
    for (int i = 0; i < 4; ++i) {
        const std::string id = "dept" + std::to_string(i);
        files.push_back({id + ".yaml", "department: " + id + R"(
operations:
  review:
    input: { id: text, name: text, note: text }
    output:
      { department: text, decision: text, conditions: list of text, reference: text, remark: text }
    outcomes: { approved: ok, rejected: refusal }
)"});
    }
    return files;
}

std::vector<SourceFile> library_sources() {
    auto sources = read_sources({LIBRARY_FOLDER});
    REQUIRE(sources.has_value());
    return std::move(*sources);
}

std::vector<SourceFile> with_library(std::string process) {
    auto files = library_sources();
    std::erase_if(files, [](const SourceFile& file) {
        return file.path.find("/processes/") != std::string::npos ||
               file.path.find("/library/tests/") != std::string::npos;
    });
    files.insert(files.begin(), {"process.yaml", std::move(process)});
    return files;
}

std::string rendered(const Checked& checked) {
    tests::check_all_bilingual(checked.found);
    return diagnostics::render_human(checked.found, "en");
}

std::vector<std::string> codes(const Checked& checked) {
    tests::check_all_bilingual(checked.found);
    std::vector<std::string> list;
    for (const auto& diagnostic : checked.found.ordered()) list.push_back(diagnostic.code);
    return list;
}

const model::Step& step_of(const model::Process& process, std::string_view id) {
    const auto found = std::find_if(process.steps.begin(), process.steps.end(),
                                    [&](const model::Step& step) { return step.id == id; });
    REQUIRE(found != process.steps.end());
    return *found;
}

}  // namespace countersign::definitions
