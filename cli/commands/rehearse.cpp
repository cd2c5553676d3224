// rehearse: plays one case in virtual time, by profiles and choices or in conversation.
#include "cli/commands/commands.hpp"

#include "adapters/http/api/bodies.hpp"
#include "adapters/rehearsal/play.hpp"
#include "cli/output/text.hpp"
#include "cli/rehearsal/agenda.hpp"
#include "cli/rehearsal/by_profile.hpp"
#include "cli/rehearsal/choices.hpp"
#include "cli/rehearsal/conversation.hpp"
#include "cli/rehearsal/sources.hpp"
#include "cli/rehearsal/told.hpp"
#include "definitions/diagnostics/render.hpp"
#include "engine/expr/json.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

namespace countersign::cli {

namespace {

constexpr Duration longest = hours(24 * 3650);

struct Options {
    std::string process;
    std::string application;
    std::vector<std::string> definitions;
    std::vector<std::string> profiles;
    std::vector<std::string> choices;
    std::vector<std::string> fields;
    std::vector<std::string> materials;
    std::string start_at;
    bool interactive = false;
    bool brief = false;
};

/// What does not go together.
outcome<void> check_options(const Globals& globals, const Options& options) {
    if (options.application.empty() && !options.interactive)
        return fail(Exit::usage, {"there is no application", "没有申请文件"},
                    {"name its JSON file, or let it be asked for with --interactive",
                     "请指明其 JSON 文件，或用 --interactive 逐项填写"});
    if (options.application == "-" && options.interactive)
        return fail(Exit::usage,
                    {"the answers of --interactive come from standard input, so the application "
                     "cannot",
                     "--interactive 的回答来自标准输入，申请不能也来自标准输入"},
                    {"name the application's file", "请指明申请文件"});
    if (globals.json() && options.interactive)
        return fail(Exit::usage,
                    {"--interactive talks with people, not in JSON",
                     "--interactive 用于与人对话，不输出 JSON"},
                    {"leave --output json or --interactive out",
                     "请去掉 --output json 或 --interactive"});
    return boost::system::in_place_value;
}

// ── The application ──────────────────────────────────────────────────────────────────────────

/// Takes the members around the form. Papers are there by word: a rehearsal stores no contents.
result<void> take_around(const expr::Value& given, int offset_minutes,
                         runtime::OpenRequest& request) {
    auto materials = http::materials_of(given);
    if (!materials) return materials.error();
    auto applicant = http::text_of(given, "applicant");
    if (!applicant) return applicant.error();
    const auto received = http::moment_of(given, "received", offset_minutes);
    if (!received) return received.error();
    auto overrides = http::overrides_of(given);
    if (!overrides) return overrides.error();
    const auto incomplete = http::flag_of(given, "incomplete");
    if (!incomplete) return incomplete.error();
    for (const core::GivenMaterial& one : *materials)
        request.materials.push_back({one.id, one.name, "", 0});
    request.applicant = *std::move(applicant);
    request.received = *received;
    request.incomplete = *incomplete;
    request.overrides = *std::move(overrides);
    return boost::system::in_place_value;
}

/// Reads the application: {form, materials, applicant, received, overrides, incomplete}, or the
/// form alone. Times without an offset are read at `offset_minutes`.
outcome<runtime::OpenRequest> read_application(const Options& options, int offset_minutes) {
    const auto text = read_text(options.application);
    if (!text) return text.error();
    const auto given = expr::from_json(*text);
    if (!given || !given->is(expr::Kind::map))
        return fail(Exit::usage,
                    format_both("{} is no JSON object{}", "{} 不是 JSON 对象{}",
                                options.application,
                                given ? Text{} : format_both(": {}", "：{}", given.error().text())),
                    {"write the form's fields, or {\"form\": {…}, \"materials\": […]}",
                     "请写表单各字段，或 {\"form\": {…}, \"materials\": […]}"});
    runtime::OpenRequest request;
    request.process = options.process;
    request.form = *given;
    if (given->find("form") == nullptr) return request;
    auto form = http::record_of(*given, "form");
    const auto around =
        form ? take_around(*given, offset_minutes, request) : result<void>(form.error());
    if (!around)
        return fail(Exit::usage,
                    format_both("{}: {}", "{}：{}", options.application, around.error().text()));
    request.form = *std::move(form);
    return request;
}

// ── The rehearsal ────────────────────────────────────────────────────────────────────────────

int offset_of(const rehearsal::Stage& stage, const std::string& calendar) {
    return calendar::data_of(*stage.calendars->find(calendar)).offset_minutes;
}

class Rehearsal {
  public:
    Rehearsal(const Globals& globals, const Options& options)
        : globals_(globals), terminal_(globals.terminal), options_(options) {}

