#pragma once
// A request as a handler sees it and the response that it gives: plain data, no sockets.

#include "engine/base/result.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::http {

enum class Method { get, post, other };

/// A request. Every view in it lives until its Responder has been given a response.
struct Request {
    Method method = Method::get;  ///< get for a HEAD as well
    bool head_only = false;       ///< HEAD: the response's body is counted and not sent
    std::string_view path;   ///< as sent, still percent-encoded; begins with "/"
    std::string_view query;  ///< behind the "?", as sent
    std::string_view body;   ///< empty while only the head is there
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    boost::asio::any_io_executor executor;  ///< of the thread that the connection lives on

    /// Returns the first header of that name (any case), or an empty text.
    std::string_view header(std::string_view name) const;
    /// Returns the language that the asker reads, "en" or "zh", by Accept-Language.
    std::string_view language() const;
    /// Returns a query parameter, percent-decoded; nothing when it is absent.
    std::optional<std::string> parameter(std::string_view name) const;
};

/// Returns `text` with %XX and, if `plus`, + decoded; what is no valid escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus = false);

/// A response's body that is made piece by piece while it is sent.
class BodySource {
  public:
    virtual ~BodySource() = default;
    /// Calls `done` once, on any thread, with the next piece. An empty piece or an error before
    /// Response::source_bytes have come breaks the response off: the client sees that it is cut.
    /// Not called again before `done` was, nor after an error.
    virtual void next(std::function<void(result<std::string>)> done) = 0;
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;                            ///< the connection ends after it
    std::shared_ptr<BodySource> source = nullptr;  ///< sent instead of `body`; null: there is none
    std::uint64_t source_bytes = 0;                ///< that it gives in all
};

/// Where a response goes. Shared between copies; the first response given counts, others are
/// dropped. May be called from any thread; a request never answered keeps its connection.
class Responder {
  public:
    /// What takes the response; lives on the connection's thread.
    class Sink {
      public:
        virtual ~Sink() = default;
        virtual void respond(Response response) = 0;
    };
    Responder() = default;
    explicit Responder(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
    void operator()(Response response) const { sink_->respond(std::move(response)); }

  private:
    std::shared_ptr<Sink> sink_;
};

/// Takes a request's body piece by piece, and answers it. Called on the connection's thread.
class BodySink {
  public:
    virtual ~BodySink() = default;
    /// Takes the next piece, never an empty one. Calls `more` once, on any thread, when it can take
    /// another: until then nothing is read from the connection. Instead of that it may answer: what
    /// is left of the body is then passed over.
    virtual void piece(std::string bytes, std::function<void()> more) = 0;
    /// The body is whole: the response is due, now or later.
    virtual void end() = 0;
    /// The body breaks off: the client has gone, was too slow, or broke a bound. Nothing comes
    /// after it, and no answer is wanted. May come while a piece is at work.
    virtual void broken() = 0;
};

/// What a listener serves.
struct Service {
    /// Asked once the head is there: the bytes that this request's body may have.
    std::function<std::uint64_t(const Request&)> body_bytes_max;
    /// Asked next: what takes the body in pieces, or null where it is read as a whole for `handle`.
    /// It may respond at once (no token, say): then nothing of the body is taken. May be empty.
    std::function<std::shared_ptr<BodySink>(const Request&, Responder)> open_body;
    /// Answers, now or later.
    std::function<void(const Request&, Responder)> handle;
};

/// Returns the reason phrase of a status: "Not Found".
std::string_view reason_of(unsigned status);

/// Returns RFC 9457 problem details in a language ("en" or "zh"): type
/// "urn:countersign:problem:CODE", the status' title, `detail`. Content-Language says which.
Response problem_response(unsigned status, std::string_view code, const Text& detail,
                          std::string_view language);

}  // namespace countersign::http
