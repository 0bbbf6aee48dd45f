#include "services/order/saga_admin_store.h"

#include <utility>

#include "cartwright/order/v1/order.pb.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/db/sql_error.h"

namespace cartwright::order {
namespace {

using google::protobuf::util::TimeUtil;

#define CW_MICROS(column) "(extract(epoch FROM " column ") * 1000000)::bigint"
// The columns of ReadSaga.
#define CW_SAGA_COLUMNS \
  "s.order_id, s.user_id, s.state, coalesce(s.reason, '') AS reason, s.dead,"                  \
  " coalesce(s.dead_reason, '') AS dead_reason, s.lease_owner, s.lease_epoch,"                 \
  " " CW_MICROS("s.lease_until") " AS lease_until_us, " CW_MICROS("s.next_attempt")            \
  " AS next_attempt_us, s.retry_count, s.crash_count, " CW_MICROS("s.create_time")             \
  " AS create_time_us, " CW_MICROS("s.update_time") " AS update_time_us, s.cart_cleared"
// A page of the sagas that `chosen` has.
#define CW_SAGA_PAGE(chosen)                                            \
  "SELECT " CW_SAGA_COLUMNS " FROM saga s WHERE (" chosen               \
  ") AND s.order_id > $1"                                               \
  " AND s.state = coalesce($2, s.state)"                                \
  " AND s.create_time <= clock_timestamp() - make_interval(secs => $3)" \
  " ORDER BY s.order_id LIMIT $4"

// By saga_live and saga_dead: together few rows, unless something is very wrong.
constexpr db::Statement kListLive = {
    "order.list_live_sagas",
    CW_SAGA_PAGE("s.dead OR NOT s.dead AND (s.state IN ('RESERVING', 'COMMITTING', 'REFUNDING',"
                 " 'ABORTING') OR s.state IN ('CONFIRMED', 'REFUNDED') AND NOT s.cart_cleared)")};
// By saga_dead.
constexpr db::Statement kListDead = {"order.list_dead_sagas", CW_SAGA_PAGE("s.dead")};
// By saga_pkey.
constexpr db::Statement kListAll = {"order.list_all_sagas", CW_SAGA_PAGE("true")};

// One row by saga_pkey.
constexpr db::Statement kGetSaga = {"order.get_saga", "SELECT " CW_SAGA_COLUMNS
                                                      ", o.hold_id, o.currency, o.total"
                                                      " FROM saga s JOIN orders o USING (order_id)"
                                                      " WHERE s.order_id = $1"};

// By saga_event_by_order; a saga has a handful of steps, and as many more as people gave it.
constexpr db::Statement kListEvents = {"order.list_saga_events", R"sql(
  SELECT saga_event_id, kind, state, coalesce(reason, '') AS reason, lease_owner, lease_epoch,
         (extract(epoch FROM create_time) * 1000000)::bigint AS create_time_us,
         coalesce(operator, '') AS operator, coalesce(command, '') AS command,
         coalesce(note, '') AS note
  FROM saga_event WHERE order_id = $1 ORDER BY saga_event_id
)sql"};

// One row each: the answer of the command.
constexpr db::Statement kRetry = {"order.retry_saga", "SELECT retry_saga($1, $2, $3)"};
constexpr db::Statement kForceAbort = {"order.force_abort_saga",
                                       "SELECT force_abort_saga($1, $2, $3)"};
constexpr db::Statement kResolve = {"order.resolve_saga",
                                    "SELECT resolve_saga($1, $2, $3, $4, $5, $6::jsonb)"};

// Less than every id.
constexpr const char* kOldestFirst = "00000000-0000-0000-0000-000000000000";

google::protobuf::Timestamp TimeOf(const pqxx::row& row, const char* column) {
  return TimeUtil::MicrosecondsToTimestamp(row[column].as<int64_t>());
}

v1::Saga ReadSaga(const pqxx::row& row) {
  v1::Saga saga;
  saga.set_order_id(row["order_id"].c_str());
  saga.set_user_id(row["user_id"].c_str());
  saga.set_state(row["state"].c_str());
  saga.set_reason(row["reason"].c_str());
  saga.set_dead(row["dead"].as<bool>());
  saga.set_dead_reason(row["dead_reason"].c_str());
  saga.set_lease_owner(row["lease_owner"].c_str());
  saga.set_lease_epoch(row["lease_epoch"].as<int64_t>());
  *saga.mutable_lease_until() = TimeOf(row, "lease_until_us");
  *saga.mutable_next_attempt() = TimeOf(row, "next_attempt_us");
  saga.set_retry_count(row["retry_count"].as<int>());
  saga.set_crash_count(row["crash_count"].as<int>());
  *saga.mutable_create_time() = TimeOf(row, "create_time_us");
  *saga.mutable_update_time() = TimeOf(row, "update_time_us");
  saga.set_cart_cleared(row["cart_cleared"].as<bool>());
  return saga;
}

v1::SagaEvent ReadEvent(const pqxx::row& row) {
  v1::SagaEvent event;
  v1::SagaEvent::Kind kind = v1::SagaEvent::KIND_UNSPECIFIED;
  v1::SagaEvent::Kind_Parse(row["kind"].c_str(), &kind);
  event.set_id(row["saga_event_id"].as<int64_t>());
  event.set_kind(kind);
  event.set_state(row["state"].c_str());
  event.set_reason(row["reason"].c_str());
  event.set_lease_owner(row["lease_owner"].c_str());
  event.set_lease_epoch(row["lease_epoch"].as<int64_t>());
  *event.mutable_create_time() = TimeOf(row, "create_time_us");
  event.set_operator_(row["operator"].c_str());
  event.set_command(row["command"].c_str());
  event.set_note(row["note"].c_str());
  return event;
}

template <typename Reason>
absl::Status Refusal(Reason reason, absl::string_view sentence) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

absl::Status Decided() {
  return Refusal(v1::SAGA_DECIDED, "The saga is decided; that is never taken back.");
}

absl::Status SecondNeeded() {
  return Refusal(v1::SECOND_OPERATOR_NEEDED, "You proposed it; somebody else must agree.");
}

// What a constraint that a command violates has to say to the operator.
absl::Status Explain(const absl::Status& status) {
  const std::string violated = db::ConstraintOf(status);
  if (violated == "saga_cart_once") {
    return Refusal(v1::CART_ALREADY_ORDERED, "Another order has bought the same cart meanwhile.");
  }
  if (violated == "saga_open_once") {
    return Refusal(v1::ORDER_IN_PROGRESS,
                   "Another order of this user is being completed; try again when it is.");
  }
  if (violated == "saga_resolution_is_split") {
    return Refusal(v1::SAGA_NOT_SPLIT, "Neither money nor stock is taken; let it abort: retry it.");
  }
  if (violated == "saga_resolution_once_a_day") return SecondNeeded();
  if (violated == "saga_resolution_nothing_let_go") {
    return Refusal(v1::PARTICIPANT_LET_GO,
                   "A participant does not hold its part any more; the order cannot go forward.");
  }
  return status;
}

// The answer of a command; OK when it is `DONE`, or whatever else only its caller knows.
absl::StatusOr<std::string> Run(db::Connection& db, const db::Statement& statement,
                                const db::Params& params) {
  const absl::StatusOr<pqxx::result> rows = db.Execute(statement, params);
  if (!rows.ok()) return Explain(rows.status());
  std::string answer = (*rows)[0][0].c_str();
  if (answer == "UNKNOWN") return NotFound("saga");
  if (answer == "ENDED") return Refusal(v1::SAGA_ENDED, "The saga is at its end.");
  if (answer == "DECIDED") return Decided();
  if (answer == "NOT_SPLIT") {
    return Refusal(v1::SAGA_NOT_SPLIT, "Only a dead saga that aborts can be a split decision.");
  }
  if (answer == "SAME_OPERATOR") return SecondNeeded();
  return answer;
}

}  // namespace

absl::StatusOr<std::vector<v1::Saga>> SagaAdminStore::ListSagas(db::Connection& db,
                                                                const v1::ListSagasRequest& request,
                                                                const std::string& after,
                                                                int limit) {
  const db::Statement& statement = request.filter() == v1::ALL    ? kListAll
                                   : request.filter() == v1::DEAD ? kListDead
                                                                  : kListLive;
  const db::Param state = request.has_state() ? db::Param(request.state()) : std::nullopt;
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(statement, {after.empty() ? kOldestFirst : after, state,
                                             request.older_than_s(), limit}));
  std::vector<v1::Saga> sagas;
  for (const auto& row : rows) sagas.push_back(ReadSaga(row));
  return sagas;
}

