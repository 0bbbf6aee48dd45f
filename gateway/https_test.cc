#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "boost/asio/ssl/stream.hpp"
#include "gateway/gateway_fixture.h"
#include "gateway/tls_certificate.h"
#include "gmock/gmock.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace cartwright::gateway {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::RawClient;

// A certificate that signs itself, and its key, in files that end with it.
class CertificateFiles {
 public:
  explicit CertificateFiles(const std::string& name, absl::Duration from = -absl::Hours(1),
                            absl::Duration until = absl::Hours(1)) {
    std::string directory = (std::filesystem::temp_directory_path() / "https-XXXXXX").string();
    root_ = mkdtemp(directory.data());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), absl::ToInt64Seconds(from));
    X509_gmtime_adj(X509_getm_notAfter(certificate), absl::ToInt64Seconds(until));
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
    FILE* file = fopen(this->certificate().c_str(), "w");
    PEM_write_X509(file, certificate);
    fclose(file);
    file = fopen(this->key().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  CertificateFiles(const CertificateFiles&) = delete;
  ~CertificateFiles() { std::filesystem::remove_all(root_); }

  std::string certificate() const { return (root_ / "tls.crt").string(); }
  std::string key() const { return (root_ / "tls.key").string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
    return (root_ / name).string();
  }
  auto Load() const { return LoadCertificate(certificate(), key(), absl::Now()); }

 private:
  std::filesystem::path root_;
};

// A blocking client that trusts anybody.
class TlsClient {
 public:
  using Setup = std::function<void(SSL*)>;

  explicit TlsClient(
      uint16_t port, const Setup& setup = [](SSL*) {}) {
    stream_.lowest_layer().connect({asio::ip::make_address_v4("127.0.0.1"), port});
    setup(stream_.native_handle());
    stream_.handshake(ssl::stream_base::client, error_);
  }

  // What the handshake, or the last operation, said.
  const boost::system::error_code& error() const { return error_; }
  SSL* native() { return stream_.native_handle(); }

  RawClient::Reply Ask(const std::string& request) {
    asio::write(stream_, asio::buffer(request), error_);
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    boost::beast::http::read(stream_, buffer_, parser, error_);
    return error_ ? RawClient::Reply{} : parser.release();
  }
  // What ends the connection.
  boost::system::error_code AwaitEnd() {
    char byte = 0;
    stream_.read_some(asio::buffer(&byte, 1), error_);
    return error_;
  }
  std::string PeerName() {
    X509* certificate = SSL_get1_peer_certificate(native());
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof(name));
    X509_free(certificate);
    return name;
  }

 private:
  asio::io_context io_;
  ssl::context context_{ssl::context::tls_client};
  ssl::stream<asio::ip::tcp::socket> stream_{io_, context_};
  boost::system::error_code error_;
  boost::beast::flat_buffer buffer_;
};

// The gateway of the fixture on one more port, behind TLS.
class HttpsTest : public testing::GatewayFixture {
 protected:
  HttpsTest()
      : GatewayFixture([](const FakeBackend::Call& call) {
          return FakeBackend::Answer{.response = call.request};
        }) {
    Serve({});
  }
  ~HttpsTest() override { https_->Drain(absl::Seconds(5)); }

  void Serve(const HttpTimeouts& timeouts) {
    if (https_ != nullptr) https_->Drain(absl::Seconds(5));
    https_ = std::make_unique<HttpServer>(HttpServer::Options{.address = "127.0.0.1:0",
                                                              .timeouts = timeouts,
                                                              .tls = &versions_,
                                                              .hsts_max_age_s = 77},
                                          *dispatcher_);
    https_port_ = *https_->Start();
  }

  const CertificateFiles first_{"first"};
  TlsVersions versions_{*first_.Load()};
  std::unique_ptr<HttpServer> https_;
  uint16_t https_port_ = 0;
};

