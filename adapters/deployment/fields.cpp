// Readers of single values. Codes CS30xx are this folder's (README.md); CS10xx are the YAML
// reader's.
#include "adapters/deployment/fields.hpp"

#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace countersign::deployment {

namespace {

constexpr std::size_t secret_bytes_max = 4'096;

/// Reads a secret's file; too large or unreadable is an error at `node`.
std::optional<std::string> read_secret_file(Reading& reading, const Node& node, const Text& what) {
    const std::string path = reading.path(node.text);
    std::ifstream file(path, std::ios::binary);
    std::string text;
    if (file) {
        text.resize(secret_bytes_max + 1);
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
    }
    if (!file && text.empty()) {
        reading.error(
            "CS3003", node,
            format_both("{}: the file `{}` cannot be read", "{}：文件`{}`无法读取", what, path),
            format_both("make it with `umask 077; openssl rand -base64 32 > {0}`",
                        "可用`umask 077; openssl rand -base64 32 > {0}`生成", path));
        return std::nullopt;
    }
    return text;
}

void read_timeouts(Reading& reading, const Node& node, http::ClientOptions& client) {
    yaml::Keys keys(node, reading.found, ticked("timeouts"));
    const auto set = [&](const char* key, std::chrono::milliseconds& to) {
        const Node* given = keys.optional(key);
        if (given == nullptr) return;
        const auto value =
            read_duration(reading, *given, ticked(key), milliseconds(1), minutes(10));
        if (value) to = *value;
    };
    set("connect", client.connect_time);
    set("first_byte", client.first_byte_time);
    set("total", client.total_time);
    keys.finish();
    if (client.total_time < client.first_byte_time)
        reading.error(
            "CS3011", node,
            {"`total` must not be shorter than `first_byte`", "`total`不能短于`first_byte`"},
            {"`first_byte` is the wait for an answer to begin, `total` for its end",
             "`first_byte`是等到答复开始的时间，`total`是等到答复结束的时间"});
}

void read_tls(Reading& reading, const Node& node, http::ClientOptions& client) {
    const auto errors_before = reading.found.errors();
    yaml::Keys keys(node, reading.found, ticked("tls"));
    const auto set = [&](const char* key, std::string& to) {
        const Node* given = keys.optional(key);
        if (given == nullptr) return;
        const auto file = yaml::as_text(*given, reading.found, ticked(key));
        if (!file) return;
        to = reading.path(*file);
        if (!std::ifstream(to))
            reading.error("CS3003", *given,
                          format_both("the file `{}` cannot be read", "文件`{}`无法读取", to),
                          {"name a PEM file that this user may read", "请写本用户可读的PEM文件"});
    };
    set("ca", client.certificate_authorities);
    set("certificate", client.certificate);
    set("key", client.private_key);
    keys.finish();
    if (client.certificate.empty() != client.private_key.empty())
        reading.error(
            "CS3011", node,
            {"`certificate` and `key` belong together", "`certificate`和`key`必须同时给出"},
            {"name both files, or neither", "请两个文件都写，或都不写"});
    else if (reading.found.errors() == errors_before)
        if (const auto usable = http::check_client(client); !usable)
            reading.error("CS3003", node,
                          format_both("these TLS files cannot be used: {}",
                                      "这些TLS文件不能使用：{}", usable.error().message),
                          {"name PEM files: the certificate with its chain, and its own key",
                           "请写PEM文件：证书及其证书链，以及它自己的私钥"});
}

}  // namespace

const Text make_secret_cure{"make one with `openssl rand -base64 32`",
                            "可用`openssl rand -base64 32`生成"};
const Text url_cure{"write it as `https://host:port/path`", "请写成`https://主机:端口/路径`"};

void Reading::error(std::string_view code, const Node& node, Text message, Text suggestion) const {
    found.error(code, node.span, std::move(message), std::move(suggestion));
}

std::string Reading::path(const std::string& given) const {
    const std::filesystem::path path(given);
    if (path.is_absolute() || folder.empty()) return given;
    return (std::filesystem::path(folder) / path).lexically_normal().string();
}

