// Requests and responses without sockets: headers, query parameters, RFC 9457 problem details.
#include "adapters/http/message.hpp"

#include "adapters/http/json_writer.hpp"
#include "adapters/http/language.hpp"

namespace countersign::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    for (const auto& [given, value] : headers)
        if (same_name(given, name)) return value;
    return {};
}

std::string_view Request::language() const { return language_wanted(header("accept-language")); }

std::optional<std::string> Request::parameter(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (percent_decoded(pair.substr(0, equals), true) == name)
            return equals == std::string_view::npos
                       ? std::string()
                       : percent_decoded(pair.substr(equals + 1), true);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return std::nullopt;
}

std::string percent_decoded(std::string_view text, bool plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out.push_back(static_cast<char>(high * 16 + low));
                i += 2;
                continue;
            }
        }
        out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
    }
    return out;
}

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 421:
            return "Misdirected Request";
        case 422:
            return "Unprocessable Content";
        case 425:
            return "Too Early";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 507:
            return "Insufficient Storage";
        case 504:
            return "Gateway Timeout";
        default:
            return "Status";
    }
}

namespace {

/// The title of a problem: the status in the reader's words.
Text title_of(unsigned status) {
    const std::string_view zh = [status]() -> std::string_view {
        switch (status) {
            case 400:
                return "请求有误";
            case 401:
                return "未认证";
            case 403:
                return "无权办理";
            case 404:
                return "未找到";
            case 405:
                return "不支持该方法";
            case 409:
                return "与当前状态冲突";
            case 413:
                return "内容过大";
            case 421:
                return "主机不符";
            case 422:
                return "内容不符合要求";
            case 431:
                return "请求头过大";
            case 503:
                return "暂不可用";
            default:
                return status >= 500 ? "服务器故障" : "请求未被接受";
        }
    }();
    return both(std::string(reason_of(status)), std::string(zh));
}

}  // namespace

Response problem_response(unsigned status, std::string_view code, const Text& detail,
                          std::string_view language) {
    Response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.headers.emplace_back("content-language", language);
    response.headers.emplace_back("vary", "accept-language");
    JsonWriter json(response.body);
    json.begin_object();
    json.member("type", "urn:countersign:problem:" + std::string(code));
    json.member("title", title_of(status).in(language));
    json.member("status", std::int64_t{status});
    json.member("detail", detail.in(language));
    json.end_object();
    return response;
}

}  // namespace countersign::http
