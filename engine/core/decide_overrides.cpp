// Suspicious numbers: codes with a wrong check digit are really in use, so a member of staff may
// accept one with a reason, which the journal keeps (domain.md, "Unified social credit code").
#include "engine/core/flow.hpp"

#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

/// Takes the suspicion of a field out of the problems; false when there is none.
bool take_out(std::vector<model::Problem>& problems, std::string_view field) {
    const auto found = std::find_if(problems.begin(), problems.end(), [&](const auto& problem) {
        return problem.path == field && problem.code == "suspicious";
    });
    if (found == problems.end()) return false;
    problems.erase(found);
    return true;
}

model::Problem answers_nothing(const FieldOverride& given) {
    return {given.field, "not_suspicious",
            format_both("`{}` has no suspicious number: only one that is well-formed, but for its "
                        "check digit, is accepted with a reason; leave the override out",
                        "“{}”没有可疑号码：只有格式正确而校验位不符的号码才可注明理由予以认可；"
                        "请去掉该项认可",
                        given.field)};
}

model::Problem has_no_reason(const FieldOverride& given) {
    return {given.field, "reason_missing",
            format_both("the override of `{}` needs a reason, such as \"as on the certificate\"",
                        "对“{}”的认可须注明理由，例如“与证照一致”", given.field)};
}

}  // namespace

std::optional<Rejection> refuse_overrides(const std::vector<FieldOverride>& overrides,
                                          const Principal& by) {
    if (overrides.empty()) return std::nullopt;
    if (by.is_only_applicant())
        return Rejection{
            RejectionCode::not_allowed,
            both("Expected a member of staff to accept a suspicious number, but an applicant did; "
                 "correct the number, or apply at the hall with the certificate",
                 "申请人不能自行认可可疑号码；请更正号码，或携带证照到窗口办理"),
            {}};
    if (overrides.size() > limits::overrides_max)
        return Rejection{RejectionCode::too_large,
                         format_both("Expected at most {} overrides, but there are {}",
                                     "一次最多认可 {} 个可疑号码，现有 {} 个",
                                     limits::overrides_max, overrides.size()),
                         {}};
    for (const FieldOverride& given : overrides)
        if (given.reason.size() > limits::note_bytes_max) return note_too_large();
    return std::nullopt;
}

Acceptances accept_suspicious(const Flow& flow, const expr::Value& form,
                              const std::vector<FieldOverride>& overrides,
                              std::vector<model::Problem>& problems) {
    Acceptances recorded;
    for (const AcceptedField& accepted : flow.state().accepted) {
        const expr::Value* before = model::part_at(flow.state().form.value, accepted.field);
        const expr::Value* now = model::part_at(form, accepted.field);
        if (before != nullptr && now != nullptr && *before == *now)
            take_out(problems, accepted.field);
        else
            recorded.lapsed.push_back({accepted.field});
    }
    for (const FieldOverride& given : overrides) {
        const bool is_blank = given.reason.find_first_not_of(" \t\r\n") == std::string::npos;
        if (!take_out(problems, given.field))
            problems.push_back(answers_nothing(given));
        else if (is_blank)
            problems.push_back(has_no_reason(given));
        else
            recorded.accepted.push_back({given.field, flow.by, given.reason});
    }
    return recorded;
}

void record(Flow& flow, const Acceptances& acceptances) {
    for (const AcceptanceLapsed& lapsed : acceptances.lapsed) flow.draft.add(lapsed);
    for (const SuspiciousFieldAccepted& number : acceptances.accepted) flow.draft.add(number);
}

}  // namespace countersign::core
