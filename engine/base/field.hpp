#pragma once
// Named members for `serialize`, understood by our archive (archive.hpp) and by Boost's.

#include <boost/serialization/nvp.hpp>

namespace countersign {

/// Names a member for an archive. `name` must be a C identifier: it becomes an XML tag in dumps.
template <class T>
const boost::serialization::nvp<T> make_field(const char* name, T& value) {
    return boost::serialization::make_nvp(name, value);
}

}  // namespace countersign
