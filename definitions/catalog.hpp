#pragma once
// What processes may refer to: the departments, contracts and calendars of the checked set.

#include "definitions/fields.hpp"
#include "definitions/workspace.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace countersign::definitions {

/// A process as those see it that run it (`run`).
struct ProcessSignature {
    /// Its form in, what its granted ends give out, its ends as outcomes; `runs` is its id.
    model::Operation operation;
    std::vector<model::Material> materials;
    std::optional<calendar::Limit> takes;  ///< how long it takes, as far as the text tells
    std::size_t trips = 0;                 ///< how often its applicant has to come
};

/// Departments and contracts in the order of the files, and the ids of calendars. Documents that
/// have errors are in it as far as they could be read, so that one mistake is not reported twice.
struct Catalog {
    std::vector<ContractDefinition> contracts;
    std::vector<DepartmentDefinition> departments;
    std::vector<std::string> calendars;
    /// The tables of those that could be loaded; null before they are.
    const std::vector<calendar::CalendarData>* tables = nullptr;
    /// Kind and id of documents whose YAML could not be read, as far as their first line tells.
    std::vector<std::pair<std::string, std::string>> unread;
    /// Those that are compiled: each after the ones that it runs.
    std::vector<ProcessSignature> processes;
    std::vector<std::string> process_ids;  ///< of all
    /// Processes that run each other in a circle: (who runs, whom) → the circle, "a → b → a".
    std::map<std::pair<std::string, std::string>, std::string> run_cycles;

    const ContractDefinition* contract(std::string_view id) const;      ///< or null
    const DepartmentDefinition* department(std::string_view id) const;  ///< or null
    const ProcessSignature* process(std::string_view id) const;         ///< or null
    /// Whether the document is among those that could not be read: then nothing is said of names
    /// that lead to it, for what is wrong with it has been said.
    bool is_unread(std::string_view kind, std::string_view id) const;
};

/// Reads a contract document into the catalog.
void read_contract(const Node& root, Catalog& catalog, Diagnostics& found);

/// Reads a department document; all contracts must have been read.
void read_department(const Node& root, Catalog& catalog, Diagnostics& found);

/// Checks that `role` is a built-in one or a department's ("hall.clerk"); else adds CS2007.
bool check_role(const Node& role, const Catalog& catalog, Diagnostics& found);

/// Returns the note of a second document about the first of that id.
diagnostics::Note first_stands(const Span& place);

/// Returns the names of operations, for messages.
std::vector<std::string> names_of(const std::vector<model::Operation>& operations);

}  // namespace countersign::definitions
