#pragma once
// Contents that commands name by their SHA-256: what the store knows of them comes with the
// command, so that the core judges files without reading any.

#include "engine/core/command.hpp"
#include "engine/model/process.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::core {

/// What the store knows of a content.
struct Content {
    std::uint64_t bytes = 0;
    std::string first;  ///< its first bytes, about a kilobyte: they tell its kind
};

/// Contents by their SHA-256 in lower-case hexadecimal. What is not in it is not stored.
using Contents = std::map<std::string, Content, std::less<>>;

/// Visits the SHA-256 of every content that a command may name: those of papers, and members
/// `sha256` anywhere in forms and results, typed or not. Looking them up is all that it is for.
void each_hash_in(const CommandBody& body, const std::function<void(std::string_view)>& visit);

/// Visits every file in a typed value, by the fields that say which are files: its SHA-256 and its
/// record {name, sha256, bytes}.
void each_file(const model::Field& field, const expr::Value& value,
               const std::function<void(std::string_view sha256, const expr::Value& file)>& visit);

/// Checks papers handed in against what the process accepts and what is stored, and fills in their
/// bytes, which nobody's word is taken for. A paper without a hash was presented on paper: nothing
/// but its name is known. Papers of no material of the process are passed over. Problems have the
/// path "materials.ID", one for each thing that is wrong with a file.
std::vector<model::Problem> settle_materials(const model::Process& process,
                                             const Contents& contents,
                                             std::vector<GivenMaterial>& given);

/// The same for the files in a typed form or result: returns it with their bytes filled in.
expr::Value settle_files(const model::Field& root, const expr::Value& value,
                         const Contents& contents, std::vector<model::Problem>& problems);

}  // namespace countersign::core
