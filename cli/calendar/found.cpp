// Documents below paths, of the nearest deployment, and in the program.
#include "cli/calendar/found.hpp"

#include "adapters/deployment/deployment.hpp"
#include "cli/rehearsal/sources.hpp"
#include "definitions/calendar/shipped.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/workspace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace countersign::cli {

namespace {

namespace fs = std::filesystem;
using definitions::SourceFile;

constexpr int levels_max = 4;
constexpr std::string_view national = "china-mainland";

/// The nearest deployment file upwards from the working folder; empty when there is none.
std::string nearest_deployment() {
    std::error_code error;
    fs::path folder = fs::current_path(error);
    for (int level = 0; !error && level < levels_max && !folder.empty(); ++level) {
        const fs::path file = folder / "countersign.yaml";
        if (fs::exists(file, error)) return file.string();
        folder = folder.parent_path();
    }
    return {};
}

void keep_calendars(std::vector<SourceFile>& files) {
    std::erase_if(files, [](const SourceFile& file) { return kind_of(file.text) != "calendar"; });
}

/// Adds those that the program carries, where no document has their id.
void add_shipped(std::vector<SourceFile>& files) {
    std::set<std::string, std::less<>> there;
    for (const SourceFile& file : files) there.emplace(id_of(file.text));
    for (const auto& shipped : definitions::shipped_calendars())
        if (!there.contains(shipped.id))
            files.push_back({fmt::format("{}.yaml", shipped.id), std::string(shipped.text)});
}

outcome<std::vector<SourceFile>> read_paths(const std::vector<std::string>& paths) {
    auto files = definitions::read_sources(paths);
    if (!files)
        return fail(Exit::usage, files.error().text(),
                    both("name files or folders that exist", "请指明存在的文件或目录"));
    keep_calendars(*files);
    if (files->empty())
        return fail(Exit::usage,
                    format_both("{} holds no calendar", "{} 中没有日历", paths.front()),
                    both("name a document that begins with `calendar:`, or a folder with some",
                         "请指明以`calendar:`开头的文档，或存有此类文档的目录"));
    return *std::move(files);
}

outcome<calendar::Calendars> check_calendars(std::vector<SourceFile> files,
                                             std::string_view language) {
    add_shipped(files);
    const definitions::Checked checked = definitions::check(std::move(files));
    if (!checked.found.all().empty())
        fmt::print(stderr, "{}", diagnostics::render_human(checked.found, language));
    if (checked.found.has_errors())
        return fail(Exit::refused, both("the calendars have errors", "日历文档有错误"),
                    both("mend the places above", "请改正上述各处"));
    calendar::Calendars all;
    for (const calendar::CalendarData& data : checked.deployable.calendars)
        all.by_id[data.id] = calendar::make_calendar(data);
    return all;
}

/// Of the documents the one that no other extends, if there is one alone; else nothing.
std::string top_of(const std::vector<SourceFile>& files) {
    if (files.size() == 1) return std::string(id_of(files.front().text));
    std::vector<std::string> tops;
    for (const SourceFile& file : files) {
        const std::string id(id_of(file.text));
        const bool below = std::any_of(files.begin(), files.end(), [&](const SourceFile& other) {
            return other.text.find("\nextends: " + id) != std::string::npos;
        });
        if (!below) tops.push_back(id);
    }
    return tops.size() == 1 ? tops.front() : std::string();
}

}  // namespace

bool FoundCalendars::is_given(std::string_view id) const {
    return std::find(given.begin(), given.end(), id) != given.end();
}

outcome<const calendar::Calendar*> FoundCalendars::pick(std::string_view id) const {
    const std::string_view wanted = id.empty() ? std::string_view(usual) : id;
    if (const calendar::Calendar* found = all.find(wanted)) return found;
    std::vector<std::string> known;
    for (const auto& [name, one] : all.by_id) known.push_back(name);
    Text cure = diagnostics::did_you_mean(wanted, known);
    if (cure.empty())
        cure = format_both("there are: {}", "现有：{}", fmt::format("{}", fmt::join(known, ", ")));
    return fail(Exit::usage, format_both("there is no calendar {}", "没有日历 {}", wanted), cure);
}

outcome<FoundCalendars> find_calendars(const std::vector<std::string>& paths,
                                       std::string_view language) {
    std::vector<SourceFile> files;
    FoundCalendars found;
    if (!paths.empty()) {
        auto read = read_paths(paths);
        if (!read) return read.error();
        files = *std::move(read);
        found.usual = top_of(files);
    } else if (const std::string file = nearest_deployment(); !file.empty()) {
        const deployment::Loaded loaded = deployment::load(file);
        if (auto read = definitions::read_sources(loaded.deployment.definitions))
            files = *std::move(read);
        keep_calendars(files);
        found.usual = loaded.deployment.calendar;
    }
    if (found.usual.empty()) found.usual = national;
    for (const SourceFile& file : files) found.given.emplace_back(id_of(file.text));
    auto all = check_calendars(std::move(files), language);
    if (!all) return all.error();
    found.all = *std::move(all);
    return found;
}

outcome<std::shared_ptr<const calendar::Calendar>> read_calendar(const std::string& path,
                                                                 std::string_view language) {
    std::error_code error;
    std::vector<SourceFile> files;
    std::string id = path;
    if (fs::exists(path, error)) {
        auto read = read_paths({path});
        if (!read) return read.error();
        id = top_of(*read);
        if (id.empty())
            return fail(Exit::usage,
                        format_both("{} holds several calendars", "{} 中有多个日历", path),
                        both("name one document", "请指明其中一份文档"));
        files = *std::move(read);
        // What it lies over stands beside it.
        const fs::path folder = fs::path(path).parent_path();
        if (!fs::is_directory(path, error))
            if (auto beside = definitions::read_sources({folder.empty() ? "." : folder.string()})) {
                keep_calendars(*beside);
                for (SourceFile& file : *beside)
                    if (id_of(file.text) != id) files.push_back(std::move(file));
            }
    }
    auto all = check_calendars(std::move(files), language);
    if (!all) return all.error();
    const auto found = all->by_id.find(id);
    if (found == all->by_id.end())
        return fail(Exit::usage,
                    format_both("{} is neither a file nor a calendar that the program carries",
                                "{} 既不是文件，也不是程序自带的日历", path),
                    both("name its document", "请指明日历文档"));
    return found->second;
}

}  // namespace countersign::cli
