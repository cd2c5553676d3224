// Test documents of tests/golden/tests: what is found in broken ones, and whether expectations are
// told apart by what happened. COUNTERSIGN_GOLDEN=write writes the texts beside them anew.

#include "adapters/rehearsal/play.hpp"
#include "definitions/diagnostics/render.hpp"
#include "engine/store/journal.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace countersign::rehearsal {

namespace {

namespace fs = std::filesystem;
constexpr std::pair<std::string_view, std::string_view> languages[] = {{"en", ".txt"},
                                                                       {"zh", ".zh.txt"}};

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> documents_in(const char* folder) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(fs::path(GOLDEN_FOLDER) / folder))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

definitions::Checked check_with_catalog(const fs::path& path) {
    auto files = definitions::read_sources({std::string(GOLDEN_FOLDER) + "/catalog"});
    REQUIRE(files.has_value());
    files->push_back({path.filename().string(), read_text(path)});
    return definitions::check(std::move(*files));
}

void compare(const fs::path& path, std::string_view ending, const std::string& found) {
    const fs::path beside = fs::path(path).replace_extension(ending);
    const char* variable = std::getenv("COUNTERSIGN_GOLDEN");
    if (variable != nullptr && std::string_view(variable) == "write")
        std::ofstream(beside, std::ios::binary) << found;
    CHECK(found == read_text(beside));
}

/// The journal as far as it has nothing drawn by lot, such as ids: when what was recorded.
std::vector<std::string> moments_of(const Played& played) {
    std::vector<std::string> moments;
    const auto take = [&moments](const core::Record& record, const store::Head&) {
        std::string line = rfc3339(record.at);
        for (const core::Event& event : record.events) line += " " + std::to_string(event.index());
        moments.push_back(std::move(line));
        return true;
    };
    const auto read = store::read_journal(played.world->store(), *played.case_id, take);
    REQUIRE(read.has_value());
    return moments;
}

}  // namespace

TEST_CASE("tests: mistakes are told at their places, in both languages") {
    const auto paths = documents_in("broken");
    REQUIRE(paths.size() >= 5);
    for (const fs::path& path : paths) {
        CAPTURE(path.filename().string());
        const definitions::Checked checked = check_with_catalog(path);
        CHECK(checked.found.has_errors());
        tests::check_all_bilingual(checked.found);
        for (const auto& [language, ending] : languages)
            compare(path, ending, diagnostics::render_human(checked.found, language));
    }
}

TEST_CASE("tests: every kind of expectation holds where it should, and nowhere else") {
    const auto paths = documents_in("played");
    REQUIRE(paths.size() >= 6);
    for (const fs::path& path : paths) {
        CAPTURE(path.filename().string());
        const definitions::Checked checked = check_with_catalog(path);
        CHECK(diagnostics::render_human(checked.found, "en") == "");
        REQUIRE(checked.deployable.tests.size() == 1);
        const definitions::TestDefinition& test = checked.deployable.tests.front();
        const auto stage = make_stage(checked.deployable);
        REQUIRE(stage.has_value());

        const auto played = play(test, *stage);
        REQUIRE(played.has_value());
        const auto found = unmet(test, *played);

        const bool fails = path.stem().string().ends_with("_not");
        if (!fails) {
            for (const diagnostics::Diagnostic& one : found) CHECK(one.message.en == "");
            continue;
        }
        CHECK(found.size() >= test.expectations.size());
        for (const auto& [language, ending] : languages) {
            std::string text;
            for (const diagnostics::Diagnostic& one : found) {
                CHECK(!one.message.zh.empty());
                text += diagnostics::render_human(one, checked.found.sources(), language);
            }
            compare(path, ending, text);
        }
    }
}

TEST_CASE("tests: the same test plays the same journal") {
    const definitions::Checked checked =
        check_with_catalog(fs::path(GOLDEN_FOLDER) / "played" / "granted.yaml");
    const auto stage = make_stage(checked.deployable);
    REQUIRE(stage.has_value());
    std::vector<std::vector<std::string>> journals;

    for (int times = 0; times < 2; ++times) {
        auto played = play(checked.deployable.tests.front(), *stage);
        REQUIRE(played.has_value());
        journals.push_back(moments_of(*played));
    }

    CHECK(journals[0].size() > 5);
    CHECK(journals[0] == journals[1]);
}

}  // namespace countersign::rehearsal
