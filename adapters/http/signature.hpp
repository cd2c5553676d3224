#pragma once
// HMAC-SHA256: Standard Webhooks signatures (standardwebhooks.com, v1) and callbacks' capabilities.

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::http {

/// How far a signature's timestamp may lie from the machine's time, in seconds (Standard Webhooks).
inline constexpr std::int64_t signature_tolerance_s = 300;

/// A key prepared for HMAC-SHA256. Immutable; shared by threads.
class Signer {
  public:
    /// `key` are the raw bytes; at least 16 (ErrorKind::invalid else).
    static result<Signer> from_key(std::string_view key);
    /// Reads a Standard Webhooks secret: base64, with or without "whsec_" before it. The message of
    /// the error never shows the secret.
    static result<Signer> from_secret(std::string_view secret);

    /// Returns the 32 bytes of HMAC-SHA256 over the pieces, one after the other.
    std::string mac(std::initializer_list<std::string_view> pieces) const;
    /// Returns the value of `webhook-signature`: "v1," and base64 of the MAC of id.timestamp.body.
    std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;
    /// Returns what a callback URL carries for a call: 43 characters of base64url.
    std::string capability(std::string_view call) const;

  private:
    struct Prepared;
    explicit Signer(std::shared_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {}
    std::shared_ptr<const Prepared> prepared_;
};

/// Checks the three headers against a body. `signature` may hold several, separated by blanks.
/// Fails with ErrorKind::invalid and the reason; `now_s` is the machine's time in seconds since
/// 1970.
result<void> verify_signature(const Signer& signer, std::string_view id, std::string_view timestamp,
                              std::string_view signature, std::string_view body,
                              std::int64_t now_s);

/// Returns whether two texts are equal, in a time that depends on their lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Returns base64 with padding (RFC 4648 §4).
std::string base64(std::string_view bytes);
/// Returns base64url without padding (RFC 4648 §5).
std::string base64url(std::string_view bytes);
/// Reads base64 with padding; ErrorKind::invalid else.
result<std::string> unbase64(std::string_view text);

/// Returns `count` bytes of the operating system's randomness. CHECKs that there are any.
std::string random_bytes(std::size_t count);

/// Returns the machine's wall time, which signatures and HTTP dates are about (never case time).
Instant machine_now();

/// Returns the SHA-256 of `bytes` as hexadecimal text.
std::string sha256_hex(std::string_view bytes);

}  // namespace countersign::http
