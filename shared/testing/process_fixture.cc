#include "shared/testing/process_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "shared/testing/paths.h"

namespace cartwright::testing {
namespace {

// Certificates of a throw-away authority, made once for all tests: $name.crt, $name.key, ca.crt.
const std::string& Certificates() {
  static const std::string& directory = []() -> const std::string& {
    auto* made = new std::string(::testing::TempDir() + "/certificates.XXXXXX");
    EXPECT_NE(mkdtemp(made->data()), nullptr);
    const std::string script = absl::StrCat("cd ", *made, R"sh( && exec 2>openssl.log &&
      key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes' &&
      openssl req -x509 $key -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt &&
      for name in wallet gateway catalog; do
        openssl req -new $key -subj /CN=$name -keyout $name.key -out $name.csr &&
        echo "subjectAltName=URI:spiffe://cartwright/$name,DNS:$name" >$name.ext &&
        openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
          -out $name.crt -extfile $name.ext || exit 1
      done)sh");
    EXPECT_EQ(std::system(script.c_str()), 0);
    std::atexit([] { std::filesystem::remove_all(Certificates()); });
    return *made;
  }();
  return directory;
}

}  // namespace

rpc::TlsFiles TestCertificate(const std::string& name) {
  const std::string& directory = Certificates();
  return {.cert = absl::StrCat(directory, "/", name, ".crt"),
          .key = absl::StrCat(directory, "/", name, ".key"),
          .ca = directory + "/ca.crt"};
}

ProcessFixture::ProcessFixture() : PostgresFixture("wallet", "wallet") {
  std::string pattern = ::testing::TempDir() + "/process.XXXXXX";
  directory_ = mkdtemp(pattern.data());
}

ProcessFixture::~ProcessFixture() { std::filesystem::remove_all(directory_); }

std::string ProcessFixture::Write(const std::string& name, const std::string& content) const {
  const std::string path = absl::StrCat(directory_, "/", name);
  std::ofstream(path) << content;
  return path;
}

std::vector<std::string> ProcessFixture::Command(const std::string& service,
                                                 const std::vector<std::string>& flags) const {
  const rpc::TlsFiles tls = TestCertificate("wallet");
  std::vector<std::string> command = {
      BinaryPath(absl::StrCat("bin/cartwright-", service)),
      "--listen=127.0.0.1:0",
      "--ops_listen=127.0.0.1:0",
      "--database_url_file=" + Write("url", AppUrl()),
      absl::StrCat("--migrations_dir=",
                   SourcePath(absl::StrCat("services/", service, "/migrations"))),
      "--tls_cert_file=" + tls.cert,
      "--tls_key_file=" + tls.key,
      "--tls_ca_file=" + tls.ca,
      "--drain_notice_s=0"};
  if (service == "wallet") {
    command.push_back("--page_token_key_file=" + Write("key", std::string(64, '0')));
    command.push_back("--peers=order=127.0.0.1:1");  // nobody: it is asked only about overdue holds
  }
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace cartwright::testing
