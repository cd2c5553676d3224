// Department and contract documents; see catalog.hpp.

#include "definitions/catalog.hpp"

#include "definitions/meet.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

const std::vector<std::string> built_in_roles = {"applicant", "operator", "supervisor", "auditor"};

model::Field read_side(const Node* node, Diagnostics& found, const Text& what) {
    if (node == nullptr) {
        model::Field empty;
        empty.type = model::FieldType::record;
        empty.required = true;
        return empty;
    }
    return read_fields(*node, FieldsOf::operation, found, what).root;
}

model::Operation read_operation(const Node& node, const std::string& name, const Span& place,
                                Diagnostics& found) {
    model::Operation operation;
    operation.name = name;
    yaml::Keys keys(node, found, format_both("operation `{}`", "操作`{}`", name), "operation");
    operation.input = read_side(keys.optional("input"), found, ticked("input"));
    operation.output = read_side(keys.optional("output"), found, ticked("output"));
    if (const Node* outcomes = keys.optional("outcomes")) {
        operation.outcomes = read_outcomes(*outcomes, found, ticked("outcomes"));
    } else {
        operation.outcomes = {{"done", model::OutcomeKind::ok}};
    }
    const bool may_succeed = std::any_of(
        operation.outcomes.begin(), operation.outcomes.end(),
        [](const model::Outcome& outcome) { return outcome.kind == model::OutcomeKind::ok; });
    if (!may_succeed) {
        found.error("CS2015", place,
                    format_both("the operation `{}` has no outcome of kind `ok`",
                                "操作`{}`没有`ok`类的结果", name),
                    {"add one: `outcomes: { approved: ok, … }`",
                     "请补上：`outcomes: { approved: ok, … }`"});
    }
    if (const Node* limit = keys.optional("limit")) {
        operation.limit = read_limit(*limit, found, ticked("limit"));
    }
    if (const Node* critical = keys.optional("safety_critical")) {
        operation.safety_critical =
            yaml::as_boolean(*critical, found, ticked("safety_critical")).value_or(false);
    }
    read_title(keys.optional("title"), found, format_both("the title of `{}`", "`{}`的标题", name));
    keys.optional("kind");  // read_operations() looks at it
    refuse_unavailable(keys, node, found, {"undo"});
    keys.finish();
    return operation;
}

/// Whether the operation is a meeting; its input gets the slot, so that name is taken.
bool is_meeting(const Node& node, Diagnostics& found) {
    const Node* kind = node.find("kind");
    if (kind == nullptr || kind->is_null()) return false;
    if (!kind->is_scalar() || kind->text != "meeting") {
        found.error("CS2083", kind->span,
                    format_both("the kind of an operation cannot be {}", "操作的种类不能是{}",
                                yaml::describe(*kind)),
                    {"write `kind: meeting`, or leave it out", "请写`kind: meeting`，或去掉"});
        return false;
    }
    const Node* input = node.find("input");
    for (const char* name : {"slot", "slots"}) {
        const yaml::Entry* taken = input == nullptr ? nullptr : input->entry(name);
        if (taken == nullptr) continue;
        found.error("CS2083", taken->key.span,
                    format_both("a meeting gives its departments `{}` itself",
                                "会议会自动向部门提供`{}`", name),
                    {"leave it out", "请去掉"});
        return false;
    }
    return true;
}

void read_operations(const Node* node, std::vector<model::Operation>& into, Diagnostics& found) {
    if (node == nullptr || !yaml::expect_mapping(*node, found, ticked("operations"))) return;
    for (const auto& [key, value] : node->entries) {
        const auto name = read_id(key, found, {"the operation", "操作"}, false);
        if (!name) continue;
        const bool known =
            std::any_of(into.begin(), into.end(),
                        [&](const model::Operation& other) { return other.name == *name; });
        if (known) {
            found.error(
                "CS2003", key.span,
                format_both(
                    "the operation `{}` is one of a contract that the department implements "
                    "already",
                    "操作`{}`已在该部门实现的约定中", *name),
                {"leave it out", "请去掉"});
            continue;
        }
        into.push_back(read_operation(value, *name, key.span, found));
        if (is_meeting(value, found)) {
            model::Operation slots = make_meeting(into.back());
            into.push_back(std::move(slots));
        }
    }
}

}  // namespace

const ContractDefinition* Catalog::contract(std::string_view id) const {
    for (const ContractDefinition& contract : contracts) {
        if (contract.id == id) return &contract;
    }
    return nullptr;
}

const DepartmentDefinition* Catalog::department(std::string_view id) const {
    for (const DepartmentDefinition& department : departments) {
        if (department.id == id) return &department;
    }
    return nullptr;
}

const ProcessSignature* Catalog::process(std::string_view id) const {
    const auto found =
        std::find_if(processes.begin(), processes.end(),
                     [&](const ProcessSignature& one) { return one.operation.runs == id; });
    return found == processes.end() ? nullptr : &*found;
}

bool Catalog::is_unread(std::string_view kind, std::string_view id) const {
    return std::any_of(unread.begin(), unread.end(), [&](const auto& document) {
        return document.first == kind && document.second == id;
    });
}

