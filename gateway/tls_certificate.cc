#include "gateway/tls_certificate.h"

#include <ctime>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

absl::Status Mistake(absl::string_view flag, const std::string& path, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", path, ": ", what));
}

// A client that offers protocols, and not ours, would read our answers as something else.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* selected = nullptr;
  const int found =
      SSL_select_next_proto(&selected, out_size, kHttp11, sizeof(kHttp11), offered, offered_size);
  *out = selected;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

absl::Status CheckDates(const std::string& path, const X509& certificate, absl::Time now) {
  time_t time = absl::ToTimeT(now);
  tm until{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &until) != 1) {
    return Mistake("http_certificate", path, "its dates cannot be read");
  }
  if (X509_cmp_time(X509_get0_notAfter(&certificate), &time) < 0) {
    return Mistake("http_certificate", path, "it has expired");
  }
  if (X509_cmp_time(X509_get0_notBefore(&certificate), &time) > 0) {
    return Mistake("http_certificate", path, "it is not valid yet");
  }
  static auto& expiry =
      metrics::GaugeFamily("cartwright_gateway_certificate_expiry_seconds",
                           "When the certificate of the public port expires, as a Unix time.")
          .Add({});
  expiry.Set(static_cast<double>(timegm(&until)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<ssl::context>> LoadCertificate(const std::string& certificate_file,
                                                              const std::string& key_file,
                                                              absl::Time now) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, SelectProtocol, nullptr);
  if (SSL_CTX_set_cipher_list(native, kCiphers) != 1) {
    return absl::InternalError("OpenSSL knows none of our ciphers");
  }
  error_code error;
  // Nobody is there to be asked for a passphrase.
  context->set_password_callback([](size_t, ssl::context::password_purpose) { return ""; }, error);
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return Mistake("http_certificate", certificate_file, error.message());
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return Mistake("http_key", key_file, error.message());
  if (SSL_CTX_check_private_key(native) != 1) {
    return Mistake("http_key", key_file, "it is not the key of the certificate");
  }
  CW_RETURN_IF_ERROR(CheckDates(certificate_file, *SSL_CTX_get0_certificate(native), now));
  return context;
}

}  // namespace cartwright::gateway
