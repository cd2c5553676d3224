// countersign.yaml → Deployment. Every mistake is found in one run, with its place.
#include "adapters/deployment/fields.hpp"
#include "definitions/yaml/reader.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace countersign::deployment {

namespace {

/// Bindings of adapters.md that this version does not have.
const std::vector<std::string> other_bindings = {"pull",   "exec",   "drop",
                                                 "tables", "engine", "simulated"};
constexpr std::size_t token_bytes_min = 16;
const Text id_cure{"write lower-case letters, digits, hyphens and underscores, a letter first",
                   "请用小写字母、数字、连字符和下划线，并以字母开头"};

/// Lower-case words of letters and digits, joined by hyphens or underscores.
bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 64 && text[0] >= 'a' && text[0] <= 'z' &&
           std::all_of(text.begin(), text.end(), fits);
}

/// Whether a folder or one below it has a definition.
bool holds_yaml(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator();
         entry.increment(error))
        if (entry->path().extension() == ".yaml") return true;
    return static_cast<bool>(error);  // what cannot be looked into is told when it is read
}

void read_listen(Reading& reading, const Node& node, Deployment& to) {
    const auto text = yaml::as_expression(node, reading.found, ticked("listen"));
    if (!text) return;
    const std::size_t colon = text->rfind(':');
    unsigned port = 0;
    const char* end = text->data() + text->size();
    bool good = colon != std::string::npos && colon > 0;
    if (good) {
        const auto [stop, error] = std::from_chars(text->data() + colon + 1, end, port);
        good = error == std::errc() && stop == end && port <= 65'535;
    }
    if (!good)
        return reading.error(
            "CS3004", node, format_both("`{}` is no address and port", "`{}`不是地址和端口", *text),
            {"write it as `127.0.0.1:8420`", "请写成`127.0.0.1:8420`"});
    to.address = text->substr(0, colon);
    if (to.address == "localhost") to.address = "127.0.0.1";
    if (to.address.starts_with('[') && to.address.ends_with(']'))
        to.address = to.address.substr(1, to.address.size() - 2);
    boost::system::error_code no_address;
    boost::asio::ip::make_address(to.address, no_address);
    if (no_address)
        reading.error(
            "CS3004", node,
            format_both("`{}` is no IP address of this machine", "`{}`不是本机的IP地址",
                        to.address),
            {"write `127.0.0.1:8420` for this machine only, `0.0.0.0:8420` for all networks",
             "只供本机请写`127.0.0.1:8420`，供所有网络请写`0.0.0.0:8420`"});
    to.port = static_cast<std::uint16_t>(port);
}

void read_url(Reading& reading, const Node& node, Deployment& to) {
    const auto text = yaml::as_text(node, reading.found, ticked("url"));
    if (!text) return;
    const auto url = http::parse_url(*text);
    if (!url) return reading.error("CS3004", node, url.error().text(), url_cure);
    if (url->target.find('?') != std::string::npos)
        return reading.error("CS3004", node,
                             format_both("`{}` has a `?`, and paths are put behind it",
                                         "`{}`中有`?`，而其后还要接路径", *text),
                             {"leave out what begins with the `?`", "请去掉`?`及其后的部分"});
    to.url = *text;
    while (to.url.ends_with('/')) to.url.pop_back();
    to.hosts.push_back(url->host);
}

void read_binding(Reading& reading, yaml::Keys& keys, const Node& node, Department& department,
                  bool& usable) {
    const Node* push = keys.optional("push");
    if (const auto* entry = node.entry("worklist"); entry != nullptr && entry->value.is_null()) {
        keys.also("worklist");
        usable = false;
        return reading.error("CS1021", entry->key, {"`worklist` has no value", "`worklist`没有值"},
                             {"write `worklist: {}`", "请写`worklist: {}`"});
    }
    const Node* worklist = keys.optional("worklist");
    int bindings = (push != nullptr) + (worklist != nullptr);
    for (const std::string& kind : other_bindings) {
        const auto* entry = node.entry(kind);
        keys.also(kind);
        if (entry == nullptr) continue;
        ++bindings;
        usable = false;
        reading.error(
            "CS3002", entry->key,
            format_both("the binding `{}` is not available in this version",
                        "本版本尚不支持接入方式`{}`", kind),
            {"use `push`, or `worklist: {}` until it is", "请先用`push`或`worklist: {}`"});
    }
    if (bindings != 1) {
        reading.error(
            "CS3007", node,
            format_both("department `{}` needs exactly one binding, but has {}",
                        "部门`{}`应恰好有一种接入方式，现有 {} 种", department.id, bindings),
            {"give it `push: { url: … }` or `worklist: {}`",
             "请写`push: { url: … }`或`worklist: {}`"});
        usable = false;
    }
    if (push != nullptr) {
        auto read = read_push(reading, *push, department.id);
        if (read) department.binding = std::move(*read);
        usable = usable && read.has_value();
    } else if (worklist != nullptr) {
        department.binding = WorklistBinding{};
        yaml::Keys inner(*worklist, reading.found, ticked("worklist"));
        inner.finish();
    }
}

