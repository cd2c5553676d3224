#pragma once
// Any event as JSON, by its own `serialize`: a new field or event needs nothing here.

#include "adapters/http/api/views.hpp"
#include "engine/core/event.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::http {

/// An archive in Boost.Serialization's convention that writes the members of the object begun last.
class JsonArchive {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    JsonArchive(JsonWriter& json, expr::Personal personal) : json_(json), personal_(personal) {}

    template <class T>
    JsonArchive& operator&(const boost::serialization::nvp<T>& field) {
        write_member(field.name(), field.const_value());
        return *this;
    }
    template <class T>
    JsonArchive& operator<<(const boost::serialization::nvp<T>& field) {
        return *this & field;
    }

  private:
    template <class T>
    void write_member(const char* name, const T& value) {
        json_.key(name);
        // What a department really sent was held against no contract, so it may be personal.
        if (std::is_same_v<T, std::string> && std::string_view(name) == "evidence" &&
            personal_ == expr::Personal::masked)
            return json_.value(masked_text);
        write(value);
    }
    template <class T>
    void write_member(const char* name, const std::optional<T>& value) {
        if (value) write_member(name, *value);
    }

    template <class T>
    void write(const T& value) {
        if constexpr (std::is_enum_v<T>)
            write_enum(value);
        else if constexpr (std::is_arithmetic_v<T>)
            json_.value(value);
        else if constexpr (std::is_same_v<T, std::string>)
            json_.value(value);
        else
            write_object(value);
    }
    void write(const expr::Value& value) { json_.value(value, personal_); }
    void write(const expr::StoredValue& value) { json_.value(value.value, personal_); }
    void write(const Instant& value) { json_.value(value); }
    void write(const Text& value) { json_.value(value); }
    void write(const CaseId& value) { json_.value(value.text()); }
    void write(const core::ProcessRef& value) {
        json_.begin_object();
        json_.member("id", value.id);
        json_.member("version", value.version);
        json_.end_object();
    }
    template <class T>
    void write(const std::vector<T>& list) {
        json_.begin_array();
        for (const T& item : list) write(item);
        json_.end_array();
    }
    template <class A, class B>
    void write(const std::pair<A, B>& pair) {
        json_.begin_array();
        write(pair.first);
        write(pair.second);
        json_.end_array();
    }
    template <class T>
    void write_object(const T& value) {
        json_.begin_object();
        // `serialize` is not const because it reads as well; writing changes nothing.
        const_cast<T&>(value).serialize(*this, 0U);
        json_.end_object();
    }
    template <class T>
    void write_enum(T value) {
        if constexpr (requires { name_of(value); })
            json_.value(name_of(value));
        else
            json_.value(static_cast<unsigned>(value));
    }

    JsonWriter& json_;
    expr::Personal personal_;
};

/// Writes the members of an event's struct into the object that is open.
template <class T>
void write_event_members(JsonWriter& json, const T& event, expr::Personal personal) {
    JsonArchive archive(json, personal);
    const_cast<T&>(event).serialize(archive, 0U);
}

/// Returns one sentence in each language that says what the event means; `viewed` is the case right
/// after it.
Text event_text(const Viewed& viewed, const core::Event& event);

/// Writes {"event", "step", "text", "data"}.
void write_event(JsonWriter& json, const Viewed& viewed, const core::Event& event,
                 expr::Personal personal);

}  // namespace countersign::http
