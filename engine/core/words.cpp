// Words that rejections share.
#include "engine/core/words.hpp"

#include "engine/core/transitions.hpp"

namespace countersign::core {

Text words_of(CaseStatus status) {
    const std::string name(name_of(status));
    switch (status) {
        case CaseStatus::absent:
            return both(name, "不存在");
        case CaseStatus::open:
            return both(name, "办理中");
        case CaseStatus::ended:
            return both(name, "已办结");
        case CaseStatus::closed:
            return both(name, "已归档");
    }
    return {};
}

Text words_of(TaskStatus status) {
    const std::string name(name_of(status));
    switch (status) {
        case TaskStatus::absent:
            return both(name, "不存在");
        case TaskStatus::open:
            return both(name, "待领取");
        case TaskStatus::claimed:
            return both(name, "已领取");
        case TaskStatus::completed:
            return both(name, "已办理");
        case TaskStatus::cancelled:
            return both(name, "已取消");
    }
    return {};
}

Text names_of(const std::vector<model::Outcome>& outcomes) {
    Text names;
    for (const model::Outcome& outcome : outcomes) {
        names.en += (names.en.empty() ? "" : ", ") + outcome.name;
        names.zh += (names.zh.empty() ? "" : "、") + outcome.name;
    }
    return names;
}

Rejection note_too_large() {
    return {RejectionCode::too_large,
            both("Expected a note of at most 16 KiB, but it is longer", "说明过长，最多 16 KiB"),
            {}};
}

Rejection form_refused(std::vector<model::Problem> problems) {
    return {RejectionCode::invalid,
            both("Expected a form without mistakes, but it has some", "表单填写有误"),
            std::move(problems)};
}

}  // namespace countersign::core
