// HMAC-SHA256 by OpenSSL's EVP_MAC. A key is set up once and its context copied for each message,
// because fetching the algorithm costs more than hashing a call's body.
#include "adapters/http/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <charconv>
#include <chrono>

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"

namespace countersign::http {

namespace {

constexpr std::size_t mac_bytes = 32;
constexpr std::size_t key_bytes_min = 16;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

struct FreeContext {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

}  // namespace

struct Signer::Prepared {
    Context context;
};

result<Signer> Signer::from_key(std::string_view key) {
    if (key.size() < key_bytes_min)
        return failure(ErrorKind::invalid,
                       both("a signing key needs at least 16 bytes", "签名密钥至少 16 字节"));
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    CHECK(mac != nullptr);
    auto prepared = std::make_shared<Prepared>();
    prepared->context.reset(EVP_MAC_CTX_new(mac));
    EVP_MAC_free(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                     OSSL_PARAM_construct_end()};
    CHECK(EVP_MAC_init(prepared->context.get(), bytes_of(key), key.size(), parameters) == 1);
    return Signer(std::move(prepared));
}

result<Signer> Signer::from_secret(std::string_view secret) {
    constexpr std::string_view prefix = "whsec_";
    if (secret.starts_with(prefix)) secret.remove_prefix(prefix.size());
    auto key = unbase64(secret);
    if (!key)
        return failure(ErrorKind::invalid,
                       both("a secret must be base64, with or without `whsec_` before it",
                            "密钥应为 base64，前面可带 whsec_"));
    return from_key(*key);
}

std::string Signer::mac(std::initializer_list<std::string_view> pieces) const {
    const Context context(EVP_MAC_CTX_dup(prepared_->context.get()));
    CHECK(context != nullptr);
    for (const std::string_view piece : pieces)
        CHECK(EVP_MAC_update(context.get(), bytes_of(piece), piece.size()) == 1);
    std::string out(mac_bytes, '\0');
    std::size_t length = 0;
    CHECK(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length,
                        out.size()) == 1);
    CHECK(length == mac_bytes);
    return out;
}

std::string Signer::sign(std::string_view id, std::string_view timestamp,
                         std::string_view body) const {
    return "v1," + base64(mac({id, ".", timestamp, ".", body}));
}

std::string Signer::capability(std::string_view call) const {
    return base64url(mac({"call:", call}));
}

result<void> verify_signature(const Signer& signer, std::string_view id, std::string_view timestamp,
                              std::string_view signature, std::string_view body,
                              std::int64_t now_s) {
    if (id.empty() || timestamp.empty() || signature.empty())
        return failure(ErrorKind::invalid,
                       both("webhook-id, webhook-timestamp and webhook-signature are needed",
                            "缺少 webhook-id、webhook-timestamp 或 webhook-signature"));
    std::int64_t sent_s = 0;
    const auto [stop, error] =
        std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), sent_s);
    if (error != std::errc() || stop != timestamp.data() + timestamp.size())
        return failure(ErrorKind::invalid,
                       both("webhook-timestamp must be whole seconds since 1970",
                            "webhook-timestamp 应为 1970 年以来的整秒数"));
    if (sent_s < now_s - signature_tolerance_s || sent_s > now_s + signature_tolerance_s)
        return failure(
            ErrorKind::invalid,
            both("webhook-timestamp is more than 5 minutes away from this machine's time",
                 "webhook-timestamp 与本机时间相差超过 5 分钟"));
    const std::string expected = signer.sign(id, timestamp, body);
    while (!signature.empty()) {
        const std::size_t blank = signature.find(' ');
        if (equal_in_constant_time(signature.substr(0, blank), expected)) return {};
        signature = blank == std::string_view::npos ? "" : signature.substr(blank + 1);
    }
    return failure(ErrorKind::invalid,
                   both("no signature fits the body and this department's secret",
                        "签名与内容及该部门密钥不符"));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64(std::string_view bytes) {
    // OpenSSL writes a final zero behind the text.
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                        bytes_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(written));
    return out;
}

std::string base64url(std::string_view bytes) {
    std::string out = base64(bytes);
    while (!out.empty() && out.back() == '=') out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

result<std::string> unbase64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0)
        return failure(ErrorKind::invalid, both("base64 has a multiple of four characters",
                                                "base64 的字符数应为 4 的倍数"));
    std::size_t padding = 0;
    while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
    for (const char c : text.substr(0, text.size() - padding)) {
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/')
            return failure(ErrorKind::invalid,
                           both("a character is not of base64", "含有非 base64 字符"));
    }
    std::string out(text.size() / 4 * 3, '\0');
    const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                        bytes_of(text), static_cast<int>(text.size()));
    if (written < 0)
        return failure(ErrorKind::invalid, both("the text is not base64", "不是 base64 文本"));
    out.resize(static_cast<std::size_t>(written) - padding);
    return out;
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1);
    return out;
}

Instant machine_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string sha256_hex(std::string_view bytes) {
    std::string out(mac_bytes, '\0');
    std::size_t length = 0;
    CHECK(EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(),
                       reinterpret_cast<unsigned char*>(out.data()), &length) == 1);
    return hex(out);
}

}  // namespace countersign::http
