#pragma once
// SHA-256 of content that comes piece by piece.

#include "engine/store/keys.hpp"

#include <memory>
#include <string_view>

namespace countersign::store {

/// Takes pieces and gives the SHA-256 of all of them together. Not for several threads at once.
class Hasher {
  public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    void add(std::string_view piece);
    /// Returns the hash of what was added, and begins anew.
    Hash finish();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace countersign::store
