#include "shared/db/durable.h"

namespace cartwright::db {

absl::Status AwaitDurable(Connection& db) {
  static constexpr Statement kMark = {"db.await_durable",
                                      "SELECT pg_logical_emit_message(true, 'cartwright', '')"};
  return db.Execute(kMark).status();
}

}  // namespace cartwright::db
