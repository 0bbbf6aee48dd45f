// cartwright-call: calls any RPC of the shop from a shell, by its descriptors; see tools/README.md.

#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/kit/flags.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/policy.h"
#include "tools/call/api.h"
#include "tools/call/invoke.h"

ABSL_FLAG(std::string, descriptor_set, "", "File with the descriptors of the API.");
ABSL_FLAG(std::string, address, "", "Where the service is, host:port.");
ABSL_FLAG(std::string, service, "", "Name of the service, as in its certificate: order.");
ABSL_FLAG(int, timeout_s, 10, "Seconds that the call may take; a stream ends with them, too.");

// The --tls_* flags are those of every process (shared/kit/flags.h).

namespace cartwright::call {
namespace {

// One line per method: who may call it.
std::string List(const Api& api) {
  std::string text;
  for (const auto* method : api.Methods()) {
    const auto policy = rpc::PolicyOf(*method);
    absl::StrAppend(&text, method->service()->full_name(), "/", method->name());
    if (policy.ok()) {
      absl::StrAppend(&text, "  ", api::v1::Access_Name(policy->access()),
                      "  callers: ", absl::StrJoin(policy->callers(), ", "));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// "-" stands for what comes in on standard input.
std::string RequestOf(const std::vector<std::string>& words) {
  if (words.size() < 2) return "{}";
  if (words[1] != "-") return words[1];
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

absl::Status Call(const Api& api, const std::vector<std::string>& words) {
  const std::string service = absl::GetFlag(FLAGS_service);
  CW_ASSIGN_OR_RETURN(const auto* method, api.FindMethod(service, words[0]));
  const rpc::TlsFiles files{absl::GetFlag(FLAGS_tls_cert_file), absl::GetFlag(FLAGS_tls_key_file),
                            absl::GetFlag(FLAGS_tls_ca_file)};
  const auto channel = rpc::Connect(service, absl::GetFlag(FLAGS_address), files);
  const auto print = [](absl::string_view json) { std::cout << json << std::endl; };
  return Invoke(channel, *method, RequestOf(words), absl::Seconds(absl::GetFlag(FLAGS_timeout_s)),
                print);
}

absl::Status Run(const std::vector<std::string>& words) {
  CW_ASSIGN_OR_RETURN(const Api api, Api::Load(absl::GetFlag(FLAGS_descriptor_set)));
  if (words.size() == 1 && words[0] == "list") {
    std::cout << List(api);
    return absl::OkStatus();
  }
  if (words.size() == 2 && words[0] == "describe") {
    CW_ASSIGN_OR_RETURN(const std::string text,
                        api.Describe(absl::GetFlag(FLAGS_service), words[1]));
    std::cout << text;
    return absl::OkStatus();
  }
  if (words.empty() || words.size() > 2) {
    return absl::InvalidArgumentError("METHOD [JSON | -], list, or describe NAME");
  }
  return Call(api, words);
}

// The reason when there is one, the code when not; then the sentence, and what the fields lack.
void PrintError(const absl::Status& status) {
  const ErrorDetails details = DetailsOf(status);
  std::cerr << (details.reason.empty() ? absl::StatusCodeToString(status.code()) : details.reason)
            << ": " << status.message() << "\n";
  for (const auto& [field, what] : details.violations)
    std::cerr << "  " << field << " " << what << "\n";
  for (const auto& [key, value] : details.metadata)
    std::cerr << "  " << key << ": " << value << "\n";
}

}  // namespace
}  // namespace cartwright::call

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("METHOD [JSON | -] | list | describe NAME");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  const absl::Status status =
      cartwright::call::Run(std::vector<std::string>(rest.begin() + 1, rest.end()));
  if (status.ok()) return 0;
  cartwright::call::PrintError(status);
  return 1;
}
