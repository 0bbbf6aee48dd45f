#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/db/connection.h"

namespace cartwright::order {

// One step of a saga as saga_event has it. A value.
struct SagaEvent {
  int64_t id = 0;
  std::string order_id;
  std::string state;           // a word of the schema
  std::string reason;          // empty: none
  int64_t create_time_us = 0;  // since the epoch
};

// The events of sagas, oldest first. Each is a row that never changes, written in the transaction
// of its step. The ids of one order grow in the order in which its steps were committed: a step
// draws its id while it has the lock of the saga's row, so the next one draws a later id, after
// that commit. Whoever has an event of an order has seen all before it. Between orders there is
// no such order. Blocks; thread-safe.
class OrderEventStore {
 public:
  // All events of an order of this user; NOT_FOUND when it is not theirs, or not at all.
  absl::StatusOr<std::vector<SagaEvent>> ListEvents(db::Connection& db, const std::string& order_id,
                                                    const std::string& user_id);

  // The events of each of these orders after the one that stands beside it.
  absl::StatusOr<std::vector<SagaEvent>> ListNewEvents(db::Connection& db,
                                                       const std::map<std::string, int64_t>& after);
};

}  // namespace cartwright::order
