// start: opens a case from an application, once, however often the network fails.
#include "cli/commands/commands.hpp"

#include "adapters/http/signature.hpp"
#include "cli/commands/case_view.hpp"
#include "cli/commands/papers.hpp"
#include "cli/json_view.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <thread>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds patience{60};  ///< for a server that is starting again
constexpr std::chrono::milliseconds look_again{500};

struct Options {
    std::string process;
    std::string application;
    std::string key;
    std::string applicant;
    std::string received;
    std::vector<std::string> materials;
    std::vector<std::string> overrides;
    bool incomplete = false;
    bool wait = false;
};

/// Returns the request's body. The application is {form, materials, applicant, received}, or the
/// form alone; what the command line says goes before it.
outcome<json::object> body_of(const Options& options) {
    const outcome<std::string> text = read_text(options.application);
    if (!text) return text.error();
    json::error_code error;
    json::value application = json::parse(*text, error);
    if (error || !application.is_object())
        return fail(Exit::usage,
                    format_both("{} is no JSON object{}", "{} 不是 JSON 对象{}",
                                options.application,
                                error ? format_both(": {}", "：“{}”", error.message()) : Text()),
                    both("write the form's fields, or {\"form\": {…}, \"materials\": […]}",
                         "请写表单各字段，或 {\"form\": {…}, \"materials\": […]}"));
    json::object body;
    if (application.as_object().contains("form"))
        body = std::move(application.as_object());
    else
        body["form"] = std::move(application);
    if (!options.applicant.empty()) body["applicant"] = options.applicant;
    if (!options.received.empty()) body["received"] = options.received;
    if (options.incomplete) body["incomplete"] = true;
    if (!options.overrides.empty()) {
        outcome<json::array> added = overrides_of(options.overrides);
        if (!added) return added.error();
        if (!body["overrides"].is_array()) body["overrides"] = json::array();
        for (json::value& one : *added) body["overrides"].as_array().push_back(one);
    }
    return body;
}

/// Sends the files of the command line, and adds all its papers to the application's.
outcome<void> add_papers(const Globals& globals, Client& client, const std::vector<Paper>& papers,
                         json::object& body) {
    if (papers.empty()) return boost::system::in_place_value;
    outcome<json::array> added = hand_in(globals, client, papers);
    if (!added) return added.error();
    if (!body["materials"].is_array()) body["materials"] = json::array();
    for (json::value& material : *added) body["materials"].as_array().push_back(material);
    return boost::system::in_place_value;
}

int wait_for_end(const Globals& globals, Client& client, const std::string& id) {
    for (;;) {
        const outcome<Reply> shown = client.get("/v1/cases/" + id);
        if (!shown && shown.error().exit != Exit::unreachable) return report(shown.error());
        if (shown && text_at(shown->json, "status") != "open") {
            globals.json() ? print_json(shown->json) : print_case(globals, shown->json);
            return code_of(Exit::ok);
        }
        std::this_thread::sleep_for(look_again);
    }
}

/// The same applicant may well want the same thing twice, so this is said and nothing more.
void warn_of_duplicates(const Globals& globals, const json::value& opened) {
    std::string ids;
    for (const json::value& id : list_at(opened, "possible_duplicates"))
        ids += (ids.empty() ? "" : ", ") + text_at(id, "");
    if (ids.empty()) return;
    fmt::print(stderr, "{}\n",
               globals.terminal.language == "zh"
                   ? fmt::format("提示：该申请人还有同一事项的在办件 {}，请核对是否重复申请", ids)
                   : fmt::format("warning: the applicant has other open cases of this process: {}; "
                                 "look whether this one repeats them",
                                 ids));
}

/// What the intake will have to ask for.
void warn_of_missing(const Globals& globals, Client& client, const std::string& id) {
    const outcome<Reply> shown = client.get("/v1/cases/" + id);
    const std::string missing = shown ? missing_papers(globals.terminal, shown->json) : "";
    if (missing.empty()) return;
    const Text said = format_both(
        "warning: papers are missing: {}; the intake asks for all of "
        "them in one notice",
        "提示：缺少材料：{}；受理时请一次性告知申请人补正", missing);
    fmt::print(stderr, "{}\n", said.in(globals.terminal.language));
}

int run(const Globals& globals, const Options& options) {
    outcome<json::object> body = body_of(options);
    if (!body) return report(body.error());
    const outcome<std::vector<Paper>> papers = papers_of(options.materials);
    if (!papers) return report(papers.error());
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    if (auto added = add_papers(globals, *client, *papers, *body); !added)
        return report(added.error());
    const std::string key = options.key.empty() ? hex(http::random_bytes(16)) : options.key;
    const outcome<Reply> reply = client->post_patiently(
        fmt::format("/v1/processes/{}/cases", percent_encoded(options.process)),
        json::serialize(*body), {{"idempotency-key", key}}, patience);
    if (!reply) {
        Failure failure = reply.error();
        if (failure.exit == Exit::unreachable)
            failure.cure = format_both(
                "repeat it with --idempotency-key {}: if the case was opened, it is found again",
                "请带 --idempotency-key {} 重试：若办件已建立，会找回同一办件", key);
        return report(failure);
    }
    const std::string id = text_at(reply->json, "case");
    warn_of_duplicates(globals, reply->json);
    if (options.incomplete) warn_of_missing(globals, *client, id);
    if (options.wait) return wait_for_end(globals, *client, id);
    if (globals.json())
        print_json(reply->json);
    else
        fmt::print("{}\n", id);
    return code_of(Exit::ok);
}

}  // namespace

void add_start(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("start", "Open a case; prints its id");
    sub->add_option("PROCESS", options->process, "id of a deployed process")->required();
    sub->add_option("APPLICATION", options->application, "JSON file, or - for standard input")
        ->required();
    sub->add_option("--idempotency-key", options->key,
                    "the same key opens one case only (default: a random one)");
    sub->add_option("--on-behalf-of,--applicant", options->applicant,
                    "who applies, of a walk-in or paper application");
    sub->add_option("--received", options->received,
                    "when the paper came, at most 30 days ago, such as \"2026-02-10 15:30\"; its "
                    "clocks count from then");
    sub->add_flag("--incomplete", options->incomplete,
                  "enter it although papers are missing: the intake asks for them");
    sub->add_option("--material", options->materials,
                    "a paper: ID=FILE, or ID alone if it was presented on paper; may be repeated");
    sub->add_option("--accept-suspicious", options->overrides,
                    "FIELD=REASON: take a number whose check digit is wrong; may be repeated");
    sub->add_flag("--wait", options->wait, "wait until the case has ended, then show it");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
