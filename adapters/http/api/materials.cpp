// Contents of papers: taken in pieces, given out in pieces, by the pool of files. A shard's thread
// moves the bytes and never waits for the disk.
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/views.hpp"
#include "adapters/http/content_fields.hpp"
#include "adapters/http/log.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/contents.hpp"
#include "engine/model/file_kind.hpp"
#include "engine/store/blobs.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace countersign::http {

namespace {

/// Whether a file's name may stand in a case: a name and no path, in UTF-8 without control
/// characters.
bool is_file_name(std::string_view name) {
    return name.size() <= limits::file_name_bytes_max && is_utf8(name) &&
           std::none_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\';
           });
}

/// What the head of an upload says.
struct Announced {
    std::string name;
    std::optional<std::string> sha256;  ///< that the content must have
    std::uint64_t bytes = 0;            ///< 0: not said
};

/// One upload. Its pieces are written by the pool, one at a time; `guard` is for the end that comes
/// while one is being written.
class MaterialUpload final : public BodySink, public std::enable_shared_from_this<MaterialUpload> {
  public:
    MaterialUpload(const Exchange& exchange, Announced announced)
        : api_(exchange.api),
          respond_(exchange.respond),
          language_(exchange.language()),
          announced_(std::move(announced)) {
        ++api_->uploads;
    }
    ~MaterialUpload() override { --api_->uploads; }
    MaterialUpload(const MaterialUpload&) = delete;
    MaterialUpload& operator=(const MaterialUpload&) = delete;

    void piece(std::string bytes, std::function<void()> more) override {
        in_pool([bytes = std::move(bytes), more = std::move(more)](MaterialUpload& self) {
            if (self.write(bytes)) more();
        });
    }
    void end() override {
        in_pool([](MaterialUpload& self) { self.keep(); });
    }
    void broken() override {
        in_pool([](MaterialUpload& self) { self.drop(); });
    }

  private:
    /// Runs in the pool unless the upload is over by then.
    void in_pool(std::function<void(MaterialUpload&)> work) {
        boost::asio::post(api_->files, [self = shared_from_this(), work = std::move(work)] {
            const std::lock_guard lock(self->guard_);
            if (!self->over_) work(*self);
        });
    }

    bool write(std::string_view bytes) {
        if (!upload_) {
            auto begun = api_->blobs().begin(machine_now(), announced_.bytes);
            if (!begun) return fail(begun.error());
            upload_ = std::move(*begun);
        }
        const auto added = upload_->add(bytes);
        return added ? true : fail(added.error());
    }

    void keep() {
        if (!upload_)
            return refuse(
                422, "empty",
                both("the body is empty: send the file's bytes", "请求体为空，请发送文件内容"));
        const auto hash = upload_->end();
        if (!hash) return void(fail(hash.error()));
        if (announced_.sha256 && *announced_.sha256 != store::view_of(*hash))
            return refuse(422, "digest_differs",
                          format_both("the content that came has the SHA-256 {}, not the one "
                                      "announced; send it again",
                                      "收到的内容的 SHA-256 为 {}，与声明的不一致，请重新上传",
                                      hex(store::view_of(*hash))));
        const auto kept = upload_->keep(machine_now());
        if (!kept) return void(fail(kept.error()));
        Response response;
        response.status = kept->known ? 200 : 201;
        JsonWriter json(response.body);
        json.begin_object();
        json.member("sha256", hex(store::view_of(kept->info.hash)));
        json.member("bytes", kept->info.bytes);
        json.member_if("name", announced_.name);
        json.end_object();
        answer(std::move(response));
    }

    bool fail(const Error& error) {
        log_error(error.message);
        if (error.kind == ErrorKind::unavailable)
            refuse(507, "disk_full", error.text());
        else
            answer(error_response(error, language_));
        return false;
    }
    void refuse(unsigned status, std::string_view code, const Text& detail) {
        answer(problem_response(status, code, detail, language_));
    }
    void answer(Response response) {
        drop();
        respond_(std::move(response));
    }
    void drop() {
        over_ = true;
        upload_.reset();
    }

