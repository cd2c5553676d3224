// The collector.

#include "definitions/diagnostics/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace countersign::diagnostics {

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error) ++errors_;
    return list_.emplace_back(std::move(diagnostic));
}

Diagnostic& Diagnostics::error(std::string_view code, const Span& span, Text message,
                               Text suggestion) {
    return add(
        {Severity::error, std::string(code), span, std::move(message), std::move(suggestion), {}});
}

Diagnostic& Diagnostics::warning(std::string_view code, const Span& span, Text message,
                                 Text suggestion) {
    return add({Severity::warning,
                std::string(code),
                span,
                std::move(message),
                std::move(suggestion),
                {}});
}

std::vector<Diagnostic> Diagnostics::ordered() const {
    std::vector<Diagnostic> list = list_;
    const auto key = [](const Diagnostic& d) {
        return std::tie(d.span, d.severity, d.code, d.message.en);
    };
    std::stable_sort(list.begin(), list.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); };
    list.erase(std::unique(list.begin(), list.end(), same), list.end());
    return list;
}

}  // namespace countersign::diagnostics