void read_department(Reading& reading, const yaml::Entry& entry, Deployment& to) {
    Department department;
    department.id = entry.key.text;
    bool usable = is_name(department.id);
    if (!usable)
        reading.error(
            "CS3006", entry.key,
            format_both("`{}` is no id of a department", "`{}`不能作部门的标识", department.id),
            id_cure);
    yaml::Keys keys(entry.value, reading.found,
                    format_both("department `{}`", "部门`{}`", department.id));
    if (!keys.ok()) return;
    read_binding(reading, keys, entry.value, department, usable);
    if (const Node* given = keys.optional("concurrency"))
        if (const auto count = read_whole(reading, *given, ticked("concurrency"), 1,
                                          static_cast<std::int64_t>(limits::dispatch_queue_max)))
            department.concurrency = static_cast<std::uint32_t>(*count);
    if (const Node* given = keys.optional("rate"))
        department.rate_per_second = read_rate(reading, *given, ticked("rate")).value_or(0);
    if (const Node* given = keys.optional("retry")) department.retry = read_retry(reading, *given);
    if (const auto* open = entry.value.entry("open")) {
        keys.also("open");
        reading.error("CS3002", open->key,
                      {"opening hours of departments are not available in this version",
                       "本版本尚不支持部门的开放时间"},
                      {"leave it out: calls are sent at any hour, and the department answers "
                       "in its own; its limits count working time by the calendar",
                       "请去掉：征询随时发出，部门在其工作时间内答复即可；时限按日历的工作时间计算"});
    }
    keys.finish();
    if (usable) to.departments.push_back(std::move(department));
}

