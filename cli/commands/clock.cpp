// clock: where a case's time went, by holder, and what its clocks counted.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr int bar_columns = 24;
constexpr std::size_t busy_named_max = 3;  ///< of those busy at once; the rest is counted

/// One case's ledger with what every part of the output needs of it.
class Shown {
  public:
    Shown(const Globals& globals, const json::value& ledger)
        : globals_(globals),
          terminal_(globals.terminal),
          ledger_(ledger),
          day_ms_(integer_at(ledger, "calendar.usual_day_ms", 28'800'000)),
          // A case whose whole life lies outside working hours is shared out by elapsed time.
          measure_(integer_at(ledger, "whole.working_ms") > 0 ? "working_ms" : "elapsed_ms") {}

    void print() const {
        print_head();
        print_holders();
        print_clocks();
        print_intervals();
    }

  private:
    std::string say(std::string_view en, std::string_view zh) const {
        return std::string(terminal_.say(en, zh));
    }
    std::string worked(const json::value& span, std::string_view path = "working_ms") const {
        return working(integer_at(span, path), day_ms_, terminal_.language);
    }
    std::string elapsed(const json::value& span) const {
        const std::int64_t ms = integer_at(span, "elapsed_ms");
        return ms == 0 ? "0" : readable({ms}, terminal_.language);
    }

    /// Who somebody is: a department by its name, the fixed ones by their words.
    std::string who(const json::value& busy) const {
        const std::string title = title_at(busy, "title", terminal_.language);
        if (!title.empty()) return title;
        const std::string id = text_at(busy, "who");
        return id.empty() ? say("where it was handed in", "收件处") : word(terminal_, id);
    }

    void print_head() const {
        const std::string to = when(globals_, ledger_, "to");
        fmt::print(
            "{}",
            draw_facts({{say("case", "办件编号"), Cell(text_at(ledger_, "case"), Style::bold)},
                        {say("process", "事项"), title_at(ledger_, "title", terminal_.language)},
                        {say("received", "收到时间"), when(globals_, ledger_, "from")},
                        {flag_at(ledger_, "ended") ? say("ended", "办结") : say("now", "现在"), to},
                        {say("calendar", "日历"), calendar()}},
                       terminal_));
    }

    std::string calendar() const {
        const std::string title = title_at(ledger_, "calendar.title", terminal_.language);
        return format_both("{} (1wd is {} of working time)", "{}（1个工作日为{}）",
                           title.empty() ? text_at(ledger_, "calendar.calendar") : title,
                           working(day_ms_, 0, terminal_.language))
            .in(terminal_.language);
    }

    std::string share(const json::value& span) const {
        const auto whole = static_cast<double>(
            std::max<std::int64_t>(integer_at(ledger_, fmt::format("whole.{}", measure_)), 1));
        return fmt::format("{:.1f} %",
                           100.0 * static_cast<double>(integer_at(span, measure_)) / whole);
    }

    std::string bar(const json::value& span) const {
        const std::int64_t whole =
            std::max<std::int64_t>(integer_at(ledger_, fmt::format("whole.{}", measure_)), 1);
        const std::int64_t part = integer_at(span, measure_);
        const std::int64_t eighths = (part * bar_columns * 8 + whole / 2) / whole;
        static constexpr std::string_view blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        std::string out;
        for (std::int64_t i = 0; i < eighths / 8; ++i) out += "█";
        out += blocks[eighths % 8];
        return out.empty() && part > 0 ? "▏" : out;
    }

    void print_holders() const {
        Table table({{say("HELD BY", "持有方"), true},
                     {say("WORKING TIME", "工作时间"), false, true},
                     {say("SHARE", "占比"), false, true},
                     {""},
                     {say("ELAPSED", "自然时间"), false, true},
                     {say("BUSY IN ALL", "共在办"), false, true}});
        const auto row = [&](std::string name, const json::value& span, std::string busy,
                             Style style) {
            table.add({Cell(std::move(name), style), Cell(worked(span), style), share(span),
                       style == Style::dim ? std::string() : bar(span), elapsed(span),
                       std::move(busy)});
        };
        for (const json::value& holder : list_at(ledger_, "holders")) {
            const std::string side = text_at(holder, "holder");
            if (side != "government" && side != "applicant" &&
                integer_at(holder, "elapsed_ms") == 0)
                continue;
            row(word(terminal_, side), holder, "", Style::bold);
            const json::array& all = list_at(holder, "who");
            const json::value* together = find(holder, "together");
            if (side == "applicant" || side == "nobody" || together == nullptr) continue;
            for (const json::value& one : all)
                if (const json::value* alone = find(one, "alone"))
                    row("  " + who(one), *alone, worked(one, "busy.working_ms"), Style::dim);
            if (integer_at(*together, "elapsed_ms") > 0)
                row(say("  several at once", "  同时在办"), *together, "", Style::dim);
        }
        if (const json::value* whole = find(ledger_, "whole"))
            row(say("in all", "合计"), *whole, "", Style::bold);
        fmt::print("\n{}", table.draw(terminal_));
    }

