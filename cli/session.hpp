#pragma once
// What every command is given: the global options, the terminal, and the way to the server.

#include "cli/client.hpp"
#include "cli/failure.hpp"
#include "cli/output/terminal.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace countersign::cli {

/// The global options as they were given; empty where they were not.
struct Globals {
    std::string server = "http://127.0.0.1:8420";
    std::string token_file;
    std::string output = "text";  ///< or "json"
    Terminal terminal;            ///< its language is --lang's when that was given
    bool json() const { return output == "json"; }
};

/// The file in the data folder that holds the first operator's token.
inline constexpr std::string_view operator_token_name = "operator.token";

/// Returns a client of the server chosen. The token is --token-file's; without one it is that of
/// ./data (where a server started in this folder keeps it), or none.
outcome<Client> connect(const Globals& globals);

/// Returns the first line of a file. Exit::usage when it cannot be read or is empty.
outcome<std::string> read_secret(const std::string& path);

/// Returns a whole file, or standard input for "-". Exit::usage when it cannot be read.
outcome<std::string> read_text(const std::string& path);

/// Writes a JSON value to standard output, indented, with a final line break.
void print_json(const boost::json::value& value);

/// Asks the server for `target` and hands the answer to `show`; with --output json it is printed
/// as it came instead. Returns the exit code.
int show_answer(const Globals& globals, const std::string& target,
                const std::function<void(const boost::json::value&)>& show);

/// Posts and says what came of it in the same way.
int post_and_show(const Globals& globals, const std::string& target, const boost::json::value& body,
                  const std::function<void(const boost::json::value&)>& show);

}  // namespace countersign::cli
