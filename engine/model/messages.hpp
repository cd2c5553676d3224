#pragma once
// What a person is told about a field, in both languages.

#include "engine/base/text.hpp"
#include "engine/model/form.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::model {

/// How a field is called: its title, else its path.
Text label_of(const Field& field, const std::string& path);

/// How the item at `index` (from 0) of a list is called; people count from 1.
Text label_of_item(const Text& list, std::size_t index);

/// Returns `label` followed by what is wrong: "Load" + " must be a number".
Text message(const Text& label, std::string_view en, std::string_view zh);

/// Returns a bound as people write it: without a fraction when there is none.
std::string number_text(double value);

/// Returns the nearest of `known` by edit distance, or empty when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace countersign::model
