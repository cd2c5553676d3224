// The Chinese of the help, by its English: a table, so that the commands stay readable and a test
// finds what lacks.
#include "cli/commands/help.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace countersign::cli {

namespace {

const std::map<std::string_view, std::string_view> chinese = {
    // The program
    {"Countersign runs approvals that several departments must agree on.",
     "Countersign 运行需要多个部门会签的审批事项。"},
    {"Print this help message and exit", "显示本帮助并退出"},
    {"where the server is", "服务器地址"},
    {"file with your token (default: data/operator.token if there is one)",
     "您的令牌文件（默认：若有 data/operator.token 则用之）"},
    {"text, or json as the server gave it", "text 为文字，json 为服务器原样返回的内容"},
    {"en or zh (default: by the locale)", "en 或 zh（默认：按系统语言）"},
    {"Exit codes: 0 done, 1 refused or errors found, 2 wrong arguments or a file that cannot be "
     "read, 3 no server answered.",
     "退出码：0 已完成；1 被拒绝或发现错误；2 参数有误或文件无法读取；3 没有服务器应答。"},
    // What many commands have
    {"its id", "编号"},
    {"the file", "文件"},
    {"reasons, kept with the case", "说明，随办件保存"},
    {"kept with the case", "随办件保存"},
    {"a paper: ID=FILE, or ID alone if it was presented on paper; may be repeated",
     "材料：ID=FILE；以纸质形式提交的只写 ID；可重复"},
    {"PATH=VALUE, such as site.address=…; may be repeated",
     "PATH=VALUE，例如 site.address=…；可重复"},
    {"FIELD=REASON: take a number whose check digit is wrong; may be repeated",
     "FIELD=REASON：接受校验位不符的号码并说明理由；可重复"},
    // Definitions
    {"Check definitions: files and folders, together", "检查定义：文件和目录一并检查"},
    {"YAML files, or folders of them", "YAML 文件或其目录"},
    {"human, json or sarif", "human、json 或 sarif"},
    {"STEP: tell when it begins, is skipped or called off, what it can wait for and who sees what",
     "STEP：说明该步骤何时开始、何时跳过或取消、等待什么、谁看到什么"},
    {"warnings fail, too", "警告也算失败"},
    {"Play tests of definitions in virtual time", "在虚拟时间中运行定义的测试"},
    {"test documents, or folders with some", "测试文档，或含有测试文档的目录"},
    {"the documents that they are about (default: the nearest folder upwards that holds the "
     "process, or whose countersign.yaml names it)",
     "被测文档（默认：向上最近的、含有该事项或其 countersign.yaml 指明该事项的目录）"},
    {"only tests with this in their names", "只运行名称含有此内容的测试"},
    {"human or json", "human 或 json"},
    {"every event, and the timelines of tests that pass, too",
     "显示全部事件，通过的测试也显示经过"},
    {"Play one case in virtual time, without a server", "不用服务器，在虚拟时间中演练一个办件"},
    {"JSON file, or - for standard input; with --interactive it may be left out, and is asked for",
     "JSON 文件，- 为标准输入；与 --interactive 并用时可省略，改为逐项填写"},
    {"the process and what it needs (default: the nearest folder upwards from the application "
     "that holds it, or whose countersign.yaml names it); may be repeated",
     "事项及其所需文档（默认：从申请所在目录向上，最近的含有该事项或其 countersign.yaml "
     "指明该事项的目录）；可重复"},
    {"who answers how: a profile, a folder of them, or DEPARTMENT=FILE; may be repeated",
     "部门如何答复：部门剧本、其目录，或 DEPARTMENT=FILE；可重复"},
    {"STEP=OUTCOME: a person chooses it at once; may be repeated",
     "STEP=OUTCOME：办理人即时选定的结果；可重复"},
    {"STEP.FIELD=VALUE: what the person fills in with it, a nested one as site.address; may be "
     "repeated",
     "STEP.FIELD=VALUE：办理人同时填写的字段，嵌套字段如 site.address；可重复"},
    {"a paper that is handed in: ID; may be repeated", "提交的材料：ID；可重复"},
    {"when it is handed in, such as \"2026-02-10 10:00\" (default: now)",
     "提交申请的时间，例如“2026-02-10 10:00”（默认：现在）"},
    {"ask here what everybody does who is not played otherwise", "在此逐一询问其余各方如何办理"},
    {"Due times on the spot, and what calendars say of days and years",
     "即时推算截止时间，查看日历中的日期与年份"},
    {"When a limit ends: calendar due 2026-02-13 5wd", "时限何时届满：calendar due 2026-02-13 5wd"},
    {"Working days between two points: calendar between 2026-02-13 2026-02-27",
     "两个时间点之间的工作日：calendar between 2026-02-13 2026-02-27"},
    {"a day, or a moment such as \"2026-02-13 10:00\"", "日期，或时刻，例如“2026-02-13 10:00”"},
    {"such as 5wd, 4wh, 10d, 1month or 2h", "例如 5wd、4wh、10d、1month 或 2h"},
    {"a later day or moment; of a day all of it", "之后的日期或时刻；日期计至当日结束"},
    {"its id (default: the deployment's, else china-mainland)",
     "日历编号（默认：部署所用日历，否则为 china-mainland）"},
    {"calendar documents, or folders with some (default: those of the nearest countersign.yaml "
     "upwards, else the program's own); may be repeated",
     "日历文档或其目录（默认：向上最近的 countersign.yaml 所列日历，否则为程序自带日历）；可重复"},
    {"read such pairs from standard input, one a line, and answer each with a line",
     "从标准输入逐行读取，每行一问一答"},
    {"wd: the day of the start counts, too", "wd：起算当日计入"},
    {"wd: ends at midnight, not at the close of business", "wd：至当日24时届满，而非下班时"},
    {"d, month, year: a last day that is no working day stays the last",
     "d、month、year：末日逢休息日不顺延"},
    {"list the days, counted or not, and why", "逐日列出是否计入及其原因"},
    {"A calendar and the days of one of its years", "显示日历及其某一年的特殊日期"},
    {"default: this one", "默认：今年"},
    {"Check calendars, and sum up their years to compare with the notices",
     "检查日历，并汇总各年工作日以便与通知核对"},
    {"calendar documents, or folders with some (default: the program's own)",
     "日历文档或其目录（默认：程序自带日历）"},
    {"The days that a calendar has otherwise than another", "比较两个日历，列出不同的日期"},
    {"a calendar document, or the id of the program's own", "日历文档，或程序自带日历的编号"},
    {"the same", "同上"},
    {"What a new version of a process changes", "事项的新版本有哪些变化"},
    {"the file of the old version", "旧版本的文件"},
    {"the file of the new one", "新版本的文件"},
    {"what both need (default: the nearest folder upwards that holds the process, or whose "
     "countersign.yaml names it); may be repeated",
     "两者所需的文档（默认：向上最近的、含有该事项或其 countersign.yaml "
     "指明该事项的目录）；可重复"},
    {"Who gets to see what of an application", "申请中的内容分别给谁看"},
    {"Draw a process as a picture (SVG)", "把事项流程画成图（SVG）"},
    {"What a bundle saves: fields, papers, working days and trips",
     "一件事节省的填写项、材料、工作日与跑动次数"},
    {"its id; with --case it may be left out", "编号；用 --case 时可省略"},
    {"the file (default: standard output)", "输出文件（默认：标准输出）"},
    {"show what the steps of this case have come to, as the server tells it",
     "按服务器所示，标出该办件各步骤的进展"},
    {"the process and what it needs (default: the nearest folder upwards that holds it, or whose "
     "countersign.yaml names it); may be repeated",
     "事项及其所需文档（默认：向上最近的、含有该事项或其 countersign.yaml "
     "指明该事项的目录）；可重复"},
    {"Evaluate an expression (CEL)", "计算表达式（CEL）"},
    {"such as '1 + 2', or form.load_kw > 100", "例如 '1 + 2' 或 form.load_kw > 100"},
    {"JSON file with the variables by name; - for standard input",
     "按名称给出变量的 JSON 文件；- 为标准输入"},
    {"the value or the error as the specification's cases write them",
     "按规范用例的写法输出值或错误"},
    {"the type that is deduced, without a value", "只输出推断的类型，不计算"},
    {"run a file of the specification's cases instead, one JSON object a line",
     "改为运行规范用例文件，每行一个 JSON 对象"},
    {"cases that are not run: FILE/SECTION/NAME and the reason, one a line",
     "不运行的用例：每行写 FILE/SECTION/NAME 及理由"},
    {"Print the page of a code that check gave", "显示 check 所给代码的说明"},
    {"such as CS1001", "例如 CS1001"},
    {"Give definitions to a running server", "向运行中的服务器部署定义"},
    {"YAML files, or folders of them, checked together", "YAML 文件或其目录，一并检查"},
    // The server
    {"Run a server from a deployment file", "按部署文件运行服务器"},
    {"countersign.yaml", "countersign.yaml"},
    {"ADDRESS:PORT instead of the file's", "ADDRESS:PORT，代替文件中的地址和端口"},
    {"data folder instead of the file's", "数据目录，代替文件中的"},
    {"threads that decide (default: one a core)", "决策线程数（默认：每核一个）"},
    {"case seconds a second, for demonstrations", "每秒走几个办件秒，供演示"},
    {"case time at the first start, RFC 3339", "首次启动时的办件时间，RFC 3339"},
    {"the first operator's token (default: operator.token in the data folder)",
     "首位运维人员的令牌（默认：数据目录中的 operator.token）"},
    {"Prove the journal's chain of one case, or of all", "核验一个或全部办件的日志哈希链"},
    {"its id; without one, all cases", "编号；不写则为全部办件"},
    {"Print the version", "显示版本"},
    // Played departments
    {"Play a department", "模拟部门"},
    {"Answer calls on a port, as a profile says", "在端口上按模拟配置应答调用"},
    {"the department's document", "部门文档"},
    {"on 127.0.0.1; 0: any free one", "在 127.0.0.1 上；0 为任意空闲端口"},
    {"YAML: how it answers", "YAML：如何应答"},
    {"case seconds a second, as the server has it", "每秒走几个办件秒，与服务器相同"},
    {"the secret shared with the server: calls are checked, answers signed",
     "与服务器共享的密钥：校验调用，签署答复"},
    {"file that gets a JSON line a request", "每个请求写一行 JSON 的文件"},
    // Cases
    {"Open a case; prints its id", "建立办件，显示其编号"},
    {"id of a deployed process", "已部署事项的编号"},
    {"JSON file, or - for standard input", "JSON 文件，或 - 表示标准输入"},
    {"the same key opens one case only (default: a random one)",
     "同一个键只建立一个办件（默认：随机）"},
    {"who applies, of a walk-in or paper application", "申请人（窗口或纸质申请）"},
    {"when the paper came, at most 30 days ago, such as \"2026-02-10 15:30\"; its clocks count "
     "from then",
     "收到纸质申请的时间，不早于30天前，例如“2026-02-10 15:30”；时限自该时间起算"},
    {"enter it although papers are missing: the intake asks for them",
     "材料不齐也予登记，受理时一次性告知补正"},
    {"wait until the case has ended, then show it", "等到办结，然后显示办件"},
    {"List cases, newest first", "列出办件，新的在前"},
    {"open, ended or closed", "open（办理中）、ended（已办结）或 closed（已归档）"},
    {"of this process", "此事项的"},
    {"of this applicant", "此申请人的"},
    {"the next page, as the page before says", "下一页，取自上一页末尾"},
    {"at most so many", "最多条数"},
    {"Show a case: its steps, clocks and incidents", "显示办件：步骤、时钟和异常"},
    {"again whenever it changes, until it is closed", "有变化就重新显示，直至归档"},
    {"Tell what happened to a case", "显示办件的经过"},
    {"go on as it happens, until the case is closed", "持续显示，直至归档"},
    {"leave out what the lines beside it tell already, such as limits that begin",
     "略去相邻各行已说明的内容，例如期限起算"},
    {"en or zh: titles in another language than the words", "en 或 zh：名称另用一种语言"},
    {"Show where a case's time went: who held it, and what its clocks counted",
     "显示办件的时间去向：由谁持有，各时钟计了多少"},
    {"Say what a case waits for, and what would move it", "说明办件在等什么，怎样才能推进"},
    {"Hand in missing papers and fields", "补交缺少的材料和内容"},
    {"Withdraw a case", "撤回办件"},
    {"Try again what an incident stopped", "重试因异常而停下的调用"},
    {"its number, as why shows it", "异常的序号，见 why"},
    {"Answer a call by hand, for a department that cannot", "替无法应答的部门人工答复调用"},
    {"its id, as show and why give it", "编号，见 show 和 why"},
    {"one that its operation has", "该操作的结果之一"},
    {"JSON object of the operation's output", "操作输出的 JSON 对象"},
    {"why, or where it comes from", "原因或来源"},
    {"when the department decided, RFC 3339", "部门作出决定的时间，RFC 3339"},
    // Papers
    {"Papers of a case: list, get, put", "办件的材料：list、get、put"},
    {"What was handed in", "已提交的材料"},
    {"Write the JSON Schema of definitions, for editors; needs no server",
     "输出定义文件的 JSON Schema，供编辑器使用；无需服务"},
    {"where to (default: standard output)", "输出到何处（默认：标准输出）"},
    {"Add an item to a step that is open for more", "向可追加事项的步骤追加一项"},
    {"the step's address", "步骤地址"},
    {"JSON, or a text as it stands", "JSON，或原样的文本"},
    {"Prolong a clock that may be prolonged, before it is due", "在到期前为可延期的时限延期"},
    {"the clock's name: promised, statutory, limit …", "时限在流程文件中的名称"},
    {"by how much, such as 5wd", "延长多久，如5wd"},
    {"why; the applicant is told", "理由，将告知申请人"},
    {"the step's address, for a clock of a step", "步骤的时限须写步骤地址"},
    {"Draw a case over time, planned and actual, as a picture (SVG)",
     "将办件按时间绘成图（SVG），对照计划与实际"},
    {"Papers that a case issued: list, show", "办件出具的文书：列出、显示"},
    {"What was issued", "已出具的文书"},
    {"Print one as it was issued", "按出具时的内容显示一份文书"},
    {"its number", "其编号"},
    {"Fetch a file; prints where it lies", "下载文件，显示其位置"},
    {"id of the material, or a SHA-256", "材料编号或 SHA-256"},
    {"where to (default: its name, in this folder)", "存放位置（默认：当前目录中的原名）"},
    {"replace a file that is there", "覆盖已有文件"},
    {"Send a file; prints the SHA-256 that names it", "上传文件，显示其 SHA-256"},
    // Tasks
    {"See and do what waits for people", "查看和办理待办任务"},
    {"List open tasks", "列出待办任务"},
    {"of this role (default: all of yours)", "此角色的（默认：您的全部角色）"},
    {"Show a task", "显示任务"},
    {"Take a task for yourself", "领取任务"},
    {"Give a claimed task back", "退回已领取的任务"},
    {"Say what came of a task", "办理任务"},
    {"one of its choices; without any: done", "可选结果之一；没有可选结果时为 done"},
    {"PATH=VALUE of its form; may be repeated", "任务表单的 PATH=VALUE；可重复"},
    {"when it was decided, such as \"2026-02-10 15:30\"", "作出决定的时间，例如“2026-02-10 15:30”"},
    {"ID=REASON of a paper or field that the applicant must hand in; may be repeated",
     "申请人须补交的材料或内容：ID=REASON；可重复"},
};

std::string in_chinese(const std::string& english) {
    const auto found = chinese.find(english);
    return found == chinese.end() ? english : std::string(found->second);
}

/// CLI11's own words in Chinese; names of types are within what it makes of an option.
class ChineseFormatter final : public CLI::Formatter {
  public:
    ChineseFormatter() {
        label("Usage", "用法");
        label("OPTIONS", "选项");
        label("Positionals", "参数");
        label("SUBCOMMAND", "命令");
        label("SUBCOMMANDS", "命令");
        label("REQUIRED", "必填");
        label("Env", "环境变量");
    }
    /// CLI11 writes REQUIRED behind a description of its own accord.
    std::string make_description(const CLI::App* app) const override {
        const std::string description = app->get_description();
        return description.empty() ? description : description + "\n";
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 4> types = {
            {{"UINT", "整数"}, {"INT", "整数"}, {"FLOAT", "数"}, {"TEXT", "文本"}}};
        std::string made = CLI::Formatter::make_option_opts(option);
        for (const auto& [english, ours] : types)
            for (std::size_t at = 0; (at = made.find(english, at)) != std::string::npos;)
                made.replace(at, english.size(), ours);
        if (const std::size_t in = made.find(" in ["); in != std::string::npos)
            made.replace(in, 4, "，范围 ");
        return made;
    }
};

template <class Visit>
void visit_descriptions(const CLI::App& app, const Visit& visit) {
    visit(app.get_description());
    visit(app.get_footer());
    for (const CLI::Option* option : app.get_options()) visit(option->get_description());
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        visit_descriptions(*command, visit);
}

void translate(CLI::App& app, const std::shared_ptr<ChineseFormatter>& formatter) {
    app.description(in_chinese(app.get_description()));
    app.footer(in_chinese(app.get_footer()));
    app.formatter(formatter);
    for (CLI::Option* option : app.get_options()) {
        option->description(in_chinese(option->get_description()));
        option->group("选项");
    }
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
        translate(*command, formatter);
        command->group("命令");
    }
}

