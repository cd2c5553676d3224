#pragma once
// Which keys each mapping of a document may have: definitions/keys.md, as the loader and the JSON
// Schema know it.

#include "engine/base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::yaml {

/// A row of the page.
struct KeyRow {
    std::string name;
    bool required = false;
    std::string holds;  ///< "text or list text", "{step}"; the page says what words there are
    Text meaning;
};

/// A mapping of one kind: "step", "material".
struct Section {
    std::string name;
    std::vector<KeyRow> rows;
    const KeyRow* row(std::string_view key) const;  ///< or null
};

/// Returns all of them in the page's order. Read once; CHECKs that the page is well made.
const std::vector<Section>& sections();

/// Returns the section of that name; CHECKs that there is one.
const Section& section(std::string_view name);

/// The page itself, a generated source.
extern const std::string_view keys_page;

}  // namespace countersign::yaml
