#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cartwright/order/v1/saga.pb.h"
#include "shared/db/connection.h"

namespace cartwright::order {

// The SQL of the operator's commands. Rows become messages at once: operators see them as they are,
// words of a newer version included. Each call is one statement and one commit; after UNAVAILABLE
// the effect is unknown, and the saga's events tell. Stateless.
class SagaAdminStore {
 public:
  // Up to `limit` sagas that `request` asks for after the order `after`, oldest first.
  absl::StatusOr<std::vector<v1::Saga>> ListSagas(db::Connection& db,
                                                  const v1::ListSagasRequest& request,
                                                  const std::string& after, int limit);

  // A saga and what its participants know it by.
  struct Found {
    v1::Saga saga;
    std::string hold_id;
    std::string currency;
    int64_t total = 0;  // minor units
  };
  // NOT_FOUND.
  absl::StatusOr<Found> GetSaga(db::Connection& db, const std::string& order_id);

  // The events of a saga, the first one first.
  absl::StatusOr<std::vector<v1::SagaEvent>> ListEvents(db::Connection& db,
                                                        const std::string& order_id);

  // The commands of migration 0006. Errors: NOT_FOUND, SAGA_ENDED, SAGA_DECIDED, and
  // ORDER_IN_PROGRESS or CART_ALREADY_ORDERED when another order of the user has taken the saga's
  // place.
  absl::Status RetrySaga(db::Connection& db, const v1::RetrySagaRequest& request);
  absl::Status ForceAbortSaga(db::Connection& db, const v1::ForceAbortSagaRequest& request);

  // What both participants said when they were asked: names of their states, and all of it as JSON.
  struct Evidence {
    std::string hold_state;
    std::string stock_state;
    std::string json;
  };
  // True when the saga was turned, false when this is the first of two. Errors: as above,
  // SAGA_NOT_SPLIT, PARTICIPANT_LET_GO, SECOND_OPERATOR_NEEDED.
  absl::StatusOr<bool> ResolveSaga(db::Connection& db, const v1::ResolveSagaRequest& request,
                                   const Evidence& evidence);
};

}  // namespace cartwright::order
