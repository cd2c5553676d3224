// Pages of a world, told by the commands' own words.
#include "cli/rehearsal/told.hpp"

#include "cli/commands/brief.hpp"
#include "cli/commands/case_view.hpp"
#include "cli/commands/timeline.hpp"
#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"

#include <boost/json.hpp>

namespace countersign::cli {

namespace {

namespace json = boost::json;

outcome<json::value> page_of(const result<std::string>& page) {
    if (!page) return fail(Exit::refused, page.error().text());
    return json::parse(*page);
}

}  // namespace

outcome<std::string> timeline_of(const Globals& globals, rehearsal::World& world, const CaseId& id,
                                 const TimelineOptions& how) {
    const auto process = page_of(rehearsal::process_page(world, id));
    const auto shown = page_of(rehearsal::case_page(world, id));
    const auto history = page_of(rehearsal::history_page(world, id, how.after));
    if (!process) return process.error();
    if (!shown) return shown.error();
    if (!history) return history.error();
    Timeline timeline(globals.terminal, *process, globals.terminal.language);
    timeline.see_case(*shown);
    const int offset = offset_of(text_at(*shown, "now"));
    std::string lines;
    for (const json::value& record : list_at(*history, "records")) {
        const auto at = instant_at(record, "at");
        const std::string moment =
            at ? short_moment(*at, offset, globals.terminal.language) : std::string();
        for (const json::value& event : list_at(record, "events"))
            if (!how.brief || !goes_without_saying(event, *process))
                lines += std::string(how.indent) + timeline.line(moment, timeline.tell(event)) +
                         "\n";
    }
    return lines;
}

Text told(const core::Rejection& rejection) {
    Text text = rejection.message;
    for (const model::Problem& problem : rejection.problems)
        text = format_both("{}\n  {}: {}", "{}\n  {}：{}", text, problem.path, problem.message);
    return text;
}

outcome<void> print_json_of(rehearsal::World& world, const CaseId& id) {
    const auto shown = page_of(rehearsal::case_page(world, id));
    const auto history = page_of(rehearsal::history_page(world, id, 0));
    if (!shown) return shown.error();
    if (!history) return history.error();
    print_json(json::object{{"case", *shown}, {"history", *history}});
    return {};
}

outcome<void> print_case_of(const Globals& globals, rehearsal::World& world, const CaseId& id) {
    const auto shown = page_of(rehearsal::case_page(world, id));
    if (!shown) return shown.error();
    print_case(globals, *shown);
    return {};
}

}  // namespace countersign::cli
