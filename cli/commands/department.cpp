// department serve: plays a department on a port, from a profile.
#include "cli/commands/commands.hpp"

#include "cli/department/played.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/yaml/reader.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::string file;
    std::string profile;
    std::string secret_file;
    std::string journal;
    std::uint16_t port = 0;
    double speed = 1;
};

const Text see_above{"see the places above", "见上述各处"};

/// Returns the id that a department document begins with.
outcome<std::string> id_of(const Terminal& terminal, const std::string& path) {
    diagnostics::Diagnostics found;
    const auto root = yaml::read_file(path, found);
    if (!root) {
        fmt::print(stderr, "{}", diagnostics::render_human(found, terminal.language));
        return fail(Exit::usage, format_both("{} cannot be read", "{} 无法读取", path), see_above);
    }
    const yaml::Node* id = root->find("department");
    if (id == nullptr || !id->is_scalar())
        return fail(Exit::usage,
                    format_both("{} is no department document", "{} 不是部门文档", path),
                    both("its first key must be department: ID", "第一个键应为 department: ID"));
    return id->text;
}

int serve(const Terminal& terminal, const Options& options) {
    const outcome<std::string> id = id_of(terminal, options.file);
    if (!id) return report(id.error());
    diagnostics::Diagnostics found;
    std::optional<Profile> profile = read_profile(options.profile, found);
    if (!profile) {
        fmt::print(stderr, "{}", diagnostics::render_human(found, terminal.language));
        return report(
            fail(Exit::usage,
                 format_both("{} is no profile", "{} 不是模拟配置", options.profile), see_above));
    }
    PlayedOptions played;
    played.name = *id;
    played.port = options.port;
    played.profile = std::move(*profile);
    played.speed = options.speed;
    played.journal = options.journal;
    if (!options.secret_file.empty()) {
        const outcome<std::string> secret = read_secret(options.secret_file);
        if (!secret) return report(secret.error());
        auto signer = http::Signer::from_secret(*secret);
        if (!signer)
            return report(
                fail(Exit::usage,
                     format_both("{}: {}", "{}：{}", options.secret_file, signer.error().text()),
                     both("write whsec_ and base64 of at least 16 random bytes",
                          "请写 whsec_ 加至少 16 个随机字节的 base64")));
        played.signer = std::move(*signer);
    }
    const auto ended = play_department(std::move(played), [&](std::uint16_t port) {
        fmt::print(stderr, "{} {} http://127.0.0.1:{}/\n", *id,
                   terminal.say("answers at", "应答地址"), port);
    });
    if (!ended)
        return report(
            fail(Exit::refused, ended.error().text(),
                 both("choose another --port, or 0 for any", "请换一个 --port，0 为任意空闲端口")));
    return code_of(Exit::ok);
}

}  // namespace

void add_department(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* group = line.app.add_subcommand("department", "Play a department");
    group->require_subcommand(1);
    CLI::App* sub = group->add_subcommand("serve", "Answer calls on a port, as a profile says");
    sub->add_option("FILE", options->file, "the department's document")->required();
    sub->add_option("--port", options->port, "on 127.0.0.1; 0: any free one")
        ->capture_default_str();
    sub->add_option("--profile", options->profile, "YAML: how it answers")->required();
    sub->add_option("--speed", options->speed, "case seconds a second, as the server has it")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str();
    sub->add_option("--secret-file", options->secret_file,
                    "the secret shared with the server: calls are checked, answers signed");
    sub->add_option("--journal", options->journal, "file that gets a JSON line a request");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return serve(globals.terminal, *options); };
    });
}

}  // namespace countersign::cli
