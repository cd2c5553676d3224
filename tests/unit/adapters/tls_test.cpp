// https: a department's certificate is verified with its host name, or nothing is sent.
#include "adapters/http/client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace asio = boost::asio;

namespace {

std::string pem_of(const std::function<int(BIO*)>& write) {
    BIO* memory = BIO_new(BIO_s_mem());
    REQUIRE_EQ(write(memory), 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string pem(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return pem;
}

/// A self-signed certificate for one name, and its key, as PEM.
struct Certificate {
    std::string certificate;
    std::string key;
};
Certificate certificate_for(const std::string& name) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str());
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    REQUIRE_GT(X509_sign(certificate, key, EVP_sha256()), 0);
    Certificate made;
    made.certificate = pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate); });
    made.key = pem_of([&](BIO* to) {
        return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

/// A department behind TLS that answers every request with 202, and a client that trusts `trusted`.
struct Fixture {
    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    Acceptor acceptor{context.get_executor(), {asio::ip::address_v4::loopback(), 0}};
    std::filesystem::path authorities =
        std::filesystem::temp_directory_path() / fmt::format("cs-ca-{}.pem", ::getpid());
    std::size_t requests = 0;

    Fixture(const Certificate& own, const Certificate& trusted) {
        tls.use_certificate_chain(asio::buffer(own.certificate));
        tls.use_private_key(asio::buffer(own.key), asio::ssl::context::pem);
        std::ofstream(authorities) << trusted.certificate;
        accept();
    }
    ~Fixture() { std::filesystem::remove(authorities); }

    struct Peer {
        Peer(Socket socket, asio::ssl::context& context) : stream(std::move(socket), context) {}
        asio::ssl::stream<Socket> stream;
        std::string in;
        std::string out = http_text(202, "");
        char buffer[4096];
    };
    void accept() {
        acceptor.async_accept([this](const auto& error, Socket socket) {
            if (error) return;
            auto peer = std::make_shared<Peer>(std::move(socket), tls);
            peer->stream.async_handshake(asio::ssl::stream_base::server,
                                         [this, peer](const auto& failed) {
                                             if (!failed) read(peer);
                                         });
            accept();
        });
    }
    void read(const std::shared_ptr<Peer>& peer) {
        peer->stream.async_read_some(
            asio::buffer(peer->buffer), [this, peer](const auto& error, std::size_t bytes) {
                if (error) return;
                peer->in.append(peer->buffer, bytes);
                if (!peer->in.ends_with("{}")) return read(peer);
                ++requests;
                peer->in.clear();
                asio::async_write(peer->stream, asio::buffer(peer->out),
                                  [this, peer](const auto&, std::size_t) { read(peer); });
            });
    }

    /// Posts twice over one client and returns both results.
    std::vector<ExchangeResult> post_twice() {
        ClientOptions options;
        options.url =
            *parse_url(fmt::format("https://localhost:{}/calls", acceptor.local_endpoint().port()));
        options.certificate_authorities = authorities.string();
        auto client = Client::make(context.get_executor(), options);
        REQUIRE(client.has_value());
        std::vector<ExchangeResult> results;
        for (std::size_t wanted = 1; wanted <= 2; ++wanted) {
            (*client)->post("", "{}",
                            [&](ExchangeResult result) { results.push_back(std::move(result)); });
            run_until(context, [&] { return results.size() == wanted; });
        }
        return results;
    }
};

}  // namespace

TEST_CASE("tls: a certificate of the host that is trusted carries the exchange") {
    const Certificate own = certificate_for("localhost");
    Fixture fixture(own, own);

    const auto results = fixture.post_twice();

    CHECK_MESSAGE(results[0].outcome == ExchangeOutcome::answered, results[0].reason);
    CHECK_EQ(results[1].status, 202);
    CHECK_EQ(fixture.requests, 2);
}

TEST_CASE("tls: a certificate for another host, or of nobody we trust, gets no request") {
    const Certificate other_host = certificate_for("elsewhere.example");
    const Certificate own = certificate_for("localhost");
    const Certificate stranger = certificate_for("localhost");
    const std::pair<const Certificate*, const Certificate*> wrong[] = {{&other_host, &other_host},
                                                                       {&own, &stranger}};

    for (const auto& [served, trusted] : wrong) {
        Fixture fixture(*served, *trusted);
        const auto results = fixture.post_twice();

        CHECK_EQ(results[0].outcome, ExchangeOutcome::unreachable);
        CHECK(results[0].reason.starts_with("TLS: certificate verify failed"));
        CHECK_EQ(fixture.requests, 0);
    }
}
