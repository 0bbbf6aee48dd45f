#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "shared/db/audit.h"

namespace cartwright::kit {

// Checks a service's audit rules against the live database, again and again, on a thread and a
// connection of its own: a database that hangs, or a slow rule, takes nothing from who serves. Of
// all replicas one at a time audits; whoever finds another at it skips a round.
//
// What was found is in the gauge cartwright_audit_violations{invariant}, which must be 0, as this
// process last saw it; of a rule that it never checked there is none.
// cartwright_audit_last_success_timestamp_seconds says when it last checked all of them. Each
// broken rule is a line audit.violation with the first rows.
class Auditor {
 public:
  struct Options {
    std::string url;
    std::string url_file;  // see db::Connection
    std::vector<db::AuditRule> rules;
    // Between two rounds; after a slow one ten times as long as it took, so that auditing never
    // takes more than a tenth of a backend. The first is after a random part of it, so that
    // replicas that start together do not meet.
    std::chrono::milliseconds period{60000};
  };

  explicit Auditor(Options options);
  // Waits for the round that runs, if one does.
  ~Auditor();

 private:
  void Loop();
  void Round();
  void Publish(const db::AuditFinding& finding);

  const Options options_;
  bool failing_ = false;  // the last round failed, which was logged
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace cartwright::kit
