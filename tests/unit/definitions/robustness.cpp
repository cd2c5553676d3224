// Whatever an author writes, checking it ends with diagnostics: texts of the library and of the
// broken definitions are changed at random. COUNTERSIGN_SEED repeats a run.

#include "support.hpp"
#include "tests/bilingual.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

namespace countersign::definitions {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', begin)) {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

std::size_t below(std::mt19937_64& random, std::size_t bound) {
    return static_cast<std::size_t>(random() % bound);
}

/// Takes away, repeats, moves or cuts a line, or puts a word of the text into another place.
std::string changed(std::mt19937_64& random, const std::string& text) {
    auto lines = lines_of(text);
    for (std::size_t times = 1 + below(random, 3); times > 0 && !lines.empty(); --times) {
        const std::size_t at = below(random, lines.size());
        const std::size_t other = below(random, lines.size());
        std::string& line = lines[at];
        switch (below(random, 6)) {
            case 0:
                lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 1:
                lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at),
                             std::string(lines[other]));
                break;
            case 2:
                std::swap(lines[at], lines[other]);
                break;
            case 3:
                line = line.substr(0, line.empty() ? 0 : below(random, line.size()));
                break;
            case 4: {
                const std::size_t colon = line.find(": ");
                const std::size_t from = lines[other].find(": ");
                if (colon == std::string::npos || from == std::string::npos) break;
                line = line.substr(0, colon) + lines[other].substr(from);
                break;
            }
            default:
                if (!line.empty()) line.erase(below(random, line.size()), 1 + below(random, 4));
        }
    }
    return joined(lines);
}

}  // namespace

TEST_CASE("check: texts changed at random never do more harm than a diagnostic") {
    INFO("seed ", tests::seed());
    std::mt19937_64 random(tests::seed());
    const auto library = library_sources();
    const auto broken = read_sources({GOLDEN_FOLDER});
    REQUIRE(broken.has_value());

    std::size_t found = 0;
    for (int round = 0; round < 100; ++round) {
        std::vector<SourceFile> files = library;
        if (round % 2 == 0) {
            SourceFile& file = files[below(random, files.size())];
            file.text = changed(random, file.text);
        } else {
            SourceFile file = (*broken)[below(random, broken->size())];
            file.text = changed(random, file.text);
            files.push_back(std::move(file));
        }
        const Checked checked = check(std::move(files));
        found += checked.found.all().size();
        tests::check_all_bilingual(checked.found);
        for (const auto& diagnostic : checked.found.all()) {
            CHECK(diagnostic.span.file < checked.found.sources().size());
        }
        if (!checked.found.has_errors()) {
            for (const auto& process : checked.deployable.processes) {
                CHECK(model::decode_process(model::encode_process(process)).has_value());
            }
        }
    }
    CHECK(found > 0);
}

}  // namespace countersign::definitions