std::optional<std::chrono::milliseconds> read_duration(Reading& reading, const Node& node,
                                                       const Text& what, Duration least,
                                                       Duration most) {
    const auto text = yaml::as_expression(node, reading.found, what);
    if (!text) return std::nullopt;
    const auto length = parse_duration(*text);
    if (!length) {
        reading.error("CS3005", node,
                      format_both("{} is no duration: `{}`", "{}不是时长：`{}`", what, *text),
                      {"write a number and its unit, such as `500ms`, `30s`, `10min` or `2h`",
                       "请写数字加单位，例如`500ms`、`30s`、`10min`或`2h`"});
        return std::nullopt;
    }
    if (*length < least || most < *length) {
        reading.error("CS3001", node,
                      format_both("{} must be between {} ms and {} ms", "{}应在 {} 与 {} 毫秒之间",
                                  what, least.ms, most.ms));
        return std::nullopt;
    }
    return std::chrono::milliseconds(length->ms);
}

std::optional<double> read_rate(Reading& reading, const Node& node, const Text& what) {
    const auto text = yaml::as_expression(node, reading.found, what);
    if (!text) return std::nullopt;
    double count = 0;
    const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), count);
    const std::string_view unit(stop, static_cast<std::size_t>(text->data() + text->size() - stop));
    const double in_seconds = unit == "/s" ? 1 : unit == "/min" ? 60 : unit == "/h" ? 3'600 : 0;
    if (error != std::errc() || in_seconds == 0 || !(count > 0) || count > 1e6) {
        reading.error(
            "CS3005", node, format_both("{} is no rate: `{}`", "{}不是频率：`{}`", what, *text),
            {"write it as `50/s`, `10/min` or `100/h`", "请写成`50/s`、`10/min`或`100/h`"});
        return std::nullopt;
    }
    return count / in_seconds;
}

std::optional<std::int64_t> read_whole(Reading& reading, const Node& node, const Text& what,
                                       std::int64_t least, std::int64_t most) {
    const auto number = yaml::as_integer(node, reading.found, what);
    if (!number) return std::nullopt;
    if (*number < least || *number > most) {
        reading.error("CS3001", node,
                      format_both("{} must be {} … {}", "{}应在 {} 与 {} 之间", what, least, most));
        return std::nullopt;
    }
    return number;
}

std::optional<std::string> read_word(Reading& reading, const Node& node, const Text& what,
                                     const std::vector<std::string>& words) {
    const auto text = yaml::as_text(node, reading.found, what);
    if (!text) return std::nullopt;
    for (const std::string& word : words)
        if (*text == word) return text;
    reading.error(
        "CS3001", node,
        {fmt::format("{} must be one of `{}`, but here is `{}`", what.en, fmt::join(words, "`, `"),
                     *text),
         fmt::format("{}应为`{}`之一，但此处是`{}`", what.zh, fmt::join(words, "`、`"), *text)},
        diagnostics::did_you_mean(*text, words));
    return std::nullopt;
}

std::optional<std::string> read_secret(Reading& reading, const Node& node, const Text& what) {
    yaml::Keys keys(node, reading.found, what);
    const Node* file = keys.optional("file");
    const Node* variable = keys.optional("env");
    const Node* value = keys.optional("value");
    keys.finish();
    if (!keys.ok()) return std::nullopt;
    const int given = (file != nullptr) + (variable != nullptr) + (value != nullptr);
    if (given != 1) {
        reading.error("CS3008", node,
                      format_both("{} needs exactly one of `file`, `env` and `value`",
                                  "{}应恰好写`file`、`env`、`value`中的一个", what),
                      {"write `{ file: secrets/NAME }`", "请写成`{ file: secrets/名称 }`"});
        return std::nullopt;
    }
    const Node& chosen = file != nullptr ? *file : variable != nullptr ? *variable : *value;
    const auto name = yaml::as_text(chosen, reading.found, what);
    if (!name) return std::nullopt;
    std::optional<std::string> secret;
    if (value != nullptr) secret = name;
    if (file != nullptr) secret = read_secret_file(reading, *file, what);
    if (variable != nullptr) {
        secret = reading.environment.variable(*name);
        if (!secret)
            reading.error("CS3008", chosen,
                          format_both("{}: the environment has no variable `{}`",
                                      "{}：没有环境变量`{}`", what, *name),
                          {"set it for the server's process, or name a file",
                           "请为服务器进程设置它，或改用文件"});
    }
    if (!secret) return std::nullopt;
    while (!secret->empty() && (secret->back() == '\n' || secret->back() == '\r'))
        secret->pop_back();
    if (secret->empty() || secret->size() > secret_bytes_max) {
        reading.error("CS3008", chosen,
                      format_both("{} must have 1 … {} bytes", "{}的长度应为 1 至 {} 字节", what,
                                  secret_bytes_max),
                      make_secret_cure);
        return std::nullopt;
    }
    return secret;
}

