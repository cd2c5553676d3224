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
    const auto fail = [&](const Text& why) {
        return failure(ErrorKind::invalid, format_both("`{}` is no usable URL: {}",
                                                       "“{}”不是可用的地址：{}", text, why));
    };
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) return fail({parsed.error().message(), "格式有误"});
    Url url;
    if (parsed->scheme() == "https")
        url.tls = true;
    else if (parsed->scheme() != "http")
        return fail(
            both("it must begin with http:// or https://", "应以 http:// 或 https:// 开头"));
    if (parsed->has_userinfo())
        return fail(both("a user or password has no place in it", "不应含用户名或密码"));
    if (parsed->has_fragment()) return fail(both("a fragment has no place in it", "不应含 # 片段"));
    url.host = parsed->host_address();
    if (url.host.empty()) return fail(both("it names no host", "没有主机名"));
    url.port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port())
                                                             : (url.tls ? "443" : "80");
    if (url.port.size() > 5 || std::stoul(url.port) == 0 || std::stoul(url.port) > 65'535)
        return fail(both("the port must be 1 … 65535", "端口应为 1 … 65535"));
    url.target = parsed->encoded_target();
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

}  // namespace countersign::http
