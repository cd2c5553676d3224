// Profiles are YAML of the same kind as definitions, read with the same care for places.
#include "cli/department/profile.hpp"

#include "cli/json_view.hpp"
#include "definitions/yaml/access.hpp"
#include "definitions/yaml/reader.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/date.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::cli {

namespace {

using diagnostics::Diagnostics;
using yaml::Keys;
using yaml::Node;
namespace json = boost::json;

constexpr int offset_of_china = 480;  ///< minutes
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t count_max = 1'000'000;

constexpr std::array<std::pair<std::string_view, Fault>, 6> fault_names = {
    {{"error", Fault::error},
     {"refuse", Fault::refuse},
     {"garbage", Fault::garbage},
     {"html", Fault::html},
     {"huge", Fault::huge},
     {"silence", Fault::silence}}};

void wrong(Diagnostics& found, const Node& node, Text message, Text cure) {
    found.error("CS1018", node.span, std::move(message), std::move(cure));
}

json::value to_json(const Node& node) {
    switch (node.kind) {
        case yaml::NodeKind::null:
            return nullptr;
        case yaml::NodeKind::sequence: {
            json::array list;
            for (const Node& item : node.items) list.push_back(to_json(item));
            return list;
        }
        case yaml::NodeKind::mapping: {
            json::object object;
            for (const yaml::Entry& entry : node.entries)
                object[entry.key.text] = to_json(entry.value);
            return object;
        }
        case yaml::NodeKind::scalar:
            break;
    }
    // Numbers and booleans are written alike in YAML's core schema and in JSON, but for a few forms
    // (+1, .5, 0x10) that stay texts.
    if (node.type() != yaml::ScalarType::text) {
        json::error_code error;
        json::value value = json::parse(node.text, error);
        if (!error) return value;
    }
    return json::value(node.text);
}

void read_fault(const Node& node, Answer& answer, Diagnostics& found) {
    const auto name = yaml::as_text(node, found, ticked("fault"));
    if (!name) return;
    std::vector<std::string> known;
    for (const auto& [text, fault] : fault_names) {
        known.emplace_back(text);
        if (text == *name) answer.fault = fault;
    }
    if (answer.fault == Fault::none)
        wrong(found, node, format_both("`{}` is no fault", "`{}`不是故障", *name),
              diagnostics::did_you_mean(*name, known));
}

void read_at(const Node& node, Answer& answer, Diagnostics& found) {
    const auto text = yaml::as_expression(node, found, ticked("at"));
    // A date before the time makes it what the reader of times knows.
    const auto at = parse_rfc3339("1970-01-01T" + text.value_or("") + "Z");
    if (!at)
        wrong(found, node, {"`at` is no time of the day", "`at`不是一天中的时刻"},
              {"write it like \"10:30\"", "请写成\"10:30\"的形式"});
    else
        answer.at = Duration{at->ms};
}

std::uint32_t read_count(const Node& node, std::string_view key, std::int64_t least,
                         Diagnostics& found) {
    const auto value = yaml::as_integer(node, found, ticked(key));
    if (value && *value >= least && *value <= count_max) return static_cast<std::uint32_t>(*value);
    if (value)
        wrong(found, node,
              format_both("`{}` must be {} … {}", "`{}`应在 {} 与 {} 之间", key, least, count_max),
              {"write a whole number", "请写整数"});
    return static_cast<std::uint32_t>(least);
}

/// `missing: { site_plan: why, form.site.address: why }`, as an answer of the API has it.
json::array read_missing(const Node& node, Diagnostics& found) {
    json::array missing;
    if (!yaml::expect_mapping(node, found, ticked("missing"))) return missing;
    for (const yaml::Entry& entry : node.entries)
        missing.push_back(
            {{"id", entry.key.text},
             {"reason", yaml::as_text(entry.value, found, ticked(entry.key.text)).value_or("")}});
    return missing;
}

Answer read_answer(const Node& node, Diagnostics& found) {
    Answer answer;
    Keys keys(node, found, {"an answer", "答复"});
    if (const Node* share = keys.optional("share"))
        answer.share = read_count(*share, "share", 0, found);
    if (const Node* after = keys.optional("after")) {
        const auto text = yaml::as_expression(*after, found, ticked("after"));
        const auto length = parse_duration(text.value_or("0s"));
        if (!length)
            wrong(found, *after,
                  format_both("`after` is no duration: `{}`", "`after`不是时长：`{}`", *text),
                  {"case time: 20h, 90min", "办件时间：20h、90min"});
        else
            answer.after = *length;
    }
    if (const Node* when = keys.optional("when"))
        if (yaml::expect_mapping(*when, found, ticked("when")))
            for (const yaml::Entry& entry : when->entries)
                answer.when[entry.key.text] = to_json(entry.value);
    if (const Node* round = keys.optional("round"))
        answer.round = read_count(*round, "round", 1, found);
    if (const Node* at = keys.optional("at")) read_at(*at, answer, found);
    if (const Node* fault = keys.optional("fault")) read_fault(*fault, answer, found);
    if (const Node* attempts = keys.optional("fault_attempts"))
        answer.fault_attempts = read_count(*attempts, "fault_attempts", 0, found);
    const bool answers = answer.fault == Fault::none || answer.fault_attempts != 0;
    if (const Node* outcome = answers ? keys.required("outcome") : keys.optional("outcome"))
        answer.outcome = yaml::as_text(*outcome, found, ticked("outcome")).value_or("");
    if (const Node* result = keys.optional("result"))
        if (yaml::expect_mapping(*result, found, ticked("result")))
            answer.result = to_json(*result).as_object();
    if (const Node* note = keys.optional("note"))
        answer.note = yaml::as_text(*note, found, ticked("note")).value_or("");
    if (const Node* missing = keys.optional("missing"))
        answer.missing = read_missing(*missing, found);
    keys.finish();
    return answer;
}

/// Whether a value of the call is the one that the profile writes; numbers by their value, so that
/// 120 is 120.0.
bool is_same(const json::value& given, const json::value& wanted) {
    if (given.is_number() && wanted.is_number())
        return given.to_number<double>() == wanted.to_number<double>();
    return given == wanted;
}

bool fits(const Answer& answer, const PlayedCall& call) {
    if (answer.round != 0 && answer.round != call.round) return false;
    return std::all_of(answer.when.begin(), answer.when.end(), [&](const auto& condition) {
        const json::value* given = find(call.input, condition.first);
        return given != nullptr && is_same(*given, condition.second);
    });
}

bool is_meant(const Answer& answer) { return answer.round != 0 || !answer.when.empty(); }

}  // namespace

