// Files as cases name them: which are stored, what they are by name and by content, how large.
#include "engine/core/contents.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/limits.hpp"
#include "engine/model/file_kind.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace countersign::core {

namespace {

using expr::Kind;
using expr::Value;

constexpr std::size_t hash_digits = 64;

bool is_hash(std::string_view text) { return text.size() == hash_digits && unhex(text); }

/// Returns the member `sha256` of a file in the one spelling that contents are found by.
std::string hash_of(const Value& file) {
    const Value* hash = file.find("sha256");
    if (hash == nullptr || !hash->is(Kind::string)) return {};
    std::string text = hash->as_string();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    });
    return text;
}

/// Returns a size as people say it: "20 MB", "1.5 MB", "800 KB", "12 B".
std::string size_text(std::uint64_t bytes) {
    if (bytes >= 1'000'000) return fmt::format("{:.3g} MB", static_cast<double>(bytes) / 1e6);
    if (bytes >= 1'000) return fmt::format("{:.3g} KB", static_cast<double>(bytes) / 1e3);
    return fmt::format("{} B", bytes);
}

Text called(const Text& title, const std::string& otherwise) {
    return title.empty() ? both(otherwise, otherwise) : title;
}

Text not_stored() {
    return both(
        "its content is not stored here; upload it first and name the SHA-256 that the "
        "upload gave",
        "文件内容尚未上传，请先上传，再填写上传后返回的 SHA-256");
}

/// Judges the files of one process's papers.
class Judge {
  public:
    Judge(const Contents& contents, std::vector<model::Problem>& problems)
        : contents_(contents), problems_(problems) {}

    void judge(const model::Material& material, GivenMaterial& given) {
        material_ = &material;
        path_ = "materials." + given.id;
        name_ = given.name;
        check_name();
        if (given.sha256.empty()) {
            given.bytes = 0;
            return;
        }
        const auto found = contents_.find(given.sha256);
        if (found == contents_.end()) return add("not_stored", not_stored());
        given.bytes = found->second.bytes;
        check_size(given.bytes);
        check_kind(found->second.first);
    }

  private:
    void add(std::string code, const Text& what) {
        const Text title = called(material_->title, material_->id);
        const Text message =
            name_.empty()
                ? format_both("{}: {}", "“{}”：{}", title, what)
                : format_both("{} (file “{}”): {}", "“{}”（文件“{}”）：{}", title, name_, what);
        problems_.push_back({path_, std::move(code), message});
    }

    void check_name() {
        if (name_.size() > limits::file_name_bytes_max) {
            name_.clear();  // it is too long to be repeated
            return add("name_too_long",
                       format_both("the name has more than {} bytes; shorten it",
                                   "文件名超过 {} 字节，请缩短", limits::file_name_bytes_max));
        }
        const bool odd = std::any_of(name_.begin(), name_.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\';
        });
        if (!odd) return;
        name_.clear();  // it would be repeated in the message
        add("bad_name",
            both("the name has a slash or a control character; give the file's name alone",
                 "文件名含有斜杠或控制字符，请只填写文件名本身"));
    }

    void check_size(std::uint64_t bytes) {
        const std::uint64_t most =
            material_->max_bytes == 0 ? limits::material_bytes_usual : material_->max_bytes;
        if (bytes > most)
            add("too_large",
                format_both("it has {}, but at most {} are accepted; make it smaller or split it",
                            "大小为 {}，超过上限 {}，请压缩或拆分后上传", size_text(bytes),
                            size_text(most)));
    }

    void check_kind(std::string_view first) {
        const std::string extension = model::extension_of(name_);
        const auto& accept = material_->accept;
        const bool accepted =
            accept.empty() || std::any_of(accept.begin(), accept.end(), [&](const auto& one) {
                return model::extension_from(one) == extension;
            });
        const Text all = both(fmt::format("{}", fmt::join(accept, ", ")),
                              fmt::format("{}", fmt::join(accept, "、")));
        if (!accepted && extension.empty())
            return add("no_extension", format_both("its name has no extension; accepted are {}",
                                                   "文件名没有扩展名，可接受的类型：{}", all));
        if (!accepted)
            return add("not_accepted",
                       format_both("a .{} file is not accepted; accepted are {}",
                                   "不接受 .{} 文件，可接受的类型：{}", extension, all));
        if (model::fits_extension(extension, first)) return;
        const Text kind = model::kind_of_content(first);
        add("content_differs",
            extension.empty()
                ? format_both("its content is {}, which is not accepted", "内容是{}，不予接受",
                              kind)
                : format_both("its name ends in .{}, but its content is {}; send the file itself, "
                              "not one that was renamed",
                              "扩展名为 .{}，但内容是{}，请上传真实的文件，不要只改扩展名",
                              extension, kind));
    }

    const Contents& contents_;
    std::vector<model::Problem>& problems_;
    const model::Material* material_ = nullptr;
    std::string path_;
    std::string name_;
};

