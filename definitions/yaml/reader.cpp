// Reading: the bytes are looked at first, then yaml-cpp goes over the text; after a mistake that is
// confined to one value the value is blanked out and the rest of the file is looked at as well.

#include "definitions/yaml/reader.hpp"

#include "definitions/yaml/checks.hpp"
#include "definitions/yaml/quoting.hpp"
#include "definitions/yaml/syntax.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace countersign::yaml {

namespace {

using diagnostics::FileIndex;

/// Passes over one file: each finds one syntax error.
constexpr int passes_max = 20;

/// The characters outside YAML's set (YAML 1.2.2, chapter 5.1) that are one byte long.
bool is_forbidden(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

/// Returns where `text` stops being UTF-8.
std::size_t invalid_at(std::string_view text) {
    std::size_t low = 0;
    std::size_t high = text.size();
    // The longest valid prefix, but for the up to three bytes of a character cut in the middle.
    while (low < high) {
        const std::size_t middle = low + (high - low + 1) / 2;
        std::size_t whole = middle;
        while (whole > 0 && middle - whole < 3 && !is_utf8(text.substr(0, whole))) --whole;
        if (is_utf8(text.substr(0, whole)))
            low = middle;
        else
            high = middle - 1;
    }
    while (low > 0 && !is_utf8(text.substr(0, low))) --low;
    return low;
}

/// Returns whether the bytes can be given to the parser.
bool check_bytes(const std::string& text, FileIndex file, Diagnostics& diagnostics) {
    const std::string_view start = std::string_view(text).substr(0, 2);
    if (start == "\xFE\xFF" || start == "\xFF\xFE") {
        diagnostics.error("CS1002", Span{file, 0, 0, 0, 0},
                          {"the file is in UTF-16, not in UTF-8", "文件的编码是UTF-16，不是UTF-8"},
                          {"save it as UTF-8", "请另存为UTF-8"});
        return false;
    }
    if (!is_utf8(text)) {
        const std::size_t at = invalid_at(text);
        diagnostics.error("CS1002", diagnostics.sources().span(file, at, at + 1),
                          {"the file is not in UTF-8", "文件的编码不是UTF-8"},
                          {"save it as UTF-8; Chinese text may have been saved as GBK",
                           "请另存为UTF-8；中文内容可能存成了GBK"});
        return false;
    }
    const auto forbidden = std::find_if(text.begin(), text.end(), is_forbidden);
    if (forbidden == text.end()) return true;
    const auto at = static_cast<std::size_t>(forbidden - text.begin());
    diagnostics.error(
        "CS1003", diagnostics.sources().span(file, at, at + 1),
        format_both("the control character U+{:04X} is not allowed here",
                    "此处不允许控制字符 U+{:04X}", static_cast<unsigned char>(*forbidden)),
        {"remove it", "请删除"});
    return false;
}

void report(const Finding& finding, FileIndex file, Diagnostics& diagnostics) {
    const Span span = diagnostics.sources().span(file, finding.begin, finding.end);
    diagnostics.error(finding.code, span, finding.message, finding.suggestion);
}

/// Replaces bytes by as many letters: a plain text that any place takes. False when that changes
/// nothing.
bool blank_out(std::string& text, std::size_t begin, std::size_t end) {
    const std::string letters(end - begin, 'x');
    if (text.compare(begin, letters.size(), letters) == 0) return false;
    text.replace(begin, letters.size(), letters);
    return true;
}

bool is_quoting(const Finding& finding) {
    return finding.code == "CS1013" || finding.code == "CS1014";
}

/// One file being read.
class Reading {
  public:
    Reading(FileIndex file, Diagnostics& diagnostics)
        : file_(file), diagnostics_(diagnostics), text_(diagnostics.sources()[file].text()) {}

    std::optional<Node> run() {
        const std::size_t errors = diagnostics_.errors();
        Parsed parsed = parse(diagnostics_.sources(), file_, text_);
        for (int pass = 1; pass < passes_max && parsed.failure && repair(parsed); ++pass)
            parsed = parse(diagnostics_.sources(), file_, text_);
        if (parsed.root) {
            for (const Finding& finding : check_tree(text_, *parsed.root))
                report(finding, file_, diagnostics_);
            check_duplicates(*parsed.root, diagnostics_);
        }
        report_events(parsed);
        if (diagnostics_.errors() != errors) return std::nullopt;
        if (parsed.root) return std::move(parsed.root);
        diagnostics_.error("CS1004", Span{file_, 0, 0, 0, 0}, {"the file is empty", "文件是空的"},
                           {"its first key names its kind, such as `process: my-process`",
                            "第一个键说明文档的种类，例如`process: my-process`"});
        return std::nullopt;
    }

  private:
    /// Reports the failure; true when the text was changed so that another pass may find more.
    bool repair(const Parsed& parsed) {
        bool is_repaired = false;
        if (parsed.root) {
            for (const Finding& finding : check_tree(text_, *parsed.root)) {
                if (!is_quoting(finding)) continue;
                report(finding, file_, diagnostics_);
                is_repaired = blank_out(text_, finding.begin, finding.end) || is_repaired;
            }
        }
        // What was cut may be what the parser stumbled over: the next pass will tell.
        if (is_repaired) return true;
        const Explained explained = explain(text_, parsed);
        report(explained.finding, file_, diagnostics_);
        if (explained.repair_begin >= explained.repair_end) return false;
        return blank_out(text_, explained.repair_begin, explained.repair_end);
    }

    /// An expression that begins with `!` is a tag to YAML: then the whole of it is shown.
    void report_events(const Parsed& parsed) {
        std::size_t shown_until = 0;
        std::vector<Finding> findings = parsed.findings;
        // A negation's `!` comes after its `&&` in yaml-cpp's events; in the text it comes first.
        std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
            return std::tie(a.begin, b.code) < std::tie(b.begin, a.code);
        });
        for (const Finding& finding : findings) {
            if (finding.begin < shown_until) continue;
            // Where the tree is broken off, an expression that ends only within { } or [ ]
            // stands in them.
            bool in_flow = parsed.root && is_in_flow(*parsed.root, finding.begin);
            const bool is_tag = finding.code == "CS1012";
            auto end = is_tag ? negation_end(finding, in_flow) : std::nullopt;
            if (is_tag && !end) {
                in_flow = true;
                end = negation_end(finding, in_flow);
            }
            report(end ? must_be_quoted(text_, finding.begin, *end, in_flow) : finding, file_,
                   diagnostics_);
            shown_until = end.value_or(0);
        }
    }

