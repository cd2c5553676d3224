// Sealing by libsodium's secretbox (XSalsa20-Poly1305) with a nonce made from key and content, so
// that the same state always encodes to the same bytes.
#include "engine/store/seal.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

namespace countersign::store {

namespace {

constexpr std::size_t nonce_bytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t mac_bytes = crypto_secretbox_MACBYTES;
static_assert(sizeof(CaseSecret::bytes) == crypto_secretbox_KEYBYTES);
constexpr unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES + 1] = "countersign seal";

/// libsodium picks its fastest code once; every use of it here comes after this.
void prepare_sodium() {
    static const bool ready = sodium_init() >= 0;
    CHECK(ready);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

CaseSecret make_secret() {
    prepare_sodium();
    CaseSecret secret;
    randombytes_buf(secret.bytes.data(), secret.bytes.size());
    return secret;
}

Keeping::Keeping(CaseId id, const CaseSecret& secret, Batch* batch)
    : id_(id), secret_(secret), batch_(batch) {
    archive_.seal = [this](std::string_view plain) { return seal(plain); };
    archive_.keep = [this](std::string_view bytes) { return keep(bytes); };
}

std::string Keeping::seal(std::string_view plain) const {
    prepare_sodium();
    std::string out(nonce_bytes + mac_bytes + plain.size(), '\0');
    auto* nonce = reinterpret_cast<unsigned char*>(out.data());
    CHECK(crypto_generichash_blake2b_salt_personal(nonce, nonce_bytes, bytes_of(plain),
                                                   plain.size(), secret_.bytes.data(),
                                                   secret_.bytes.size(), nullptr, personal) == 0);
    CHECK(crypto_secretbox_easy(nonce + nonce_bytes, bytes_of(plain), plain.size(), nonce,
                                secret_.bytes.data()) == 0);
    return out;
}

std::string Keeping::keep(std::string_view bytes) {
    const Hash hash = sha256(bytes);
    if (batch_) batch_->put(Family::values, value_key(id_, view_of(hash)), bytes);
    return std::string(view_of(hash));
}

Fetching::Fetching(const Store& store, CaseId id, std::optional<CaseSecret> secret)
    : store_(store), id_(id), secret_(secret) {
    archive_.open = [this](std::string_view sealed) { return open(sealed); };
    archive_.fetch = [this](std::string_view hash) { return fetch(hash); };
}

std::optional<std::string> Fetching::open(std::string_view sealed) const {
    if (!secret_ || sealed.size() < nonce_bytes + mac_bytes) return std::nullopt;
    prepare_sodium();
    std::string plain(sealed.size() - nonce_bytes - mac_bytes, '\0');
    const unsigned char* nonce = bytes_of(sealed);
    const int opened = crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                                  nonce + nonce_bytes, sealed.size() - nonce_bytes,
                                                  nonce, secret_->bytes.data());
    if (opened != 0) return std::nullopt;
    return plain;
}

result<std::string> Fetching::fetch(std::string_view hash) const {
    auto bytes = store_.get(Family::values, value_key(id_, hash));
    if (!bytes) return bytes.error();
    const auto named = [&] {
        return fmt::format("the value {} of case {}", hex(hash), id_.text());
    };
    if (!*bytes) return failure(ErrorKind::corrupt, named() + " is not in the store");
    if (view_of(sha256(**bytes)) != hash)
        return failure(ErrorKind::corrupt, named() + " was changed");
    return std::move(**bytes);
}

result<std::optional<CaseSecret>> read_secret(const Store& store, CaseId id) {
    const auto bytes = store.get(Family::keys, case_key(id));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<CaseSecret>();
    CaseSecret secret;
    if ((*bytes)->size() != secret.bytes.size())
        return failure(ErrorKind::corrupt, fmt::format("the key of case {} is damaged", id.text()));
    std::copy((*bytes)->begin(), (*bytes)->end(), secret.bytes.begin());
    return std::optional(secret);
}

}  // namespace countersign::store
