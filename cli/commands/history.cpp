// history: what happened to a case, in order, once or as it happens.
#include "cli/commands/commands.hpp"

#include "cli/commands/brief.hpp"
#include "cli/commands/timeline.hpp"
#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

namespace countersign::cli {

namespace {

constexpr std::chrono::milliseconds look_again{150};

struct Options {
    std::string id;
    std::string titles;  ///< language; empty: the terminal's
    bool follow = false;
    bool brief = false;
};

/// Reads a case's history piece by piece and prints it.
class Reader {
  public:
    Reader(const Globals& globals, Client& client, const Options& options)
        : globals_(globals),
          client_(client),
          id_(options.id),
          titles_(options.titles.empty() ? globals.terminal.language : options.titles),
          brief_(options.brief) {}

    /// Prints what is new. Yields whether the case is closed.
    outcome<bool> print_new() {
        // First the history, then the case: what the events name is then known.
        const outcome<Reply> records =
            client_.get(fmt::format("/v1/cases/{}/history?after={}", percent_encoded(id_), last_));
        if (!records) return records.error();
        const outcome<Reply> shown = client_.get("/v1/cases/" + percent_encoded(id_));
        if (!shown) return shown.error();
        if (timeline_ == nullptr) {
            const outcome<Reply> process =
                client_.get("/v1/processes/" + percent_encoded(text_at(shown->json, "process")));
            process_ = process ? process->json : boost::json::value(nullptr);
            timeline_ = std::make_unique<Timeline>(globals_.terminal, process_, titles_);
        }
        timeline_->see_case(shown->json);
        const int offset = offset_of(text_at(shown->json, "now"));
        for (const boost::json::value& record : list_at(records->json, "records"))
            print(record, offset);
        last_ = integer_at(records->json, "last", last_);
        std::fflush(stdout);
        return text_at(shown->json, "status") == "closed" &&
               integer_at(shown->json, "sequence") <= last_;
    }

  private:
    void print(const boost::json::value& record, int offset) const {
        const std::optional<Instant> at = instant_at(record, "at");
        const std::string moment = at ? short_moment(*at, offset, globals_.terminal.language) : "";
        for (const boost::json::value& event : list_at(record, "events"))
            if (!brief_ || !goes_without_saying(event, process_))
                fmt::print("{}\n", timeline_->line(moment, timeline_->tell(event)));
    }

    const Globals& globals_;
    Client& client_;
    std::string id_;
    std::string titles_;
    bool brief_;
    boost::json::value process_;
    std::int64_t last_ = 0;
    std::unique_ptr<Timeline> timeline_;
};

int run(const Globals& globals, const Options& options) {
    if (globals.json())
        return show_answer(globals,
                           fmt::format("/v1/cases/{}/history", percent_encoded(options.id)),
                           [](const boost::json::value&) {});
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    Reader reader(globals, *client, options);
    for (;;) {
        const outcome<bool> closed = reader.print_new();
        if (!closed) return report(closed.error());
        if (*closed || !options.follow) return code_of(Exit::ok);
        std::this_thread::sleep_for(look_again);
    }
}

}  // namespace

void add_history(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("history", "Tell what happened to a case");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_flag("--follow", options->follow, "go on as it happens, until the case is closed");
    sub->add_flag("--brief", options->brief,
                  "leave out what the lines beside it tell already, such as limits that begin");
    sub->add_option("--titles", options->titles,
                    "en or zh: titles in another language than the words")
        ->check(CLI::IsMember({"en", "zh"}));
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
