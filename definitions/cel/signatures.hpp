#pragma once
// Signatures of functions as texts: "string.contains(string) -> bool".

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::cel {

/// A type in a signature: "list(A)" is the name list with the argument A. A single capital letter
/// is a type parameter.
struct TypeText {
    std::string name;
    std::vector<TypeText> arguments;

    bool is_parameter() const { return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z'; }
};

/// One overload. Of one on a receiver the first parameter is the receiver.
struct Signature {
    std::string name;
    bool on_receiver = false;
    std::vector<TypeText> parameters;
    TypeText result;
};

/// Overloads by the name of the function.
using Signatures = std::map<std::string, std::vector<Signature>, std::less<>>;

/// Reads a signature; nothing when the text is none.
std::optional<Signature> parse_signature(std::string_view text);

/// The standard functions and operators.
const Signatures& standard_signatures();

}  // namespace countersign::cel