/// Whether a token can stand in a header of HTTP: characters that are seen, no blanks.
bool is_sendable(std::string_view token) {
    return std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void read_token(Reading& reading, const Node& given, Person& person) {
    const auto what = format_both("the token of `{}`", "`{}`的令牌", person.id);
    const auto token = read_secret(reading, given, what);
    if (!token) return;
    if (token->size() < token_bytes_min)
        reading.error("CS3008", given,
                      format_both("{} must have at least {} characters", "{}至少应有 {} 个字符",
                                  what, token_bytes_min),
                      make_secret_cure);
    else if (!is_sendable(*token))
        reading.error("CS3008", given,
                      format_both("{} holds a blank or another character that no header may hold",
                                  "{}含有空格或其他不能放进请求头的字符", what),
                      make_secret_cure);
    person.token = *token;
}

void read_roles(Reading& reading, const Node& given, Person& person) {
    const auto roles = yaml::as_texts(given, reading.found, ticked("roles"));
    if (!roles) return;
    if (roles->empty())
        reading.error(
            "CS3001", given,
            format_both("`{}` has no role and could do nothing", "`{}`没有角色，什么也不能办",
                        person.id),
            {"name at least one, such as `hall.clerk`", "请至少写一个，例如`hall.clerk`"});
    for (const Node* role : *roles) {
        person.roles.push_back(role->text);
        reading.names.push_back({NameUse::Kind::role, role->text, role->span});
    }
}

void read_person(Reading& reading, const yaml::Entry& entry, Deployment& to) {
    Person person;
    person.id = entry.key.text;
    if (!is_name(person.id))
        reading.error("CS3006", entry.key,
                      format_both("`{}` is no id of a person", "`{}`不能作人员的标识", person.id),
                      id_cure);
    yaml::Keys keys(entry.value, reading.found, format_both("person `{}`", "人员`{}`", person.id));
    if (!keys.ok()) return;
    if (const Node* given = keys.required("roles")) read_roles(reading, *given, person);
    if (const Node* given = keys.optional("name"))
        person.name = yaml::as_title(*given, reading.found, ticked("name")).value_or(Text());
    if (const Node* given = keys.optional("token")) read_token(reading, *given, person);
    if (const Node* given = keys.optional("delegates")) read_delegates(reading, *given, person);
    keys.finish();
    for (const Person& other : to.people)
        if (!person.token.empty() && other.token == person.token)
            reading.error("CS3010", entry.key,
                          format_both("`{}` and `{}` have the same token", "`{}`与`{}`的令牌相同",
                                      other.id, person.id),
                          {"give each person a token of their own", "请给每人各自的令牌"});
    to.people.push_back(std::move(person));
}

void read_clock(Reading& reading, const Node& node, Deployment& to) {
    yaml::Keys keys(node, reading.found, ticked("clock"));
    if (const Node* given = keys.optional("start"))
        if (const auto text = yaml::as_text(*given, reading.found, ticked("start"))) {
            const auto at = parse_rfc3339(*text);
            if (at)
                to.clock_start = *at;
            else
                reading.error("CS3005", *given,
                              format_both("`{}` is no date and time", "`{}`不是日期和时间", *text),
                              {"write it like `2026-02-10T10:00+08:00`",
                               "请写成`2026-02-10T10:00+08:00`的形式"});
        }
    if (const Node* given = keys.optional("speed"))
        if (const auto speed = yaml::as_number(*given, reading.found, ticked("speed"))) {
            to.clock_speed = *speed;
            if (*speed < 0.001 || *speed > 1'000'000)
                reading.error(
                    "CS3001", *given,
                    {"`speed` must be 0.001 … 1000000", "`speed`应在 0.001 与 1000000 之间"});
        }
    keys.finish();
}

void read_log(Reading& reading, const Node& node, Deployment& to) {
    yaml::Keys keys(node, reading.found, ticked("log"));
    if (const Node* given = keys.optional("level"))
        to.log_level =
            read_word(reading, *given, ticked("level"), {"debug", "info", "warning", "error"})
                .value_or(to.log_level);
    if (const Node* given = keys.optional("format"))
        to.log_format =
            read_word(reading, *given, ticked("format"), {"text", "json"}).value_or(to.log_format);
    keys.finish();
}

void read_limits(Reading& reading, const Node& node, Deployment& to) {
    yaml::Keys keys(node, reading.found, ticked("limits"));
    if (const Node* given = keys.optional("cases_in_flight"))
        if (const auto count =
                read_whole(reading, *given, ticked("cases_in_flight"), 1, 1'000'000'000))
            to.cases_in_flight = static_cast<std::uint64_t>(*count);
    keys.finish();
}

/// A folder without definitions, or a path that is not there, is an error.
void read_definitions(Reading& reading, const Node& node, Deployment& to) {
    const auto paths = yaml::as_texts(node, reading.found, ticked("definitions"));
    if (!paths) return;
    for (const Node* given : *paths) {
        const std::filesystem::path path = reading.path(given->text);
        to.definitions.push_back(path.string());
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored))
            reading.error("CS3003", *given,
                          format_both("there is no file or folder `{}`", "没有文件或文件夹`{}`",
                                      path.string()),
                          {"relative paths start at the folder of the deployment file",
                           "相对路径从部署文件所在的文件夹算起"});
        else if (std::filesystem::is_directory(path, ignored) && !holds_yaml(path))
            reading.error("CS3003", *given,
                          format_both("no file in the folder `{}` ends in .yaml",
                                      "文件夹`{}`中没有以.yaml结尾的文件", path.string()),
                          {"name the folder that holds the definitions, or leave it out",
                           "请写定义所在的文件夹，或去掉它"});
    }
}

void read_data(Reading& reading, const Node& node, Deployment& to) {
    const auto path = yaml::as_text(node, reading.found, ticked("data"));
    if (!path) return;
    to.data = *path;
    std::error_code ignored;
    const std::filesystem::path seen = reading.path(*path);
    if (std::filesystem::exists(seen, ignored) && !std::filesystem::is_directory(seen, ignored))
        reading.error(
            "CS3003", node,
            format_both("`{}` is a file, and the data needs a folder",
                        "`{}`是文件，而数据需要文件夹", seen.string()),
            {"name a folder; it is made when it is not there", "请写文件夹；没有时会自动建立"});
}

void read_places(Reading& reading, yaml::Keys& keys, Deployment& to) {
    if (const Node* given = keys.optional("listen")) read_listen(reading, *given, to);
    if (const Node* given = keys.optional("url")) read_url(reading, *given, to);
    if (const Node* given = keys.optional("data")) read_data(reading, *given, to);
    to.data = reading.path(to.data);
    if (const Node* given = keys.optional("calendar")) {
        to.calendar = yaml::as_text(*given, reading.found, ticked("calendar")).value_or("");
        if (!to.calendar.empty())
            reading.names.push_back({NameUse::Kind::calendar, to.calendar, given->span});
    }
    if (const Node* given = keys.optional("definitions")) read_definitions(reading, *given, to);
}

/// Departments answer to `url`; without it they are told where the server listens, which is no
/// address for others when that is all networks.
void check_reachable(Reading& reading, const Node& root, const Deployment& to) {
    const Node* listen = root.find("listen");
    if (listen == nullptr || !to.url.empty() || root.find("url") != nullptr) return;
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(to.address, no_address);
    const bool is_pushed_to =
        std::any_of(to.departments.begin(), to.departments.end(), [](const Department& department) {
            return std::holds_alternative<PushBinding>(department.binding);
        });
    if (no_address || !address.is_unspecified() || !is_pushed_to) return;
    reading.error("CS3004", *listen,
                  format_both("departments could not answer: `{}` tells them no address of this "
                              "server",
                              "部门无法答复：从`{}`看不出本服务器的地址", to.address),
                  {"add `url: https://HOST:PORT`, by which departments reach this server",
                   "请补上部门访问本服务器的地址：`url: https://主机:端口`"});
}

void read_root(Reading& reading, const Node& root, Deployment& to) {
    yaml::Keys keys(root, reading.found, {"the deployment file", "部署文件"});
    if (!keys.ok()) return;
    read_places(reading, keys, to);
    if (const Node* given = keys.optional("departments"))
        if (yaml::expect_mapping(*given, reading.found, ticked("departments")))
            for (const yaml::Entry& entry : given->entries) {
                read_department(reading, entry, to);
                reading.names.push_back(
                    {NameUse::Kind::department, entry.key.text, entry.key.span});
            }
    if (const Node* given = keys.optional("people"))
        if (yaml::expect_mapping(*given, reading.found, ticked("people")))
            for (const yaml::Entry& entry : given->entries) read_person(reading, entry, to);
    if (const Node* given = keys.optional("clock")) read_clock(reading, *given, to);
    if (const Node* given = keys.optional("shards"))
        if (const auto count = read_whole(reading, *given, ticked("shards"), 1, partitions))
            to.shards = static_cast<unsigned>(*count);
    if (const Node* given = keys.optional("log")) read_log(reading, *given, to);
    if (const Node* given = keys.optional("limits")) read_limits(reading, *given, to);
    keys.finish();
    check_delegates(reading, to);
    check_reachable(reading, root, to);
}

}  // namespace

