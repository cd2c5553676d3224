#pragma once
// Header fields that tell about a content: its name (content-disposition, RFC 6266 and RFC 8187)
// and its digest (repr-digest and content-digest, RFC 9530).

#include "engine/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::http {

/// Returns the file name that a content-disposition gives: `filename*` in UTF-8 before `filename`;
/// empty when it gives none. Never a path: what stands before the last slash is dropped.
std::string file_name_in(std::string_view disposition);

/// Returns a content-disposition that has the content saved as `name`: in ASCII for whoever knows
/// no better, and in UTF-8.
std::string attachment(std::string_view name);

/// Returns the 32 bytes of the SHA-256 in a digest field (a dictionary of RFC 8941), or nothing
/// when it has none. Fails with invalid when it has one that is none.
result<std::optional<std::string>> sha256_in(std::string_view digest);

/// Returns the digest field of a SHA-256.
std::string digest_of(std::string_view sha256);

}  // namespace countersign::http
