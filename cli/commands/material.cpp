// material list, get, put: what a case has been handed in, and the files themselves.
#include "cli/commands/commands.hpp"

#include "cli/commands/papers.hpp"
#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"
#include "engine/base/bytes.hpp"
#include "engine/store/hasher.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <fcntl.h>
#include <unistd.h>

namespace countersign::cli {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Options {
    std::string id;
    std::string material;
    std::string file;
    bool force = false;
};

void show_list(const Globals& globals, const json::value& answer) {
    const Terminal& terminal = globals.terminal;
    Table table({{std::string(terminal.say("MATERIAL", "材料编号"))},
                 {std::string(terminal.say("TITLE", "材料名称")), true},
                 {std::string(terminal.say("FILE", "文件")), true},
                 {std::string(terminal.say("SIZE", "大小")), false, true},
                 {"SHA-256"}});
    for (const json::value& one : list_at(answer, "materials")) {
        const bool on_paper = flag_at(one, "on_paper");
        table.add({text_at(one, "id"), title_at(one, "title", terminal.language),
                   on_paper ? Cell(terminal.say("on paper", "纸质"), Style::dim)
                            : Cell(text_at(one, "name")),
                   on_paper ? "" : size_text(static_cast<std::uint64_t>(integer_at(one, "bytes"))),
                   text_at(one, "sha256").substr(0, 12)});
    }
    if (table.empty())
        fmt::print(stderr, "{}\n", terminal.say("nothing was handed in", "尚未提交任何材料"));
    else
        fmt::print("{}", table.draw(terminal));
}

constexpr std::array stops = {SIGINT, SIGTERM, SIGHUP};

// What the handler below needs: it may call next to nothing, so all is laid out before.
std::string part_to_drop;
std::string words_of_stop;
volatile std::sig_atomic_t is_kept = 0;

/// Takes the part away, says so, and lets the signal end the program as it would have done.
extern "C" void drop_part(int signal) {
    ::unlink(part_to_drop.c_str());
    if (is_kept == 0)
        (void)!::write(STDERR_FILENO, words_of_stop.data(), words_of_stop.size());
    ::raise(signal);  // reset to its default, and delivered when this returns
}

/// While it lives, ^C and the end of the session leave no part of a file behind.
class DropWhenStopped {
  public:
    DropWhenStopped(const std::string& part, std::string_view words) {
        part_to_drop = part;
        words_of_stop = fmt::format("\n{}\n", words);
        is_kept = 0;
        struct sigaction handler {};
        handler.sa_handler = drop_part;
        handler.sa_flags = static_cast<int>(SA_RESETHAND);
        for (std::size_t i = 0; i < stops.size(); ++i) {
            ::sigaction(stops[i], &handler, &before_[i]);
            // What starts this without a terminal may have told it to go on.
            if (before_[i].sa_handler == SIG_IGN) ::sigaction(stops[i], &before_[i], nullptr);
        }
    }
    ~DropWhenStopped() {
        for (std::size_t i = 0; i < stops.size(); ++i)
            ::sigaction(stops[i], &before_[i], nullptr);
    }
    DropWhenStopped(const DropWhenStopped&) = delete;
    DropWhenStopped& operator=(const DropWhenStopped&) = delete;