void read_contract(const Node& root, Catalog& catalog, Diagnostics& found) {
    ContractDefinition contract;
    yaml::Keys keys(root, found, {"the contract", "约定"}, "contract");
    const Node* id = keys.required("contract");
    contract.id =
        id == nullptr ? "" : read_id(*id, found, {"the contract", "约定"}, true).value_or("");
    contract.title = read_title(keys.optional("title"), found, {"the title", "标题"});
    const Node* operations = keys.required("operations");
    keys.finish();
    read_operations(operations, contract.operations, found);
    if (id != nullptr && catalog.contract(contract.id) != nullptr) {
        found
            .error("CS2003", id->span,
                   format_both("there are two contracts `{}`", "有两个约定叫`{}`", contract.id),
                   {"give one of them another id", "请给其中一个换个标识"})
            .notes.push_back(first_stands(catalog.contract(contract.id)->place));
    } else if (!contract.id.empty()) {
        contract.place = id->span;
        catalog.contracts.push_back(std::move(contract));
    }
}

void read_department(const Node& root, Catalog& catalog, Diagnostics& found) {
    DepartmentDefinition department;
    yaml::Keys keys(root, found, {"the department", "部门"}, "department");
    const Node* id = keys.required("department");
    department.id =
        id == nullptr ? "" : read_id(*id, found, {"the department", "部门"}, true).value_or("");
    department.title = read_title(keys.optional("title"), found, {"the title", "标题"});
    if (const Node* list = keys.optional("implements")) {
        for (const Node* item : yaml::as_texts(*list, found, ticked("implements"))
                                    .value_or(std::vector<const Node*>{})) {
            const ContractDefinition* contract = catalog.contract(item->text);
            if (contract == nullptr) {
                if (catalog.is_unread("contract", item->text)) continue;
                std::vector<std::string> known;
                for (const auto& other : catalog.contracts) known.push_back(other.id);
                found.error("CS2006", item->span,
                            format_both("there is no contract `{}`", "没有约定`{}`", item->text),
                            diagnostics::did_you_mean(item->text, known));
                continue;
            }
            department.implements.push_back(contract->id);
            department.operations.insert(department.operations.end(), contract->operations.begin(),
                                         contract->operations.end());
        }
    }
    if (const Node* list = keys.optional("roles")) {
        for (const Node* item :
             yaml::as_texts(*list, found, ticked("roles")).value_or(std::vector<const Node*>{})) {
            if (const auto role = read_id(*item, found, {"the role", "角色"}, false))
                department.roles.push_back(*role);
        }
    }
    const Node* operations = keys.optional("operations");
    keys.finish();
    read_operations(operations, department.operations, found);
    if (id != nullptr && catalog.department(department.id) != nullptr) {
        found
            .error("CS2003", id->span,
                   format_both("there are two departments `{}`", "有两个部门叫`{}`", department.id),
                   {"give one of them another id", "请给其中一个换个标识"})
            .notes.push_back(first_stands(catalog.department(department.id)->place));
    } else if (!department.id.empty()) {
        department.place = id->span;
        catalog.departments.push_back(std::move(department));
    }
}

diagnostics::Note first_stands(const Span& place) {
    return {place, {"the first stands here", "前一个在这里"}};
}

bool check_role(const Node& role, const Catalog& catalog, Diagnostics& found) {
    const std::string& text = role.text;
    if (std::find(built_in_roles.begin(), built_in_roles.end(), text) != built_in_roles.end())
        return true;
    const std::size_t dot = text.find('.');
    if (dot != std::string::npos) {
        const auto* department = catalog.department(std::string_view(text).substr(0, dot));
        if (department != nullptr) {
            const std::string name = text.substr(dot + 1);
            const auto& roles = department->roles;
            if (std::find(roles.begin(), roles.end(), name) != roles.end()) return true;
            found.error("CS2007", role.span,
                        format_both("the department `{}` has no role `{}`", "部门`{}`没有角色`{}`",
                                    department->id, name),
                        diagnostics::did_you_mean(name, roles));
            return false;
        }
    }
    if (dot != std::string::npos && catalog.is_unread("department", text.substr(0, dot)))
        return false;
    std::vector<std::string> known = built_in_roles;
    for (const auto& department : catalog.departments) {
        for (const std::string& name : department.roles)
            known.push_back(department.id + "." + name);
    }
    Text cure = diagnostics::did_you_mean(text, known);
    if (const auto* department = catalog.department(text); department != nullptr) {
        std::vector<std::string> theirs;
        for (const std::string& name : department->roles) theirs.push_back(text + "." + name);
        cure = theirs.empty() ? Text{"it is a department: declare `roles: [clerk]` in its document",
                                     "这是一个部门：请在它的文档中声明`roles: [clerk]`"}
                              : format_both("it is a department: write its role {}",
                                            "这是一个部门：请写它的角色{}", listed(theirs));
    }
    found.error("CS2007", role.span, format_both("there is no role `{}`", "没有角色`{}`", text),
                std::move(cure));
    return false;
}

std::vector<std::string> names_of(const std::vector<model::Operation>& operations) {
    std::vector<std::string> names;
    for (const auto& operation : operations) names.push_back(operation.name);
    return names;
}

const model::Operation* DepartmentDefinition::operation(std::string_view name) const {
    for (const auto& operation : operations) {
        if (operation.name == name) return &operation;
    }
    return nullptr;
}

}  // namespace countersign::definitions
