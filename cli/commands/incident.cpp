// retry and answer: what an operator does about a call that a department could not answer.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"
#include "cli/output/words.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Answer {
    std::string call;
    std::string outcome;
    std::string result = "{}";
    std::string note;
    std::string happened_at;
};

int answer(const Globals& globals, const Answer& given) {
    boost::json::error_code error;
    const boost::json::value result = boost::json::parse(given.result, error);
    if (error || !result.is_object())
        return report(fail(Exit::usage,
                           format_both("--result is no JSON object: {}",
                                       "--result 不是 JSON 对象：{}", given.result),
                           both("write it like '{\"drawing\": \"D-1\"}'",
                                "例如 '{\"drawing\": \"D-1\"}'")));
    boost::json::object body{{"outcome", given.outcome}, {"result", result}};
    if (!given.note.empty()) body["note"] = given.note;
    if (!given.happened_at.empty()) body["happened_at"] = given.happened_at;
    return post_and_show(globals, fmt::format("/v1/calls/{}/answer", percent_encoded(given.call)),
                         body, [&](const boost::json::value& said) {
                             const std::string status = text_at(said, "status");
                             fmt::print(stderr, "{} {}\n", given.call,
                                        word(globals.terminal,
                                             status.empty() ? "answered" : status));
                         });
}

int retry(const Globals& globals, const std::string& id, const std::string& incident) {
    return post_and_show(globals,
                         fmt::format("/v1/cases/{}/incidents/{}/retry", percent_encoded(id),
                                     percent_encoded(incident)),
                         boost::json::object(), [&](const boost::json::value&) {
                             fmt::print(stderr, "{} {}\n", id,
                                        globals.terminal.say("goes on", "已重试"));
                         });
}

}  // namespace

void add_incident(CommandLine& line) {
    struct Retry {
        std::string id;
        std::string incident;
    };
    auto again = std::make_shared<Retry>();
    CLI::App* sub = line.app.add_subcommand("retry", "Try again what an incident stopped");
    sub->add_option("CASE", again->id, "its id")->required();
    sub->add_option("INCIDENT", again->incident, "its number, as why shows it")
        ->required()
        ->check(CLI::Range(1u, 1'000'000u));
    sub->callback([again, &run = line.run, &globals = line.globals] {
        run = [again, &globals] { return retry(globals, again->id, again->incident); };
    });

    auto given = std::make_shared<Answer>();
    sub = line.app.add_subcommand("answer", "Answer a call by hand, for a department that cannot");
    sub->add_option("CALL", given->call, "its id, as show and why give it")->required();
    sub->add_option("--outcome", given->outcome, "one that its operation has")->required();
    sub->add_option("--result", given->result, "JSON object of the operation's output");
    sub->add_option("--note", given->note, "why, or where it comes from");
    sub->add_option("--happened-at", given->happened_at, "when the department decided, RFC 3339");
    sub->callback([given, &run = line.run, &globals = line.globals] {
        run = [given, &globals] { return answer(globals, *given); };
    });
}

}  // namespace countersign::cli
