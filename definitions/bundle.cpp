// `bundle`; see bundle.hpp.

#include "definitions/bundle.hpp"

#include "definitions/making.hpp"

#include <algorithm>
#include <map>

namespace countersign::definitions {

using model::Field;
using model::FieldType;

namespace {

// ── The form ─────────────────────────────────────────────────────────────────────────────────

std::string joined(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
}

/// A field that holds a value of its own, and whether its form always demands it.
struct Leaf {
    std::string path;
    const Field* field = nullptr;
    bool required = false;
    std::vector<const Field*> records;  ///< around it, outermost first
};

void collect_leaves(const Field& record, const std::string& path, bool required,
                    std::vector<const Field*>& records, std::vector<Leaf>& leaves) {
    for (const Field& field : record.fields) {
        const bool must = required && field.required && !field.required_when;
        const std::string at = joined(path, field.name);
        if (field.type == FieldType::record && field.element.empty() && !field.fields.empty()) {
            records.push_back(&field);
            collect_leaves(field, at, must, records, leaves);
            records.pop_back();
        } else {
            leaves.push_back({at, &field, must, records});
        }
    }
}

std::vector<Leaf> leaves_of(const Field& form) {
    std::vector<Leaf> leaves;
    std::vector<const Field*> records;
    collect_leaves(form, "", true, records, leaves);
    return leaves;
}

Field* member(Field& record, std::string_view name) {
    const auto found = std::find_if(record.fields.begin(), record.fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    return found == record.fields.end() ? nullptr : &*found;
}

/// Where the merged form has a shared data element, and what it is there.
struct Shared {
    std::string path;
    Field field;
    Span place;
};

class FormMerger {
  public:
    explicit FormMerger(Draft& draft) : draft_(draft) {}

    void run() {
        for (const Leaf& leaf : leaves_of(draft_.form.root))
            if (!leaf.field->element.empty())
                elements_[leaf.field->element] = {leaf.path, *leaf.field, draft_.bundle.place};
        for (BundleItemText& item : draft_.bundle.items)
            for (const Leaf& leaf : asked_by(item)) add(item, leaf);
    }

  private:
    static bool is_given(const BundleItemText& item, const std::string& path) {
        const Node* with = part(*item.node, "with");
        return with != nullptr && with->find(path.substr(0, path.find('.'))) != nullptr;
    }

    static std::vector<Leaf> asked_by(const BundleItemText& item) {
        if (item.runs == nullptr) return {};
        std::vector<Leaf> leaves = leaves_of(item.runs->operation.input);
        std::erase_if(leaves, [&](const Leaf& leaf) { return is_given(item, leaf.path); });
        return leaves;
    }

    void add(BundleItemText& item, const Leaf& leaf) {
        const std::string& element = leaf.field->element;
        const bool must = leaf.required && part(*item.node, "when") == nullptr;
        if (!element.empty()) {
            const auto known = elements_.find(element);
            if (known != elements_.end()) return share(item, leaf, known->second, must);
        }
        const bool shared = !element.empty();
        const std::string path = shared ? leaf.path : item.id + "." + leaf.path;
        item.fields.push_back({path, leaf.path});  // also after a mistake: it is told once
        if (put(item, leaf, path, must, shared) && shared)
            elements_[element] = {path, *leaf.field, item.place};
    }

    /// Uses the field that is there; where the types differ nobody could fill it in for both.
    void share(BundleItemText& item, const Leaf& leaf, const Shared& there, bool must) {
        item.fields.push_back({there.path, leaf.path});
        const auto same_choice = [](const model::Choice& a, const model::Choice& b) {
            return a.value == b.value;
        };
        if (!std::equal(there.field.choices.begin(), there.field.choices.end(),
                        leaf.field->choices.begin(), leaf.field->choices.end(), same_choice)) {
            draft_.found.error(
                "CS2053", item.run_place,
                format_both(
                    "`{}` of the process `{}` is the element `{}`, and offers other choices "
                    "than `{}` of the form",
                    "流程`{1}`的字段`{0}`是数据元`{2}`，而可选项与表单的`{3}`不同", leaf.path,
                    item.runs->operation.runs, leaf.field->element, there.path),
                {"let both offer the same choices, or give one of them another `element`",
                 "请使两处可选项一致，或为其中一处改用别的`element`"});
            return;
        }
        if (there.field.type != leaf.field->type ||
            !(model::type_of(there.field) == model::type_of(*leaf.field))) {
            draft_.found.error(
                "CS2053", item.run_place,
                format_both(
                    "`{}` of the process `{}` is the element `{}`, which is {} there and "
                    "{} as `{}` of the form",
                    "流程`{1}`的字段`{0}`是数据元`{2}`，在那里是{3}，而在表单的`{5}`中是{4}",
                    leaf.path, item.runs->operation.runs, leaf.field->element,
                    model::type_of(*leaf.field).text(), model::type_of(there.field).text(),
                    there.path),
                {"let both have the same type, or give one of them another `element`",
                 "请使两处类型一致，或为其中一处改用别的`element`"});
            return;
        }
        if (Field* field = find(there.path)) {
            field->personal = field->personal || leaf.field->personal;
            if (must) require(there.path);
        }
    }

    Field* find(std::string_view path) {
        Field* at = &draft_.form.root;
        while (at != nullptr && !path.empty()) {
            const std::size_t dot = std::min(path.find('.'), path.size());
            at = member(*at, path.substr(0, dot));
            path.remove_prefix(std::min(dot + 1, path.size()));
        }
        return at;
    }

    /// Demands the field and the records around it.
    void require(std::string_view path) {
        for (std::size_t end = path.find('.');; end = path.find('.', end + 1)) {
            if (Field* field = find(path.substr(0, end))) {
                field->required = true;
                field->required_when.reset();
            }
            if (end == std::string_view::npos) return;
        }
    }

    /// Adds a copy of the leaf at a path, with the records on the way.
    bool put(const BundleItemText& item, const Leaf& leaf, const std::string& path, bool must,
             bool shared) {
        Field* at = &draft_.form.root;
        std::vector<const Field*> records = leaf.records;
        if (!shared) records.insert(records.begin(), nullptr);  // the item's own section
        for (const Field* record : records) {
            const std::string& name = record == nullptr ? item.id : record->name;
            Field* next = member(*at, name);
            if (next == nullptr) {
                Field made;
                made.name = name;
                made.type = FieldType::record;
                made.title = record == nullptr ? item.title : record->title;
                at->fields.push_back(std::move(made));
                next = &at->fields.back();
            }
            if (next->type != FieldType::record) return refuse_name(item, leaf, path);
            at = next;
        }
        if (member(*at, leaf.field->name) != nullptr) return refuse_name(item, leaf, path);
        Field copy = *leaf.field;
        copy.required = false;
        copy.required_when.reset();  // its own process asks, by its own form
        at->fields.push_back(std::move(copy));
        if (must) require(path);
        return true;
    }

    bool refuse_name(const BundleItemText& item, const Leaf& leaf, const std::string& path) {
        draft_.found.error(
            "CS2053", item.run_place,
            format_both("the merged form would have two fields `{}`: `{}` of the process `{}` has "
                        "the place of another one",
                        "合并后的表单会有两个字段`{0}`：流程`{2}`的`{1}`与另一字段重名", path,
                        leaf.path, item.runs->operation.runs),
            {"rename one of them, or give both the same `element` if they are one question",
             "请为其中一个改名；若是同一问题，请给两者相同的`element`"});
        return false;
    }

    Draft& draft_;
    std::map<std::string, Shared> elements_;
};

// ── Materials ────────────────────────────────────────────────────────────────────────────────

/// Narrows what a merged paper may be to what both processes take.
bool narrow(model::Material& material, const model::Material& theirs) {
    if (theirs.max_bytes != 0)
        material.max_bytes = material.max_bytes == 0
                                 ? theirs.max_bytes
                                 : std::min(material.max_bytes, theirs.max_bytes);
    if (theirs.accept.empty()) return true;
    if (material.accept.empty()) {
        material.accept = theirs.accept;
        return true;
    }
    std::erase_if(material.accept, [&](const std::string& kind) {
        return std::find(theirs.accept.begin(), theirs.accept.end(), kind) == theirs.accept.end();
    });
    return !material.accept.empty();
}

void merge_material(Draft& draft, BundleItemText& item, const model::Material& theirs) {
    if (theirs.fetch_step != none) return;  // its own process fetches it
    auto& materials = draft.process.materials;
    const auto same =
        std::find_if(materials.begin(), materials.end(), [&](const model::Material& one) {
            return one.id == theirs.id ||
                   (!theirs.element.empty() && one.element == theirs.element);
        });
    const bool follows = theirs.follow_step != none;
    const bool must = theirs.required && !follows && part(*item.node, "when") == nullptr;
    const std::string id = same == materials.end() ? theirs.id : same->id;
    if (same == materials.end()) {
        model::Material copy = theirs;
        copy.required = must;
        copy.required_when.reset();
        copy.follow_step = none;
        copy.follow_when.reset();
        materials.push_back(std::move(copy));
    } else {
        same->required = same->required || must;
        if (!narrow(*same, theirs))
            draft.found.error(
                "CS2053", item.run_place,
                format_both(
                    "no kind of file is accepted for `{}` both here and by the process `{}`",
                    "材料`{}`没有一种文件类型同时被此处和流程`{}`接受", same->id,
                    item.runs->operation.runs),
                {"let their `accept` have a kind in common", "请使两处的`accept`有共同的类型"});
    }
    draft.materials_used.insert(id);
    item.papers.push_back({id, theirs.id, theirs.required && !follows,
                           follows ? std::nullopt : theirs.required_when});
}

// ── Reading ──────────────────────────────────────────────────────────────────────────────────

/// Whether the word stands there; another one is reported and taken for it.
bool read_merged(Draft& draft, const Node* node, std::string_view key) {
    if (node == nullptr) return false;
    if (!node->is_scalar() || node->text != "merged")
        draft.found.error(
            "CS2029", node->span,
            format_both("`{}` of a bundle must be `merged`", "一件事的`{}`应为`merged`", key),
            format_both(
                "write `{0}: merged`, or leave it out and give the items their own by `with` "
                "and `materials`",
                "请写`{0}: merged`；或去掉它，用`with`和`materials`为各事项给出", key));
    return true;
}

/// The end that a refused item leads to.
std::string end_for_refusal(Draft& draft, const Node& node, const std::string& word,
                            const std::string& named) {
    std::vector<std::string> refused;
    for (const model::End& end : draft.process.ends)
        if (end.kind == model::EndKind::refused) refused.push_back(end.name);
    if (!named.empty()) {
        if (std::find(refused.begin(), refused.end(), named) != refused.end()) return named;
        draft.found.error("CS2029", node.span,
                          format_both("there is no end `{}` of kind `refused`",
                                      "没有种类为`refused`的结局`{}`", named),
                          diagnostics::did_you_mean(named, refused));
        return {};
    }
    if (refused.size() == 1) return refused.front();
    draft.found.error(
        "CS2029", node.span,
        refused.empty()
            ? format_both("`{}` ends the case, but no end is of kind `refused`",
                          "`{}`会结束办件，但没有种类为`refused`的结局", word)
            : format_both("`{}` ends the case, but {} ends are of kind `refused`",
                          "`{}`会结束办件，而种类为`refused`的结局有{}个", word, refused.size()),
        refused.empty()
            ? Text{"add one: `refused: { kind: refused }`", "请补上：`refused: { kind: refused }`"}
            : format_both("say which one: `on_item_refused: {{ {}: {} }}`",
                          "请写明是哪一个：`on_item_refused: {{ {}: {} }}`", word,
                          refused.front()));
    return refused.empty() ? std::string() : refused.front();
}

void read_refused(Draft& draft, const Node& node) {
    const Node* word = &node;
    std::string named;
    if (node.is_mapping() && node.entries.size() == 1) {
        word = &node.entries.front().key;
        named =
            yaml::as_text(node.entries.front().value, draft.found, ticked(word->text)).value_or("");
    }
    const std::string text = word->is_scalar() ? word->text : "";
    if (text == "continue" && named.empty()) return;
    if (text == "stop" || text == "undo") {
        draft.bundle.takes_back = text == "undo";
        draft.bundle.refused_end = end_for_refusal(draft, node, text, named);
        draft.bundle.refused_place = node.span;
        return;
    }
    draft.found.error(
        "CS2029", node.span,
        {"`on_item_refused` must say what happens to the others",
         "`on_item_refused`应写明其余事项怎么办"},
        {"write `continue` (they go on), `stop` (the case ends) or `undo` (what was granted is "
         "taken back)",
         "请写`continue`（继续办理）、`stop`（结束办件）或`undo`（撤回已办成的事项）"});
}

void read_items(Draft& draft, const Node& items) {
    if (!yaml::expect_mapping(items, draft.found, ticked("items"))) return;
    if (items.entries.empty())
        draft.found.error(
            "CS2029", items.span, {"a bundle without items bundles nothing", "一件事没有事项"},
            {"add one: `NAME: { run: PROCESS }`", "请补上一个：`名称: { run: 流程 }`"});
    for (const auto& [key, value] : items.entries) {
        if (!value.is_mapping()) continue;  // the outline says so
        const Node* run = part(value, "run");
        if (run == nullptr) {
            draft.found.error(
                "CS2029", key.span,
                format_both("the item `{}` runs no process", "事项`{}`没有写明办理哪个流程",
                            key.text),
                {"write `run: PROCESS`; what is no matter of its own stands in `steps`",
                 "请写`run: 流程`；不单独成为事项的步骤请放在`steps`中"});
            continue;
        }
        BundleItemText item;
        item.id = key.text;
        item.node = &value;
        item.place = key.span;
        item.run_place = run->span;
        if (run->is_scalar()) item.runs = draft.catalog.process(run->text);
        if (const Node* title = part(value, "title"); title != nullptr) {
            Diagnostics unused;  // the step's own title is checked where the steps are read
            item.title = yaml::as_title(*title, unused, {}).value_or(Text{});
        } else if (item.runs != nullptr) {
            item.title = item.runs->operation.runs_title;
        }
        draft.bundle.items.push_back(std::move(item));
    }
}

const BundleItemText* text_of(const Draft& draft, StepIndex step) {
    if (!draft.steps[step].is_item) return nullptr;
    for (const BundleItemText& item : draft.bundle.items)
        if (item.id == draft.process.steps[step].id) return &item;
    return nullptr;
}

/// Whether another item may still be refused once this one is granted.
bool others_may_be_refused(const Draft& draft, StepIndex step) {
    const auto& steps = draft.process.scopes[0].steps;
    return std::any_of(steps.begin(), steps.end(), [&](StepIndex other) {
        return other != step && draft.steps[other].is_item && !comes_after(draft, step, other);
    });
}

void check_taking_back(Draft& draft, StepIndex step) {
    const model::Step& item = draft.process.steps[step];
    if (part(*draft.steps[step].node, "undo") != nullptr) {
        if (draft.bundle.takes_back || draft.bundle.refused_end.empty()) return;
        draft.found.warning(
            "CS2054", part(*draft.steps[step].node, "undo")->span,
            format_both("the bundle stops when an item is refused, and `{}` is taken back then, "
                        "too: the case ends refused",
                        "有事项不予办理时办件即结束，`{}`也会随之撤回：办件以不予办理告终",
                        item.id),
            {"write `on_item_refused: undo` if that is meant, else leave `undo` out",
             "若确需如此，请写`on_item_refused: undo`，否则请去掉`undo`"});
        return;
    }
    if (!draft.bundle.takes_back || !others_may_be_refused(draft, step)) return;
    draft.found
        .error("CS2054", draft.steps[step].place,
               format_both("the bundle takes back what was granted when an item is refused, and "
                           "nothing says how `{}` is taken back",
                           "有事项不予办理时应撤回已办成的事项，但没有写明`{}`如何撤回", item.id),
               {"add `undo: DEPARTMENT.OPERATION`, or write `on_item_refused: stop`",
                "请加上`undo: 部门.操作`，或改为`on_item_refused: stop`"})
        .notes.push_back({draft.bundle.refused_place, {"here it says so", "此处写明要撤回"}});
}

}  // namespace

void read_bundle(Draft& draft) {
    const Node* node = part(draft.root, "bundle");
    if (node == nullptr) return;
    yaml::Keys keys(*node, draft.found, ticked("bundle"), "bundle");
    if (!keys.ok()) return;
    draft.bundle.place = draft.root.entry("bundle")->key.span;
    if (const Node* items = keys.required("items")) {
        draft.bundle.items_node = items;
        read_items(draft, *items);
    }
    draft.bundle.form = read_merged(draft, keys.optional("form"), "form");
    draft.bundle.materials = read_merged(draft, keys.optional("materials"), "materials");
    if (const Node* refused = keys.optional("on_item_refused")) read_refused(draft, *refused);
    draft.process.bundle.emplace();
    if (const Node* deliver = keys.optional("deliver")) {
        const std::string word = deliver->is_scalar() ? deliver->text : "";
        if (word == "together")
            draft.process.bundle->deliver = model::Delivery::together;
        else if (word != "as_ready")
            draft.found.error("CS2029", deliver->span,
                              {"`deliver` must be `as_ready` or `together`",
                               "`deliver`应为`as_ready`或`together`"},
                              {"write `as_ready` if each item's result is handed over once it is "
                               "there, `together` if all wait for the last",
                               "办成一项交付一项请写`as_ready`，全部办结后一并交付请写`together`"});
    }
    keys.finish();
}

void merge_form(Draft& draft) {
    if (draft.bundle.form) FormMerger(draft).run();
}

void merge_materials(Draft& draft) {
    if (!draft.bundle.materials) return;
    for (BundleItemText& item : draft.bundle.items)
        if (item.runs != nullptr)
            for (const model::Material& material : item.runs->materials)
                merge_material(draft, item, material);
}

const Node& item_as_step(Draft& draft, const Node& item) {
    const Node* run = part(item, "run");
    const ProcessSignature* runs =
        run != nullptr && run->is_scalar() ? draft.catalog.process(run->text) : nullptr;
    if (runs == nullptr) return item;
    const Maker make(*run);
    Node move = make.scalar("continue");
    if (!draft.bundle.refused_end.empty()) {
        move = make.mapping();
        make.add(move, "end", make.scalar(draft.bundle.refused_end));
    }
    Node step = item;
    if (step.find("on") == nullptr) make.add(step, "on", make.mapping());
    const auto entry = [](Node& of, std::string_view key) {
        return std::find_if(of.entries.begin(), of.entries.end(),
                            [&](const yaml::Entry& one) { return one.key.text == key; });
    };
    Node* on = &entry(step, "on")->value;
    if (const auto each = entry(*on, "each"); each != on->entries.end()) on = &each->value;
    if (!on->is_mapping()) return item;
    for (const model::Outcome& outcome : runs->operation.outcomes)
        if (outcome.kind == model::OutcomeKind::refusal && on->find(outcome.name) == nullptr)
            make.add(*on, outcome.name, move);
    draft.made.push_back(std::move(step));
    return draft.made.back();
}

Text title_of_item(const Draft& draft, std::string_view id) {
    for (const BundleItemText& item : draft.bundle.items)
        if (item.id == id) return item.title;
    return {};
}

bool is_filled_by_bundle(const Draft& draft, StepIndex step, std::string_view input) {
    const BundleItemText* item = text_of(draft, step);
    return item != nullptr &&
           std::any_of(item->fields.begin(), item->fields.end(),
                       [&](const model::FieldSource& field) {
                           return field.to.substr(0, field.to.find('.')) == input;
                       });
}

bool is_handed_by_bundle(const Draft& draft, StepIndex step, std::string_view theirs) {
    const BundleItemText* item = text_of(draft, step);
    return item != nullptr &&
           std::any_of(item->papers.begin(), item->papers.end(),
                       [&](const model::PaperWanted& paper) { return paper.theirs == theirs; });
}

void finish_bundle(Draft& draft) {
    if (!draft.process.bundle) return;
    for (const StepIndex step : draft.process.scopes[0].steps) {
        const BundleItemText* text = text_of(draft, step);
        if (text == nullptr) continue;
        model::BundleItem item{step, {}, text->fields, text->papers};
        const auto& when = draft.process.steps[step].when;
        if (when &&
            std::all_of(when->refs.begin(), when->refs.end(), [](const model::VariableRef& ref) {
                return ref.root == model::VariableRoot::form;
            }))
            item.wanted = when;
        for (const model::FieldSource& field : item.fields) draft.fields_used.insert(field.from);
        check_taking_back(draft, step);
        draft.process.bundle->items.push_back(std::move(item));
    }
}

}  // namespace countersign::definitions
