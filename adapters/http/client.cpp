// The pool of connections to one endpoint. Everything happens on one thread; time limits are looked
// at by one sweep while anything is under way, so that an exchange costs no timer.
#include "adapters/http/client.hpp"

#include "adapters/http/exchange.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <vector>

namespace countersign::http {

namespace {

/// Addresses that a name may not lead to: link-local (cloud metadata), multicast, unspecified.
bool forbidden(const asio::ip::address& address) {
    if (address.is_multicast() || address.is_unspecified()) return true;
    if (address.is_v6()) {
        const auto v6 = address.to_v6();
        if (v6.is_v4_mapped()) return forbidden(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
        return v6.is_link_local();
    }
    const auto bytes = address.to_v4().to_bytes();
    return bytes[0] == 169 && bytes[1] == 254;
}

class PooledClient final : public Client {
  public:
    PooledClient(ContextExecutor executor, ClientOptions options,
                 std::shared_ptr<asio::ssl::context> tls)
        : pool_(std::make_shared<Pool>(executor, std::move(options), std::move(tls))) {}
    ~PooledClient() override { pool_->destroy(); }

    void post(std::string_view fields, std::string body, ExchangeHandler done) override {
        pool_->post(fields, std::move(body), std::move(done));
    }
    std::size_t connections() const override { return pool_->connections(); }

  private:
    std::shared_ptr<Pool> pool_;
};

result<std::shared_ptr<asio::ssl::context>> make_tls(const ClientOptions& options) {
    if (!options.url.tls) return std::shared_ptr<asio::ssl::context>();
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    boost::system::error_code error;
    context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    if (!error) context->set_verify_mode(asio::ssl::verify_peer, error);
    if (!error && options.certificate_authorities.empty()) context->set_default_verify_paths(error);
    if (!error && !options.certificate_authorities.empty())
        context->load_verify_file(options.certificate_authorities, error);
    if (!error && !options.certificate.empty())
        context->use_certificate_chain_file(options.certificate, error);
    if (!error && !options.private_key.empty())
        context->use_private_key_file(options.private_key, asio::ssl::context::pem, error);
    if (error)
        return failure(ErrorKind::invalid, fmt::format("TLS for {} cannot be set up: {}",
                                                       options.url.host, error.message()));
    return context;
}

}  // namespace

Pool::Pool(ContextExecutor executor, ClientOptions options, std::shared_ptr<asio::ssl::context> tls)
    : executor_(executor),
      options_(std::move(options)),
      tls_(std::move(tls)),
      resolver_(executor),
      sweeper_(executor) {
    head_ = fmt::format("POST {} HTTP/1.1\r\nhost: {}\r\n", options_.url.target,
                        options_.url.host_header());
    boost::system::error_code error;
    // RFC 6761, 6.3: `localhost` is the loopback, also where no file or server says so.
    const auto address = options_.url.host == "localhost"
                             ? asio::ip::address(asio::ip::address_v4::loopback())
                             : asio::ip::make_address(options_.url.host, error);
    // An address written in the deployment file is named, so it may be any.
    if (!error)
        fixed_ = Tcp::endpoint(address, static_cast<std::uint16_t>(std::stoul(options_.url.port)));
}

void Pool::post(std::string_view fields, std::string body, ExchangeHandler done) {
    auto exchange = std::make_shared<Pending>();
    exchange->head.reserve(head_.size() + fields.size() + 48);
    exchange->head += head_;
    exchange->head += fields;
    fmt::format_to(std::back_inserter(exchange->head), "content-length: {}\r\n\r\n", body.size());
    exchange->body = std::move(body);
    exchange->done = std::move(done);
    exchange->begun = Steady::now();
    sweep_later();
    while (!kept_.empty()) {
        auto link = std::move(kept_.back());
        kept_.pop_back();
        if (!link->open()) continue;
        exchange->reused = true;
        return link->begin(std::move(exchange));
    }
    connect(std::move(exchange));
}

void Pool::connect(std::shared_ptr<Pending> exchange) {
    auto link = std::make_shared<Link>(shared_from_this());
    links_.push_back(link);
    link->assign(std::move(exchange));
    if (fixed_) return link->connect(*fixed_);
    resolver_.async_resolve(
        options_.url.host, options_.url.port, [link](const auto& error, const auto& found) {
            if (error)
                return link->fail(ExchangeOutcome::unreachable,
                                  "the name of the host cannot be resolved: " + error.message());
            for (const auto& entry : found)
                if (!forbidden(entry.endpoint().address())) return link->connect(entry.endpoint());
            link->fail(ExchangeOutcome::unreachable,
                       "the host's name leads to no address that may be used");
        });
}

void Pool::keep(std::shared_ptr<Link> link) {
    if (destroyed_) return link->close();
    kept_.push_back(std::move(link));
}

void Pool::forget_closed() {
    std::erase_if(links_, [](const auto& link) { return !link->alive(); });
    std::erase_if(kept_, [](const auto& link) { return !link->alive(); });
}

void Pool::sweep_later() {
    if (sweeping_ || destroyed_) return;
    sweeping_ = true;
    sweeper_.expires_after(options_.sweep);
    sweeper_.async_wait([self = shared_from_this()](const auto& error) {
        self->sweeping_ = false;
        if (error || self->destroyed_) return;
        const auto now = Steady::now();
        // A link that fails calls back, which may begin another exchange: not while iterating.
        const auto links = self->links_;
        for (const auto& link : links) link->sweep(now);
        self->forget_closed();
        if (!self->links_.empty()) self->sweep_later();
    });
}

void Pool::destroy() {
    destroyed_ = true;
    sweeper_.cancel();
    resolver_.cancel();
    for (const auto& link : links_) link->abandon();
    links_.clear();
    kept_.clear();
}

std::size_t Pool::connections() const {
    std::size_t count = 0;
    for (const auto& link : links_)
        if (link->open()) ++count;
    return count;
}

result<void> check_client(const ClientOptions& options) {
    auto tls = make_tls(options);
    if (!tls) return tls.error();
    return {};
}

result<std::unique_ptr<Client>> Client::make(boost::asio::any_io_executor executor,
                                             ClientOptions options) {
    auto tls = make_tls(options);
    if (!tls) return tls.error();
    return std::unique_ptr<Client>(std::make_unique<PooledClient>(
        context_executor(executor), std::move(options), std::move(*tls)));
}

}  // namespace countersign::http
