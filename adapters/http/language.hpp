#pragma once
// The header Accept-Language (RFC 9110 §12.5.4), for the two languages that there are.

#include <string_view>

namespace countersign::http {

/// Returns "zh" or "en": whichever the header wants more, by its q-values; a language of a place
/// ("zh-CN", "zh-Hans") is its language. At a tie the one named first; English when the header is
/// empty, wants neither, or is malformed.
std::string_view language_wanted(std::string_view accept_language);

}  // namespace countersign::http
