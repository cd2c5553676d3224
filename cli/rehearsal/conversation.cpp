// The menu of what can be done, and the questions behind each entry.
#include "cli/rehearsal/conversation.hpp"

#include "adapters/http/api/views.hpp"
#include "cli/output/text.hpp"
#include "cli/rehearsal/agenda.hpp"
#include "cli/rehearsal/questions.hpp"
#include "cli/rehearsal/told.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace countersign::cli {

namespace {

constexpr int jumps_max = 100'000;

void add_paths(const model::Field& record, const std::string& before,
               std::vector<std::string>& paths) {
    for (const model::Field& field : record.fields) {
        const std::string path = before.empty() ? field.name : before + "." + field.name;
        if (field.type == model::FieldType::record)
            add_paths(field, path, paths);
        else
            paths.push_back(path);
    }
}

std::vector<std::string> materials_of(const model::Process& process) {
    std::vector<std::string> ids;
    for (const model::Material& material : process.materials) ids.push_back(material.id);
    return ids;
}

std::vector<std::string> materials_and_fields(const model::Process& process) {
    std::vector<std::string> all = materials_of(process);
    add_paths(process.form, "", all);
    return all;
}

Text listed(const std::vector<std::string>& ids) {
    return {fmt::format("{}", fmt::join(ids, ", ")), fmt::format("{}", fmt::join(ids, "、"))};
}

class Conversation {
  public:
    Conversation(const Globals& globals, rehearsal::World& world, const CaseId& id)
        : globals_(globals),
          terminal_(globals.terminal),
          world_(world),
          id_(id),
          process_(process_of(world, id)),
          questions_(globals.terminal) {}

    outcome<void> run() {
        questions_.say(format_both("Choose by number or letter; `{}` at a question goes back.",
                                   "请输入编号或字母；在提问处输入 `{}` 可返回。", back));
        for (;;) {
            if (auto settled = settle(); !settled) return settled;
            if (is_closed()) return boost::system::in_place_value;
            if (questions_.ended()) return say_ended(), boost::system::in_place_value;
            const std::vector<Due> agenda = agenda_of(world_, id_);
            print_menu(agenda);
            if (auto done = act(choice_of(agenda), agenda); !done) return done;
            if (stopped_) return boost::system::in_place_value;
        }
    }

  private:
    std::uint64_t last_record() {
        const auto state = world_.state(id_);
        return state ? state->sequence : 0;
    }

    bool is_closed() {
        const auto state = world_.state(id_);
        return state && state->status == core::CaseStatus::closed;
    }

    /// Works off what follows at once, and shows it.
    outcome<void> settle() {
        if (const auto settled = world_.run_to(world_.now()); !settled)
            return fail(Exit::refused, settled.error().text());
        const auto lines = timeline_of(globals_, world_, id_, {"", shown_, false});
        if (!lines) return lines.error();
        if (!lines->empty()) fmt::print("\n{}", *lines);
        shown_ = last_record();
        return boost::system::in_place_value;
    }

    void print_choice(const std::string& key, const Text& text) const {
        fmt::print("  {}  {}\n", padded_left(key, 2), printable(text.in(terminal_.language)));
    }

    void print_menu(const std::vector<Due>& agenda) {
        fmt::print("\n");
        for (std::size_t i = 0; i < agenda.size(); ++i)
            print_choice(std::to_string(i + 1), agenda[i].text);
        if (const auto next = world_.next_happening())
            print_choice("t", format_both("time passes until something happens, {} at the earliest",
                                          "时间推移至下一事件，最早为{}", local(*next)));
        const auto state = world_.state(id_);
        if (state && state->status == core::CaseStatus::open)
            print_choice("w", {"the applicant withdraws", "申请人撤回申请"});
        print_choice("q", {"stop here", "到此为止"});
    }

    Text local(Instant at) {
        Text text;
        (void)world_.visit(id_, [&](const runtime::CaseRead& read) {
            text = http::Viewed(read, world_.stage().names).wall(at);
        });
        return text;
    }

