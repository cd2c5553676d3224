#pragma once
// What several commands show and read alike: a case, its events.

#include "cli/session.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace countersign::cli {

/// Shows a case as /v1/cases/{id} has it: what it is, its steps, its clocks, its open incidents.
void print_case(const Globals& globals, const boost::json::value& shown);

/// Returns the step of an address in the tree that a case shows, or null.
const boost::json::value* find_step(const boost::json::value& shown, std::string_view address);

/// Returns a time of the API as `moment` shows it, at the offset that the server gives with it, or
/// at that of China where it gives UTC (lists span calendars); empty when there is none.
std::string when(const Globals& globals, const boost::json::value& value, std::string_view path);

/// Returns the titles of required papers that nobody has handed in: "Site plan, List of meters".
std::string missing_papers(const Terminal& terminal, const boost::json::value& shown);

/// Returns what the notice asked the applicant for and is not in yet, each with its reason.
std::string still_asked(const Terminal& terminal, const boost::json::value& shown);

/// Reads "FIELD=REASON" as [{"field", "reason"}]. Exit::usage when either is empty.
outcome<boost::json::array> overrides_of(const std::vector<std::string>& given);

/// What is wrong with a --field that has no "=" or no name before it.
Text no_value(const std::string& field);

/// Reads a JSON text from the command line; what is no JSON is a text itself, so that
/// `--field site.address=…` needs no quotes within quotes.
boost::json::value value_of_argument(const std::string& text);

/// Returns the fields of a completion as the form they are: "a.b=1" is {"a": {"b": 1}}.
/// Exit::usage when one has no value.
outcome<boost::json::object> form_of(const std::vector<std::string>& fields);

}  // namespace countersign::cli
