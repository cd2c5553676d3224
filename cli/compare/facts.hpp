#pragma once
// What a process says, one fact a line: so that two versions can be compared, and that it can be
// told who gets to see what.

#include "adapters/http/api/views.hpp"
#include "engine/base/text.hpp"
#include "engine/model/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::cli {

/// What a fact is about, in the order in which people read a change.
enum class Section { process, form, materials, steps, outcomes, clocks, disclosure, ends };
Text title_of(Section section);

/// One fact. Of two versions those with the same section and key are compared.
struct Fact {
    Section section = Section::process;
    std::string key;      ///< "site.address", "utility/plan needs", "grid ← address"
    Text value;           ///< what it says; empty where the key says it all
    std::string belongs;  ///< the step that it tells about; empty for what stands by itself
    bool operator==(const Fact&) const = default;
};

/// Returns the facts of a process in its own order.
std::vector<Fact> facts_of(const model::Process& process, const http::Names& names);

/// What a department, or the holder of a role, is given by a step, and where it comes from.
struct Disclosed {
    std::string who;  ///< id of a department or role
    Text title;
    std::string step;    ///< path
    std::string field;   ///< of the operation's input, or what is shown with a task
    std::string source;  ///< the expression, or a constant
    bool personal = false;
};
/// Returns who gets to see what, in the order of the steps.
std::vector<Disclosed> disclosed_by(const model::Process& process, const http::Names& names);

/// A fact that two versions tell differently; `before` or `after` is absent where one lacks it.
struct Change {
    Section section = Section::process;
    std::string key;
    std::optional<Text> before;
    std::optional<Text> after;
};
/// Returns the changes by section. What belongs to a step that comes or goes goes without saying,
/// but its clocks and what it discloses.
std::vector<Change> changes_between(const std::vector<Fact>& before,
                                    const std::vector<Fact>& after);

}  // namespace countersign::cli