  private:
    std::array<struct sigaction, stops.size()> before_{};
};

/// A file that is written beside its place and takes it only when it is whole, so that a download
/// that breaks off leaves what was there, and nothing else.
class NewFile {
  public:
    NewFile(std::string part, std::string_view words)
        : part_(std::move(part)), stopped_(part_, words) {
        file_ = std::fopen(part_.c_str(), "wbx");
    }
    ~NewFile() {
        if (file_ == nullptr) return;
        std::fclose(file_);
        std::remove(part_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    bool is_open() const { return file_ != nullptr; }
    bool write(std::string_view piece) {
        return std::fwrite(piece.data(), 1, piece.size(), file_) == piece.size();
    }
    /// Puts it where it belongs; `replace` an older one or fail with EEXIST.
    bool keep(const std::string& path, bool replace) {
        const bool done = std::fflush(file_) == 0 && moved(path, replace);
        if (done) is_kept = 1;
        return done;
    }

  private:
    bool moved(const std::string& path, bool replace) {
        if (replace) return std::rename(part_.c_str(), path.c_str()) == 0 && closed();
        // Fails where a file has come meanwhile. Some file systems know no links.
        if (::link(part_.c_str(), path.c_str()) == 0) return true;
        if (errno != EPERM && errno != EOPNOTSUPP) return false;
        return ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) ==
                   0 &&
               closed();
    }
    bool closed() {
        const bool done = std::fclose(file_) == 0;
        file_ = nullptr;
        return done;
    }
    std::string part_;
    DropWhenStopped stopped_;
    std::FILE* file_ = nullptr;
};

Failure cannot_write(const std::string& path) {
    const int why = errno;
    return fail(Exit::usage,
                format_both("{} cannot be written: {}", "{} 无法写入：“{}”", path,
                            std::strerror(why)),
                both("name another file with -o FILE", "请用 -o FILE 指定别的文件"));
}

Failure is_there(const std::string& path) {
    return fail(Exit::usage, format_both("{} is there already", "{} 已存在", path),
                both("name another file with -o FILE, or replace it with --force",
                     "请用 -o FILE 指定别的文件，或用 --force 覆盖"));
}

/// Where a file goes: -o, else its own name in this folder, without anything that a name from
/// outside could do to a path or a terminal.
std::string place_of(const Options& options, const FileHead& head) {
    if (!options.file.empty()) return options.file;
    const std::string name = fs::path(printable(head.name)).filename().string();
    return name.empty() || name.front() == '.' ? options.material : name;
}

outcome<std::string> get_file(const Terminal& terminal, Client& client, const Options& options) {
    const std::string part = fmt::format(".countersign-{}.part", ::getpid());
    const fs::path folder = fs::path(options.file).parent_path();
    if (!options.file.empty() && fs::exists(options.file) && !options.force)
        return is_there(options.file);
    NewFile file((folder / part).string(),
                 terminal.say("stopped: nothing was saved", "已中断：未保存任何文件"));
    if (!file.is_open()) return cannot_write((folder / part).string());
    store::Hasher hasher;
    const outcome<FileHead> head = client.download(
        fmt::format("/v1/cases/{}/materials/{}", percent_encoded(options.id),
                    percent_encoded(options.material)),
        [&](std::string_view piece) -> outcome<void> {
            hasher.add(piece);
            if (!file.write(piece)) return cannot_write(part);
            return boost::system::in_place_value;
        },
        progress_of(options.material));
    if (!head) return head.error();
    const store::Hash hash = hasher.finish();
    if (!head->sha256.empty() && head->sha256 != store::view_of(hash))
        return fail(Exit::refused,
                    both("what came is not what the case names, and was not saved",
                         "收到的内容与办件登记的不一致，未予保存"),
                    format_both("ask again; if it stays so, let an operator run countersign verify "
                                "{}",
                                "请重新下载；若仍不一致，请运维人员执行 countersign verify {}",
                                options.id));
    const std::string path = place_of(options, *head);
    if (!file.keep(path, options.force))
        return errno == EEXIST ? is_there(path) : cannot_write(path);
    return path;
}

int get(const Globals& globals, const Options& options) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<std::string> path = get_file(globals.terminal, *client, options);
    if (!path) return report(path.error());
    if (globals.json())
        print_json(json::object{{"file", *path}});
    else
        fmt::print("{}\n", *path);
    return code_of(Exit::ok);
}

int put(const Globals& globals, const Options& options) {
    if (const Text trouble = trouble_with_file(options.file); !trouble.empty())
        return report(fail(Exit::usage, format_both("{} {}", "{} {}", options.file, trouble),
                           both("name a file that is not empty; nothing was sent",
                                "请指明非空的文件。尚未发送任何内容")));
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<Reply> sent = send_file(globals, *client, options.file);
    if (!sent) return report(sent.error());
    if (globals.json())
        print_json(sent->json);
    else
        fmt::print("{}\n", text_at(sent->json, "sha256"));
    return code_of(Exit::ok);
}

}  // namespace

void add_material(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* group = line.app.add_subcommand("material", "Papers of a case: list, get, put");
    group->require_subcommand(1);
    const auto runs = [&line, options](int (*work)(const Globals&, const Options&)) {
        return [options, work, &run = line.run, &globals = line.globals] {
            run = [options, work, &globals] { return work(globals, *options); };
        };
    };
    CLI::App* list = group->add_subcommand("list", "What was handed in");
    list->add_option("CASE", options->id, "its id")->required();
    list->callback(runs([](const Globals& globals, const Options& given) {
        return show_answer(globals,
                           fmt::format("/v1/cases/{}/materials", percent_encoded(given.id)),
                           [&](const json::value& answer) { show_list(globals, answer); });
    }));
    CLI::App* fetch = group->add_subcommand("get", "Fetch a file; prints where it lies");
    fetch->add_option("CASE", options->id, "its id")->required();
    fetch->add_option("MATERIAL", options->material, "id of the material, or a SHA-256")
        ->required();
    fetch->add_option("-o,--to", options->file, "where to (default: its name, in this folder)");
    fetch->add_flag("--force", options->force, "replace a file that is there");
    fetch->callback(runs(get));
    CLI::App* send = group->add_subcommand("put", "Send a file; prints the SHA-256 that names it");
    send->add_option("FILE", options->file, "the file")->required();
    send->callback(runs(put));
}

}  // namespace countersign::cli
