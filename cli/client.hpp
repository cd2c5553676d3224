#pragma once
// The program's HTTP client: one request at a time to a Countersign server, answered in JSON.

#include "cli/failure.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
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

/// The head of a file that the server sends: its size, the name it is saved under, its SHA-256.
struct FileHead {
    std::uint64_t bytes = 0;
    std::string name;
    std::string sha256;  ///< its 32 bytes; empty when the server did not say
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

    /// Called with the bytes that went or came so far, and those that are to go or come in all.
    using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;
    /// Called with the next piece of a file; its failure breaks off.
    using Taker = std::function<outcome<void>(std::string_view)>;

    /// Posts a file's bytes as they lie on the disk, piece by piece. Exit::usage when it cannot be
    /// read; else fails like post(). Safe to repeat: a content is kept once.
    outcome<Reply> upload(std::string_view target, const std::string& path,
                          const Progress& progress);

    /// Gets a file. Nothing is written when the server refuses. Fails when fewer bytes come than
    /// were announced.
    outcome<FileHead> download(std::string_view target, const Taker& write,
                               const Progress& progress);

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
