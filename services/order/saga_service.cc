#include "services/order/saga_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "google/protobuf/util/json_util.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"

namespace cartwright::order {
namespace {

// Operators' commands are rare and matter: besides the event, a line for whoever reads logs.
template <typename Request>
void LogCommand(absl::string_view command, const Request& request, const absl::Status& outcome) {
  log::Warn("saga.command", command,
            {{"order.id", request.order_id()},
             {"operator", request.operator_()},
             {"note", request.note()},
             {"outcome", outcome.ok() ? "DONE" : DetailsOf(outcome).reason}});
}

std::string ErrorOf(const absl::Status& status) {
  return absl::StrCat("it did not answer (", absl::StatusCodeToString(status.code()), ")");
}

// What the wallet and the catalog said, to be kept. A hold that was paid back is not what it was.
absl::StatusOr<SagaAdminStore::Evidence> EvidenceOf(const v1::GetSagaResponse& look) {
  for (const auto* view : {&look.hold(), &look.reservation()}) {
    if (view->error().empty()) continue;
    return Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
                 "A participant cannot be asked now, and without its word nothing is resolved.");
  }
  v1::GetSagaResponse said;
  *said.mutable_hold() = look.hold();
  *said.mutable_reservation() = look.reservation();
  SagaAdminStore::Evidence evidence{
      .hold_state = look.hold().refunded() > 0 ? "REFUNDED" : look.hold().state(),
      .stock_state = look.reservation().state()};
  if (!google::protobuf::util::MessageToJsonString(said, &evidence.json).ok()) {
    return absl::InternalError("the evidence cannot be written as JSON");
  }
  return evidence;
}

}  // namespace

SagaService::SagaService(db::Workers& workers, SagaAdminStore& store, rpc::Client& catalog,
                         rpc::Client& wallet, std::string page_token_key)
    : workers_(workers),
      store_(store),
      catalog_(catalog),
      wallet_(wallet),
      page_tokens_(std::move(page_token_key)) {}

absl::StatusOr<v1::ListSagasResponse> SagaService::ListSagas(db::Connection& db,
                                                             const v1::ListSagasRequest& request) {
  CW_ASSIGN_OR_RETURN(const std::string position, page_tokens_.Open(request));
  const size_t page_size = static_cast<size_t>(rpc::PageSizeOr(request.page_size()));
  // One more than the page, to know whether another one follows.
  CW_ASSIGN_OR_RETURN(auto sagas,
                      store_.ListSagas(db, request, position, static_cast<int>(page_size) + 1));
  v1::ListSagasResponse response;
  if (sagas.size() > page_size) {
    sagas.resize(page_size);
    response.set_next_page_token(page_tokens_.Seal(request, sagas.back().order_id()));
  }
  for (v1::Saga& saga : sagas) *response.add_sagas() = std::move(saga);
  return response;
}

boost::asio::awaitable<absl::StatusOr<v1::GetSagaResponse>> SagaService::GetSaga(
    const rpc::Call& call, const v1::GetSagaRequest& request) {
  co_return co_await Look(call, request.order_id());
}

absl::StatusOr<v1::RetrySagaResponse> SagaService::RetrySaga(db::Connection& db,
                                                             const v1::RetrySagaRequest& request) {
  const absl::Status outcome = store_.RetrySaga(db, request);
  LogCommand("RETRY", request, outcome);
  CW_RETURN_IF_ERROR(outcome);
  CW_ASSIGN_OR_RETURN(auto found, store_.GetSaga(db, request.order_id()));
  v1::RetrySagaResponse response;
  *response.mutable_saga() = std::move(found.saga);
  return response;
}

absl::StatusOr<v1::ForceAbortSagaResponse> SagaService::ForceAbortSaga(
    db::Connection& db, const v1::ForceAbortSagaRequest& request) {
  const absl::Status outcome = store_.ForceAbortSaga(db, request);
  LogCommand("FORCE_ABORT", request, outcome);
  CW_RETURN_IF_ERROR(outcome);
  CW_ASSIGN_OR_RETURN(auto found, store_.GetSaga(db, request.order_id()));
  v1::ForceAbortSagaResponse response;
  *response.mutable_saga() = std::move(found.saga);
  return response;
}