const Department* Deployment::department(std::string_view id) const {
    for (const Department& candidate : departments)
        if (candidate.id == id) return &candidate;
    return nullptr;
}

Environment Environment::of_process() {
    return {[](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    }};
}

Loaded load_text(const std::string& name, std::string text, const std::string& folder,
                 const Environment& environment) {
    Loaded loaded;
    const auto root = yaml::read(name, std::move(text), loaded.found);
    Reading reading{loaded.found, folder, environment, loaded.names};
    if (root) read_root(reading, *root, loaded.deployment);
    if (root) {
        const auto* entry = root->entry("departments");
        loaded.departments.file = root->span.file;
        if (entry != nullptr) loaded.departments = entry->key.span;
    }
    Deployment& to = loaded.deployment;
    const std::string host =
        to.address.find(':') == std::string::npos ? to.address : "[" + to.address + "]";
    if (to.url.empty()) to.url = fmt::format("http://{}:{}", host, to.port);
    for (const std::string& known :
         {host, std::string("127.0.0.1"), std::string("localhost"), std::string("[::1]")})
        to.hosts.push_back(known);
    return loaded;
}

Loaded load(const std::string& path, const Environment& environment) {
    Loaded loaded;
    const auto root = yaml::read_file(path, loaded.found);
    if (!root) return loaded;
    std::string text = loaded.found.sources()[0].text();
    return load_text(path, std::move(text), std::filesystem::path(path).parent_path().string(),
                     environment);
}

}  // namespace countersign::deployment