    void say_ended() const { questions_.say({"The input has ended.", "输入已结束。"}); }

    /// Asks until the answer is one of the menu's; "q" when the input has ended.
    std::string choice_of(const std::vector<Due>& agenda) {
        for (;;) {
            const auto said = questions_.ask({"> ", "> "});
            if (questions_.ended()) return say_ended(), "q";
            if (!said || said->empty()) continue;
            if (*said == "t" || *said == "w" || *said == "q" || entry_of(*said, agenda) != nullptr)
                return *said;
            questions_.say(
                format_both("There is no choice `{}`: give a number or a letter of the list.",
                            "没有选项`{}`：请输入列表中的编号或字母。", *said));
        }
    }

    static const Due* entry_of(const std::string& said, const std::vector<Due>& agenda) {
        std::size_t number = 0;
        const char* end = said.data() + said.size();
        const auto read = std::from_chars(said.data(), end, number);
        const bool is_one = read.ec == std::errc() && read.ptr == end && number >= 1;
        return is_one && number <= agenda.size() ? &agenda[number - 1] : nullptr;
    }

    outcome<void> act(const std::string& choice, const std::vector<Due>& agenda) {
        if (choice == "t") return pass();
        if (choice == "q")
            stopped_ = true;
        else if (choice == "w")
            withdraw();
        else
            take_up(*entry_of(choice, agenda));
        return boost::system::in_place_value;
    }

    /// Jumps from one happening to the next until something is told of the case.
    outcome<void> pass() {
        const std::uint64_t before = last_record();
        for (int jumps = 0; jumps < jumps_max && last_record() == before; ++jumps) {
            const auto next = world_.next_happening();
            if (!next) {
                questions_.say({"Nothing happens any more unless somebody acts.",
                                "除非有人办理，不会再发生任何事。"});
                break;
            }
            if (const auto ran = world_.pass_until(*next); !ran)
                return fail(Exit::refused, ran.error().text());
        }
        return boost::system::in_place_value;
    }

    void take_up(const Due& due) {
        switch (due.kind) {
            case Due::Kind::task:
                return complete(due);
            case Due::Kind::call:
                return answer(due);
            case Due::Kind::papers:
                return supply();
            case Due::Kind::incident:
                return submit(core::RetryIncident{due.number}, {"operator", {"operator"}});
        }
    }

    void complete(const Due& due) {
        const model::Step& step = process_->steps[due.index];
        const auto outcome = questions_.outcome(step.outcomes);
        if (!outcome) return;
        core::CompleteTask command;
        command.task = due.number;
        command.outcome = outcome->name;
        questions_.accept_suspicious(false);
        const auto form = questions_.record(std::get<model::AskVerb>(step.verb).form, false);
        if (!form || !say_more(*outcome, command.note, command.missing)) return;
        command.form = *form;
        submit(std::move(command), {due.who, {due.who}});
    }

    void answer(const Due& due) {
        const model::Operation& operation = process_->operations[due.index];
        const auto outcome = questions_.outcome(operation.outcomes);
        if (!outcome) return;
        core::AnswerCall command;
        command.call = due.number;
        command.outcome = outcome->name;
        command.by_hand = true;
        questions_.accept_suspicious(false);
        // Who refuses need not have the result.
        const bool lenient = outcome->kind != model::OutcomeKind::ok;
        const auto result = questions_.record(operation.output, lenient);
        if (!result || !say_more(*outcome, command.note, command.missing)) return;
        command.result = *result;
        submit(std::move(command), {"department:" + due.who, {}});
    }

