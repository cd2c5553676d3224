#pragma once
// What the program's output goes to: its width, whether it shows colours, which language.

#include <string>
#include <string_view>

namespace countersign::cli {

/// The colours and weights that the output uses.
enum class Style { plain, bold, dim, red, green, yellow };

/// Facts about standard output, taken once at the start.
struct Terminal {
    int columns = 0;  ///< 0: not a terminal, nothing is cut
    bool colours = false;
    std::string language = "en";  ///< "en" or "zh"

    /// Returns `text` in a style; as it is when there are no colours.
    std::string styled(std::string_view text, Style style) const;
    /// Returns the text of the language chosen.
    std::string_view say(std::string_view en, std::string_view zh) const {
        return language == "zh" ? zh : en;
    }
};

/// Looks at standard output and the environment: width by the terminal, else COLUMNS; colours
/// unless NO_COLOR is set or TERM is dumb (no-color.org); language by LC_ALL, LC_MESSAGES, LANG.
Terminal look_at_terminal();

}  // namespace countersign::cli