    std::shared_ptr<Api> api_;
    Responder respond_;
    std::string language_;
    Announced announced_;
    std::mutex guard_;
    std::unique_ptr<store::BlobUpload> upload_;
    bool over_ = false;
};

/// A content on its way to a client, a chunk at a time.
class ContentSource final : public BodySource, public std::enable_shared_from_this<ContentSource> {
  public:
    ContentSource(std::shared_ptr<Api> api, std::unique_ptr<store::BlobReader> reader)
        : api_(std::move(api)), reader_(std::move(reader)) {}

    void next(std::function<void(result<std::string>)> done) override {
        boost::asio::post(api_->files, [self = shared_from_this(), done = std::move(done)] {
            auto piece = self->reader_->next();
            if (!piece) log_error(piece.error().message);
            done(std::move(piece));
        });
    }

  private:
    std::shared_ptr<Api> api_;
    std::unique_ptr<store::BlobReader> reader_;
};

/// A file of a case, or why there is none to give.
struct CaseFile {
    enum class Found { no_case, masked, nothing, on_paper, file };
    Found found = Found::nothing;
    std::string name;
    std::string sha256;
};

/// Finds what a case calls by the id of a material (the one that came last) or by a SHA-256.
CaseFile find_file(const Asker& who, const runtime::CaseRead& read, const std::string& wanted) {
    using Found = CaseFile::Found;
    if (!may_see(who, read.state)) return {Found::no_case, {}, {}};
    const model::Process& process = *read.deployed.process;
    if (personal_for(who, read.state, process) != expr::Personal::open)
        return {Found::masked, {}, {}};
    CaseFile file;
    for (const core::GivenMaterial& given : read.state.materials) {
        if (given.id != wanted && (given.sha256.empty() || given.sha256 != wanted)) continue;
        if (!given.sha256.empty())
            file = {Found::file, given.name.empty() ? given.id : given.name, given.sha256};
        else if (file.found == Found::nothing)
            file.found = Found::on_paper;
    }
    core::each_file(process.form, read.state.form.value,
                    [&](std::string_view sha256, const expr::Value& given) {
                        if (sha256 != wanted) return;
                        const expr::Value* name = given.find("name");
                        const bool named = name != nullptr && name->is(expr::Kind::string);
                        file = {Found::file, named ? name->as_string() : "", std::string(sha256)};
                    });
    return file;
}

