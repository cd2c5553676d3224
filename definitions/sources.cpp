// Reading definitions from files and folders; see workspace.hpp.

#include "definitions/workspace.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace countersign::definitions {

namespace fs = std::filesystem;

namespace {

Error unreadable(const fs::path& path, const Text& why) {
    return failure(ErrorKind::io, format_both("reading {}: {}", "读取 {}：{}", path.string(), why));
}

/// What the system says, in its own words.
Text quoted(const std::error_code& error) {
    return both(error.message(), "“" + error.message() + "”");
}

result<std::vector<fs::path>> files_under(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status))
        return failure(ErrorKind::not_found,
                       format_both("reading {}: no such file or folder", "没有文件或目录 {}",
                                   path.string()));
    if (!fs::is_directory(status)) return std::vector<fs::path>{path};
    std::vector<fs::path> files;
    fs::recursive_directory_iterator entry(path, error);
    while (!error && entry != fs::recursive_directory_iterator()) {
        if (entry->is_regular_file(error) && entry->path().extension() == ".yaml")
            files.push_back(entry->path());
        if (!error) entry.increment(error);
    }
    if (error) return unreadable(path, quoted(error));
    std::sort(files.begin(), files.end());
    return files;
}

result<SourceFile> read_one(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return unreadable(path, both("cannot be opened", "无法打开"));
    // One byte over the limit is enough for the reader of YAML to refuse the file with its place.
    std::string text(limits::yaml_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return unreadable(path, both("cannot be read", "无法读取"));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return SourceFile{path.string(), std::move(text)};
}

}  // namespace

result<std::vector<SourceFile>> read_sources(const std::vector<std::string>& paths) {
    std::vector<SourceFile> sources;
    std::vector<fs::path> seen;
    for (const std::string& path : paths) {
        auto files = files_under(path);
        if (!files) return files.error();
        for (const fs::path& file : *files) {
            std::error_code error;
            const fs::path real = fs::weakly_canonical(file, error);
            if (std::find(seen.begin(), seen.end(), real) != seen.end()) continue;
            seen.push_back(real);
            auto source = read_one(file);
            if (!source) return source.error();
            sources.push_back(std::move(*source));
        }
    }
    return sources;
}

}  // namespace countersign::definitions
