// Failures that the server explains: problem details (RFC 9457) as sentences with a cure.
#include "cli/client.hpp"
#include "cli/json_view.hpp"

#include <fmt/format.h>

namespace countersign::cli {

namespace {

constexpr std::size_t excerpt_bytes = 200;

/// Returns what to do about a status, where there is something that helps with each of its kind.
Text cure_of(unsigned status) {
    switch (status) {
        case 401:
            return {"name the file with your token: --token-file FILE or COUNTERSIGN_TOKEN_FILE; "
                    "the first operator's is operator.token in the server's data folder",
                    "请用 --token-file FILE 或 COUNTERSIGN_TOKEN_FILE 指明令牌文件；"
                    "首位运维人员的令牌是服务器数据目录中的 operator.token"};
        case 403:
            return {
                "whoever may do it gives their own token: --token-file FILE or "
                "COUNTERSIGN_TOKEN_FILE",
                "请由有权人员办理，用 --token-file FILE 或 COUNTERSIGN_TOKEN_FILE "
                "指明其令牌文件"};
        case 404:
            return {"check the id; countersign list shows the cases, countersign task list the "
                    "tasks",
                    "请核对编号；countersign list 列出办件，countersign task list 列出任务"};
        case 503:
            return {"the server is starting, stopping or full: try again shortly",
                    "服务器正在启动、停止或已满，请稍后再试"};
        default:
            return {};
    }
}

/// Returns what to do about the problems of a form, where the words of each do not tell.
Text cure_of_problems(const boost::json::value& reply) {
    bool suspicious = false;
    bool paper_missing = false;
    for (const boost::json::value& problem : list_at(reply, "problems")) {
        const std::string code = text_at(problem, "code");
        suspicious |= code == "suspicious";
        paper_missing |= code == "missing" && text_at(problem, "path").starts_with("materials.");
    }
    if (suspicious)
        return {"staff that has seen the certificate may add --accept-suspicious FIELD=REASON",
                "工作人员核对证照无误的，可加 --accept-suspicious FIELD=理由"};
    if (paper_missing)
        return {
            "add --material ID=FILE, or ID alone for what was presented on paper; staff enters "
            "an application that came without it with --incomplete, and the intake asks for it",
            "请加 --material ID=FILE，以纸质形式提交的只写 ID；申请人未提交的，"
            "工作人员可加 --incomplete 登记，受理时一次性告知补正"};
    return {};
}

/// One line of a problem's list: where it is, and what is wrong there.
std::string line_of(const boost::json::value& problem, std::string_view language) {
    const std::string message = title_at(problem, "message", language);
    for (const std::string_view name : {"path", "field", "at", "pointer"}) {
        const std::string place = text_at(problem, name);
        if (!place.empty()) return fmt::format("\n  {}: {}", place, message);
    }
    return "\n  " + (message.empty() ? text_at(problem, "") : message);
}

/// One line of the diagnostics of documents that a server refused.
std::string line_of_diagnostic(const boost::json::value& one, std::string_view language) {
    return fmt::format("\n  {}:{}:{}: {}: {}", text_at(one, "file"), text_at(one, "line"),
                       text_at(one, "column"), text_at(one, "code"),
                       title_at(one, "message", language));
}

}  // namespace

Failure failure_of(const Reply& reply, std::string_view what, std::string_view language) {
    const std::string detail = text_at(reply.json, "detail");
    std::string said = detail;
    if (said.empty()) {  // no words of a Countersign server
        said = text_at(reply.json, "title");
        if (said.empty()) said = reply.body.substr(0, excerpt_bytes);
        said += fmt::format(fmt::runtime(language == "zh" ? "（HTTP {}，{}）" : " (HTTP {}, {})"),
                            reply.status, what);
    }
    for (const std::string_view name : {"problems", "errors", "diagnostics"})
        for (const boost::json::value& problem : list_at(reply.json, name))
            said += line_of(problem, language);
    for (const boost::json::value& one : list_at(reply.json, "found.diagnostics"))
        said += line_of_diagnostic(one, language);
    const Exit exit = reply.status == 503 ? Exit::unreachable : Exit::refused;
    Text cure = cure_of(reply.status);
    if (reply.status == 422) cure = cure_of_problems(reply.json);
    return fail(exit, both(said, said), std::move(cure));
}

}  // namespace countersign::cli
