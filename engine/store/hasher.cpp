// SHA-256 in pieces, by OpenSSL.
#include "engine/store/hasher.hpp"

#include "engine/base/check.hpp"

#include <openssl/evp.h>

namespace countersign::store {

struct Hasher::Inside {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    EVP_MD_CTX_free};
    void begin() { CHECK(EVP_DigestInit_ex2(context.get(), EVP_sha256(), nullptr) == 1); }
};

Hasher::Hasher() : inside_(std::make_unique<Inside>()) { inside_->begin(); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(std::string_view piece) {
    CHECK(EVP_DigestUpdate(inside_->context.get(), piece.data(), piece.size()) == 1);
}

Hash Hasher::finish() {
    Hash hash{};
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(inside_->context.get(), hash.data(), &size) == 1);
    CHECK(size == hash.size());
    inside_->begin();
    return hash;
}

}  // namespace countersign::store
