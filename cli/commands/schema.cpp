// schema: the keys of documents as a JSON Schema.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "cli/schema/schema.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace countersign::cli {

namespace {

int write_schema(const Globals& globals, const std::string& path) {
    const boost::json::object schema = json_schema(globals.terminal.language);
    if (path.empty() || path == "-") {
        print_json(schema);
        return code_of(Exit::ok);
    }
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const std::string text = boost::json::serialize(schema) + "\n";
    const bool written =
        file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool kept = file != nullptr && std::fclose(file) == 0 && written;
    if (!kept)
        return report(fail(Exit::usage,
                           format_both("{} cannot be written: {}", "{} 无法写入：“{}”", path,
                                       std::strerror(errno)),
                           both("name another file with -o FILE", "请用 -o FILE 指定别的文件")));
    fmt::print("{}\n", path);
    return code_of(Exit::ok);
}

}  // namespace

void add_schema(CommandLine& line) {
    auto path = std::make_shared<std::string>();
    CLI::App* sub = line.app.add_subcommand(
        "schema", "Write the JSON Schema of definitions, for editors; needs no server");
    sub->add_option("-o,--to", *path, "where to (default: standard output)");
    sub->callback([path, &run = line.run, &globals = line.globals] {
        run = [path, &globals] { return write_schema(globals, *path); };
    });
}

}  // namespace countersign::cli
