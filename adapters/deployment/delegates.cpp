// Who acts for whom, and when.
#include "adapters/deployment/fields.hpp"

#include <algorithm>
#include <set>

namespace countersign::deployment {

namespace {

std::optional<Date> read_date(Reading& reading, yaml::Keys& keys, std::string_view key) {
    const Node* given = keys.required(key);
    if (given == nullptr) return std::nullopt;
    const auto text = yaml::as_expression(*given, reading.found, ticked(key));
    if (!text) return std::nullopt;
    const auto date = Date::parse(*text);
    if (!date)
        reading.error("CS3005", *given,
                      format_both("`{}` is no date", "`{}`不是日期", *text),
                      {"write it like `2026-07-01`", "请写成`2026-07-01`的形式"});
    return date;
}

void read_delegate(Reading& reading, const Node& node, Person& person) {
    yaml::Keys keys(node, reading.found, {"a delegate", "代理人"});
    if (!keys.ok()) return;
    const Node* to = keys.required("to");
    const auto name =
        to == nullptr ? std::nullopt : yaml::as_text(*to, reading.found, ticked("to"));
    const auto from = read_date(reading, keys, "from");
    const auto until = read_date(reading, keys, "until");
    keys.finish();
    if (!name || !from || !until) return;
    if (*from > *until)
        return reading.error("CS3016", *node.find("until"),
                             format_both("`until` {} is before `from` {}",
                                         "`until` {} 早于`from` {}", until->text(), from->text()),
                             {"both days are included; write the later one behind `until`",
                              "首末两日均计入；请把较晚的一日写在`until`后"});
    person.delegates.push_back({*name, *from, *until});
    reading.delegates.push_back({person.id, person.delegates.back(), to->span});
}

/// Whether a chain of delegations that hold on some of these days leads from `start` to `person`.
bool leads_to(const std::vector<DelegateUse>& all, const std::string& start,
              const std::string& person, const Delegate& days) {
    std::set<std::string> reached = {start};
    for (bool grew = true; grew;) {
        grew = false;
        for (const DelegateUse& use : all)
            if (use.delegate.from <= days.until && days.from <= use.delegate.until &&
                reached.contains(use.of))
                grew = reached.insert(use.delegate.to).second || grew;
    }
    return reached.contains(person);
}

void check_delegate(Reading& reading, const DelegateUse& use,
                    const std::vector<std::string>& known) {
    const std::string& to = use.delegate.to;
    if (std::find(known.begin(), known.end(), to) == known.end())
        reading.found.error(
            "CS3016", use.span,
            format_both("`people` has nobody called `{}`", "`people`中没有`{}`", to),
            diagnostics::did_you_mean(to, known));
    else if (to == use.of)
        reading.found.error(
            "CS3016", use.span,
            format_both("`{}` would act for themselves", "`{}`成了自己的代理人", to),
            {"name somebody else", "请写另外的人"});
    else if (leads_to(reading.delegates, to, use.of, use.delegate))
        reading.found.error(
            "CS3016", use.span,
            format_both("`{0}` acts for `{1}` on days on which `{1}` acts for `{0}`",
                        "`{0}`代理`{1}`的日子里，`{1}`又在代理`{0}`", to, use.of),
            {"choose days that do not overlap, or somebody who is there",
             "请错开日期，或另选在岗的人"});
}

}  // namespace

void read_delegates(Reading& reading, const Node& node, Person& person) {
    if (!yaml::expect_sequence(node, reading.found, ticked("delegates"))) return;
    for (const Node& item : node.items) read_delegate(reading, item, person);
}

void check_delegates(Reading& reading, const Deployment& read) {
    std::vector<std::string> known;
    for (const Person& person : read.people) known.push_back(person.id);
    for (const DelegateUse& use : reading.delegates) check_delegate(reading, use, known);
    if (!reading.delegates.empty() && read.calendar.empty())
        reading.found.error("CS3016", reading.delegates.front().span,
                            {"nothing says by which calendar the days of delegates are counted",
                             "没有写明代理日期按哪个日历计算"},
                            {"add `calendar: …` to the file", "请在文件中补上`calendar: …`"});
}

}  // namespace countersign::deployment
