// URLs of departments and callbacks, by Boost.URL.
#include "adapters/http/client.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <fmt/format.h>

namespace countersign::http {

std::string Url::host_header() const {
    const bool usual = port == (tls ? "443" : "80");
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return usual ? name : name + ":" + port;
}

result<Url> parse_url(std::string_view text) {
    const auto fail = [&](std::string_view why) {
        return failure(ErrorKind::invalid, fmt::format("`{}` is no usable URL: {}", text, why));
    };
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) return fail(parsed.error().message());
    Url url;
    if (parsed->scheme() == "https")
        url.tls = true;
    else if (parsed->scheme() != "http")
        return fail("it must begin with http:// or https://");
    if (parsed->has_userinfo()) return fail("a user or password has no place in it");
    if (parsed->has_fragment()) return fail("a fragment has no place in it");
    url.host = parsed->host_address();
    if (url.host.empty()) return fail("it names no host");
    url.port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port())
                                                             : (url.tls ? "443" : "80");
    if (url.port.size() > 5 || std::stoul(url.port) == 0 || std::stoul(url.port) > 65'535)
        return fail("the port must be 1 … 65535");
    url.target = parsed->encoded_target();
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

}  // namespace countersign::http
