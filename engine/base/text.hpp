#pragma once
// Text in two languages, as titles and messages have it.

#include "engine/base/field.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

/// Returns a text from both its languages.
inline Text both(std::string en, std::string zh) { return {std::move(en), std::move(zh)}; }

namespace detail {

/// What an argument of format_both is in one language: a Text is a string, all else itself.
template <class T>
using Spoken = std::conditional_t<std::is_same_v<std::remove_cvref_t<T>, Text>, std::string, T>;

template <class T>
decltype(auto) spoken(const T& argument, std::string_view language) {
    if constexpr (std::is_same_v<T, Text>)
        return argument.in(language);
    else
        return argument;
}

}  // namespace detail

/// Returns both texts with their `{}` filled in by the same arguments; an argument that is a Text
/// gives each language its own. The patterns are checked when they are compiled; a language that
/// wants the arguments in another order numbers them: "{1} … {0}".
template <class... Arguments>
Text format_both(fmt::format_string<const detail::Spoken<Arguments>&...> en,
                 fmt::format_string<const detail::Spoken<Arguments>&...> zh,
                 const Arguments&... arguments) {
    return {fmt::format(en, detail::spoken(arguments, "en")...),
            fmt::format(zh, detail::spoken(arguments, "zh")...)};
}

/// Returns a name as authors write it, in back quotes, which is the same in both languages:
/// "`limit`".
inline Text ticked(std::string_view name) {
    const std::string text = fmt::format("`{}`", name);
    return {text, text};
}

/// Returns whether `bytes` are valid UTF-8 (no surrogates, no overlong forms; RFC 3629).
bool is_utf8(std::string_view bytes);

/// Returns the number of terminal columns that a UTF-8 text takes: East Asian wide and full-width
/// characters take two, combining marks none (Unicode UAX #11).
int display_width(std::string_view text);

}  // namespace countersign