    outcome<void> run() {
        if (auto fit = check_options(globals_, options_); !fit) return fit.error();
        if (auto made = make_world(); !made) return made.error();
        const auto deployed = world_->stage().catalog->find(options_.process, 0);
        const model::Process& process = *deployed->process;
        auto choices = read_choices(options_.choices, options_.fields, process);
        if (!choices) return choices.error();
        if (auto cast = cast_departments(); !cast) return cast.error();
        if (auto taken = take_application(process); !taken) return taken.error();
        Choices people(*world_, *std::move(choices));
        auto opened = world_->open(request_);
        if (const auto* error = std::get_if<Error>(&opened))
            return fail(Exit::refused, error->text());
        if (const auto* no = std::get_if<core::Rejection>(&opened))
            return fail(Exit::refused, format_both("the application was refused: {}",
                                                   "申请被退回：{}", told(*no)));
        const CaseId id = std::get<runtime::Opened>(opened).case_id;
        people.follow(id);
        if (auto played = options_.interactive ? converse(globals_, *world_, id) : alone(id);
            !played)
            return played.error();
        if (auto shown = close(id); !shown) return shown.error();
        return none_refused(people);
    }

  private:
    outcome<void> make_world() {
        const bool has_file = !options_.application.empty() && options_.application != "-";
        auto files = definitions_for(options_.process, has_file ? options_.application : ".",
                                     options_.definitions);
        if (!files) return files.error();
        const definitions::Checked checked = definitions::check(*std::move(files));
        std::vector<std::string> known;
        for (const model::Process& one : checked.deployable.processes) known.push_back(one.id);
        if (std::find(known.begin(), known.end(), options_.process) == known.end())
            return no_process(known);
        if (checked.found.has_errors()) {
            fmt::print(stderr, "{}", diagnostics::render_human(checked.found, terminal_.language));
            return fail(Exit::refused,
                        {"the definitions have errors, so that nothing can be played",
                         "定义有错误，无法演练"},
                        {"correct them, or name other documents with --definitions",
                         "请更正，或用 --definitions 指明其他文档"});
        }
        const auto stage = rehearsal::make_stage(checked.deployable);
        if (!stage) return fail(Exit::refused, stage.error().text());
        rehearsal::WorldOptions options;
        const auto start = start_of(*stage);
        if (!start) return start.error();
        options.start = *start;
        options.concurrency = 1'000;
        options.contents = rehearsal::every_content;
        world_ = std::make_unique<rehearsal::World>(*stage, options);
        return boost::system::in_place_value;
    }

    Failure no_process(const std::vector<std::string>& known) const {
        const Text what = format_both("there is no process {}", "没有事项 {}", options_.process);
        if (!known.empty())
            return fail(Exit::usage, what, diagnostics::did_you_mean(options_.process, known));
        return fail(Exit::usage,
                    format_both("{} in the folder of the application or the three above it",
                                "{}：申请所在目录及其上三级目录中均未找到", what),
                    {"name its documents with --definitions", "请用 --definitions 指明其文档"});
    }

