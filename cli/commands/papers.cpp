// Papers on a command line, and files on their way.
#include "cli/commands/papers.hpp"

#include "cli/json_view.hpp"
#include "cli/output/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace countersign::cli {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::uint64_t shown_from_bytes = 1'000'000;  ///< smaller files are there at once

}  // namespace

Text trouble_with_file(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return both("is not there", "不存在");
    if (!fs::is_regular_file(status)) return both("is no file", "不是普通文件");
    if (!std::ifstream(path, std::ios::binary))
        return format_both("cannot be read: {}", "无法读取：“{}”", std::strerror(errno));
    if (fs::file_size(path, error) == 0) return both("is empty", "是空文件");
    return {};
}

namespace {

/// Returns what is wrong with a paper as it was given, behind those before it; empty when it is
/// right.
Text trouble_with(const Paper& paper, bool has_file, const std::vector<Paper>& before) {
    if (paper.id.empty() || (has_file && paper.file.empty()))
        return format_both("{} is not ID or ID=FILE", "{} 不是 ID 或 ID=FILE",
                           paper.id + (has_file ? "=" : "") + paper.file);
    if (std::any_of(before.begin(), before.end(),
                    [&](const Paper& other) { return other.id == paper.id; }))
        return format_both("{} is given twice", "{} 重复给出", paper.id);
    const Text of_file = has_file ? trouble_with_file(paper.file) : Text();
    return of_file.empty() ? Text() : format_both("{} {}", "{} {}", paper.file, of_file);
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
    if (bytes >= 1'000'000) return fmt::format("{:.3g} MB", static_cast<double>(bytes) / 1e6);
    if (bytes >= 1'000) return fmt::format("{:.3g} KB", static_cast<double>(bytes) / 1e3);
    return fmt::format("{} B", bytes);
}

outcome<std::vector<Paper>> papers_of(const std::vector<std::string>& given) {
    std::vector<Paper> papers;
    Text troubles;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        Paper paper{one.substr(0, equals), {}};
        const bool has_file = equals != std::string::npos;
        if (has_file) paper.file = one.substr(equals + 1);
        if (const Text trouble = trouble_with(paper, has_file, papers); !trouble.empty())
            troubles = troubles.empty()
                           ? format_both("--material: {}", "--material：{}", trouble)
                           : format_both("{}; {}", "{}；{}", troubles, trouble);
        papers.push_back(std::move(paper));
    }
    if (troubles.empty()) return papers;
    return fail(Exit::usage, troubles,
                both("write ID=FILE such as site_plan=plan.pdf, or the ID alone for what was "
                     "presented on paper; nothing was sent",
                     "请写成 ID=FILE（如 site_plan=plan.pdf）；以纸质形式提交的只写 "
                     "ID。尚未发送任何内容"));
}

Client::Progress progress_of(std::string_view name) {
    if (::isatty(STDERR_FILENO) == 0) return {};
    return [name = truncated(printable(name), 40), shown = 101u](std::uint64_t done,
                                                                 std::uint64_t all) mutable {
        if (all < shown_from_bytes) return;
        const unsigned percent = static_cast<unsigned>(done * 100 / all);
        if (percent == shown) return;
        shown = percent;
        fmt::print(stderr, "\r{}  {:3}%  {}{}", name, percent, size_text(all),
                   done == all ? "\n" : "");
    };
}

outcome<Reply> send_file(const Globals&, Client& client, const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    return client.upload("/v1/materials?name=" + percent_encoded(name), path, progress_of(name));
}

outcome<json::array> hand_in(const Globals& globals, Client& client,
                             const std::vector<Paper>& papers) {
    json::array materials;
    for (const Paper& paper : papers) {
        json::object material{{"id", paper.id}};
        if (!paper.file.empty()) {
            const outcome<Reply> sent = send_file(globals, client, paper.file);
            if (!sent) return sent.error();
            material["name"] = fs::path(paper.file).filename().string();
            material["sha256"] = text_at(sent->json, "sha256");
        }
        materials.push_back(std::move(material));
    }
    return materials;
}

}  // namespace countersign::cli
