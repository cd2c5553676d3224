#pragma once
// What the readers of a test's parts share: the process that it is about, and the small things that
// stand in all of them.

#include "definitions/catalog.hpp"
#include "definitions/testing/test.hpp"
#include "engine/base/text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::definitions {

/// What a test is checked against.
struct TestContext {
    const model::Process& process;
    const Catalog& catalog;
    int offset_minutes = 480;
    Diagnostics& found;
    std::vector<const model::Process*> runs;  ///< what it runs, and what those run
};

/// A step that a test names.
struct NamedStep {
    model::StepIndex index = model::none;
    bool is_set = false;      ///< all instances of a step with `each`
    bool is_address = false;  ///< with a key or a stage before it
};

/// Finds a step by its address, "utility[gas]/supply_plan"; else adds CS2021. An id alone names a
/// step wherever it stands when `anywhere`, else one of the top level.
std::optional<NamedStep> find_step(const TestContext& context, const Node& node, bool anywhere);

/// Returns the outcomes that the step, or the set of its instances, may end with.
std::vector<std::string> outcomes_of(const model::Process& process, const NamedStep& step);

/// Checks that `node` is one of `known`; else adds `code` saying "there is no WHAT".
bool check_known(const TestContext& context, const Node& node,
                 const std::vector<std::string>& known, std::string_view code, const Text& what);

/// Reads a day or a moment: "2026-02-12", "2026-02-12 10:30", RFC 3339; else adds CS5006.
std::optional<When> read_when(const TestContext& context, const Node& node, const Text& what);

/// Reads `after` and `at` of `keys`. `at: slot` is for departments, which `may_meet`.
Moment read_moment(const TestContext& context, yaml::Keys& keys, bool may_meet = false);

/// Reads a list of materials or fields that are missing: ids, or {id, reason}.
std::vector<MissingThing> read_missing(const TestContext& context, const Node& node);

/// Reads a list of ids of materials.
std::vector<std::string> read_materials(const TestContext& context, const Node& node);

/// Whether `path` ("site.address") names a field of the application form.
bool is_form_path(const model::Process& process, std::string_view path);

/// Returns a value as it was written, with each file of `field` that was given by its name alone
/// made one that counts as stored.
expr::Value value_for(const model::Field& field, const Node& node);

/// Returns the field at a path such as "site.address" or "items[2].name"; null when there is none.
const model::Field* field_at(const model::Field& fields, std::string_view path);

/// Checks a record as it was written against fields; each problem is reported at its place.
/// `lenient`: what is missing is not a problem. Nor is a suspicious number that is `accepted`.
void check_fields(const TestContext& context, const Node& node, const model::Field& fields,
                  std::string_view code, const Text& what, bool lenient,
                  const AcceptedNumbers& accepted = {});

/// Checks the value that `entry` gives a field of the application form by its path; what is wrong
/// with it by itself is reported at its place (CS5010). What the form's other fields make necessary
/// shows only when the case has them.
void check_field(const TestContext& context, const yaml::Entry& entry,
                 const AcceptedNumbers& accepted);

/// Reads `accept_suspicious`: paths of the form's fields, and the reason of each.
AcceptedNumbers read_accepted(const TestContext& context, const Node& node);

/// Reads what people do, what departments answer, what the applicant and operators do of their own.
void read_people(const TestContext& context, const Node& node, TestDefinition& test);
void read_departments(const TestContext& context, const Node& node, TestDefinition& test);
void read_parties(const TestContext& context, const Node& node, bool by_operator,
                  TestDefinition& test);

/// Reads the list under `expect`.
void read_expectations(const TestContext& context, const Node& node, TestDefinition& test);

}  // namespace countersign::definitions