    /// When the rehearsal begins, on the wall clock of the process's calendar.
    outcome<Instant> start_of(const rehearsal::Stage& stage) const {
        if (options_.start_at.empty()) {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return Instant{std::chrono::duration_cast<std::chrono::seconds>(now).count() * 1'000};
        }
        const auto deployed = stage.catalog->find(options_.process, 0);
        const auto at =
            parse_moment(options_.start_at, offset_of(stage, deployed->process->calendar));
        if (at) return *at;
        return fail(Exit::usage,
                    format_both("--start-at: {}", "--start-at：{}", at.error().text()));
    }

    // ── Departments ──
    /// Each department answers by its profile, or is played by hand.
    outcome<void> cast_departments() {
        for (const std::string& id : world_->stage().departments) play_by_hand(*world_, id);
        for (const std::string& given : options_.profiles)
            if (auto cast = cast_by(given); !cast) return cast.error();
        return boost::system::in_place_value;
    }

    /// DEPARTMENT=FILE; else a file that names its department, or a folder of such.
    outcome<void> cast_by(const std::string& given) {
        const std::size_t mark = given.find('=');
        if (mark != std::string::npos)
            return cast(given.substr(0, mark), given.substr(mark + 1));
        const auto files = definitions::read_sources({given});
        if (!files)
            return fail(Exit::usage, files.error().text(),
                        {"name a profile, a folder of them, or DEPARTMENT=FILE",
                         "请指明部门剧本、其目录，或写 DEPARTMENT=FILE"});
        bool any = false;
        for (const definitions::SourceFile& file : *files) {
            if (kind_of(file.text) != "profile") continue;
            any = true;
            if (auto done = cast(std::string(id_of(file.text)), file.path); !done) return done;
        }
        if (any) return boost::system::in_place_value;
        return fail(Exit::usage,
                    format_both("{} holds no profile", "{} 中没有部门剧本", given),
                    {"a profile is a YAML file whose first key is `profile`",
                     "部门剧本是第一个键为 `profile` 的 YAML 文件"});
    }

    outcome<void> cast(const std::string& department, const std::string& path) {
        const std::vector<std::string>& known = world_->stage().departments;
        if (std::find(known.begin(), known.end(), department) == known.end())
            return fail(Exit::usage,
                        format_both("{} is for the department {}, which is not there",
                                    "{} 属于部门 {}，而定义中没有该部门", path, department),
                        diagnostics::did_you_mean(department, known));
        diagnostics::Diagnostics found;
        auto profile = read_profile(path, found);
        if (!profile) {
            fmt::print(stderr, "{}", diagnostics::render_human(found, terminal_.language));
            return fail(Exit::usage,
                        format_both("{} is no profile", "{} 不是部门剧本", path),
                        {"correct what is said above", "请更正上述问题"});
        }
        play_by_profile(*world_, department, *std::move(profile));
        return boost::system::in_place_value;
    }

    // ── From the application to the end ──
    outcome<void> take_application(const model::Process& process) {
        if (options_.application.empty()) {
            auto asked = ask_application(globals_, process);
            if (!asked)
                return fail(Exit::usage,
                            {"the application was left unfinished", "申请没有填写完毕"});
            request_ = *std::move(asked);
        } else {
            auto read = read_application(options_, offset_of(world_->stage(), process.calendar));
            if (!read) return read.error();
            request_ = *std::move(read);
        }
        // As `start` takes them; what is in the file does not matter here.
        for (const std::string& one : options_.materials) {
            const std::string id = one.substr(0, one.find('='));
            request_.materials.push_back({id, id, "", 0});
        }
        request_.by = rehearsal::opener_of(request_);
        return boost::system::in_place_value;
    }

    outcome<void> alone(const CaseId& id) {
        if (const auto ran = world_->run_to(world_->now() + longest); !ran)
            return fail(Exit::refused, ran.error().text());
        world_->watch({});
        if (globals_.json()) return boost::system::in_place_value;
        const auto lines = timeline_of(globals_, *world_, id, {"", 0, options_.brief});
        if (!lines) return lines.error();
        fmt::print("{}", *lines);
        const std::vector<Due> agenda = agenda_of(*world_, id);
        if (agenda.empty()) return boost::system::in_place_value;
        fmt::print("\n{}\n",
                   terminal_.say("Nothing says what happens next. Waited for:",
                                 "此后如何办理没有写明，等待："));
        for (const Due& due : agenda) {
            const Text line = format_both("{} (`{}`)", "{}（`{}`）", due.text, due.means);
            fmt::print("  {}\n", printable(line.in(terminal_.language)));
        }
        return boost::system::in_place_value;
    }

    static outcome<void> none_refused(const Choices& people) {
        Text all;
        for (const Text& one : people.refused())
            all = all.empty() ? one : format_both("{}\n{}", "{}\n{}", all, one);
        if (all.empty()) return boost::system::in_place_value;
        return fail(Exit::refused, all,
                    {"choose otherwise, fill in what is missing with --field, or say more with "
                     "--interactive or "
                     "in a test",
                     "请另选结果、用 --field 补填，或用 --interactive 或测试文档补充填写"});
    }

    outcome<void> close(const CaseId& id) {
        if (globals_.json()) return print_json_of(*world_, id);
        fmt::print("\n");
        return print_case_of(globals_, *world_, id);
    }

    const Globals& globals_;
    const Terminal& terminal_;
    const Options& options_;
    std::unique_ptr<rehearsal::World> world_;
    runtime::OpenRequest request_;
};

int run(const Globals& globals, const Options& options) {
    const outcome<void> played = Rehearsal(globals, options).run();
    return played ? code_of(Exit::ok) : report(played.error());
}

}  // namespace

void add_rehearse(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub =
        line.app.add_subcommand("rehearse", "Play one case in virtual time, without a server");
    sub->add_option("PROCESS", options->process, "its id")->required();
    sub->add_option("APPLICATION", options->application,
                    "JSON file, or - for standard input; with --interactive it may be left out, "
                    "and is asked for");
    const auto add_list = [sub](const char* name, std::vector<std::string>& values,
                                const char* description) {
        // One value each, so that positionals may stand behind them.
        sub->add_option(name, values, description)->allow_extra_args(false);
    };
    add_list("--definitions", options->definitions,
             "the process and what it needs (default: the nearest folder upwards from the "
             "application that holds it, or whose countersign.yaml names it); may be repeated");
    add_list("--profile", options->profiles,
             "who answers how: a profile, a folder of them, or DEPARTMENT=FILE; may be repeated");
    add_list("--choose", options->choices,
             "STEP=OUTCOME: a person chooses it at once; may be repeated");
    add_list("--field", options->fields,
             "STEP.FIELD=VALUE: what the person fills in with it, a nested one as site.address; "
             "may be repeated");
    add_list("--material", options->materials, "a paper that is handed in: ID; may be repeated");
    sub->add_option("--start-at", options->start_at,
                    "when it is handed in, such as \"2026-02-10 10:00\" (default: now)");
    sub->add_flag("--brief", options->brief,
                  "leave out what the lines beside it tell already, such as limits that begin");
    sub->add_flag("-i,--interactive", options->interactive,
                  "ask here what everybody does who is not played otherwise");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
