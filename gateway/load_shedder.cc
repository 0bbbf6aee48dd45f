#include "gateway/load_shedder.h"

#include <algorithm>

#include "shared/base/status.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {
namespace {

struct Class {
  const char* name;
  int percent;  // of the total, up to which it is admitted
};

// By Priority.
constexpr std::array<Class, 4> kClasses = {
    {{"read", 80}, {"write", 90}, {"payment", 95}, {"auth", 100}}};

const Class& ClassOf(Priority priority) { return kClasses[static_cast<size_t>(priority)]; }

absl::Status Overloaded() {
  return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
               "The shop has more to do than it can; try again.");
}

}  // namespace

Priority PriorityOf(const Route& route) {
  if (route.rate_class == RateClass::kAuth) return Priority::kAuth;
  if (route.policy.idempotency_key() == api::v1::REQUIRED) return Priority::kPayment;
  return route.http_method == "GET" ? Priority::kRead : Priority::kWrite;
}

LoadShedder::Backend::Backend(const std::string& name)
    : gauge_(metrics::GaugeFamily("cartwright_gateway_in_flight",
                                  "Calls of a service that are under way.")
                 .Add({{"backend", name}})) {
  gauge_.Set(0);
}

LoadShedder::LoadShedder(const Options& options) : options_(options) {
  auto& family = metrics::CounterFamily("cartwright_gateway_shed_total",
                                        "Requests that were refused because of too much work.");
  for (size_t i = 0; i < kClasses.size(); ++i) {
    shed_[i] = &family.Add({{"priority", kClasses[i].name}});
  }
}

int LoadShedder::LimitOf(Priority priority) const {
  return std::max(1, static_cast<int>(int64_t{options_.total} * ClassOf(priority).percent / 100));
}

absl::StatusOr<LoadShedder::Permit> LoadShedder::Admit(Priority priority, Backend& backend) {
  const int total = in_flight_.fetch_add(1, std::memory_order_relaxed) + 1;
  const int of_backend = backend.in_flight_.fetch_add(1, std::memory_order_relaxed) + 1;
  backend.gauge_.Increment();
  Permit permit(this, &backend);
  if (total > LimitOf(priority) || of_backend > options_.per_backend) {
    shed_[static_cast<size_t>(priority)]->Increment();
    return Overloaded();
  }
  return permit;
}

LoadShedder::Permit::~Permit() {
  if (shedder_ == nullptr) return;
  shedder_->in_flight_.fetch_sub(1, std::memory_order_relaxed);
  backend_->in_flight_.fetch_sub(1, std::memory_order_relaxed);
  backend_->gauge_.Decrement();
}

}  // namespace cartwright::gateway
