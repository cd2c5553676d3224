#pragma once
// A case's events as lines of a timeline: when, where, what.

#include "cli/output/terminal.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace countersign::cli {

/// What one event says, for a line.
struct Happening {
    std::string where;  ///< titles of the step's path; empty: the case itself
    std::string what;
    Style style = Style::plain;
};

/// Tells events with the titles of the case's process and the names of its clocks.
class Timeline {
  public:
    /// `process` is GET /v1/processes/{id}; what it lacks is shown by id. Titles are in the
    /// language `titles`, all else in the terminal's.
    Timeline(const Terminal& terminal, const boost::json::value& process, std::string titles);

    /// Takes the clocks of GET /v1/cases/{id}, which events name by number.
    void see_case(const boost::json::value& shown) { case_ = shown; }

    /// Returns what an event of GET /v1/cases/{id}/history says.
    Happening tell(const boost::json::value& event) const;

    /// Returns the line of an event that happened at `moment`, without a line break. On a terminal
    /// it is cut to its width.
    std::string line(std::string_view moment, const Happening& happening) const;

  private:
    std::string titles_of(std::string_view address) const;
    /// Returns one part of an address, "utility[gas]", by its titles.
    std::string title_of_part(std::string_view part) const;
    /// Returns what a branch of an `each` is called.
    std::string title_of_key(std::string_view step, const std::string& key,
                             std::string_view language) const;
    /// Returns what a department, role or principal is called.
    std::string called(const std::string& id) const;
    std::string titled_applicant(const boost::json::value& event, const std::string& id) const;
    /// Who did what an event tells: by name where the deployment gives one.
    std::string doer(const boost::json::value& event, std::string_view path) const;
    /// Returns what a material or a field of the form is called.
    std::string title_of_item(const std::string& id) const;
    /// Returns the titles of a list of ids, or of objects that have one.
    std::string titles_of_items(const boost::json::array& items) const;
    std::string clock_words(const boost::json::value& event) const;
    bool is_late(const boost::json::value& event) const;
    Happening tell_notice(const boost::json::value& event) const;
    Happening tell_case(std::string_view name, const boost::json::value& event) const;
    Happening tell_step(std::string_view name, const boost::json::value& event) const;
    Happening tell_pause(std::string_view name, const boost::json::value& event) const;
    Happening tell_undo(std::string_view name, const boost::json::value& event) const;
    Happening tell_call(std::string_view name, const boost::json::value& event) const;
    Happening tell_task(std::string_view name, const boost::json::value& event) const;
    Happening tell_clock(std::string_view name, const boost::json::value& event) const;

    const Terminal& terminal_;
    std::map<std::string, std::string, std::less<>> titles_;  ///< of steps, by id
    std::string title_language_;
    boost::json::value process_;
    boost::json::value case_;
};

}  // namespace countersign::cli
