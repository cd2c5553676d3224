#pragma once
// Regular removal of contents that no case names.

#include "adapters/http/api/api.hpp"

#include <memory>

namespace countersign::http {

/// Sweeps the store of contents: at once, then every ten minutes, in turns of bounded work that
/// follow each other a second apart while there is more. Runs in the pool of files; stop() before
/// that is joined.
class ContentSweep : public std::enable_shared_from_this<ContentSweep> {
  public:
    static std::shared_ptr<ContentSweep> start(std::shared_ptr<Api> api);
    virtual ~ContentSweep() = default;
    /// No turn begins any more. Any thread.
    virtual void stop() = 0;
};

}  // namespace countersign::http
