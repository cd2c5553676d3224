// serve: runs a server from a deployment file until it is told to stop.
#include "cli/commands/commands.hpp"

#include "adapters/deployment/deployment.hpp"
#include "adapters/http/client.hpp"
#include "adapters/http/log.hpp"
#include "adapters/serve/serve.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/workspace.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>

namespace countersign::cli {

namespace {

struct Options {
    std::string config;
    std::string listen;
    std::string data;
    std::string start_at;
    std::string operator_token_file;
    std::optional<unsigned> shards;
    std::optional<double> speed;
};

/// Changes where the deployment listens: "ADDRESS:PORT" as in the file.
outcome<deployment::Deployment> listen_at(deployment::Deployment changed,
                                          const std::string& listen) {
    // Whoever named the URL by which departments reach the engine knows better than we do.
    const bool url_follows = changed.url.ends_with(fmt::format(":{}", changed.port));
    const auto url = http::parse_url("http://" + listen);
    if (!url || listen.find(':') == std::string::npos || url->target != "/")
        return fail(Exit::usage,
                    format_both("--listen {} is no address and port", "--listen {} 不是地址和端口",
                                listen),
                    both("write it like 127.0.0.1:8420", "例如 127.0.0.1:8420"));
    changed.address = url->host;
    changed.port = static_cast<std::uint16_t>(std::stoul(url->port));
    if (url_follows) changed.url = "http://" + listen;
    changed.hosts.push_back(url->host);
    return changed;
}

Failure no_deployment(const Terminal& terminal, const Options& options,
                      const diagnostics::Diagnostics& found) {
    fmt::print(stderr, "{}", diagnostics::render_human(found, terminal.language));
    return fail(Exit::usage,
                format_both("{} is no deployment", "{} 不是可用的部署文件", options.config),
                both("mend the places above", "请改正上述各处"));
}

/// Reads the deployment file and applies what the command line says.
outcome<deployment::Loaded> deployment_of(const Terminal& terminal, const Options& options) {
    deployment::Loaded loaded = deployment::load(options.config);
    if (loaded.found.has_errors()) return no_deployment(terminal, options, loaded.found);
    deployment::Deployment& deployment = loaded.deployment;
    if (!options.data.empty()) deployment.data = options.data;
    if (options.shards) deployment.shards = *options.shards;
    if (options.speed) deployment.clock_speed = *options.speed;
    if (!options.start_at.empty()) {
        const auto at = parse_rfc3339(options.start_at);
        if (!at)
            return fail(Exit::usage,
                        format_both("--start-at: {}", "--start-at：{}", at.error().text()),
                        both("write it like 2026-02-10T10:00+08:00",
                             "例如 2026-02-10T10:00+08:00"));
        deployment.clock_start = *at;
    }
    if (options.listen.empty()) return loaded;
    outcome<deployment::Deployment> changed = listen_at(deployment, options.listen);
    if (!changed) return changed.error();
    deployment = std::move(*changed);
    return loaded;
}

/// Reads and checks the definitions that the deployment names, and the deployment by them.
outcome<serve::ServeOptions> definitions_of(const Terminal& terminal, const Options& given,
                                            deployment::Loaded& loaded) {
    serve::ServeOptions options;
    options.version = COUNTERSIGN_VERSION;
    auto sources = definitions::read_sources(loaded.deployment.definitions);
    if (!sources)
        return fail(Exit::usage, sources.error().text(),
                    both("name files or folders in `definitions`",
                         "请在`definitions`中写存在的文件或目录"));
    definitions::Checked checked = definitions::check(*sources);
    if (!checked.found.all().empty())
        fmt::print(stderr, "{}", diagnostics::render_human(checked.found, terminal.language));
    if (checked.found.has_errors())
        return fail(Exit::refused,
                    both("the definitions have errors, so no server was started",
                         "定义文件有错误，服务器未启动"),
                    both("mend the places above, or take the file out of `definitions`",
                         "请改正上述各处，或把该文件移出`definitions`"));
    deployment::check_names(loaded, checked.deployable);
    if (loaded.found.has_errors()) return no_deployment(terminal, given, loaded.found);
    fmt::print(stderr, "{}", diagnostics::render_human(loaded.found, terminal.language));
    options.sources = std::move(*sources);
    options.deployable = std::move(checked.deployable);
    return options;
}

int run(const Terminal& terminal, const Options& options) {
    // A department that hangs up in the midst of our writing must not end the server.
    std::signal(SIGPIPE, SIG_IGN);
    outcome<deployment::Loaded> loaded = deployment_of(terminal, options);
    if (!loaded) return report(loaded.error());
    outcome<serve::ServeOptions> parts = definitions_of(terminal, options, *loaded);
    if (!parts) return report(parts.error());
    const deployment::Deployment& deployment = loaded->deployment;
    parts->operator_token_file = options.operator_token_file;
    http::set_up_log(deployment.log_level, deployment.log_format);

    boost::asio::io_context waiting(1);
    std::optional<Error> failed;
    parts->on_failure = [&waiting, &failed](const Error& error) {
        boost::asio::post(waiting, [&waiting, &failed, error] {
            failed = error;
            waiting.stop();
        });
    };
    boost::asio::signal_set signals(waiting, SIGINT, SIGTERM);
    signals.async_wait([&waiting](const boost::system::error_code&, int) { waiting.stop(); });
    auto running = serve::start(deployment, std::move(*parts));
    if (!running)
        return report(
            fail(Exit::refused, running.error().text(),
                 format_both("see {}, or give another --listen or --data",
                             "请检查 {}，或另给 --listen、--data", options.config)));
    const Text serves = format_both(
        "countersign {} serves at {}, data in {}, the first operator's token in {}",
        "countersign {} 服务于 {}，数据在 {}，首位运维人员的令牌在 {}", COUNTERSIGN_VERSION,
        (*running)->url(), deployment.data, (*running)->operator_token_file());
    fmt::print(stderr, "{}\n", serves.in(terminal.language));
    waiting.run();
    if (failed) {
        report(
            fail(Exit::refused, failed->text(),
                 both("see the disk that holds the data; then start again: replay tells what was "
                      "kept",
                      "请检查存放数据的磁盘，然后重新启动：重放日志即知保存了什么")));
        // Nothing more may be written; what is in memory is not worth an orderly end.
        std::_Exit(code_of(Exit::refused));
    }
    fmt::print(stderr, "{}\n",
               terminal.say("countersign is told to stop and lets requests under way end",
                            "countersign 收到停止指令，等待在途请求结束"));
    (*running)->stop();
    return code_of(Exit::ok);
}

}  // namespace

void add_serve(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("serve", "Run a server from a deployment file");
    sub->add_option("--config", options->config, "countersign.yaml")->required();
    sub->add_option("--listen", options->listen, "ADDRESS:PORT instead of the file's");
    sub->add_option("--data", options->data, "data folder instead of the file's");
    sub->add_option("--shards", options->shards, "threads that decide (default: one a core)")
        ->check(CLI::Range(1u, 64u));
    sub->add_option("--speed", options->speed, "case seconds a second, for demonstrations")
        ->check(CLI::Range(0.001, 1e6));
    sub->add_option("--start-at", options->start_at, "case time at the first start, RFC 3339");
    sub->add_option("--operator-token-file", options->operator_token_file,
                    "the first operator's token (default: operator.token in the data folder)");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals.terminal, *options); };
    });
}

}  // namespace countersign::cli
