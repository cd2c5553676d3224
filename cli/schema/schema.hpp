#pragma once
// The keys of documents as a JSON Schema (2020-12), for editors and other tools.

#include <boost/json/object.hpp>

#include <string_view>

namespace countersign::cli {

/// Returns the schema of all documents that `check` reads, made of the page that the loader reads
/// (definitions/keys.md); what keys mean is told in the language, "en" or "zh".
boost::json::object json_schema(std::string_view language);

}  // namespace countersign::cli
