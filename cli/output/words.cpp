// One table of words.
#include "cli/output/words.hpp"

#include <algorithm>
#include <array>

namespace countersign::cli {

namespace {

struct Word {
    std::string_view api;
    std::string_view en;
    std::string_view zh;
};
constexpr std::array<Word, 46> words = {{{"open", "open", "办理中"},
                                         {"ended", "ended", "已办结"},
                                         {"closed", "closed", "已归档"},
                                         {"granted", "granted", "准予"},
                                         {"refused", "refused", "不予"},
                                         {"refusal", "refusal", "不予"},
                                         {"withdrawn", "withdrawn", "已撤回"},
                                         {"waiting", "waiting", "未开始"},
                                         {"active", "active", "进行中"},
                                         {"supplementing", "waits for papers", "待补正"},
                                         {"supplement", "papers missing", "补正"},
                                         {"skipped", "skipped", "已跳过"},
                                         {"cancelled", "cancelled", "已取消"},
                                         {"accepted", "accepted", "已受理"},
                                         {"rejected", "rejected", "不同意"},
                                         {"approved", "approved", "同意"},
                                         {"done", "done", "已完成"},
                                         {"incomplete", "incomplete", "材料不齐"},
                                         {"retrying", "is tried again", "重试中"},
                                         {"blocked", "blocked", "已阻塞"},
                                         {"answered", "answered", "已答复"},
                                         {"claimed", "claimed", "已领取"},
                                         {"completed", "completed", "已办理"},
                                         {"running", "running", "计时中"},
                                         {"paused", "paused", "已停表"},
                                         {"stopped", "stopped", "已止"},
                                         {"green", "green", "绿牌"},
                                         {"yellow", "yellow", "黄牌"},
                                         {"red", "red", "红牌"},
                                         {"met", "met", "按时"},
                                         {"never_started", "never started", "未启动"},
                                         {"case", "case", "办件"},
                                         {"limit", "limit", "时限"},
                                         {"statutory", "statutory", "法定"},
                                         {"promised", "promised", "承诺"},
                                         {"internal", "internal", "内部"},
                                         {"when_false", "does not apply", "不适用"},
                                         {"dead_path", "nothing led to it", "前序未办"},
                                         {"absent", "did not come", "缺席"},
                                         {"empty_list", "nothing to do", "无事项"},
                                         {"government", "the departments", "承办单位"},
                                         {"applicant", "the applicant", "申请人"},
                                         {"third_party", "a third party", "第三方"},
                                         {"nobody", "nobody", "无人持有"},
                                         {"operator", "the operator", "运维人员"},
                                         {"supervisor", "the supervisor", "督查人员"}}};

}  // namespace

std::string word(const Terminal& terminal, std::string_view api_word) {
    const auto found = std::find_if(words.begin(), words.end(),
                                    [api_word](const Word& w) { return w.api == api_word; });
    return std::string(found == words.end() ? api_word : terminal.say(found->en, found->zh));
}

Cell card(const Terminal& terminal, std::string_view api_card) {
    Style style = Style::plain;
    if (api_card == "green") style = Style::green;
    if (api_card == "yellow") style = Style::yellow;
    if (api_card == "red") style = Style::red;
    return Cell(word(terminal, api_card), style);
}

Cell status(const Terminal& terminal, std::string_view api_status, std::string_view kind) {
    Style style = Style::plain;
    if (kind == "granted" || kind == "ok") style = Style::green;
    if (kind == "refused" || kind == "refusal" || api_status == "blocked") style = Style::red;
    if (api_status == "skipped" || api_status == "cancelled" || api_status == "waiting")
        style = Style::dim;
    return Cell(word(terminal, api_status), style);
}

}  // namespace countersign::cli
