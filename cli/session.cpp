// Files, tokens and the server, as all commands need them.
#include "cli/session.hpp"

#include "cli/json_view.hpp"

#include <boost/json.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace countersign::cli {

namespace {

namespace json = boost::json;

Failure unreadable(const std::string& path, const Text& cure) {
    return fail(Exit::usage,
                format_both("{} cannot be read: {}", "{} 无法读取：“{}”", path,
                            std::strerror(errno)),
                cure);
}

void print_indented(std::string& out, const json::value& value, std::size_t depth) {
    const auto line = [&out](std::size_t level) { out.append("\n").append(level * 2, ' '); };
    const char* comma = "";
    if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
        out += '{';
        for (const auto& member : *object) {
            out += comma;
            line(depth + 1);
            out += json::serialize(json::string(member.key()));
            out += ": ";
            print_indented(out, member.value(), depth + 1);
            comma = ",";
        }
        line(depth);
        out += '}';
    } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
        out += '[';
        for (const json::value& item : *array) {
            out += comma;
            line(depth + 1);
            print_indented(out, item, depth + 1);
            comma = ",";
        }
        line(depth);
        out += ']';
    } else if (value.is_double()) {
        out += fmt::format("{}", value.get_double());  // "200", where the library writes 2E2
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

outcome<std::string> read_text(const std::string& path) {
    if (path == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin),
                           std::istreambuf_iterator<char>());
    // A folder opens like a file and then reads as nothing.
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(Exit::usage, format_both("{} is a folder", "{} 是目录", path),
                    both("name a file in it", "请指明其中的文件"));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return unreadable(path, both("check the path and its permissions", "请检查路径和权限"));
    std::ostringstream text;
    text << file.rdbuf();
    if (file.bad()) return unreadable(path, both("check the disk", "请检查磁盘"));
    return text.str();
}

outcome<std::string> read_secret(const std::string& path) {
    outcome<std::string> text = read_text(path);
    if (!text) return text.error();
    std::string line = text->substr(0, text->find_first_of("\r\n"));
    if (line.empty())
        return fail(Exit::usage, format_both("{} holds no token", "{} 中没有令牌", path),
                    both("its first line must be the token", "第一行应为令牌"));
    return line;
}

outcome<Client> connect(const Globals& globals) {
    ServerAddress address{globals.server, {}, globals.terminal.language};
    std::string path = globals.token_file;
    if (path.empty()) {
        const std::string usual = fmt::format("data/{}", operator_token_name);
        std::error_code ignored;
        if (std::filesystem::exists(usual, ignored)) path = usual;
    }
    if (!path.empty()) {
        outcome<std::string> token = read_secret(path);
        if (!token) return token.error();
        address.token = std::move(*token);
    }
    return Client::make(address);
}

void print_json(const json::value& value) {
    std::string out;
    print_indented(out, value, 0);
    fmt::print("{}\n", out);
}

int show_answer(const Globals& globals, const std::string& target,
                const std::function<void(const json::value&)>& show) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<Reply> reply = client->get(target);
    if (!reply) return report(reply.error());
    globals.json() ? print_json(reply->json) : show(reply->json);
    return code_of(Exit::ok);
}

int post_and_show(const Globals& globals, const std::string& target, const json::value& body,
                  const std::function<void(const json::value&)>& show) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<Reply> reply = client->post(target, json::serialize(body));
    if (!reply) return report(reply.error());
    globals.json() ? print_json(reply->json) : show(reply->json);
    return code_of(Exit::ok);
}

}  // namespace countersign::cli
