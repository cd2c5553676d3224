// Looking for definitions from a place upwards.
#include "cli/rehearsal/sources.hpp"

#include "adapters/deployment/deployment.hpp"
#include "definitions/diagnostics/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

namespace countersign::cli {

namespace {

namespace fs = std::filesystem;

constexpr int levels_max = 4;
constexpr std::array<std::string_view, 4> kinds = {"process", "department", "contract", "calendar"};

/// Keeps what a process is made of: profiles, deployments and tests are not.
void keep_definitions(std::vector<definitions::SourceFile>& files) {
    std::erase_if(files, [](const definitions::SourceFile& file) {
        return std::find(kinds.begin(), kinds.end(), kind_of(file.text)) == kinds.end();
    });
}

/// Whether the process is among the documents; with an empty id whether any is.
bool holds(const std::vector<definitions::SourceFile>& files, std::string_view process) {
    return std::any_of(files.begin(), files.end(), [&](const definitions::SourceFile& file) {
        return kind_of(file.text) == "process" &&
               (process.empty() || id_of(file.text) == process);
    });
}

/// Whether all kinds of things lie side by side in a folder, copies of each other too, so that what
/// is in it does not belong together.
bool holds_everything(const fs::path& folder) {
    std::error_code error;
    const char* home = std::getenv("HOME");
    return folder == folder.root_path() || folder == fs::temp_directory_path(error) ||
           (home != nullptr && folder == fs::path(home));
}

/// The documents in the folder and those below it.
std::vector<definitions::SourceFile> files_in(const fs::path& folder) {
    auto files = definitions::read_sources({folder.string()});
    if (!files) return {};
    return std::move(*files);
}

/// The documents that the folder's deployment file names; none when there is no such file.
std::vector<definitions::SourceFile> deployed_in(const fs::path& folder) {
    const fs::path file = folder / "countersign.yaml";
    std::error_code error;
    if (!fs::exists(file, error)) return {};
    const deployment::Loaded loaded = deployment::load(file.string());
    auto files = definitions::read_sources(loaded.deployment.definitions);
    if (!files) return {};
    return std::move(*files);
}

/// Calls the files by their paths from the working folder, where they are in it.
void shorten_paths(std::vector<definitions::SourceFile>& files) {
    std::error_code error;
    const std::string here = (fs::current_path(error) / "").string();
    if (error) return;
    for (auto& file : files)
        if (file.path.starts_with(here)) file.path.erase(0, here.size());
}

}  // namespace

std::string_view kind_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find_first_of("\r\n"));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty() || line.front() == '#' || line == "---" ||
            line.find_first_not_of(" \t") == std::string_view::npos)
            continue;
        const std::size_t colon = line.find(':');
        return colon == std::string_view::npos ? std::string_view() : line.substr(0, colon);
    }
    return {};
}

std::string_view id_of(std::string_view text) {
    const std::string_view kind = kind_of(text);
    if (kind.empty()) return {};
    std::string_view rest = text.substr(static_cast<std::size_t>(kind.data() - text.data()));
    rest = rest.substr(0, rest.find_first_of("\r\n"));
    rest.remove_prefix(kind.size() + 1);
    rest = rest.substr(0, rest.find(" #"));
    constexpr std::string_view around = " \t\"'";
    const std::size_t begin = rest.find_first_not_of(around);
    if (begin == std::string_view::npos) return {};
    return rest.substr(begin, rest.find_last_not_of(around) - begin + 1);
}

outcome<std::vector<definitions::SourceFile>> definitions_for(
    const std::string& process, const std::string& start, const std::vector<std::string>& named) {
    if (!named.empty()) {
        auto files = definitions::read_sources(named);
        if (!files)
            return fail(Exit::usage, files.error().text(),
                        both("name files or folders that exist", "请指明存在的文件或目录"));
        std::erase_if(*files, [](const auto& file) { return kind_of(file.text) == "test"; });
        return std::move(*files);
    }
    std::error_code error;
    fs::path folder = fs::absolute(start, error).lexically_normal();
    if (!fs::is_directory(folder, error)) folder = folder.parent_path();
    std::vector<definitions::SourceFile> nearest;
    for (int level = 0; level < levels_max && !folder.empty(); ++level) {
        if (holds_everything(folder)) break;
        for (auto* look_in : {files_in, deployed_in}) {
            auto found = look_in(folder);
            keep_definitions(found);
            shorten_paths(found);
            if (holds(found, process)) return found;
            if (nearest.empty() && holds(found, "")) nearest = std::move(found);
        }
        folder = folder.parent_path();
    }
    return nearest;
}

outcome<definitions::Checked> without_errors(const Terminal& terminal,
                                             std::vector<definitions::SourceFile> files) {
    definitions::Checked checked = definitions::check(std::move(files));
    if (!checked.found.has_errors()) return checked;
    fmt::print(stderr, "{}", diagnostics::render_human(checked.found, terminal.language));
    return fail(Exit::refused, both("the definitions have errors", "定义文件有错误"),
                both("mend the places above, or name what they need with --definitions PATH",
                     "请改正上述各处，或用 --definitions PATH 指明所需的文档"));
}

outcome<const model::Process*> process_in(const definitions::Checked& checked,
                                          const std::string& id) {
    std::vector<std::string> known;
    for (const model::Process& process : checked.deployable.processes) {
        if (process.id == id) return &process;
        known.push_back(process.id);
    }
    return fail(Exit::usage, format_both("there is no process {}", "没有事项 {}", id),
                known.empty() ? both("name the definitions with --definitions PATH",
                                     "请用 --definitions PATH 指明定义文件")
                              : diagnostics::did_you_mean(id, known));
}

}  // namespace countersign::cli
