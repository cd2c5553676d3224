// The schema; see schema.hpp. What a key holds is a small grammar of the page: "text or list
// {step}".

#include "cli/schema/schema.hpp"

#include "definitions/yaml/sections.hpp"
#include "engine/base/check.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using yaml::KeyRow;
using yaml::Section;

/// Sections that are documents of their own. A key may stand in those before it as well: a process
/// names its calendar, a test its process.
constexpr std::string_view documents[] = {"test", "process", "department", "contract", "calendar"};
/// Keys of a step of which it has one.
constexpr std::string_view verbs[] = {"call", "ask", "meet", "run", "do", "decide", "wait", "lead"};

json::object of_type(std::string_view type) { return {{"type", type}}; }

json::object reference(std::string_view name) { return {{"$ref", "#/$defs/" + std::string(name)}}; }

json::object string_like(std::string_view pattern) {
    return {{"type", "string"}, {"pattern", pattern}};
}

std::string_view next_word(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

json::object simple(std::string_view word) {
    if (word == "any" || word == "value") return {};
    if (word == "boolean" || word == "integer" || word == "number") return of_type(word);
    if (word == "text" || word == "when") return of_type("string");
    if (word == "id") return string_like("^[a-z][a-z0-9]*([_-][a-z0-9]+)*$");
    if (word == "limit") return string_like("^[0-9]+ *(wd|wh|d|h|min|s|month|year)$");
    if (word == "title") return reference("title");
    if (word == "cel") return {{"type", {"string", "boolean", "number"}}};
    CHECK(word.size() > 2 && word.front() == '{' && word.back() == '}');
    return reference(word.substr(1, word.size() - 2));
}

/// Where the first alternative of "T or T" ends: before an " or " that stands in no brackets.
std::size_t end_of_first(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (depth == 0 && text.substr(i, 4) == " or ") return i;
    }
    return text.size();
}

json::object holds(std::string_view text) {
    if (end_of_first(text) != text.size()) {
        json::array any;
        while (!text.empty()) {
            const std::size_t end = end_of_first(text);
            any.emplace_back(holds(text.substr(0, end)));
            text.remove_prefix(std::min(end + 4, text.size()));
        }
        return {{"anyOf", std::move(any)}};
    }
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (!text.empty() && text.front() == '(') return holds(text.substr(1, text.size() - 2));
    const std::string_view word = next_word(text);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (word == "list") return {{"type", "array"}, {"items", holds(text)}};
    if (word == "map") return {{"type", "object"}, {"additionalProperties", holds(text)}};
    if (word == "words") {
        json::array words;
        while (!text.empty()) words.emplace_back(next_word(text));
        return {{"enum", std::move(words)}};
    }
    return simple(word);
}

json::object definition_of(const Section& section, std::string_view language) {
    json::object properties;
    json::array required;
    for (const KeyRow& row : section.rows) {
        json::object property = holds(row.holds);
        property["description"] = row.meaning.in(language);
        properties[row.name] = std::move(property);
        if (row.required) required.emplace_back(row.name);
    }
    json::object definition = {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) definition["required"] = std::move(required);
    return definition;
}

/// A mapping with a text under `type` is a field; one without is a record of fields.
json::object field_or_record(json::object field) {
    const json::object is_field = {{"properties", {{"type", of_type("string")}}},
                                   {"required", {"type"}}};
    const json::object record = {{"type", "object"}, {"additionalProperties", reference("field")}};
    return {{"if", is_field}, {"then", std::move(field)}, {"else", record}};
}

json::object one_verb(json::object step) {
    json::array one;
    for (const std::string_view verb : verbs) one.emplace_back(json::object{{"required", {verb}}});
    step["oneOf"] = std::move(one);
    return step;
}

/// A process has steps, items of a bundle, or both.
json::object steps_or_bundle(json::object process) {
    const json::object steps = {{"required", {"steps"}}};
    const json::object bundle = {{"required", {"bundle"}}};
    process["anyOf"] = {steps, bundle};
    return process;
}

json::object title_definition() {
    const json::object languages = {
        {"type", "object"},
        {"properties", {{"en", of_type("string")}, {"zh", of_type("string")}}},
        {"additionalProperties", false},
        {"minProperties", 1}};
    return {{"anyOf", {of_type("string"), languages}}};
}

}  // namespace

json::object json_schema(std::string_view language) {
    json::object definitions;
    definitions["title"] = title_definition();
    for (const Section& section : yaml::sections()) {
        json::object definition = definition_of(section, language);
        if (section.name == "field") definition = field_or_record(std::move(definition));
        if (section.name == "process") definition = steps_or_bundle(std::move(definition));
        if (section.name == "step") definition = one_verb(std::move(definition));
        definitions[section.name] = std::move(definition);
    }
    // By their first key, so that an editor speaks of the document that is meant.
    json::array kinds;
    json::array any;
    for (const std::string_view kind : documents) {
        json::object is_it = {{"required", {kind}}};
        if (!any.empty()) is_it["not"] = json::object{{"anyOf", any}};
        kinds.emplace_back(json::object{{"if", std::move(is_it)}, {"then", reference(kind)}});
        any.emplace_back(json::object{{"required", {kind}}});
    }
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "Countersign"},
            {"type", "object"},
            {"anyOf", std::move(any)},
            {"allOf", std::move(kinds)},
            {"$defs", std::move(definitions)}};
}

}  // namespace countersign::cli
