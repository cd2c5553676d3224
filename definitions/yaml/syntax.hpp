#pragma once
// What a syntax error means to whoever wrote the file.

#include "definitions/yaml/parse.hpp"

#include <cstddef>
#include <string_view>

namespace countersign::yaml {

/// The explanation of a failure. When `repair_end` is above `repair_begin`, the mistake is confined
/// to these bytes, and the rest of the file can still be looked at.
struct Explained {
    Finding finding;
    std::size_t repair_begin = 0;
    std::size_t repair_end = 0;
};

/// Explains why the parse of `source` failed; `parsed.failure` must be set.
Explained explain(std::string_view source, const Parsed& parsed);

}  // namespace countersign::yaml
