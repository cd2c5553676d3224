#pragma once
// The API's fixed words as people read them, in the language chosen and with their colour.

#include "cli/output/table.hpp"
#include "cli/output/terminal.hpp"

#include <string>
#include <string_view>

namespace countersign::cli {

/// Returns a status, kind or skip reason of the API ("open", "granted", "when_false") as a word; a
/// word that is not known stays as it is.
std::string word(const Terminal& terminal, std::string_view api_word);

/// Returns a length or a remainder of the API ("3wd", "overdue 2h") as people say it.
std::string length(const Terminal& terminal, std::string_view api_length);

/// Returns a card as a cell: the word in its colour; empty when there is none.
Cell card(const Terminal& terminal, std::string_view api_card);

/// Returns a case's or step's status with the colour that tells good from bad: granted and ended ok
/// green, refused red, waiting plain.
Cell status(const Terminal& terminal, std::string_view api_status, std::string_view kind = {});

}  // namespace countersign::cli
