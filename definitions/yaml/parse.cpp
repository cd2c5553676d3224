// The only source that knows yaml-cpp (0.7). Its event interface is used, because its tree would
// expand aliases before anyone could refuse them, and because only events show what was written
// twice. Observed of it: Mark::pos counts bytes behind a byte order mark, CRLF as two, and is right
// where line and column are not (at the end of the text); a scalar's tag is "!" when it is quoted
// or a block, "?" when plain; a value left out has the mark of whatever comes next.

#include "definitions/yaml/parse.hpp"

#include "definitions/yaml/scalar_text.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace countersign::yaml {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Thrown through yaml-cpp to stop it; caught below.
struct Stop {};

struct Frame {
    Node node;
    std::optional<Node> key;
};

class Builder : public YAML::EventHandler {
  public:
    Builder(const diagnostics::Sources& sources, diagnostics::FileIndex file, std::string_view text)
        : sources_(sources),
          file_(file),
          text_(text),
          base_(text.substr(0, byte_order_mark.size()) == byte_order_mark ? byte_order_mark.size()
                                                                          : 0) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ == 1) return;
        further_document(offset_of(mark));
        throw Stop{};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const std::size_t begin = offset_of(mark);
        refuse_anchor(begin, anchor);
        add(null_at(begin));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        const std::size_t begin = offset_of(mark);
        std::size_t end = begin + 1;
        while (end < text_.size() &&
               std::string_view(" \t\r\n,]}").find(text_[end]) == std::string_view::npos)
            ++end;
        find("CS1011", begin, end,
             {"aliases (`*name`) are not part of the language", "本语言没有别名（`*name`）"},
             {"write the value out; a text that begins with `*` stands in quotes",
              "请把值直接写出；以`*`开头的文本要加引号"});
        add(null_at(begin));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.kind = NodeKind::scalar;
        node.begin = offset_of(mark);
        node.style = style_at(text_, node.begin);
        refuse_anchor(node.begin, anchor);
        refuse_tag(node.begin, tag, node.style != Style::plain);
        if (value.size() > limits::yaml_scalar_bytes_max) {
            find("CS1016", node.begin, node.begin,
                 format_both("this text is longer than {} KiB", "这段文本超过 {} KiB",
                             limits::yaml_scalar_bytes_max >> 10),
                 {"shorten it", "请缩短"});
            throw Stop{};
        }
        node.text = value;
        const bool is_as_written =
            node.style == Style::plain && text_.substr(node.begin, value.size()) == value;
        node.end = is_as_written ? node.begin + value.size()
                                 : positions_of(text_, node.begin, node.style, value).back();
        refuse_unclosed(node);
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(NodeKind::sequence, '[', mark, tag, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(NodeKind::mapping, '{', mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

    /// Hands over the tree; collections still open are closed where they stand.
    void finish(Parsed& parsed) {
        for (const Frame& frame : frames_)
            parsed.open.push_back({frame.node.begin, frame.node.flow, frame.node.is_mapping(),
                                   frame.key.has_value()});
        parsed.last = last_;
        while (!frames_.empty()) {
            if (frames_.back().key) add(null_at(frames_.back().key->end));
            close();
        }
        parsed.root = std::move(root_);
        parsed.findings = std::move(findings_);
    }

    std::size_t offset_of(const YAML::Mark& mark) const {
        return mark.pos < 0 ? text_.size()
                            : std::min(static_cast<std::size_t>(mark.pos) + base_, text_.size());
    }

  private:
    void find(const char* code, std::size_t begin, std::size_t end, Text message,
              Text suggestion = {}) {
        if (findings_.size() < limits::diagnostics_max)
            findings_.push_back({code, begin, end, std::move(message), std::move(suggestion)});
    }

    void further_document(std::size_t at) {
        const std::size_t before = text_.substr(0, at).find_last_not_of(" \t\r\n");
        const bool has_marker =
            text_.substr(at, 3) == "---" ||
            (before != std::string_view::npos && before >= 2 &&
             (text_.substr(before - 2, 3) == "..." || text_.substr(before - 2, 3) == "---"));
        if (has_marker)
            find("CS1010", at, std::min(at + 3, text_.size()),
                 {"a file holds one document, but another begins here",
                  "一个文件只放一份文档，而这里又开始了一份"},
                 {"move it to a file of its own", "请移到单独的文件"});
        else
            find("CS1008", at, at,
                 {"this line belongs neither to the list nor to the value above",
                  "这一行既不属于上面的列表，也不属于上面的值"},
                 {"check its indentation, and the `- ` of list items",
                  "请检查缩进和列表项前的`- `"});
    }

    void refuse_anchor(std::size_t begin, YAML::anchor_t anchor) {
        if (anchor == 0) return;
        // The mark is that of the anchor, not that of the value behind it.
        find("CS1011", begin, std::min(text_.find_first_of(" \t\r\n", begin), text_.size()),
             {"anchors (`&name`) are not part of the language", "本语言没有锚点（`&name`）"},
             {"leave it out and write the value where it is needed",
              "请去掉它，在需要的地方直接写值"});
    }

    void refuse_tag(std::size_t begin, const std::string& tag, bool is_quoted) {
        if (tag.empty() || tag == "?" || (tag == "!" && is_quoted)) return;
        const std::size_t at = std::min(text_.find('!', begin), text_.size());
        const std::size_t end = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
        find("CS1012", at, end,
             format_both("YAML takes `{}` for a tag, and tags are not part of the language",
                         "YAML把`{}`当作标签，而本语言没有标签", text_.substr(at, end - at)),
             {"put a text that begins with `!` in quotes", "以`!`开头的文本请加引号"});
    }

    /// yaml-cpp lets the end of the text close a quote when a line break stands before it.
    void refuse_unclosed(const Node& node) {
        const bool is_quoted =
            node.style == Style::single_quoted || node.style == Style::double_quoted;
        const bool is_closed =
            node.end > node.begin + 1 && text_[node.end - 1] == text_[node.begin];
        if (is_quoted && !is_closed)
            find("CS1007", node.begin, node.begin + 1,
                 {"this quote is never closed", "这个引号没有闭合"},
                 {"close it on the same line", "请在同一行闭合"});
    }

    Node null_at(std::size_t begin) const {
        Node node;
        const std::string_view left = text_.substr(begin);
        for (const std::string_view spelled : {"~", "null", "Null", "NULL"}) {
            if (left.substr(0, spelled.size()) != spelled) continue;
            node.begin = begin;
            node.end = begin + spelled.size();
            return node;
        }
        const bool is_value = !frames_.empty() && frames_.back().key;
        node.begin = is_value ? behind_key(*frames_.back().key) : begin;
        node.end = node.begin;
        return node;
    }

    std::size_t behind_key(const Node& key) const {
        std::size_t at = key.end;
        while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
        return at < text_.size() && text_[at] == ':' ? at + 1 : key.end;
    }

    void count() {
        if (++nodes_ <= limits::yaml_nodes_max) return;
        find("CS1016", 0, 0,
             format_both("the file has more than {} values", "文件中的值超过 {} 个",
                         limits::yaml_nodes_max),
             {"split it into several documents", "请拆成几份文档"});
        throw Stop{};
    }

    void open(NodeKind kind, char bracket, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        count();
        Frame frame;
        frame.node.kind = kind;
        frame.node.begin = offset_of(mark);
        frame.node.end = frame.node.begin;
        frame.node.flow = frame.node.begin < text_.size() && text_[frame.node.begin] == bracket;
        refuse_anchor(frame.node.begin, anchor);
        refuse_tag(frame.node.begin, tag, false);
        if (frames_.size() >= limits::yaml_depth_max) {
            find("CS1016", frame.node.begin, frame.node.begin,
                 format_both("values are nested more than {} levels deep here",
                             "此处嵌套超过 {} 层", limits::yaml_depth_max),
                 {"nest less", "请减少嵌套"});
            throw Stop{};
        }
        frames_.push_back(std::move(frame));
    }

    void close() {
        if (frames_.empty()) return;
        Node node = std::move(frames_.back().node);
        frames_.pop_back();
        if (node.is_sequence() && !node.items.empty()) node.end = node.items.back().end;
        if (node.is_mapping() && !node.entries.empty())
            node.end = std::max(node.entries.back().value.end, node.entries.back().key.end);
        if (node.flow) node.end = behind_bracket(node);
        add(std::move(node));
    }

    /// Returns the offset behind the bracket that closes a flow collection, whose last child ends
    /// at node.end; what stands between are blanks, commas and comments.
    std::size_t behind_bracket(const Node& node) const {
        const char bracket = node.is_mapping() ? '}' : ']';
        std::size_t at = std::max(node.end, node.begin + 1);
        while (at < text_.size() && text_[at] != bracket) {
            if (text_[at] == '#')
                at = std::min(text_.find('\n', at), text_.size());
            else if (std::string_view(" \t\r\n,:").find(text_[at]) != std::string_view::npos)
                ++at;
            else
                return std::max(node.end, node.begin + 1);
        }
        return std::min(at + 1, text_.size());
    }

    void add(Node node) {
        if (!node.is_mapping() && !node.is_sequence()) count();
        node.span = sources_.span(file_, node.begin, node.end);
        const bool is_key =
            !frames_.empty() && frames_.back().node.is_mapping() && !frames_.back().key;
        last_ = LastNode{!is_key, node.begin, node.end, node.style, node.is_scalar()};
        if (frames_.empty()) {
            root_ = std::move(node);
        } else if (frames_.back().node.is_sequence()) {
            frames_.back().node.items.push_back(std::move(node));
        } else if (is_key) {
            add_key(std::move(node));
        } else {
            frames_.back().node.entries.push_back(
                {std::move(*frames_.back().key), std::move(node)});
            frames_.back().key.reset();
        }
    }

    void add_key(Node key) {
        Frame& frame = frames_.back();
        if (!frame.node.entries.empty()) {
            // A value left out got the mark of this key, which may itself be spelled `null`.
            Entry& before = frame.node.entries.back();
            if (before.value.is_null() && before.value.begin >= key.begin) {
                before.value.begin = before.value.end = behind_key(before.key);
                before.value.span = sources_.span(file_, before.value.begin, before.value.end);
            }
        }
        if (!key.is_scalar()) {
            find("CS1015", key.begin, key.end, {"a key must be a text", "键应为文本"},
                 {"write the key as a word or in quotes", "请把键写成一个词或放在引号内"});
            key.kind = NodeKind::scalar;
            key.text.clear();
            key.items.clear();
            key.entries.clear();
        }
        frame.key = std::move(key);
    }

    const diagnostics::Sources& sources_;
    diagnostics::FileIndex file_;
    std::string_view text_;
    std::size_t base_;
    std::size_t documents_ = 0;
    std::size_t nodes_ = 0;
    std::vector<Frame> frames_;
    std::optional<Node> root_;
    std::optional<LastNode> last_;
    std::vector<Finding> findings_;
};

}  // namespace

Parsed parse(const diagnostics::Sources& sources, diagnostics::FileIndex file,
             const std::string& text) {
    Parsed parsed;
    Builder builder(sources, file, text);
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) continue;
    } catch (const Stop&) {
        parsed.stopped = true;
    } catch (const YAML::Exception& failed) {
        parsed.failure = Failure{builder.offset_of(failed.mark), failed.msg};
    } catch (const std::exception& failed) {
        parsed.failure = Failure{text.size(), failed.what()};
    }
    builder.finish(parsed);
    return parsed;
}

}  // namespace countersign::yaml
