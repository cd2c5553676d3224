#pragma once
// What of a bundle's merged form and papers belongs to which of its items. An item checks its part
// by its own process's form, so that the bundle asks for just what the items ask for.

#include "engine/model/process.hpp"

#include <string>
#include <vector>

namespace countersign::model {

/// Returns an item's form as far as the merged form fills it in: a record of what is there.
expr::Value form_of_item(const BundleItem& item, const expr::Value& form);

/// Whether the item applies to this form; when the form alone cannot tell it does.
bool is_wanted(const BundleItem& item, const expr::Value& form);

/// Checks an application form: as conform() does, and of a bundle also each wanted item's part by
/// the form of the process that it runs. Problems have paths of the merged form. Pure; any thread.
Conformed conform_application(const Process& process, const expr::Value& given);

/// Returns the ids of the materials that the case needs by its form: each that is required, or
/// whose condition holds, or that a wanted item requires. Those that may follow are not among them.
std::vector<std::string> required_materials(const Process& process, const expr::Value& form);

}  // namespace countersign::model
