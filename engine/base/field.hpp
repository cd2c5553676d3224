#pragma once
// Named members for `serialize`, understood by our archive (archive.hpp) and by Boost's.

#include "engine/base/bytes.hpp"

#include <boost/serialization/nvp.hpp>

#include <string>

namespace countersign {

/// Names a member for an archive. `name` must be a C identifier: it becomes an XML tag in dumps.
template <class T>
const boost::serialization::nvp<T> make_field(const char* name, T& value) {
    return boost::serialization::make_nvp(name, value);
}

/// Archives bytes that are no text: as they are in the store, as hexadecimal for people.
template <class Archive>
void archive_bytes(Archive& ar, const char* name, std::string& bytes) {
    if constexpr (requires { typename Archive::is_for_store; }) {
        ar& make_field(name, bytes);
    } else {
        std::string text = hex(bytes);
        ar& make_field(name, text);
    }
}

}  // namespace countersign
