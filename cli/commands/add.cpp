// add: a further item of a step that is open for more.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

struct Options {
    std::string id;
    std::string step;
    std::string item;
};

/// JSON if it is some, else the text itself.
json::value value_of(const std::string& text) {
    json::error_code error;
    json::value value = json::parse(text, error);
    return error ? json::value(text) : value;
}

int run(const Globals& globals, const Options& options) {
    return post_and_show(globals, fmt::format("/v1/cases/{}/items", percent_encoded(options.id)),
                         json::object{{"step", options.step}, {"item", value_of(options.item)}},
                         [&](const json::value&) {
                             fmt::print(stderr, "{}\n",
                                        format_both("{} is added to {}", "{} 已追加到 {}",
                                                    options.item, options.step)
                                            .in(globals.terminal.language));
                         });
}

}  // namespace

void add_add(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("add", "Add an item to a step that is open for more");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("STEP", options->step, "the step's address")->required();
    sub->add_option("ITEM", options->item, "JSON, or a text as it stands")->required();
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
