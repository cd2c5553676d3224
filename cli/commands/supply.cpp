// supply: hands in missing papers and fields.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/commands/papers.hpp"
#include "cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::string id;
    std::vector<std::string> fields;
    std::vector<std::string> materials;
    std::vector<std::string> overrides;
};

outcome<boost::json::object> body_of(const Options& options) {
    if (options.fields.empty() && options.materials.empty() && options.overrides.empty())
        return fail(Exit::usage, both("nothing is supplied", "没有要补交的内容"),
                    both("add --field PATH=VALUE or --material ID=FILE",
                         "请加 --field PATH=VALUE 或 --material ID=FILE"));
    boost::json::object fields;
    for (const std::string& field : options.fields) {
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(Exit::usage, no_value(field),
                        both("write it like site.address=1 Example Road",
                             "例如 site.address=嘉定区示例路1号"));
        fields[field.substr(0, equals)] = value_of_argument(field.substr(equals + 1));
    }
    outcome<boost::json::array> overrides = overrides_of(options.overrides);
    if (!overrides) return overrides.error();
    boost::json::object body{{"fields", fields}};
    if (!overrides->empty()) body["overrides"] = std::move(*overrides);
    return body;
}

/// What was handed in may be one of several, or nothing that anybody asked for.
void tell_what_is_open(const Globals& globals, Client& client, const std::string& id) {
    const Terminal& terminal = globals.terminal;
    const outcome<Reply> shown = client.get("/v1/cases/" + percent_encoded(id));
    const std::string open = shown ? still_asked(terminal, shown->json) : "";
    const Text said = open.empty() ? format_both("{} is supplied", "{} 已补交", id)
                                   : format_both("{} is supplied; still asked for: {}",
                                                 "{} 已补交；仍待补正：{}", id, open);
    fmt::print(stderr, "{}\n", said.in(terminal.language));
}

int run(const Globals& globals, const Options& options) {
    outcome<boost::json::object> body = body_of(options);
    if (!body) return report(body.error());
    const outcome<std::vector<Paper>> papers = papers_of(options.materials);
    if (!papers) return report(papers.error());
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    outcome<boost::json::array> materials = hand_in(globals, *client, *papers);
    if (!materials) return report(materials.error());
    (*body)["materials"] = std::move(*materials);
    return post_and_show(
        globals, fmt::format("/v1/cases/{}/supply", percent_encoded(options.id)), *body,
        [&](const boost::json::value&) { tell_what_is_open(globals, *client, options.id); });
}

}  // namespace

void add_supply(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("supply", "Hand in missing papers and fields");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("--field", options->fields,
                    "PATH=VALUE, such as site.address=…; may be repeated");
    sub->add_option("--material", options->materials,
                    "a paper: ID=FILE, or ID alone if it was presented on paper; may be repeated");
    sub->add_option("--accept-suspicious", options->overrides,
                    "FIELD=REASON: take a number whose check digit is wrong; may be repeated");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
