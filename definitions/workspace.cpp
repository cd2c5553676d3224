// Checking a set of documents together; see workspace.hpp.

#include "definitions/workspace.hpp"

#include "definitions/calendar/loader.hpp"
#include "definitions/compiler.hpp"
#include "definitions/runs.hpp"
#include "definitions/testing/reader.hpp"
#include "definitions/yaml/reader.hpp"

#include <algorithm>
#include <map>

namespace countersign::definitions {

namespace {

const std::vector<std::string> kinds = {"process", "department", "contract", "calendar", "test"};

struct Document {
    yaml::Node root;
    std::string kind;
    std::size_t file = 0;  ///< into the files given
};

/// Returns the kind of a document, or nothing after reporting that it has none.
std::optional<std::string> kind_of(const yaml::Node& root, Diagnostics& found) {
    if (!root.is_mapping() || root.entries.empty()) {
        found.error("CS2001", root.span,
                    format_both("this file holds {}, but no document", "这个文件是{}，不是一份文档",
                                yaml::describe(root)),
                    {"begin with its kind and id: `process: my-process`",
                     "请以种类和标识开头：`process: my-process`"});
        return std::nullopt;
    }
    const yaml::Node& key = root.entries.front().key;
    if (std::find(kinds.begin(), kinds.end(), key.text) != kinds.end()) return key.text;
    const auto later =
        std::find_if(root.entries.begin(), root.entries.end(), [](const yaml::Entry& entry) {
            return std::find(kinds.begin(), kinds.end(), entry.key.text) != kinds.end();
        });
    found.error("CS2001", key.span,
                format_both("the first key of a file names its kind, and `{}` is none",
                            "文件的第一个键说明文档的种类，而`{}`不是种类", key.text),
                later != root.entries.end()
                    ? format_both("put `{}` first", "请把`{}`放在最前", later->key.text)
                    : diagnostics::did_you_mean(key.text, kinds));
    return std::nullopt;
}

/// Returns kind and id of a text that is no YAML, if its first line still tells them.
std::optional<std::pair<std::string, std::string>> head_of(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.find_first_not_of(" \r") == std::string_view::npos || line[0] == '#') continue;
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) return std::nullopt;
        const std::string kind(line.substr(0, colon));
        line.remove_prefix(colon + 2);
        line = line.substr(0, line.find('#'));
        const std::size_t first = line.find_first_not_of(" '\"");
        const std::size_t last = line.find_last_not_of(" '\"\r");
        const bool known = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
        if (first == std::string_view::npos || !known) return std::nullopt;
        return std::pair(kind, std::string(line.substr(first, last - first + 1)));
    }
    return std::nullopt;
}

std::vector<const yaml::Node*> roots_of(const std::vector<Document>& documents,
                                        std::string_view kind) {
    std::vector<const yaml::Node*> roots;
    for (const Document& document : documents) {
        if (document.kind == kind) roots.push_back(&document.root);
    }
    return roots;
}

void check_calendars(const std::vector<Document>& documents, Catalog& catalog, Checked& checked) {
    const auto roots = roots_of(documents, "calendar");
    for (const yaml::Node* root : roots) {
        // Known by name even if broken, so that one mistake is not reported again at every use.
        catalog.calendars.push_back(root->entries.front().value.text);
    }
    for (const auto& [kind, id] : catalog.unread)
        if (kind == "calendar") catalog.calendars.push_back(id);
    for (auto& [id, data] : load_calendars(roots, checked.found)) {
        checked.deployable.calendars.push_back(std::move(data));
    }
    catalog.tables = &checked.deployable.calendars;
}

/// Puts processes behind those that they run, and finds the circles of those that cannot be.
class RunOrder {
  public:
    RunOrder(const std::vector<Document>& documents, Catalog& catalog) : catalog_(catalog) {
        for (std::size_t i = 0; i < documents.size(); ++i) {
            if (documents[i].kind != "process") continue;
            const yaml::Node& id = documents[i].root.entries.front().value;
            nodes_.push_back(
                {id.is_scalar() ? id.text : "", i, processes_run_by(documents[i].root)});
            catalog.process_ids.push_back(nodes_.back().id);
        }
        for (std::size_t node = 0; node < nodes_.size(); ++node) enter(node);
    }
    /// Indexes of documents.
    const std::vector<std::size_t>& order() const { return order_; }

  private:
    struct Process {
        std::string id;
        std::size_t document = 0;
        std::vector<std::string> runs;
        enum { fresh, entered, left } state = fresh;
    };