    /// Returns where the expression ends that begins with a tag's `!`, unless it is a tag after
    /// all.
    std::optional<std::size_t> negation_end(const Finding& tag, bool in_flow) const {
        const auto end = expression_end(text_, tag.begin, in_flow);
        if (!end || *end < tag.begin + 2) return std::nullopt;
        const char next = text_[tag.begin + 1];
        if (next == '!' || next == '<') return std::nullopt;
        const std::string_view text = std::string_view(text_).substr(tag.begin, *end - tag.begin);
        const bool reads_so = looks_like_expression(key_before(text_, tag.begin), text) ||
                              text.find_first_of("(.") != std::string_view::npos;
        return reads_so ? end : std::nullopt;
    }

    static bool is_in_flow(const Node& node, std::size_t at) {
        if (at < node.begin || at >= node.end) return false;
        if (node.flow) return true;
        for (const Node& item : node.items)
            if (is_in_flow(item, at)) return true;
        for (const Entry& entry : node.entries)
            if (is_in_flow(entry.value, at)) return true;
        return false;
    }

    FileIndex file_;
    Diagnostics& diagnostics_;
    std::string text_;
};

}  // namespace

std::optional<Node> read(std::string name, std::string text, Diagnostics& diagnostics) {
    const bool is_too_large = text.size() > limits::yaml_bytes_max;
    if (is_too_large) text.clear();
    const FileIndex file = diagnostics.sources().add(std::move(name), std::move(text));
    if (is_too_large) {
        diagnostics.error("CS1016", Span{file, 0, 0, 0, 0},
                          format_both("the file is larger than {} KiB", "文件超过 {} KiB",
                                      limits::yaml_bytes_max >> 10),
                          {"split it into several documents", "请拆成几份文档"});
        return std::nullopt;
    }
    if (!check_bytes(diagnostics.sources()[file].text(), file, diagnostics)) return std::nullopt;
    return Reading(file, diagnostics).run();
}

std::optional<Node> read_file(const std::string& path, Diagnostics& diagnostics) {
    std::ifstream in(path, std::ios::binary);
    std::string text;
    if (in) {
        // One byte more than allowed tells a file that is too large without reading all of it.
        text.resize(limits::yaml_bytes_max + 1);
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad() || (in.fail() && !in.eof())) {
        const FileIndex file = diagnostics.sources().add(path, {});
        diagnostics.error("CS1022", Span{file, 0, 0, 0, 0},
                          {"the file cannot be read", "文件无法读取"},
                          {"check its name and who may read it", "请检查文件名和读取权限"});
        return std::nullopt;
    }
    return read(path, std::move(text), diagnostics);
}

}  // namespace countersign::yaml
