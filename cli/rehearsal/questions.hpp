#pragma once
// Questions on the standard streams: asked, read, and asked again when the answer does not fit.

#include "cli/output/terminal.hpp"
#include "engine/base/text.hpp"
#include "engine/core/command.hpp"
#include "engine/model/process.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::cli {

/// What is typed at a question to leave it unanswered and go back.
inline constexpr std::string_view back = "..";

/// A field and its path.
struct FoundField {
    const model::Field* field = nullptr;
    std::string path;
};

/// Returns the field of a form at "site.address"; of a path that goes on into a list ("rooms[2]"),
/// or breaks off, the last that it comes by, with its own path: the root's is empty.
FoundField find_field(const model::Field& root, const std::string& path);

/// All but ended() come back with nothing when the input has ended, or the user went back.
class Questions {
  public:
    explicit Questions(const Terminal& terminal) : terminal_(terminal) {}

    bool ended() const { return ended_; }
    /// Says something on a line of its own, or on several.
    void say(const Text& text) const;

    /// Returns the line that follows a prompt, without blanks around it. What does not come from
    /// a terminal is shown behind the prompt, so that the record of a session can be read.
    std::optional<std::string> ask(const Text& prompt);
    /// Returns the outcome chosen, by its name or number; of one alone nothing is asked.
    std::optional<model::Outcome> outcome(const std::vector<model::Outcome>& outcomes);
    /// Returns a record filled in, field by field, each checked at once; what is left empty is
    /// left out. `lenient`: whatever is there must fit, but nothing must be there. Going back asks
    /// the field before again (of a part of the form, from its first), at the first one it leaves.
    std::optional<expr::Value> record(const model::Field& fields, bool lenient);
    /// Returns the value of one field, checked.
    std::optional<expr::Value> field(const model::Field& field, const std::string& path,
                                     bool lenient);
    /// Lets numbers pass whose check digit is wrong, when a reason is given; without this they are
    /// asked for again. For what staff enter.
    void accept_suspicious(bool accepts) { accepts_ = accepts; }
    /// Returns what was let pass since this was asked last.
    std::vector<core::FieldOverride> take_accepted() { return std::exchange(accepted_, {}); }

    /// Returns a text that may be empty.
    std::optional<std::string> text(const Text& what);
    /// Returns the parts of an answer between its commas, each one of `known`.
    std::optional<std::vector<std::string>> ids(const Text& what,
                                                const std::vector<std::string>& known);

  private:
    enum class Fit { good, bad, gone };
    Fit judge(const std::vector<model::Problem>& problems, const std::string& path);
    bool is_accepted(const std::string& path) const;

    const Terminal& terminal_;
    bool ended_ = false;
    bool accepts_ = false;
    std::vector<core::FieldOverride> accepted_;
};

}  // namespace countersign::cli
