#pragma once
// The move `forward` (转办): a step that was asked of the wrong department or role goes to another.

#include "definitions/expressions.hpp"

namespace countersign::definitions {

/// Reads `to`, `of` and `at_most` of a `forward` into the move; `else` is the caller's. The step's
/// verb must be read: whoever gets it must be able to answer just as the first could (CS2010).
void read_forward(Draft& draft, const Node& inner, yaml::Keys& keys, const Site& site,
                  model::Move& move);

}  // namespace countersign::definitions
