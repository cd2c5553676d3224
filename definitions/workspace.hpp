#pragma once
// The definitions room's face: a set of YAML documents, checked together, becomes a deployable set
// of compiled processes, or a list of what is wrong with it (language.md is this folder's README).

#include "definitions/diagnostics/diagnostic.hpp"
#include "definitions/testing/test.hpp"
#include "engine/base/result.hpp"
#include "engine/base/text.hpp"
#include "engine/calendar/calendar.hpp"
#include "engine/model/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::definitions {

/// One YAML file as it was read.
struct SourceFile {
    std::string path;
    std::string text;
};

/// A department document: who acts for it and what it can be asked. How it is reached is not said
/// here but in the deployment file.
struct DepartmentDefinition {
    std::string id;
    Text title;
    std::vector<std::string> implements;       ///< ids of contracts
    std::vector<std::string> roles;            ///< without the department: "clerk"
    std::vector<model::Operation> operations;  ///< its own and those of its contracts
    diagnostics::Span place;                   ///< of its id
    const model::Operation* operation(std::string_view name) const;  ///< or null
};

/// A contract document: operations that several departments implement.
struct ContractDefinition {
    std::string id;
    Text title;
    std::vector<model::Operation> operations;
    diagnostics::Span place;  ///< of its id
};

/// What an application costs its applicant.
struct Cost {
    std::size_t fields = 0;
    std::size_t papers = 0;
    double days = 0;  ///< working days
    std::size_t trips = 0;
};

/// An item of a bundle, done by itself.
struct ItemAlone {
    std::string id;
    std::string process;
    Text title;
    bool several = false;    ///< of an `each`: counted once
    bool days_known = true;  ///< else nothing in the process has a limit
    Cost cost;
};

/// What a bundle saves: its items one by one against all together.
struct Savings {
    std::string process;
    std::vector<ItemAlone> items;
    Cost apart;
    Cost together;
    /// The steps of the longest way with their limits; one without a limit counts nothing.
    std::vector<std::pair<std::string, std::string>> way;
};

/// What a checked set yields, each list in the order of the files.
struct Deployable {
    std::vector<model::Process> processes;
    std::vector<std::string> sources;  ///< sources[i]: the YAML text that processes[i] came from
    std::vector<DepartmentDefinition> departments;
    std::vector<ContractDefinition> contracts;
    std::vector<calendar::CalendarData> calendars;  ///< layers merged
    std::vector<TestDefinition> tests;
    std::vector<Savings> savings;  ///< of the bundles among the processes without errors
};

/// The outcome of a check: `deployable` means something only while `found` holds no error.
struct Checked {
    Deployable deployable;
    diagnostics::Diagnostics found;
};

/// Checks documents of all kinds together and compiles the processes among them. Never fails:
/// whatever is wrong with the texts is in `found`, ordered by file and place. The kind of a file is
/// its first key. Pure; any thread.
Checked check(std::vector<SourceFile> files);

/// Reads files, and folders recursively (*.yaml, ordered by path). A path named twice, by itself or
/// through a folder, is read once. Fails with not_found or io, naming the path.
result<std::vector<SourceFile>> read_sources(const std::vector<std::string>& paths);

}  // namespace countersign::definitions
