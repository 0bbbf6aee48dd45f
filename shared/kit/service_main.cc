#include "shared/kit/service_main.h"

#include <iostream>

#include "absl/flags/flag.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "shared/base/status_macros.h"
#include "shared/db/migrator.h"
#include "shared/kit/flags.h"
#include "shared/kit/ops_server.h"
#include "shared/telemetry/log.h"

namespace cartwright::kit {
namespace {

// A network learns of a new pod a moment after the pod has begun, and refuses it until then.
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kPause = absl::Milliseconds(500);

// By itself --help shows the flags of the file that has main() alone, and ours are in several.
void DescribeFlags() {
  absl::SetProgramUsageMessage("every flag is an environment variable CARTWRIGHT_<FLAG>, too");
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = [](absl::string_view file) {
    return !absl::StrContains(file, "absl/");
  };
  absl::SetFlagsUsageConfig(usage);
}

// What was applied before a connection broke is not applied again.
absl::Status MigrateOnly() {
  CW_ASSIGN_OR_RETURN(const auto migrations, ReadMigrations());
  CW_ASSIGN_OR_RETURN(const std::string url, ReadDatabaseUrl());
  const absl::Time end = absl::Now() + kPatience;
  while (true) {
    db::Connection connection(url);
    const absl::Status status = db::Migrate(connection, migrations);
    if (!absl::IsUnavailable(status) || absl::Now() >= end) return status;
    log::Warn("migration.waits", status.message());
    absl::SleepFor(kPause);
  }
}

// For containers, which have nothing but this binary to ask with.
int Probe(const std::string& name) {
  const absl::Status ready = AskReady(absl::GetFlag(FLAGS_ops_listen));
  if (!ready.ok()) std::cerr << name << ": " << ready.message() << "\n";
  return ready.ok() ? 0 : 1;
}

}  // namespace

int ServiceMain(int argc, char** argv, const std::string& name,
                const std::function<void(Kit&)>& setup) {
  DescribeFlags();
  if (absl::Status status = ParseFlags(argc, argv); !status.ok()) {
    std::cerr << name << ": " << status.message() << "\n";
    return 1;
  }
  if (absl::GetFlag(FLAGS_probe)) return Probe(name);
  if (!log::Init(name, absl::GetFlag(FLAGS_log_level))) {
    std::cerr << name << ": --log_level must be trace, debug, info, warn or error\n";
    return 1;
  }
  int code = 0;
  try {
    if (absl::GetFlag(FLAGS_migrate_only)) {
      if (absl::Status status = MigrateOnly(); !status.ok()) {
        log::Error("migration.failed", status.message());
        code = 1;
      }
    } else {
      Kit kit(name);
      setup(kit);
      kit.Run();
    }
  } catch (const std::exception& error) {
    log::Error("start.failed", error.what());
    code = 1;
  }
  log::Shutdown();
  return code;
}

}  // namespace cartwright::kit
