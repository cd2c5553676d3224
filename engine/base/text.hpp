#pragma once
// Text in two languages, as titles and messages have it.

#include "engine/base/field.hpp"

#include <string>
#include <string_view>

namespace countersign {

/// A text in English and Chinese. Either may be empty: `in` then gives the other one.
struct Text {
    std::string en;
    std::string zh;
    bool operator==(const Text&) const = default;

    bool empty() const { return en.empty() && zh.empty(); }
    /// Returns the text in `language` ("en" or "zh"), else in the other one.
    const std::string& in(std::string_view language) const;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("en", en) & make_field("zh", zh);
    }
};

/// Returns whether `bytes` are valid UTF-8 (no surrogates, no overlong forms; RFC 3629).
bool is_utf8(std::string_view bytes);

/// Returns the number of terminal columns that a UTF-8 text takes: East Asian wide and full-width
/// characters take two, combining marks none (Unicode UAX #11).
int display_width(std::string_view text);

}  // namespace countersign
