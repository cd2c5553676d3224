// Diagnostics as JSON and as SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0).

#include "definitions/diagnostics/characters.hpp"
#include "definitions/diagnostics/codes.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/diagnostics/shown.hpp"
#include "engine/base/text.hpp"

#include <fmt/format.h>

#include <map>

namespace countersign::diagnostics {

namespace {

/// Returns `text` as a JSON string. Bytes that are no UTF-8 become U+FFFD: JSON has no place for
/// them.
std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = character_bytes(text, at);
        const std::string_view character = text.substr(at, bytes);
        const auto byte = static_cast<unsigned char>(character.front());
        at += bytes;
        if (character == "\"" || character == "\\") out += "\\";
        if (byte < 0x20)
            out += fmt::format("\\u{:04x}", byte);
        else if (bytes == 1 && byte >= 0x80)
            out += "\xEF\xBF\xBD";
        else
            out += character;
    }
    return out + "\"";
}

std::string file_name(const Span& span, const Sources& sources) {
    return span.file == no_file ? std::string() : sources[span.file].name();
}

std::string place_members(const Span& span, const Sources& sources) {
    return fmt::format(R"("file":{},"line":{},"column":{},"endLine":{},"endColumn":{})",
                       json_string(file_name(span, sources)), span.line, span.column, span.end_line,
                       span.end_column);
}

/// Returns {"en": …, "zh": …}, or null for a text that is empty.
std::string text_json(const Text& text) {
    if (text.empty()) return "null";
    return fmt::format(R"({{"en":{},"zh":{}}})", json_string(text.en), json_string(text.zh));
}

const char* severity_text(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

std::string diagnostic_json(const Diagnostic& diagnostic, const Sources& sources) {
    std::string notes;
    for (const Note& note : diagnostic.notes)
        notes += fmt::format("{}{{{},\"message\":{}}}", notes.empty() ? "" : ",",
                             place_members(note.span, sources), text_json(note.text));
    return fmt::format(
        R"({{"severity":"{}","code":{},{},"message":{},"suggestion":{},"notes":[{}]}})",
        severity_text(diagnostic.severity), json_string(diagnostic.code),
        place_members(diagnostic.span, sources), text_json(diagnostic.message),
        text_json(diagnostic.suggestion), notes);
}

/// A path as the URI reference that SARIF wants (RFC 3986): all but unreserved characters and
/// slashes are percent-encoded.
std::string uri_of(std::string_view path) {
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

/// Returns a `location`; without a file an empty string.
std::string sarif_location(const Span& span, const Sources& sources, const std::string& text) {
    if (span.file == no_file) return {};
    std::string region;
    if (span.line != 0)
        region = fmt::format(
            R"(,"region":{{"startLine":{},"startColumn":{},"endLine":{},"endColumn":{}}})",
            span.line, span.column, span.end_line, span.end_column);
    const std::string message = text.empty()
                                    ? std::string()
                                    : fmt::format(R"(,"message":{{"text":{}}})", json_string(text));
    return fmt::format(R"({{"physicalLocation":{{"artifactLocation":{{"uri":{}}}{}}}{}}})",
                       json_string(uri_of(sources[span.file].name())), region, message);
}

std::string sarif_result(const Diagnostic& diagnostic, std::size_t rule, const Sources& sources,
                         std::string_view language) {
    std::string text = diagnostic.message.in(language);
    if (!diagnostic.suggestion.empty())
        text += format_both(" ({})", "（{}）", diagnostic.suggestion).in(language);
    std::string related;
    for (const Note& note : diagnostic.notes) {
        const std::string location = sarif_location(note.span, sources, note.text.in(language));
        if (!location.empty()) related += (related.empty() ? "" : ",") + location;
    }
    const std::string location = sarif_location(diagnostic.span, sources, {});
    return fmt::format(
        R"({{"ruleId":{},"ruleIndex":{},"level":"{}","message":{{"text":{}}},"locations":[{}]{}}})",
        json_string(diagnostic.code), rule, severity_text(diagnostic.severity), json_string(text),
        location, related.empty() ? "" : ",\"relatedLocations\":[" + related + "]");
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics) {
    const Shown shown = choose_shown(diagnostics);
    std::string list;
    for (const Diagnostic& diagnostic : shown.list)
        list += (list.empty() ? "\n" : ",\n") + diagnostic_json(diagnostic, diagnostics.sources());
    return fmt::format("{{\"diagnostics\":[{}],\"shown\":{},\"errors\":{},\"warnings\":{}}}\n",
                       list, shown.list.size(), shown.errors, shown.warnings);
}

std::string render_sarif(const Diagnostics& diagnostics, std::string_view language) {
    const std::vector<Diagnostic> list = diagnostics.ordered();
    std::map<std::string, std::size_t> rule_of;
    std::string rules;
    std::string results;
    for (const Diagnostic& diagnostic : list) {
        const auto [rule, is_new] = rule_of.emplace(diagnostic.code, rule_of.size());
        if (is_new) {
            const CodePage* page = find_code(diagnostic.code);
            const std::string title(page == nullptr ? std::string_view(diagnostic.code)
                                                    : page->in(language).title);
            rules += fmt::format(R"({}{{"id":{},"shortDescription":{{"text":{}}}}})",
                                 rules.empty() ? "" : ",", json_string(diagnostic.code),
                                 json_string(title));
        }
        results += (results.empty() ? "\n" : ",\n") +
                   sarif_result(diagnostic, rule->second, diagnostics.sources(), language);
    }
    return fmt::format(
        R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",)"
        R"("runs":[{{"tool":{{"driver":{{"name":"countersign","rules":[{}]}}}},)"
        R"("columnKind":"unicodeCodePoints","language":"{}",)"
        R"("results":[{}]}}]}})"
        "\n",
        rules, language == "zh" ? "zh-CN" : "en", results);
}

}  // namespace countersign::diagnostics