/// Walks the files of a typed value, replacing them by what `settle` returns.
class FileWalk {
  public:
    using Settle = std::function<Value(const model::Field&, const Value&, const std::string& path)>;
    explicit FileWalk(const Settle& settle) : settle_(settle) {}

    Value walk(const model::Field& field, const Value& value, const std::string& path) const {
        if (value.is(Kind::optional))
            return value.held() == nullptr ? value : Value::some(walk(field, *value.held(), path));
        if (field.type == model::FieldType::file)
            return value.is(Kind::map) ? settle_(field, value, path) : value;
        if (field.type == model::FieldType::record && value.is(Kind::map))
            return record(field, value, path);
        if (field.type == model::FieldType::list && value.is(Kind::list) && holds_files(field))
            return list(field, value, path);
        return value;
    }

  private:
    static bool holds_files(const model::Field& field) {
        return field.type == model::FieldType::file ||
               std::any_of(field.fields.begin(), field.fields.end(), holds_files);
    }

    Value record(const model::Field& field, const Value& value, const std::string& path) const {
        Value out = value;
        for (const model::Field& member : field.fields) {
            const Value* found = value.find(member.name);
            if (found == nullptr || !holds_files(member)) continue;
            out = out.with(
                member.name,
                walk(member, *found, path.empty() ? member.name : path + "." + member.name));
        }
        return out;
    }

    Value list(const model::Field& field, const Value& value, const std::string& path) const {
        std::vector<Value> items;
        for (const Value& item : value.items())
            items.push_back(
                walk(field.fields.front(), item, fmt::format("{}[{}]", path, items.size())));
        return Value::list(std::move(items));
    }

    const Settle& settle_;
};

}  // namespace

namespace {

using HashVisitor = std::function<void(std::string_view)>;

void each_hash_of(const Value& value, const HashVisitor& visit) {
    if (value.is(Kind::list)) {
        for (const Value& item : value.items()) each_hash_of(item, visit);
    } else if (value.is(Kind::optional) && value.held() != nullptr) {
        each_hash_of(*value.held(), visit);
    } else if (value.is(Kind::map)) {
        if (const std::string hash = hash_of(value); is_hash(hash)) visit(hash);
        for (const auto& [key, inner] : value.entries()) each_hash_of(inner, visit);
    }
}

/// Visits what one kind of command names; most name nothing.
struct HashesOf {
    const HashVisitor& visit;

    void of(const std::vector<GivenMaterial>& materials) const {
        for (const GivenMaterial& material : materials)
            if (is_hash(material.sha256)) visit(material.sha256);
    }
    void operator()(const OpenCase& c) const {
        of(c.materials);
        each_hash_of(c.form, visit);
    }
    void operator()(const Supply& c) const {
        of(c.materials);
        for (const auto& [path, value] : c.fields) each_hash_of(value, visit);
    }
    void operator()(const CompleteTask& c) const { each_hash_of(c.form, visit); }
    void operator()(const AnswerCall& c) const { each_hash_of(c.result, visit); }
    template <class Other>
    void operator()(const Other&) const {}
};

}  // namespace

void each_hash_in(const CommandBody& body, const HashVisitor& visit) {
    std::visit(HashesOf{visit}, body);
}

void each_file(const model::Field& field, const Value& value,
               const std::function<void(std::string_view, const Value&)>& visit) {
    const FileWalk::Settle look = [&](const model::Field&, const Value& file, const std::string&) {
        if (const std::string hash = hash_of(file); is_hash(hash)) visit(hash, file);
        return file;
    };
    FileWalk(look).walk(field, value, "");
}

std::vector<model::Problem> settle_materials(const model::Process& process,
                                             const Contents& contents,
                                             std::vector<GivenMaterial>& given) {
    std::vector<model::Problem> problems;
    Judge judge(contents, problems);
    for (GivenMaterial& one : given) {
        const auto known = std::find_if(process.materials.begin(), process.materials.end(),
                                        [&](const auto& m) { return m.id == one.id; });
        if (known != process.materials.end()) judge.judge(*known, one);
    }
    return problems;
}

Value settle_files(const model::Field& root, const Value& value, const Contents& contents,
                   std::vector<model::Problem>& problems) {
    const FileWalk::Settle settle = [&](const model::Field& field, const Value& file,
                                        const std::string& path) {
        const auto found = contents.find(hash_of(file));
        if (found == contents.end()) {
            problems.push_back(
                {path, "not_stored",
                 format_both("{}: {}", "“{}”：{}", called(field.title, path), not_stored())});
            return file;
        }
        const bool personal = file.holds_personal();
        Value settled =
            file.with("sha256", Value::string(found->first))
                .with("bytes", Value::integer(static_cast<std::int64_t>(found->second.bytes)));
        return personal ? settled.marked_personal() : settled;
    };
    return FileWalk(settle).walk(root, value, "");
}

}  // namespace countersign::core