/// Takes a text apart at `mark`; without it, all is in front.
std::pair<std::string, std::string> apart(const std::string& text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + mark.size())};
}

std::string quoted(const std::string& said) { return fmt::format("“{}”", said); }

std::string refused_value(const std::string& said) {
    const auto [name, reason] = apart(said, ": ");
    const auto [value, set] = apart(reason, " not in {");
    if (!set.empty()) return fmt::format("{}：“{}”不在 {{{} 之内", name, value, set);
    const auto [given, range] = apart(reason, " not in range ");
    if (range.empty()) return fmt::format("{}：{}", name, quoted(reason));
    const auto [least, most] = apart(range, " to ");
    return fmt::format("{}：“{}”不在 {} 至 {} 之内", name, apart(given, "Value ").second, least,
                       most);
}

std::string chinese_of(const std::string& kind, const std::string& said) {
    if (kind == "RequiredError") {
        const std::string name = apart(said, " is required").first;
        return name == "A subcommand" ? "缺少命令" : "缺少 " + name;
    }
    if (kind == "ExtrasError") return "不认识的参数：" + apart(said, ": ").second;
    if (kind == "ValidationError") return refused_value(said);
    if (kind == "ArgumentMismatch") {
        const auto [name, reason] = apart(said, ": ");
        return reason.ends_with("missing") ? name + " 缺少取值"
                                           : fmt::format("{}：{}", name, quoted(reason));
    }
    if (kind == "ConversionError") {
        const auto [name, value] = apart(apart(said, ": ").second, " = ");
        if (!value.empty()) return fmt::format("{}：取值“{}”不合要求", name, value);
    }
    return "参数有误：" + quoted(said);
}

}  // namespace

void speak_chinese(CLI::App& app) { translate(app, std::make_shared<ChineseFormatter>()); }

std::vector<std::string> without_chinese(const CLI::App& app) {
    std::vector<std::string> missing;
    visit_descriptions(app, [&missing](const std::string& english) {
        const bool known = english.empty() || chinese.contains(english);
        if (!known && std::find(missing.begin(), missing.end(), english) == missing.end())
            missing.push_back(english);
    });
    return missing;
}

Text words_of(const CLI::ParseError& error) {
    return {error.what(), chinese_of(error.get_name(), error.what())};
}

std::string language_in(const std::vector<std::string_view>& arguments,
                        const std::string& otherwise) {
    constexpr std::string_view option = "--lang";
    std::string language = otherwise;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view given = arguments[i];
        if (given == option && i + 1 < arguments.size())
            given = arguments[i + 1];
        else if (given.starts_with("--lang="))
            given.remove_prefix(option.size() + 1);
        else
            continue;
        if (given == "en" || given == "zh") language = given;
    }
    return language;
}

}  // namespace countersign::cli
