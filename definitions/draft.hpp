#pragma once
// A process in the making: the compiled process as far as it is known, and beside each step what
// the passes of the compiler need to know of its text.

#include "definitions/catalog.hpp"
#include "definitions/flow.hpp"
#include "engine/expr/type.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::definitions {

using model::none;
using model::ScopeIndex;
using model::StepIndex;

enum class VerbKind { call, run, ask, do_, decide, wait, lead, appoint, broken };

/// What the compiler knows of a step beside its model (same index).
struct StepDraft {
    const Node* node = nullptr;  ///< its mapping
    Span place;                  ///< of its id
    VerbKind verb = VerbKind::broken;
    const Node* verb_node = nullptr;           ///< what stands under the verb; null when broken
    bool typed = false;                        ///< whether the fields below are filled in
    expr::Type item;                           ///< of an `each`: type of the bound name
    expr::Type key;                            ///< of an `each`: string or int
    const DepartmentChoice* choice = nullptr;  ///< the items name departments
    bool meets = false;  ///< its text says `meet`: a stage that was made of it
    bool leads = false;  ///< its text says `lead`: likewise
    bool is_item = false;                              ///< of a bundle
    const DepartmentChoice* meeting_choice = nullptr;  ///< who takes part, if the text lists them
    expr::Type result = expr::Type::record_of({});
    bool has_result = false;
    bool outcomes_known = false;  ///< else a mistake in the verb hides them: report no more
    bool needs_known = true;      ///< else a mistake in `needs` hides what has ended before it
    bool result_sure = false;     ///< whatever goes on after it has ended finds its result
};

/// What the text says of an item of a bundle beside the step that it is.
struct BundleItemText {
    std::string id;
    const Node* node = nullptr;
    Span place;      ///< of its id
    Span run_place;  ///< of the process's id
    Text title;
    const ProcessSignature* runs = nullptr;
    std::vector<model::FieldSource> fields = {};
    std::vector<model::PaperWanted> papers = {};
};

/// What the text says of a bundle.
struct BundleText {
    Span place;
    const Node* items_node = nullptr;
    std::vector<BundleItemText> items = {};
    bool form = false;             ///< merged
    bool materials = false;        ///< merged
    std::string refused_end = {};  ///< to which a refused item leads; empty: the others go on
    bool takes_back = false;       ///< what was granted is taken back then
    Span refused_place = {};       ///< of what says so
};

/// All passes of the compiler share one draft; each pass is functions over it.
struct Draft {
    const Node& root;
    const Catalog& catalog;
    Diagnostics& found;
    model::Process process = {};
    FieldSet form = {};
    BundleText bundle = {};
    expr::Type form_type = expr::Type::record_of({});
    std::vector<StepDraft> steps = {};               ///< steps[i] belongs to process.steps[i]
    std::deque<DepartmentChoice> made_choices = {};
    std::deque<Node> made = {};                      ///< stand for what the text says in short
    std::vector<std::vector<StepIndex>> order = {};  ///< of each scope: its steps, needs first
    Flow flow = {};
    std::vector<std::string> operation_keys =
        {};  ///< of process.operations: "grid.plan", "utility/plan"
    std::vector<std::vector<expr::TypeField>> gives = {};  ///< of each end
    std::set<std::string> fields_used = {};     ///< paths of form fields that something reads
    std::set<std::string> materials_used = {};  ///< ids of materials that an expression names
    /// Steps that all searches over conditions together may take (conditions.hpp); afterwards
    /// nothing more is claimed, so that no text makes a check slow.
    mutable std::size_t search_steps_left = 1'000'000;
};

/// Returns the value of `key` unless it is missing or null.
const Node* part(const Node& mapping, std::string_view key);

/// Returns the step of that id wherever it is, or none.
StepIndex find_anywhere(const Draft& draft, std::string_view id);

/// Returns the stage that owns the step's scope, or none.
StepIndex stage_of(const Draft& draft, StepIndex step);

/// Whether the step runs once the case has ended.
bool is_after_end(const Draft& draft, StepIndex step);

/// Whether the step is one of the three that a meeting stands for.
bool is_in_meeting(const Draft& draft, StepIndex step);

/// Whether the step is one that the text says in short: in a meeting, or in what `lead` stands for.
bool is_made(const Draft& draft, StepIndex step);

/// Returns the ids of a scope's steps.
std::vector<std::string> ids_of(const Draft& draft, ScopeIndex scope);

}  // namespace countersign::definitions
