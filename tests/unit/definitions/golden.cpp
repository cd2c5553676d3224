// Broken definitions and what is said of them: tests/golden/definitions holds a file a mistake and
// beside it the rendered diagnostics in English (.txt) and Chinese (.zh.txt).
// COUNTERSIGN_GOLDEN=write writes these anew.

#include "definitions/diagnostics/render.hpp"
#include "support.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace countersign::definitions {

namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> broken_definitions() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(GOLDEN_FOLDER)) {
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Checks one file together with the catalog; its diagnostics name it without its folder.
Checked check_with_catalog(const fs::path& path) {
    auto files = read_sources({std::string(GOLDEN_FOLDER) + "/catalog"});
    REQUIRE(files.has_value());
    files->insert(files->begin(), {path.filename().string(), read_text(path)});
    return check(std::move(*files));
}

bool writes() {
    const char* variable = std::getenv("COUNTERSIGN_GOLDEN");
    return variable != nullptr && std::string_view(variable) == "write";
}

}  // namespace

TEST_CASE("golden: each broken definition is reported as written beside it, in both languages") {
    const auto paths = broken_definitions();
    REQUIRE(paths.size() >= 150);
    for (const fs::path& path : paths) {
        CAPTURE(path.filename().string());
        const Checked checked = check_with_catalog(path);
        tests::check_all_bilingual(checked.found);
        for (const auto& [language, ending] :
             {std::pair("en", ".txt"), std::pair("zh", ".zh.txt")}) {
            const std::string found = diagnostics::render_human(checked.found, language);
            const fs::path beside = fs::path(path).replace_extension(ending);
            if (writes()) std::ofstream(beside, std::ios::binary) << found;
            CHECK(!found.empty());
            CHECK(found == read_text(beside));
        }
    }
}

TEST_CASE("golden: the catalog that the broken definitions refer to is itself without a mistake") {
    auto files = read_sources({std::string(GOLDEN_FOLDER) + "/catalog"});
    REQUIRE(files.has_value());

    const Checked checked = check(std::move(*files));

    CHECK(rendered(checked) == "");
}

TEST_CASE("golden: ten mistakes in one file are all reported at once") {
    const Checked checked = check_with_catalog(fs::path(GOLDEN_FOLDER) / "ten_mistakes.yaml");

    std::set<std::uint32_t> lines;
    for (const auto& diagnostic : checked.found.all()) lines.insert(diagnostic.span.line);
    CHECK_MESSAGE(lines.size() >= 10, rendered(checked));
    CHECK(checked.found.errors() >= 12);
}

}  // namespace countersign::definitions
