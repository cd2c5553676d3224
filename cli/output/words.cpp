// The words are the core's own, so that the API's sentences and the program's tables agree.
#include "cli/output/words.hpp"

#include "engine/calendar/calendar.hpp"
#include "engine/core/words.hpp"

namespace countersign::cli {

std::string word(const Terminal& terminal, std::string_view api_word) {
    return core::word_of(api_word).in(terminal.language);
}

std::string length(const Terminal& terminal, std::string_view api_length) {
    return calendar::length_words(api_length).in(terminal.language);
}

Cell card(const Terminal& terminal, std::string_view api_card) {
    Style style = Style::plain;
    if (api_card == "green") style = Style::green;
    if (api_card == "yellow") style = Style::yellow;
    if (api_card == "red") style = Style::red;
    return Cell(word(terminal, api_card), style);
}

Cell status(const Terminal& terminal, std::string_view api_status, std::string_view kind) {
    Style style = Style::plain;
    if (kind == "granted" || kind == "ok") style = Style::green;
    if (kind == "refused" || kind == "refusal" || api_status == "blocked") style = Style::red;
    if (api_status == "skipped" || api_status == "cancelled" || api_status == "waiting")
        style = Style::dim;
    return Cell(word(terminal, api_status), style);
}

}  // namespace countersign::cli