/// Gives a content out. In the pool.
void respond_with_content(const Exchange& exchange, const CaseFile& file) {
    const std::string bytes = unhex(file.sha256).value_or("");
    store::Hash hash{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    auto reader = exchange.api->blobs().read(hash);
    if (!reader) return exchange.error(reader.error());
    const store::BlobInfo& info = (*reader)->info();
    const std::string extension = model::extension_of(file.name);
    Response response;
    // A type that the bytes belie is not repeated: a browser might believe it.
    response.content_type = model::fits_extension(extension, info.first)
                                ? model::media_type_of(extension)
                                : "application/octet-stream";
    response.headers = {{"content-disposition", attachment(file.name)},
                        {"repr-digest", digest_of(bytes)},
                        {"etag", fmt::format("\"{}\"", file.sha256)},
                        {"x-content-type-options", "nosniff"},
                        {"cache-control", "private, no-cache"}};
    const std::string_view known = exchange.request->header("if-none-match");
    if (known.find(file.sha256) != known.npos) {
        response.status = 304;
        return exchange.respond(std::move(response));
    }
    response.source_bytes = info.bytes;
    response.source = std::make_shared<ContentSource>(exchange.api, std::move(*reader));
    exchange.respond(std::move(response));
}

void respond_with_file(const Exchange& exchange, const CaseFile& file) {
    switch (file.found) {
        case CaseFile::Found::no_case:
            return exchange.problem(404, "not_found",
                                    both("there is no such case of yours", "您没有这个办件"));
        case CaseFile::Found::masked:
            return exchange.problem(
                403, "forbidden",
                both("papers may hold personal data: they are open to the "
                     "applicant, to operators and to the roles that the "
                     "process asks",
                     "材料可能含有个人信息，仅申请人、运维人员及本事项的经办角色"
                     "可以查看"));
        case CaseFile::Found::nothing:
            return exchange.problem(404, "not_found",
                                    both("the case has no such material", "该办件没有这份材料"));
        case CaseFile::Found::on_paper:
            return exchange.problem(404, "on_paper",
                                    both("this material was presented on paper: there is no file",
                                         "该材料以纸质形式提交，没有电子文件"));
        case CaseFile::Found::file:
            break;
    }
    boost::asio::post(exchange.api->files,
                      [exchange, file] { respond_with_content(exchange, file); });
}

/// Reads the head of an upload; responds and returns nothing when it will not do.
std::optional<Announced> announced_by(const Exchange& exchange) {
    const Request& request = *exchange.request;
    const auto refuse = [&](unsigned status, const Text& detail) {
        exchange.problem(status, "invalid", detail);
        return std::nullopt;
    };
    Announced announced;
    announced.name = request.parameter("name").value_or("");
    if (announced.name.empty())
        announced.name = file_name_in(request.header("content-disposition"));
    if (!is_file_name(announced.name))
        return refuse(400,
                      both("`name` must be a file's name: UTF-8, at most 255 bytes, without "
                           "slashes and control characters",
                           "name 应为文件名：UTF-8 编码，不超过 255 字节，不含斜杠和控制字符"));
    const std::string_view encoding = request.header("content-encoding");
    if (!encoding.empty() && encoding != "identity")
        return refuse(415, both("no content-encoding is taken: send the file's own bytes",
                                "不支持 Content-Encoding，请直接发送文件内容"));
    for (const std::string_view field : {"repr-digest", "content-digest"}) {
        auto digest = sha256_in(request.header(field));
        if (!digest) return refuse(400, digest.error().text());
        if (!*digest) continue;
        if (announced.sha256 && *announced.sha256 != **digest)
            return refuse(400, both("repr-digest and content-digest differ",
                                    "repr-digest 与 content-digest 不一致"));
        announced.sha256 = std::move(**digest);
    }
    const std::string length(request.header("content-length"));
    if (!length.empty()) announced.bytes = std::strtoull(length.c_str(), nullptr, 10);
    return announced;
}

}  // namespace

std::uint64_t upload_bytes_max(const Api& api) {
    std::uint64_t most = limits::material_bytes_usual;
    for (const auto& deployed : api.engine.processes())
        for (const model::Material& material : deployed->process->materials)
            most = std::max(most, material.max_bytes);
    return std::min(most, limits::material_bytes_max);
}

std::shared_ptr<BodySink> receive_material(const Exchange& exchange) {
    auto announced = announced_by(exchange);
    if (!announced) return nullptr;
    if (exchange.api->uploads >= limits::uploads_max) {
        exchange.error(
            failure(ErrorKind::unavailable,
                    format_both("{} files are being uploaded, which are as many as this "
                                "server takes at once",
                                "正在上传的文件已达 {} 个，请稍后再试", limits::uploads_max)));
        return nullptr;
    }
    return std::make_shared<MaterialUpload>(exchange, std::move(*announced));
}

void show_material(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    exchange.api->engine.read_case(
        *id, exchange.request->executor,
        [who = exchange.who, wanted = percent_decoded(exchange.parameters[1])](
            const runtime::CaseRead& read) { return find_file(*who, read, wanted); },
        [exchange](const result<CaseFile>& file) {
            if (!file) return exchange.error(file.error());
            respond_with_file(exchange, *file);
        });
}

}  // namespace countersign::http