TEST_F(HttpsTest, ServesOverTlsOnOneConnection) {
  TlsClient client(https_port_);
  ASSERT_FALSE(client.error()) << client.error().message();
  const Reply health = client.Ask(Format("GET", "/healthz"));
  EXPECT_EQ(health.body(), "ok\n");
  EXPECT_EQ(health["Strict-Transport-Security"], "max-age=77");
  // More than one record of TLS in both directions.
  const std::string text(20'000, 'x');
  const Reply echo = client.Ask(Format("POST", "/api/echo", {}, "{\"words\":[\"" + text + "\"]}"));
  ASSERT_EQ(echo.result_int(), 400u) << "the longest string is shorter";
  std::string words = "\"w\"";
  for (int i = 0; i < 900; ++i) words += ",\"" + std::string(30, 'w') + "\"";
  const Reply many = client.Ask(Format("POST", "/api/echo", {}, "{\"words\":[" + words + "]}"));
  EXPECT_EQ(many.result_int(), 200u) << many.body();
  EXPECT_EQ(boost::json::parse(many.body()).at("words").as_array().size(), 901u);
}

TEST_F(HttpsTest, PlainHttpHasNoHsts) {
  EXPECT_EQ(Ask("GET", "/healthz").count("Strict-Transport-Security"), 0u);
}

TEST_F(HttpsTest, SpeaksModernTlsOnly) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    TlsClient old(https_port_, [version](SSL* tls) {
      SSL_set_security_level(tls, 0);
      SSL_set_min_proto_version(tls, version);
      SSL_set_max_proto_version(tls, version);
    });
    EXPECT_TRUE(old.error());
  }
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient good(https_port_, [version](SSL* tls) {
      SSL_set_min_proto_version(tls, version);
      SSL_set_max_proto_version(tls, version);
    });
    EXPECT_FALSE(good.error()) << good.error().message();
    EXPECT_EQ(SSL_version(good.native()), version);
  }
  TlsClient weak(https_port_, [](SSL* tls) {
    SSL_set_max_proto_version(tls, TLS1_2_VERSION);
    SSL_set_cipher_list(tls, "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA");
  });
  EXPECT_TRUE(weak.error());
}

TEST_F(HttpsTest, TheProtocolIsHttp11) {
  constexpr unsigned char kBoth[] = "\x02h2\x08http/1.1";
  TlsClient both(https_port_,
                 [&](SSL* tls) { SSL_set_alpn_protos(tls, kBoth, sizeof(kBoth) - 1); });
  ASSERT_FALSE(both.error()) << both.error().message();
  const unsigned char* selected = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(both.native(), &selected, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(selected), size), "http/1.1");
  TlsClient other(https_port_, [&](SSL* tls) { SSL_set_alpn_protos(tls, kBoth, 3); });
  EXPECT_TRUE(other.error());
}

TEST_F(HttpsTest, ANewCertificateIsForNewConnections) {
  TlsClient before(https_port_);
  EXPECT_EQ(before.PeerName(), "first");
  const CertificateFiles second("second");
  versions_.Set(*second.Load());
  TlsClient after(https_port_);
  EXPECT_EQ(after.PeerName(), "second");
  EXPECT_EQ(after.Ask(Format("GET", "/healthz")).body(), "ok\n");
  EXPECT_EQ(before.Ask(Format("GET", "/healthz")).body(), "ok\n") << "not a request is lost";
}

TEST_F(HttpsTest, WhoDoesNotShakeHandsIsCutOff) {
  Serve({.handshake = std::chrono::milliseconds(1)});
  RawClient silent(https_port_);
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(HttpsTest, WhoSpeaksPlainHttpGetsNoAnswerOfOurs) {
  RawClient plain(https_port_);
  plain.Send(Format("GET", "/healthz"));
  EXPECT_EQ(plain.Receive().result_int(), 0u);
}

TEST_F(HttpsTest, ADrainEndsTlsInGoodOrder) {
  TlsClient idle(https_port_);
  EXPECT_EQ(idle.Ask(Format("GET", "/healthz")).body(), "ok\n");
  std::thread drain([this] { https_->Drain(absl::Seconds(20)); });
  EXPECT_EQ(idle.AwaitEnd(), asio::error::eof) << "a truncation would be another error";
  drain.join();
}

TEST(TlsCertificateTest, SaysWhatIsWrong) {
  const CertificateFiles good("good");
  const CertificateFiles other("other");
  const CertificateFiles expired("expired", -absl::Hours(2), -absl::Hours(1));
  const CertificateFiles early("early", absl::Hours(1), absl::Hours(2));
  const auto error = [](const std::string& certificate, const std::string& key) {
    const auto context = LoadCertificate(certificate, key, absl::Now());
    EXPECT_EQ(context.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(context.status().message());
  };
  EXPECT_TRUE(good.Load().ok());
  EXPECT_THAT(error("/nowhere", good.key()), HasSubstr("--http_certificate: /nowhere"));
  EXPECT_THAT(error(good.certificate(), "/nowhere"), HasSubstr("--http_key: /nowhere"));
  EXPECT_THAT(error(good.certificate(), other.key()), HasSubstr("--http_key: "));
  EXPECT_THAT(error(good.Write("bad", "not PEM"), good.key()), HasSubstr("--http_certificate: "));
  EXPECT_THAT(error(good.certificate(), good.Write("bad", "")), HasSubstr("--http_key: "));
  EXPECT_THAT(error(expired.certificate(), expired.key()), HasSubstr("expired"));
  EXPECT_THAT(error(early.certificate(), early.key()), HasSubstr("not valid yet"));
}

}  // namespace
}  // namespace cartwright::gateway
