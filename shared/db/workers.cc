#include "shared/db/workers.h"

#include "absl/time/clock.h"
#include "shared/base/status.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::db {
namespace {

struct QueueMetrics {
  prometheus::Histogram& wait =
      metrics::HistogramFamily("cartwright_admission_queue_wait_seconds",
                               "Time that work waited for a database worker.")
          .Add({}, metrics::DurationBuckets());
  prometheus::Counter& expired =
      metrics::CounterFamily("cartwright_deadline_expired_total",
                             "Work dropped because its deadline had passed.")
          .Add({{"stage", "queue"}});
  prometheus::Counter& rejected = metrics::CounterFamily("cartwright_admission_rejected_total",
                                                         "Work refused because the queue was full.")
                                      .Add({});
  prometheus::Gauge& depth = metrics::GaugeFamily("cartwright_db_queue_depth",
                                                  "Work that waits for a database worker now.")
                                 .Add({});
};

QueueMetrics& Metrics() {
  static auto* metrics = new QueueMetrics;
  return *metrics;
}

}  // namespace

Workers::Workers(Options options) : options_(std::move(options)) {
  Metrics();  // there from the start, at 0
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  Metrics().depth.Decrement(static_cast<double>(queue_.size()));
  for (auto& [task, arrival] : queue_) {
    task.expire(Error(absl::StatusCode::kUnavailable, api::v1::OVERLOADED,
                      "The service is shutting down."));
  }
}

bool Workers::Submit(Task& task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= options_.queue_limit) {
      Metrics().rejected.Increment();
      return false;
    }
    queue_.emplace_back(std::move(task), absl::Now());
    Metrics().depth.Increment();
  }
  wake_.notify_one();
  return true;
}

size_t Workers::QueueDepth() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Workers::Loop() {
  Connection connection(options_.url, options_.url_file);
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    auto [task, arrival] = std::move(queue_.front());
    queue_.pop_front();
    Metrics().depth.Decrement();
    lock.unlock();
    const absl::Time now = absl::Now();
    Metrics().wait.Observe(absl::ToDoubleSeconds(now - arrival));
    if (now >= task.deadline) {
      Metrics().expired.Increment();
      task.expire(absl::DeadlineExceededError("the deadline passed in the queue"));
    } else {
      connection.set_actor({});
      task.run(connection);
      if (connection.IsOpen()) ++answered_;
    }
  }
}

}  // namespace cartwright::db