// The participants are asked now, for each of the two operators: what one of them saw yesterday is
// no evidence today.
boost::asio::awaitable<absl::StatusOr<v1::ResolveSagaResponse>> SagaService::ResolveSaga(
    const rpc::Call& call, const v1::ResolveSagaRequest& request) {
  if (request.direction() != v1::ResolveSagaRequest::ROLL_FORWARD) {
    co_return InvalidField("direction", "must be ROLL_FORWARD");
  }
  CW_CO_ASSIGN_OR_RETURN(const auto look, co_await Look(call, request.order_id()));
  CW_CO_ASSIGN_OR_RETURN(const auto evidence, EvidenceOf(look));
  v1::ResolveSagaResponse response;
  auto resolve = [this, &request, &evidence, &response](db::Connection& db) -> absl::Status {
    CW_ASSIGN_OR_RETURN(const bool applied, store_.ResolveSaga(db, request, evidence));
    response.set_applied(applied);
    CW_ASSIGN_OR_RETURN(auto found, store_.GetSaga(db, request.order_id()));
    *response.mutable_saga() = std::move(found.saga);
    return absl::OkStatus();
  };
  const absl::Status outcome = co_await db::Run(workers_, call.deadline, std::move(resolve));
  LogCommand(response.applied() ? "ROLL_FORWARD" : "PROPOSE_ROLL_FORWARD", request, outcome);
  CW_CO_RETURN_IF_ERROR(outcome);
  co_return response;
}

boost::asio::awaitable<absl::StatusOr<v1::GetSagaResponse>> SagaService::Look(
    const rpc::Call& call, std::string order_id) {
  SagaAdminStore::Found found;
  v1::GetSagaResponse response;
  auto read = [this, &order_id, &found, &response](db::Connection& db) -> absl::Status {
    CW_ASSIGN_OR_RETURN(found, store_.GetSaga(db, order_id));
    CW_ASSIGN_OR_RETURN(auto events, store_.ListEvents(db, order_id));
    for (v1::SagaEvent& event : events) *response.add_events() = std::move(event);
    return absl::OkStatus();
  };
  CW_CO_RETURN_IF_ERROR(co_await db::Run(workers_, call.deadline, std::move(read)));
  response.mutable_total()->set_currency_code(found.currency);
  response.mutable_total()->set_minor_units(found.total);
  *response.mutable_saga() = std::move(found.saga);
  *response.mutable_hold() = co_await AskWallet(call, found.hold_id);
  *response.mutable_reservation() = co_await AskCatalog(call, order_id);
  co_return response;
}

boost::asio::awaitable<v1::ParticipantView> SagaService::AskWallet(const rpc::Call& call,
                                                                   std::string hold_id) {
  wallet::v1::GetHoldRequest request;
  request.set_hold_id(std::move(hold_id));
  const auto hold = co_await wallet_.Call<wallet::v1::GetHoldResponse>(call, request);
  v1::ParticipantView view;
  if (!hold.ok()) {
    view.set_error(ErrorOf(hold.status()));
    co_return view;
  }
  view.set_state(wallet::v1::HoldState_Name(hold->state()));
  view.set_reason(hold->reason());
  view.set_amount(hold->minor_units());
  view.set_captured(hold->captured());
  view.set_refunded(hold->refunded());
  co_return view;
}

boost::asio::awaitable<v1::ParticipantView> SagaService::AskCatalog(const rpc::Call& call,
                                                                    std::string order_id) {
  catalog::v1::GetReservationRequest request;
  request.set_order_id(std::move(order_id));
  const auto stock = co_await catalog_.Call<catalog::v1::GetReservationResponse>(call, request);
  v1::ParticipantView view;
  if (!stock.ok()) {
    view.set_error(ErrorOf(stock.status()));
    co_return view;
  }
  view.set_state(catalog::v1::ReservationState_Name(stock->state()));
  view.set_reason(stock->reason());
  int64_t pieces = 0;
  for (const auto& line : stock->lines()) pieces += line.quantity();
  view.set_pieces(pieces);
  co_return view;
}

}  // namespace cartwright::order
