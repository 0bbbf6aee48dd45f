#include "shared/kit/auditor.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_join.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::kit {
namespace {

constexpr int kRestPerWork = 10;

struct AuditMetrics {
  prometheus::Family<prometheus::Gauge>& violations =
      metrics::GaugeFamily("cartwright_audit_violations",
                           "Rows that break a rule, counted to 1000, as this process saw last; "
                           "must be 0.");
  prometheus::Gauge& last_success =
      metrics::GaugeFamily("cartwright_audit_last_success_timestamp_seconds",
                           "When this process last checked every rule; 0 before the first time.")
          .Add({});
};

AuditMetrics& Metrics() {
  static auto* metrics = new AuditMetrics;
  return *metrics;
}

}  // namespace

Auditor::Auditor(Options options) : options_(std::move(options)) {
  Metrics();  // there from the start, at 0
  thread_ = std::thread([this] { Loop(); });
}

Auditor::~Auditor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Auditor::Loop() {
  std::uniform_int_distribution<int64_t> part(0, options_.period.count());
  std::random_device random;
  std::chrono::milliseconds rest(part(random));
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, rest, [this] { return stopping_; })) {
    lock.unlock();
    const auto start = std::chrono::steady_clock::now();
    Round();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    rest = std::max(options_.period, kRestPerWork * took);
    lock.lock();
  }
}

// On a new connection each time: between rounds an idle one would only be in the way.
void Auditor::Round() {
  db::Connection connection(options_.url, options_.url_file);
  std::vector<db::AuditFinding> findings;
  const absl::Status status = db::Audit(connection, options_.rules, findings);
  for (const db::AuditFinding& finding : findings) Publish(finding);
  if (status.ok()) Metrics().last_success.SetToCurrentTime();
  const bool failed = !status.ok() && !absl::IsFailedPrecondition(status);
  if (failed && !failing_) log::Error("audit.failed", status.message());
  failing_ = failed;
}

void Auditor::Publish(const db::AuditFinding& finding) {
  const db::AuditRule& rule = *finding.rule;
  Metrics().violations.Add({{"invariant", rule.id}}).Set(finding.rows);
  if (finding.rows == 0) return;
  log::Error("audit.violation", rule.sentence,
             {{"invariant", rule.id},
              {"rows", finding.rows},
              {"first", absl::StrJoin(finding.first, "; ")}});
}

}  // namespace cartwright::kit
