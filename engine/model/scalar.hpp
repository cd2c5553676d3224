#pragma once
// Conforming one value that has no parts.

#include "engine/model/form.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::model {

/// Collects problems of the field at one path.
class Complaints {
  public:
    /// `problems` must outlive it.
    Complaints(std::vector<Problem>& problems, std::string path, Text label)
        : problems_(problems), path_(std::move(path)), label_(std::move(label)) {}

    void add(std::string code, std::string_view en, std::string_view zh);
    const std::string& path() const { return path_; }
    const Text& label() const { return label_; }

  private:
    std::vector<Problem>& problems_;
    std::string path_;
    Text label_;
};

/// Types a value that is present by a field that is no record and no list, or says what is wrong
/// with it. Values already typed (timestamps, money) pass.
std::optional<expr::Value> conform_scalar(const Field& field, const expr::Value& given,
                                          Complaints& complaints);

// ── coded.cpp ────────────────────────────────────────────────────────────────────────────────
/// Judges a text by the rule of its type: phone, email, uscc, citizen_id, division; plain texts
/// pass. Letters of identity numbers become capitals.
std::optional<expr::Value> conform_coded(const Field& field, const expr::Value& given,
                                         Complaints& complaints);

/// Types a file that is stored elsewhere: {name, sha256, bytes}. `bytes` may be absent and counts
/// for nothing: whoever knows the stored content fills it in.
std::optional<expr::Value> conform_file(const expr::Value& given, Complaints& complaints);

/// Types a point in degrees of CGCS2000 (GB 22021-2008): {lon, lat}, or the text "lon,lat".
std::optional<expr::Value> conform_point(const expr::Value& given, Complaints& complaints);

/// Checks `min` and `max` of a list or choices against the count of its items.
void check_count(const Field& field, std::size_t count, Complaints& complaints);

}  // namespace countersign::model
