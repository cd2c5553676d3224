#pragma once
// Check digits of the numbers by which China knows organisations and persons.

#include <string_view>

namespace countersign::model {

/// What can be said of a number without asking a register. `suspicious`: of the right form, but a
/// check digit is wrong; such codes are really in use, so an official may let them pass.
enum class Verdict { fine, suspicious, malformed };

/// Judges a unified social credit code, 18 characters, capital letters (GB 32100-2015; the code of
/// the organisation within it GB 11714-1997).
Verdict judge_uscc(std::string_view code);

/// Judges a citizen number, 18 characters (GB 11643-1999, check digit ISO 7064 MOD 11-2). A date of
/// birth that does not exist is malformed.
Verdict judge_citizen_id(std::string_view number);

}  // namespace countersign::model
