#pragma once
// Big-endian numbers in ordered keys, hexadecimal text, and the deterministic hash of the core.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

/// Appends the `width` low bytes of `value`, most significant first, so that keys order as numbers
/// do.
void put_big_endian(std::string& out, std::uint64_t value, unsigned width);

/// Reads `width` bytes, most significant first; the caller has checked the size.
std::uint64_t get_big_endian(std::string_view bytes, unsigned width);

/// Returns lower-case hexadecimal text, two characters a byte.
std::string hex(std::string_view bytes);

/// Reads hex(); nothing when the text is not hexadecimal of even length.
std::optional<std::string> unhex(std::string_view text);

/// Returns a 64-bit hash that is the same on every machine and in every version (FNV-1a with a
/// final mix): used for jitter and for choosing partitions, never against an adversary.
std::uint64_t stable_hash(std::string_view bytes);

}  // namespace countersign
