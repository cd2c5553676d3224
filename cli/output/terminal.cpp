// The terminal: asked once, then passed as a value.
#include "cli/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace countersign::cli {

namespace {

constexpr int columns_default = 80;  ///< of a terminal that does not tell
constexpr int columns_min = 40;      ///< below it every column would be dots

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

int width_of_terminal() {
    winsize size{};
    int columns = columns_default;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
        columns = size.ws_col;
    else if (const int told = std::atoi(std::string(environment("COLUMNS")).c_str()); told > 0)
        columns = told;
    return columns < columns_min ? columns_min : columns;
}

std::string language_of_locale() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const std::string_view locale = environment(name);
        if (!locale.empty()) return locale.substr(0, 2) == "zh" ? "zh" : "en";
    }
    return "en";
}

std::string_view escape_of(Style style) {
    switch (style) {
        case Style::plain:
            return "";
        case Style::bold:
            return "\x1b[1m";
        case Style::dim:
            return "\x1b[2m";
        case Style::red:
            return "\x1b[31m";
        case Style::green:
            return "\x1b[32m";
        case Style::yellow:
            return "\x1b[33m";
    }
    return "";
}

}  // namespace

std::string Terminal::styled(std::string_view text, Style style) const {
    if (!colours || style == Style::plain || text.empty()) return std::string(text);
    return std::string(escape_of(style)).append(text).append("\x1b[0m");
}

Terminal look_at_terminal() {
    Terminal terminal;
    terminal.language = language_of_locale();
    if (isatty(STDOUT_FILENO) == 0) return terminal;
    terminal.columns = width_of_terminal();
    terminal.colours = environment("NO_COLOR").empty() && environment("TERM") != "dumb";
    return terminal;
}

}  // namespace countersign::cli