    void print_clocks() const {
        Table table({{say("CLOCK", "时钟"), true},
                     {say("WITHIN", "期限")},
                     {say("COUNTED", "已计"), false, true},
                     {say("STOOD STILL", "停表"), false, true},
                     {say("FROM", "起算")},
                     {say("DUE", "截止")},
                     {say("CARD", "牌")}});
        for (const json::value& clock : list_at(ledger_, "clocks")) {
            if (!text_at(clock, "of").empty()) continue;
            table.add({word(terminal_, text_at(clock, "name")),
                       length(terminal_, text_at(clock, "within")), counted(clock, "counted"),
                       counted(clock, "stood_still"), when(globals_, clock, "from"),
                       when(globals_, clock, "due"), card(terminal_, text_at(clock, "card"))});
        }
        if (!table.empty()) fmt::print("\n{}", table.draw(terminal_));
    }

    /// A count in the clock's own unit.
    std::string counted(const json::value& clock, std::string_view path) const {
        const std::string unit = text_at(clock, "unit");
        const std::int64_t count = integer_at(clock, path);
        if (unit == "wd") return length(terminal_, fmt::format("{}wd", count));
        if (unit == "wh") return working(count, 0, terminal_.language);
        if (unit == "d" || unit == "month" || unit == "year")
            return readable({count * 86'400'000}, terminal_.language);
        return readable({count}, terminal_.language);
    }

    std::string busy_text(const json::value& interval) const {
        std::string out;
        const json::array& all = list_at(interval, "busy");
        for (std::size_t i = 0; i < std::min(all.size(), busy_named_max); ++i) {
            const json::value& busy = all[i];
            if (!out.empty()) out += say("; ", "；");
            const bool nobody = text_at(busy, "side") == "nobody";
            out += nobody ? say("a time is awaited", "等待时间") : who(busy);
            std::string steps;
            for (const json::value& step : list_at(busy, "steps"))
                steps += (steps.empty() ? "" : say(", ", "、")) +
                         title_at(step, "title", terminal_.language);
            const auto more =
                integer_at(busy, "open") - static_cast<std::int64_t>(list_at(busy, "steps").size());
            if (more > 0 && !steps.empty()) steps += fmt::format(" +{}", more);
            const std::string duty = text_at(busy, "duty");
            if (duty == "notice") steps += say(" (gathers the notice)", "（汇总补正通知）");
            if (duty == "supplement") steps += say(" (papers)", "（补正材料）");
            if (duty == "incident") steps += say(" (is stuck)", "（异常待处置）");
            if (!steps.empty()) out += say(": ", "：") + steps;
        }
        if (all.size() > busy_named_max)
            out += format_both("; {} more", "；另有{}方", all.size() - busy_named_max)
                       .in(terminal_.language);
        return out;
    }

    void print_intervals() const {
        Table table({{say("FROM", "自")},
                     {say("TO", "至")},
                     {say("WORKING TIME", "工作时间"), false, true},
                     {say("HELD BY", "持有方")},
                     {say("STANDS STILL", "停表")},
                     {say("WHO IS BUSY", "在办"), true}});
        const int offset = offset_of(text_at(ledger_, "now"));
        for (const json::value& interval : list_at(ledger_, "intervals")) {
            // Where two things happen in one instant nobody held the case between them.
            if (integer_at(interval, "elapsed_ms") == 0) continue;
            const auto at = [&](std::string_view path) {
                const auto instant = instant_at(interval, path);
                return instant ? short_moment(*instant, offset, terminal_.language) : std::string();
            };
            std::string still;
            for (const json::value& clock : list_at(interval, "stands_still"))
                if (text_at(clock, "of").empty())
                    still += (still.empty() ? "" : say(", ", "、")) +
                             word(terminal_, text_at(clock, "name"));
            const std::string holder = text_at(interval, "holder");
            table.add({at("from"), at("to"), worked(interval),
                       Cell(word(terminal_, holder),
                            holder == "government" ? Style::plain : Style::yellow),
                       still, busy_text(interval)});
        }
        if (!table.empty()) fmt::print("\n{}", table.draw(terminal_));
    }

    const Globals& globals_;
    const Terminal& terminal_;
    const json::value& ledger_;
    std::int64_t day_ms_;
    std::string_view measure_;
};

}  // namespace

void add_clock(CommandLine& line) {
    auto id = std::make_shared<std::string>();
    CLI::App* sub = line.app.add_subcommand(
        "clock", "Show where a case's time went: who held it, and what its clocks counted");
    sub->add_option("CASE", *id, "its id")->required();
    sub->callback([id, &run = line.run, &globals = line.globals] {
        run = [id, &globals] {
            return show_answer(globals, fmt::format("/v1/cases/{}/clock", percent_encoded(*id)),
                               [&](const json::value& ledger) { Shown(globals, ledger).print(); });
        };
    });
}

}  // namespace countersign::cli
