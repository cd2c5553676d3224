#pragma once
// The program's HTTP client: one request at a time to a Countersign server, answered in JSON.

#include "cli/failure.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::cli {

/// Where the server is and who asks.
struct ServerAddress {
    std::string url;    ///< "http://127.0.0.1:8420"
    std::string token;  ///< sent as a bearer token; may be empty
    std::string language = "en";  ///< of what the server says about a failure
};

/// What a server answered, errors too.
struct Reply {
    unsigned status = 0;
    std::string body;
    boost::json::value json;  ///< null when the body is no JSON
};

/// Talks HTTP/1.1 over one connection that is kept between requests. Not for several threads.
class Client {
  public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// Connects later, with the first request. Fails with Exit::usage when the URL is none.
    static outcome<Client> make(const ServerAddress& address);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Asks for `target` ("/v1/cases?limit=5"). Any status but 2xx is a failure whose words are the
    /// server's; Exit::unreachable when none answered within half a minute.
    outcome<Reply> get(std::string_view target);

    /// Posts a JSON body; `headers` are added. Fails like get().
    outcome<Reply> post(std::string_view target, std::string body, const Headers& headers = {});

    /// Posts again, after growing pauses, while the server cannot be reached or says 503, for at
    /// most `patience`. Only for requests that may be repeated: those with an Idempotency-Key.
    outcome<Reply> post_patiently(std::string_view target, const std::string& body,
                                  const Headers& headers, std::chrono::seconds patience);

  private:
    struct Inside;
    explicit Client(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

/// Returns `text` percent-encoded for a path segment or a query value (RFC 3986, unreserved stay).
std::string percent_encoded(std::string_view text);

/// Returns the failure that an answer of another status than 2xx is: the problem's detail (RFC
/// 9457) with its list of problems, and a cure where the status has one.
Failure failure_of(const Reply& reply, std::string_view what, std::string_view language = "en");

}  // namespace countersign::cli