std::optional<PushBinding> read_push(Reading& reading, const Node& node, const std::string& id) {
    PushBinding push;
    yaml::Keys keys(node, reading.found,
                    format_both("`push` of department `{}`", "部门`{}`的`push`", id));
    bool usable = keys.ok();
    if (const Node* given = keys.required("url")) {
        const auto text = yaml::as_text(*given, reading.found, ticked("url"));
        const auto url = text ? http::parse_url(*text) : failure(ErrorKind::invalid, "");
        if (url)
            push.client.url = *url;
        else if (text)
            reading.error("CS3004", *given, url.error().text(), url_cure);
        usable = usable && url.has_value();
    }
    if (const Node* given = keys.optional("secret")) {
        const auto what = format_both("the secret of department `{}`", "部门`{}`的密钥", id);
        if (const auto secret = read_secret(reading, *given, what)) {
            const auto signer = http::Signer::from_secret(*secret);
            if (signer)
                push.signer = *signer;
            else
                reading.error("CS3008", *given,
                              format_both("{} must be base64 of at least 16 bytes, with or without "
                                          "`whsec_` before it",
                                          "{}应为至少16字节的base64编码，前面可带`whsec_`", what),
                              make_secret_cure);
        }
    }
    if (const Node* given = keys.optional("signature")) {
        const auto word = read_word(reading, *given, ticked("signature"), {"required", "optional"});
        push.signature_required = !word || *word == "required";
    }
    if (const Node* given = keys.optional("timeouts")) read_timeouts(reading, *given, push.client);
    if (const auto* given = node.entry("tls"); given != nullptr && usable && !push.client.url.tls) {
        keys.also("tls");
        reading.error("CS3011", given->key,
                      {"`tls` is for https, but the `url` begins with http://",
                       "`tls`只用于https，而`url`以http://开头"},
                      {"write the `url` with https://, or leave `tls` out",
                       "请把`url`写成https://，或去掉`tls`"});
    } else if (const Node* files = keys.optional("tls")) {
        read_tls(reading, *files, push.client);
    }
    keys.finish();
    if (usable && push.signature_required && !push.signer && node.find("secret") == nullptr)
        reading.error(
            "CS3009", node,
            format_both("department `{}` has no `secret`, so its callbacks cannot be verified",
                        "部门`{}`没有`secret`，无法验证它的回调", id),
            {"add `secret: { file: … }`, or `signature: optional` if it cannot sign",
             "请补上`secret: { file: … }`；若它不能签名，请写`signature: optional`"});
    if (!usable) return std::nullopt;
    return push;
}

core::RetryPolicy read_retry(Reading& reading, const Node& node) {
    core::RetryPolicy policy;
    yaml::Keys keys(node, reading.found, ticked("retry"));
    const auto duration = [&](const char* key, std::int64_t& to) {
        const Node* given = keys.optional(key);
        if (given == nullptr) return;
        const auto value =
            read_duration(reading, *given, ticked(key), milliseconds(1), hours(24 * 7));
        if (value) to = value->count();
    };
    duration("first", policy.first_ms);
    duration("most", policy.most_ms);
    if (const Node* given = keys.optional("factor")) {
        const auto factor = yaml::as_number(*given, reading.found, ticked("factor"));
        if (factor && *factor >= 1 && *factor <= 100)
            policy.factor = *factor;
        else if (factor)
            reading.error("CS3001", *given,
                          format_both("{} must be {} … {}", "{}应在 {} 与 {} 之间",
                                      ticked("factor"), 1, 100));
    }
    if (const Node* given = keys.optional("attempts"))
        if (const auto count =
                read_whole(reading, *given, ticked("attempts"), 1, limits::attempts_max))
            policy.attempts = static_cast<std::uint32_t>(*count);
    keys.finish();
    if (policy.most_ms < policy.first_ms)
        reading.error("CS3011", node,
                      {"`most` must not be shorter than `first`", "`most`不能短于`first`"},
                      {"`first` is the wait before the first repeat, `most` the longest",
                       "`first`是首次重试前的等待，`most`是最长的等待"});
    return policy;
}

}  // namespace countersign::deployment