absl::StatusOr<SagaAdminStore::Found> SagaAdminStore::GetSaga(db::Connection& db,
                                                              const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetSaga, {order_id}));
  if (rows.empty()) return NotFound("saga");
  return Found{.saga = ReadSaga(rows[0]),
               .hold_id = rows[0]["hold_id"].as<std::string>(),
               .currency = rows[0]["currency"].as<std::string>(),
               .total = rows[0]["total"].as<int64_t>()};
}

absl::StatusOr<std::vector<v1::SagaEvent>> SagaAdminStore::ListEvents(db::Connection& db,
                                                                      const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListEvents, {order_id}));
  std::vector<v1::SagaEvent> events;
  for (const auto& row : rows) events.push_back(ReadEvent(row));
  return events;
}

absl::Status SagaAdminStore::RetrySaga(db::Connection& db, const v1::RetrySagaRequest& request) {
  return Run(db, kRetry, {request.order_id(), request.operator_(), request.note()}).status();
}

// The triggers of `saga` are what refuses it; class 23 is all that they raise.
absl::Status SagaAdminStore::ForceAbortSaga(db::Connection& db,
                                            const v1::ForceAbortSagaRequest& request) {
  const auto answer =
      Run(db, kForceAbort, {request.order_id(), request.operator_(), request.note()});
  const bool refused = answer.status().code() == absl::StatusCode::kFailedPrecondition;
  return refused ? Decided() : answer.status();
}

absl::StatusOr<bool> SagaAdminStore::ResolveSaga(db::Connection& db,
                                                 const v1::ResolveSagaRequest& request,
                                                 const Evidence& evidence) {
  CW_ASSIGN_OR_RETURN(const std::string answer,
                      Run(db, kResolve,
                          {request.order_id(), request.operator_(), request.note(),
                           evidence.hold_state, evidence.stock_state, evidence.json}));
  return answer == "DONE";
}

}  // namespace cartwright::order
