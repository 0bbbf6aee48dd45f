#pragma once

#include <string>
#include <vector>

#include "shared/rpc/credentials.h"
#include "shared/testing/postgres_fixture.h"

namespace cartwright::testing {

// Files of a certificate for the service `name` (wallet, gateway or catalog), signed by a
// throw-away authority that lives as long as this process.
rpc::TlsFiles TestCertificate(const std::string& name);

// What a real process of ours needs to start: files, certificates, and the database of a wallet.
class ProcessFixture : public PostgresFixture {
 protected:
  ProcessFixture();
  ~ProcessFixture() override;

  // Writes a file into a directory that ends with the test; its path.
  std::string Write(const std::string& name, const std::string& content) const;

  // The command line of `service` that serves on ports of its own choice. Of a flag that is
  // also in `flags`, that value wins.
  std::vector<std::string> Command(const std::string& service,
                                   const std::vector<std::string>& flags = {}) const;

 private:
  std::string directory_;
};

}  // namespace cartwright::testing
