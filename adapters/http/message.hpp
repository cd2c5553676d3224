#pragma once
// A request as a handler sees it and the response that it gives: plain data, no sockets.

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
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
    Method method = Method::get;
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

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;  ///< the connection ends after it
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

/// What a listener serves.
struct Service {
    /// Asked once the head is there: the bytes that this request's body may have.
    std::function<std::size_t(const Request&)> body_bytes_max;
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
