#pragma once
// What --help and a command line that does not fit say, in Chinese.

#include "engine/base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace countersign::cli {

/// Turns the whole command line's help into Chinese, once all commands are added. A description
/// that has no Chinese stays as it is.
void speak_chinese(CLI::App& app);

/// Returns the descriptions of the command line that have no Chinese, each once.
std::vector<std::string> without_chinese(const CLI::App& app);

/// Returns what is wrong with a command line. What CLI11 says and nothing here knows is quoted.
Text words_of(const CLI::ParseError& error);

/// Returns the language that a command line asks for by --lang, before it is parsed: "en", "zh", or
/// `otherwise`.
std::string language_in(const std::vector<std::string_view>& arguments,
                        const std::string& otherwise);

}  // namespace countersign::cli