    // Recursion is bounded: each process is entered once, and a set of documents is small.
    void enter(std::size_t node) {
        if (nodes_[node].state != Process::fresh) return;
        nodes_[node].state = Process::entered;
        path_.push_back(node);
        for (const std::string& run : nodes_[node].runs)
            for (std::size_t other = 0; other < nodes_.size(); ++other) {
                if (nodes_[other].id != run || run.empty()) continue;
                if (nodes_[other].state == Process::entered) note_circle(other);
                enter(other);
            }
        path_.pop_back();
        nodes_[node].state = Process::left;
        order_.push_back(nodes_[node].document);
    }

    void note_circle(std::size_t first) {
        const auto begin = std::find(path_.begin(), path_.end(), first);
        std::string circle;
        for (auto at = begin; at != path_.end(); ++at) circle += nodes_[*at].id + " → ";
        circle += nodes_[first].id;
        catalog_.run_cycles[{nodes_[path_.back()].id, nodes_[first].id}] = circle;
    }

    Catalog& catalog_;
    std::vector<Process> nodes_;
    std::vector<std::size_t> path_;
    std::vector<std::size_t> order_;
};

/// Returns for each process, in the order of the files, whether it has errors.
std::vector<bool> check_processes(const std::vector<Document>& documents,
                                  const std::vector<std::string>& texts, Catalog& catalog,
                                  Checked& checked) {
    std::vector<bool> broken;
    std::vector<diagnostics::Span> places;  // of the processes' ids
    std::map<std::size_t, std::pair<model::Process, bool>> compiled;
    const RunOrder runs(documents, catalog);
    for (const std::size_t document : runs.order()) {
        const std::size_t errors = checked.found.errors();
        CompiledProcess made = compile_process(documents[document].root, catalog, checked.found);
        if (made.savings) checked.deployable.savings.push_back(*std::move(made.savings));
        if (!made.process.id.empty()) catalog.processes.push_back(std::move(made.signature));
        compiled.emplace(document,
                         std::pair(std::move(made.process), checked.found.errors() != errors));
    }
    for (auto& [index, made] : compiled) {
        const Document& document = documents[index];
        auto& [process, has_errors] = made;
        for (const model::Process& other : checked.deployable.processes) {
            if (other.id != process.id || process.id.empty()) continue;
            checked.found
                .error("CS2003", document.root.entries.front().value.span,
                       format_both("there are two processes `{}`", "有两个流程叫`{}`", process.id),
                       {"give one of them another id", "请给其中一个换个标识"})
                .notes.push_back(
                    first_stands(places[&other - checked.deployable.processes.data()]));
        }
        places.push_back(document.root.entries.front().value.span);
        broken.push_back(has_errors);
        checked.deployable.processes.push_back(std::move(process));
        checked.deployable.sources.push_back(texts[document.file]);
    }
    return broken;
}

void check_tests(const std::vector<Document>& documents, const std::vector<bool>& broken,
                 const Catalog& catalog, Checked& checked) {
    Deployable& set = checked.deployable;
    const TestSet known{set.processes, broken, set.calendars, catalog, checked.found};
    for (const yaml::Node* root : roots_of(documents, "test"))
        if (auto test = read_test(*root, known)) set.tests.push_back(std::move(*test));
}

}  // namespace

Checked check(std::vector<SourceFile> files) {
    Checked checked;
    std::vector<std::string> texts;
    std::vector<Document> documents;
    Catalog catalog;
    for (SourceFile& file : files) {
        texts.push_back(file.text);
        auto root = yaml::read(file.path, std::move(file.text), checked.found);
        if (!root) {
            if (auto head = head_of(texts.back())) catalog.unread.push_back(std::move(*head));
            continue;
        }
        auto kind = kind_of(*root, checked.found);
        if (!kind) continue;
        documents.push_back({std::move(*root), std::move(*kind), texts.size() - 1});
    }
    check_calendars(documents, catalog, checked);
    for (const yaml::Node* root : roots_of(documents, "contract"))
        read_contract(*root, catalog, checked.found);
    for (const yaml::Node* root : roots_of(documents, "department"))
        read_department(*root, catalog, checked.found);
    const std::vector<bool> broken = check_processes(documents, texts, catalog, checked);
    check_tests(documents, broken, catalog, checked);
    checked.deployable.contracts = std::move(catalog.contracts);
    checked.deployable.departments = std::move(catalog.departments);
    return checked;
}

}  // namespace countersign::definitions