    /// Asks what goes with any outcome: a note, and what is missing where that is the outcome.
    bool say_more(const model::Outcome& outcome, std::string& note,
                  std::vector<core::MissingItem>& items) {
        const auto said = questions_.text({"note", "附言"});
        if (!said) return false;
        note = *said;
        if (outcome.kind != model::OutcomeKind::supplement) return true;
        const auto known = materials_and_fields(*process_);
        for (;;) {
            const auto ids = questions_.ids({"what is missing: materials or fields, with commas",
                                             "缺少哪些材料或字段（以逗号分隔）"},
                                            known);
            if (!ids) return false;
            for (const std::string& id : *ids) {
                const auto reason =
                    questions_.text(format_both("why `{}`", "`{}`的补正理由", id));
                if (!reason) return false;
                items.push_back({id, *reason, false});
            }
            if (!items.empty()) return true;
            questions_.say(
                format_both("`{}` must say what is missing: a field of the form, or one of {}",
                            "`{}`须写明所缺内容：申请表的字段，或材料{}", outcome.name,
                            listed(materials_of(*process_))));
        }
    }

    void supply() {
        const auto ids = questions_.ids({"what is handed in (empty: all that is missing)",
                                         "补交哪些（留空：补齐所缺）"},
                                        materials_and_fields(*process_));
        if (!ids) return;
        const std::vector<std::string> papers = materials_of(*process_);
        core::Supply command;
        questions_.accept_suspicious(true);
        for (const std::string& id : ids->empty() ? missing_of(world_, id_) : *ids) {
            if (std::find(papers.begin(), papers.end(), id) != papers.end()) {
                command.materials.push_back({id, id, "", 0});
                continue;
            }
            auto value = questions_.field(*find_field(process_->form, id).field, id, false);
            if (!value) return;
            command.fields.emplace_back(id, *std::move(value));
        }
        command.overrides = questions_.take_accepted();
        const bool by_staff = !command.overrides.empty();
        const std::string who = by_staff ? "operator" : "applicant";
        submit(std::move(command), {who, {who}});
    }

    void withdraw() {
        auto reason = questions_.ask({"reason: ", "理由："});
        while (reason && reason->empty()) {
            questions_.say({"A reason must be given.", "须写明理由。"});
            reason = questions_.ask({"reason: ", "理由："});
        }
        if (reason) submit(core::WithdrawCase{*reason}, {"applicant", {"applicant"}});
    }

    void submit(core::CommandBody body, core::Principal by) {
        const auto came = world_.submit(
            {fmt::format("rehearse/{}", ++commands_), id_, std::move(by), std::move(body)});
        if (const auto* no = std::get_if<core::Rejection>(&came)) questions_.say(told(*no));
        if (const auto* error = std::get_if<Error>(&came)) questions_.say(error->text());
    }

    const Globals& globals_;
    const Terminal& terminal_;
    rehearsal::World& world_;
    CaseId id_;
    std::shared_ptr<const model::Process> process_;  ///< the world has the case, so it is there
    Questions questions_;
    std::uint64_t shown_ = 0;
    std::uint64_t commands_ = 0;
    bool stopped_ = false;
};

}  // namespace

outcome<void> converse(const Globals& globals, rehearsal::World& world, const CaseId& id) {
    return Conversation(globals, world, id).run();
}

std::optional<runtime::OpenRequest> ask_application(const Globals& globals,
                                                    const model::Process& process) {
    Questions questions(globals.terminal);
    questions.say(format_both("The application for {}:", "{}申请：", process.title));
    runtime::OpenRequest request;
    request.process = process.id;
    questions.accept_suspicious(true);
    auto form = questions.record(process.form, false);
    if (!form) return std::nullopt;
    request.form = *std::move(form);
    request.overrides = questions.take_accepted();
    if (process.materials.empty()) return request;
    const std::vector<std::string> known = materials_of(process);
    const Text what = format_both("papers handed in, with commas ({}; may be empty)",
                                  "提交的材料，以逗号分隔（{}；可留空）", listed(known));
    auto ids = questions.ids(what, known);
    while (!ids && !questions.ended()) {
        // The form is checked as a whole by now, and too long to be dropped by a slip.
        questions.say({"The form is filled in and is kept; ^C stops here.",
                       "申请表已填妥并予保留；按 ^C 可退出。"});
        ids = questions.ids(what, known);
    }
    if (!ids) return std::nullopt;
    for (const std::string& id : *ids) request.materials.push_back({id, id, "", 0});
    return request;
}

}  // namespace countersign::cli
