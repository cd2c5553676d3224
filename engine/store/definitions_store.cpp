// Family definitions.
#include "engine/store/definitions_store.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/store/keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::store {

namespace {

constexpr char compiled_row = 'c';
constexpr char source_row = 't';
constexpr std::string_view deployment_row = "d";
constexpr std::size_t hash_size = 32;

std::string id_prefix(char row, std::string_view id) {
    CHECK(id.size() <= 0xff);
    std::string key(1, row);
    key += static_cast<char>(id.size());
    return key.append(id);
}

std::string definition_key(char row, const core::ProcessRef& ref) {
    CHECK(ref.hash.size() == hash_size);
    std::string key = id_prefix(row, ref.id);
    put_big_endian(key, ref.version, 4);
    return key.append(ref.hash);
}

std::optional<core::ProcessRef> read_definition_key(std::string_view key) {
    if (key.size() < 2) return std::nullopt;
    const std::size_t id_bytes = static_cast<unsigned char>(key[1]);
    if (key.size() != 2 + id_bytes + 4 + hash_size) return std::nullopt;
    core::ProcessRef ref;
    ref.id = key.substr(2, id_bytes);
    ref.version = static_cast<std::uint32_t>(get_big_endian(key.substr(2 + id_bytes), 4));
    ref.hash = key.substr(2 + id_bytes + 4);
    return ref;
}

}  // namespace

core::ProcessRef put_definition(Batch& batch, std::string_view id, std::uint32_t version,
                                const Definition& definition) {
    const Hash hash = sha256(definition.compiled);
    const core::ProcessRef ref{std::string(id), version, std::string(view_of(hash))};
    batch.put(Family::definitions, definition_key(compiled_row, ref), definition.compiled);
    batch.put(Family::definitions, definition_key(source_row, ref), definition.source);
    return ref;
}

result<Definition> get_definition(const Store& store, const core::ProcessRef& ref) {
    const auto named = [&] {
        return fmt::format("version {} of process '{}' ({})", ref.version, ref.id, hex(ref.hash));
    };
    if (ref.hash.size() != hash_size)
        return failure(ErrorKind::invalid, named() + " has no SHA-256");
    auto compiled = store.get(Family::definitions, definition_key(compiled_row, ref));
    if (!compiled) return compiled.error();
    if (!*compiled) return failure(ErrorKind::not_found, named() + " is not in the store");
    if (view_of(sha256(**compiled)) != ref.hash)
        return failure(ErrorKind::corrupt, named() + " was changed");
    auto source = store.get(Family::definitions, definition_key(source_row, ref));
    if (!source) return source.error();
    return Definition{source->value_or(""), std::move(**compiled)};
}

result<std::vector<core::ProcessRef>> list_definitions(const Store& store, std::string_view id) {
    std::vector<core::ProcessRef> refs;
    bool damaged = false;
    const std::string prefix =
        id.empty() ? std::string(1, compiled_row) : id_prefix(compiled_row, id);
    const auto scanned = store.scan(Family::definitions, prefix, after_prefix(prefix),
                                    [&](std::string_view key, std::string_view) {
                                        auto ref = read_definition_key(key);
                                        damaged = !ref;
                                        if (!damaged) refs.push_back(std::move(*ref));
                                        return !damaged;
                                    });
    if (!scanned) return scanned.error();
    if (damaged) return failure(ErrorKind::corrupt, "the key of a stored process is damaged");
    std::sort(refs.begin(), refs.end());
    return refs;
}

void put_deployment(Batch& batch, std::string_view document) {
    batch.put(Family::definitions, deployment_row, document);
}

result<std::optional<std::string>> current_deployment(const Store& store) {
    return store.get(Family::definitions, deployment_row);
}

}  // namespace countersign::store
