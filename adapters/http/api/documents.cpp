// Documents as JSON, in requests and in the store.
#include "adapters/http/api/documents.hpp"

#include "adapters/http/api/bodies.hpp"
#include "adapters/http/log.hpp"
#include "engine/expr/json.hpp"
#include "engine/store/definitions_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::http {

namespace {

Error not_files() {
    return failure(ErrorKind::invalid, both("`files` must be a list of {path, text}",
                                            "files 应为 {path, text} 的列表"));
}

}  // namespace

std::vector<definitions::SourceFile> merged(std::vector<definitions::SourceFile> files,
                                            const std::vector<definitions::SourceFile>& given) {
    for (const definitions::SourceFile& file : given) {
        const auto same = std::find_if(files.begin(), files.end(),
                                       [&](const auto& known) { return known.path == file.path; });
        if (same != files.end())
            same->text = file.text;
        else
            files.push_back(file);
    }
    return files;
}

result<std::vector<definitions::SourceFile>> files_of(const expr::Value& given) {
    const Error wrong = not_files();
    const expr::Value* list = given.find("files");
    if (list == nullptr || !list->is(expr::Kind::list)) return wrong;
    std::vector<definitions::SourceFile> files;
    for (const expr::Value& item : list->items()) {
        if (!item.is(expr::Kind::map)) return wrong;
        auto path = text_of(item, "path");
        auto text = text_of(item, "text");
        if (!path || !text || path->empty()) return wrong;
        files.push_back({std::move(*path), std::move(*text)});
    }
    return files;
}

result<std::vector<definitions::SourceFile>> files_of_json(std::string_view text) {
    const auto value = expr::from_json(text);
    if (!value) return value.error();
    if (!value->is(expr::Kind::map)) return not_files();
    return files_of(*value);
}

std::string json_of(const std::vector<definitions::SourceFile>& files) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("files");
    json.begin_array();
    for (const definitions::SourceFile& file : files) {
        json.begin_object();
        json.member("path", file.path);
        json.member("text", file.text);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
}

result<void> restore_documents(Api& api) {
    const auto stored = store::current_deployment(api.engine.store());
    if (!stored) return stored.error();
    if (!*stored) return {};
    auto posted = files_of_json(**stored);
    if (!posted)
        return failure(ErrorKind::corrupt,
                       both("the documents that were deployed over HTTP do not read back",
                            "无法读回通过 HTTP 部署的文档"));
    std::vector<definitions::SourceFile> all = merged(*posted, api.options.sources);
    const definitions::Checked checked = definitions::check(all);
    const std::lock_guard lock(api.sources_guard);
    api.posted = std::move(*posted);
    if (checked.found.has_errors()) {
        const auto found = checked.found.ordered();
        const auto first =
            std::find_if(found.begin(), found.end(), [](const diagnostics::Diagnostic& one) {
                return one.severity == diagnostics::Severity::error;
            });
        log_warning(fmt::format("the documents that were deployed over HTTP do not fit those of "
                                "the deployment file and are left out of checks: {} {}",
                                first->code, first->message.en));
        return {};
    }
    api.options.sources = std::move(all);
    api.options.departments = checked.deployable.departments;
    return {};
}

}  // namespace countersign::http
