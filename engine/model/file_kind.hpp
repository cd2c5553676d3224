#pragma once
// Kinds of files: by the extension of a name, and by the first bytes of a content. A name says what
// somebody claims, the bytes what it is; both must agree before a paper is taken.

#include "engine/base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::model {

/// Returns the extension of a file's name: lower case, without the dot, spelt in one way ("jpeg" →
/// "jpg", "tiff" → "tif", "htm" → "html"); empty when the name has none.
std::string extension_of(std::string_view name);

/// Returns an extension as a definition or a person writes it ("PDF", ".jpeg") in the same way.
std::string extension_from(std::string_view written);

/// Returns whether a content that begins with `first` (its first kilobyte, or all of it) may be
/// what the extension says. An extension of no known kind fits whatever is no program.
bool fits_extension(std::string_view extension, std::string_view first);

/// Returns what a content is by its first bytes, for a person: "a PDF file"; "of an unknown kind".
Text kind_of_content(std::string_view first);

/// Returns the media type of an extension; "application/octet-stream" when it is not known.
std::string_view media_type_of(std::string_view extension);

/// Whether the extension is one that fits_extension() can tell by its content.
bool is_known_extension(std::string_view extension);

/// Returns the extensions that are known, in alphabetical order.
std::vector<std::string_view> known_extensions();

}  // namespace countersign::model
