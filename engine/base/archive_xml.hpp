#pragma once
// std::optional, std::variant and friends for Boost's xml_oarchive (Boost 1.81 lacks the first
// two): dumps and golden files that a person can read. Written only, never read back.

#include <boost/archive/xml_oarchive.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <variant>

namespace boost::serialization {

template <class T>
void serialize(archive::xml_oarchive& ar, std::optional<T>& value, unsigned) {
    const bool present = value.has_value();
    ar << make_nvp("present", present);
    if (present) ar << make_nvp("value", *value);
}

template <class... T>
void serialize(archive::xml_oarchive& ar, std::variant<T...>& value, unsigned) {
    std::visit(
        [&ar](auto& alternative) {
            const unsigned number = std::decay_t<decltype(alternative)>::number;
            ar << make_nvp("number", number) << make_nvp("value", alternative);
        },
        value);
}

}  // namespace boost::serialization

namespace countersign {

/// Returns `value` as XML text for people: stable from run to run, no tracking attributes' meaning.
template <class T>
std::string to_xml(const char* name, const T& value) {
    std::ostringstream out;
    {
        boost::archive::xml_oarchive archive(out, boost::archive::no_header);
        archive << boost::serialization::make_nvp(name, value);
    }
    return out.str();
}

}  // namespace countersign
