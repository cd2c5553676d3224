// Layers: each calendar is laid over the one that it extends.

#include "definitions/calendar/loader.hpp"

#include "definitions/calendar/document.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::definitions {

namespace {

using calendar::CalendarData;
using calendar::SpecialDay;
using diagnostics::Diagnostics;

constexpr std::size_t layers_max = 8;

const SpecialDay* find_day(const CalendarData& data, Date date) {
    const auto found =
        std::lower_bound(data.days.begin(), data.days.end(), date,
                         [](const SpecialDay& day, Date wanted) { return day.date < wanted; });
    return found != data.days.end() && found->date == date ? &*found : nullptr;
}

class Loader {
  public:
    Loader(std::vector<CalendarDocument> documents, Diagnostics& diagnostics)
        : documents_(std::move(documents)), diagnostics_(diagnostics) {
        for (const CalendarDocument& document : documents_) {
            if (document.id.empty()) continue;
            const auto [place, is_new] = by_id_.emplace(document.id, &document);
            if (is_new) continue;
            diagnostics_
                .error("CS4012", document.id_span,
                       format_both("there are two calendars `{}`", "有两个日历叫`{}`", document.id),
                       {"give one of them another id", "请给其中一个换个标识"})
                .notes.push_back(
                    {place->second->id_span, {"the first stands here", "第一个在这里"}});
        }
    }

    std::map<std::string, CalendarData, std::less<>> run() {
        std::map<std::string, CalendarData, std::less<>> loaded;
        for (const auto& [id, document] : by_id_) {
            std::vector<const CalendarDocument*> layers;
            if (!collect(*document, layers)) continue;
            if (auto data = merged(layers)) loaded.emplace(id, std::move(*data));
        }
        return loaded;
    }

  private:
    /// Lists the layers of a calendar from the top down; false when one is missing or has errors.
    bool collect(const CalendarDocument& top, std::vector<const CalendarDocument*>& layers) {
        const CalendarDocument* document = &top;
        while (true) {
            if (!document->ok) return false;
            layers.push_back(document);
            if (!document->extends) return true;
            const auto below = by_id_.find(*document->extends);
            if (below == by_id_.end()) {
                report_unknown(*document);
                return false;
            }
            document = below->second;
            const bool is_cycle = std::find(layers.begin(), layers.end(), document) != layers.end();
            if (is_cycle || layers.size() == layers_max) {
                report_endless(*layers.front(), layers, is_cycle);
                return false;
            }
        }
    }

    /// Found for every calendar above as well; the collector tells the same mistake once.
    void report_unknown(const CalendarDocument& document) {
        std::vector<std::string> known;
        for (const auto& [id, other] : by_id_)
            if (id != document.id) known.push_back(id);
        diagnostics_.error(
            "CS4008", document.extends_span,
            format_both("there is no calendar `{}`", "没有日历`{}`", *document.extends),
            diagnostics::did_you_mean(*document.extends, known));
    }

    void report_endless(const CalendarDocument& top,
                        const std::vector<const CalendarDocument*>& layers, bool is_cycle) {
        std::string path;
        for (const CalendarDocument* layer : layers) path += layer->id + " → ";
        path += *layers.back()->extends;
        if (is_cycle)
            diagnostics_.error("CS4009", top.extends_span,
                               format_both("calendars extend one another in a circle: {}",
                                           "日历互相叠加，成了循环：{}", path),
                               {"let one of them extend nothing", "请让其中一个不再叠加"});
        else
            diagnostics_.error("CS4009", top.extends_span,
                               format_both("there are more than {} layers: {}",
                                           "叠加超过 {} 层：{}", layers_max, path),
                               {"put layers together", "请合并几层"});
    }

    std::optional<CalendarData> merged(const std::vector<const CalendarDocument*>& layers) {
        const std::size_t errors = diagnostics_.errors();
        CalendarData data;
        data.week.resize(7);
        for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) lay_over(data, **layer);
        const bool works = std::any_of(data.week.begin(), data.week.end(),
                                       [](const auto& hours) { return !hours.empty(); });
        if (!works)
            diagnostics_.error(
                "CS4011", layers.front()->id_span,
                format_both("the calendar `{}` never works", "日历`{}`没有任何工作时间", data.id),
                {"give at least one day of the week working hours",
                 "请至少给一周中的一天写上工作时间"});
        if (diagnostics_.errors() != errors) return std::nullopt;
        return data;
    }

    void lay_over(CalendarData& data, const CalendarDocument& document) {
        data.id = document.id;
        data.title = document.title;
        data.version = document.version;
        if (!document.extends) {
            data.offset_minutes = document.offset_minutes.value_or(data.offset_minutes);
            data.first_year = document.years.front();
            data.last_year = document.years.back();
        }
        for (std::size_t i = 0; i < document.week.size(); ++i)
            if (document.week[i]) data.week[i] = *document.week[i];
        const auto notices_below = static_cast<std::uint16_t>(data.notices.size());
        data.notices.insert(data.notices.end(), document.notices.begin(), document.notices.end());
        std::vector<SpecialDay> days = data.days;
        for (const NamedDay& named : document.days) {
            if (named.is_make_up) check_make_up(data, named);
            SpecialDay day = named.day;
            day.notice = static_cast<std::uint16_t>(day.notice + notices_below);
            const auto place =
                std::lower_bound(days.begin(), days.end(), day.date,
                                 [](const SpecialDay& a, Date date) { return a.date < date; });
            if (place != days.end() && place->date == day.date)
                *place = std::move(day);
            else
                days.insert(place, std::move(day));
        }
        data.days = std::move(days);
    }

    /// `data` has the week of this layer and the days of those below.
    void check_make_up(const CalendarData& data, const NamedDay& named) {
        const Date date = named.day.date;
        const bool is_worked = !data.week[static_cast<std::size_t>(date.weekday() - 1)].empty();
        if (!is_worked || find_day(data, date) != nullptr) return;
        static const std::array<Text, 7> names{{{"Monday", "星期一"},
                                                {"Tuesday", "星期二"},
                                                {"Wednesday", "星期三"},
                                                {"Thursday", "星期四"},
                                                {"Friday", "星期五"},
                                                {"Saturday", "星期六"},
                                                {"Sunday", "星期日"}}};
        diagnostics_.error(
            "CS4006", named.span,
            format_both("{} is a {}, which is worked anyway", "{}是{}，本来就上班", date.text(),
                        names[static_cast<std::size_t>(date.weekday() - 1)]),
            {"compare the date with the notice, or use `hours` for other hours",
             "请与放假通知核对日期；只改工作时间请用`hours`"});
    }

    std::vector<CalendarDocument> documents_;
    Diagnostics& diagnostics_;
    std::map<std::string, const CalendarDocument*, std::less<>> by_id_;
};

}  // namespace

std::map<std::string, CalendarData, std::less<>> load_calendars(
    const std::vector<const yaml::Node*>& roots, Diagnostics& diagnostics) {
    std::vector<CalendarDocument> documents;
    for (const yaml::Node* root : roots)
        if (!root->entries.empty() && root->entries.front().key.text == "calendar")
            documents.push_back(read_calendar_document(*root, diagnostics));
    return Loader(std::move(documents), diagnostics).run();
}

}  // namespace countersign::definitions