std::optional<Answer> Profile::answer(const PlayedCall& call) const {
    constexpr std::string_view slots = ".slots";
    auto found = operations.find(call.operation);
    if (found == operations.end() && call.operation.ends_with(slots)) {
        const json::value* offered = find(call.input, "slots");
        Answer all;
        all.outcome = "offered";
        all.result["slots"] = offered == nullptr ? json::value(json::array()) : *offered;
        return all;
    }
    if (found == operations.end()) found = operations.find("*");
    if (found == operations.end()) return std::nullopt;
    std::vector<const Answer*> candidates;
    for (const bool meant : {true, false}) {
        for (const Answer& answer : found->second)
            if (is_meant(answer) == meant && answer.share > 0 && fits(answer, call))
                candidates.push_back(&answer);
        if (!candidates.empty()) break;
    }
    std::uint64_t shares = 0;
    for (const Answer* answer : candidates) shares += answer->share;
    if (shares == 0) return std::nullopt;
    std::uint64_t drawn = stable_hash(call.id) % shares;
    for (const Answer* answer : candidates) {
        if (drawn < answer->share) return *answer;
        drawn -= answer->share;
    }
    return std::nullopt;
}

Duration answering_time(const Answer& answer, Instant asked) {
    if (!answer.at) return answer.after;
    const LocalTime earliest = local_time(asked + answer.after, offset_of_china);
    const std::int64_t wait = answer.at->ms - earliest.ms_of_day;
    return answer.after + Duration{wait < 0 ? wait + day_ms : wait};
}

std::optional<Profile> read_profile(const std::string& path, Diagnostics& found) {
    const std::optional<Node> root = yaml::read_file(path, found);
    if (!root) return std::nullopt;
    Profile profile;
    Keys keys(*root, found, {"the profile", "部门剧本"});
    keys.required("profile");
    if (const Node* operations = keys.required("operations");
        operations != nullptr && yaml::expect_mapping(*operations, found, ticked("operations"))) {
        for (const yaml::Entry& entry : operations->entries) {
            std::vector<Answer>& answers = profile.operations[entry.key.text];
            if (entry.value.is_sequence())
                for (const Node& item : entry.value.items)
                    answers.push_back(read_answer(item, found));
            else
                answers.push_back(read_answer(entry.value, found));
        }
    }
    keys.finish();
    if (found.has_errors()) return std::nullopt;
    return profile;
}

}  // namespace countersign::cli
