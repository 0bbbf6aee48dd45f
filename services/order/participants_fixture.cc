#include "services/order/participants_fixture.h"

namespace cartwright::order {

FakeCatalog::FakeCatalog() {
  using S = FakeCatalog;
  using namespace catalog::v1;  // NOLINT: a list of message names
  server_.Serve(*this, Unused<S, ListProductsResponse, ListProductsRequest>(),
                Unused<S, GetProductResponse, GetProductRequest>(),
                Unused<S, ListCategoriesResponse, ListCategoriesRequest>(),
                Unused<S, GetChangeCursorResponse, GetChangeCursorRequest>(),
                Unused<S, BatchGetProductsResponse, BatchGetProductsRequest>(), &S::ReserveStock,
                &S::BatchCommitStock, &S::ReleaseStock, &S::ReturnStock, &S::GetReservation);
  server_.Start();
}

catalog::v1::ReservationState FakeCatalog::Reserve(const Order& order) {
  const std::lock_guard lock(mutex_);
  Lines lines;
  for (const OrderLine& line : order.lines) lines[line.product_id] = line.quantity;
  return Apply(order.order_id, lines).state();
}

catalog::v1::ReservationState FakeCatalog::Commit(const std::string& order_id) {
  const std::lock_guard lock(mutex_);
  return ApplyCommit(order_id);
}

catalog::v1::ReservationState FakeCatalog::Release(const std::string& order_id) {
  const std::lock_guard lock(mutex_);
  return ApplyRelease(order_id);
}

catalog::v1::ReservationState FakeCatalog::Return(const std::string& order_id) {
  const std::lock_guard lock(mutex_);
  return ApplyReturn(order_id);
}

int64_t FakeCatalog::ReservedOf(const std::string& product) {
  int64_t sum = 0;
  for (const auto& [id, reservation] : reservations_) {
    const auto line = reservation.lines.find(product);
    if (reservation.state != catalog::v1::RESERVED || line == reservation.lines.end()) continue;
    sum += line->second;
  }
  return sum;
}

catalog::v1::ReserveStockResponse FakeCatalog::Apply(const std::string& order_id,
                                                     const Lines& lines) {
  Reservation& mine = reservations_[order_id];
  if (mine.state == catalog::v1::REFUSED) return mine.refusal;
  catalog::v1::ReserveStockResponse response;
  if (mine.state == catalog::v1::RETURNED) {
    response.set_state(catalog::v1::COMMITTED);
    return response;
  }
  if (mine.state == catalog::v1::UNKNOWN) {
    for (const auto& [product, quantity] : lines) {
      const int64_t available = on_hand_[product] - ReservedOf(product);
      if (available >= quantity) continue;
      auto* shortage = response.add_shortages();
      shortage->set_product_id(product);
      shortage->set_requested(static_cast<int>(quantity));
      shortage->set_available(available);
    }
    mine.state = response.shortages().empty() ? catalog::v1::RESERVED : catalog::v1::REFUSED;
    mine.lines = lines;
    response.set_state(mine.state);
    mine.refusal = response;
  } else if (mine.state == catalog::v1::RELEASED) {
    response.set_state(catalog::v1::ABORTED);
  } else {
    response.set_state(mine.lines == lines ? mine.state : catalog::v1::MISMATCH);
  }
  return response;
}

catalog::v1::ReservationState FakeCatalog::ApplyCommit(const std::string& order_id) {
  Reservation& mine = reservations_[order_id];
  if (mine.state == catalog::v1::RETURNED) return catalog::v1::COMMITTED;
  if (mine.state != catalog::v1::RESERVED) return mine.state;
  for (const auto& [product, quantity] : mine.lines) on_hand_[product] -= quantity;
  return mine.state = catalog::v1::COMMITTED;
}

catalog::v1::ReservationState FakeCatalog::ApplyRelease(const std::string& order_id) {
  Reservation& mine = reservations_[order_id];
  if (mine.state == catalog::v1::UNKNOWN || mine.state == catalog::v1::RESERVED) {
    mine.state = catalog::v1::RELEASED;
  }
  return mine.state == catalog::v1::RETURNED ? catalog::v1::COMMITTED : mine.state;
}

catalog::v1::ReservationState FakeCatalog::ApplyReturn(const std::string& order_id) {
  Reservation& mine = reservations_[order_id];
  if (mine.state != catalog::v1::COMMITTED) return mine.state;
  for (const auto& [product, quantity] : mine.lines) on_hand_[product] += quantity;
  return mine.state = catalog::v1::RETURNED;
}

boost::asio::awaitable<absl::StatusOr<catalog::v1::ReserveStockResponse>> FakeCatalog::ReserveStock(
    const rpc::Call&, const catalog::v1::ReserveStockRequest& request) {
  co_return Run("ReserveStock", [&] {
    Lines lines;
    for (const auto& line : request.lines()) lines[line.product_id()] = line.quantity();
    return Apply(request.order_id(), lines);
  });
}

boost::asio::awaitable<absl::StatusOr<catalog::v1::BatchCommitStockResponse>>
FakeCatalog::BatchCommitStock(const rpc::Call&,
                              const catalog::v1::BatchCommitStockRequest& request) {
  co_return Run("BatchCommitStock", [&] {
    catalog::v1::BatchCommitStockResponse response;
    for (const auto& order_id : request.order_ids()) {
      auto* result = response.add_results();
      result->set_order_id(order_id);
      result->set_state(ApplyCommit(order_id));
    }
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<catalog::v1::ReleaseStockResponse>> FakeCatalog::ReleaseStock(
    const rpc::Call&, const catalog::v1::ReleaseStockRequest& request) {
  co_return Run("ReleaseStock", [&] {
    catalog::v1::ReleaseStockResponse response;
    response.set_state(ApplyRelease(request.order_id()));
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<catalog::v1::GetReservationResponse>>
FakeCatalog::GetReservation(const rpc::Call&, const catalog::v1::GetReservationRequest& request) {
  co_return Run("GetReservation", [&] {
    const Reservation& mine = reservations_[request.order_id()];
    catalog::v1::GetReservationResponse response;
    response.set_state(mine.state);
    for (const auto& [product, quantity] : mine.lines) {
      auto* line = response.add_lines();
      line->set_product_id(product);
      line->set_quantity(static_cast<int>(quantity));
    }
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<catalog::v1::ReturnStockResponse>> FakeCatalog::ReturnStock(
    const rpc::Call&, const catalog::v1::ReturnStockRequest& request) {
  co_return Run("ReturnStock", [&] {
    catalog::v1::ReturnStockResponse response;
    response.set_state(ApplyReturn(request.order_id()));
    return response;
  });
}

FakeWallet::FakeWallet() {
  using S = FakeWallet;
  using namespace wallet::v1;  // NOLINT: a list of message names
  server_.Serve(*this, Unused<S, GetWalletResponse, GetWalletRequest>(),
                Unused<S, DepositResponse, DepositRequest>(), &S::ReserveHold,
                Unused<S, CaptureHoldResponse, CaptureHoldRequest>(), &S::BatchCaptureHolds,
                &S::ReleaseHold, &S::RefundHold, &S::GetHold);
  server_.Start();
}

wallet::v1::HoldState FakeWallet::Reserve(const Order& order) {
  const std::lock_guard lock(mutex_);
  return Apply(order.hold_id, order.user_id, order.total);
}

wallet::v1::HoldState FakeWallet::Capture(const Order& order) {
  const std::lock_guard lock(mutex_);
  return ApplyCapture(order.hold_id, order.total);
}

wallet::v1::HoldState FakeWallet::Release(const std::string& hold_id) {
  const std::lock_guard lock(mutex_);
  return ApplyRelease(hold_id);
}

wallet::v1::HoldState FakeWallet::Refund(const Order& order) {
  const std::lock_guard lock(mutex_);
  wallet::v1::RefundHoldRequest request;
  request.set_refund_id(RefundIdOf(order.order_id));
  request.set_hold_id(order.hold_id);
  request.set_minor_units(order.total);
  return ApplyRefund(request);
}

int64_t FakeWallet::HeldOf(const std::string& user) {
  int64_t sum = 0;
  for (const auto& [id, hold] : holds_) {
    if (hold.user == user && hold.state == wallet::v1::RESERVED) sum += hold.amount;
  }
  return sum;
}

wallet::v1::HoldState FakeWallet::Apply(const std::string& id, const std::string& user,
                                        int64_t amount) {
  Hold& hold = holds_[id];
  if (hold.state == wallet::v1::UNKNOWN) {
    const bool enough = posted_[user] - HeldOf(user) >= amount;
    hold = {enough ? wallet::v1::RESERVED : wallet::v1::REFUSED, user, amount};
    return hold.state;
  }
  if (hold.state == wallet::v1::RELEASED) return wallet::v1::ABORTED;
  return hold.amount == amount ? hold.state : wallet::v1::MISMATCH;
}

wallet::v1::HoldState FakeWallet::ApplyCapture(const std::string& id, int64_t amount) {
  Hold& hold = holds_[id];
  if (hold.state != wallet::v1::RESERVED) return hold.state;
  if (amount != hold.amount) return wallet::v1::MISMATCH;
  posted_[hold.user] -= amount;
  return hold.state = wallet::v1::CAPTURED;
}

wallet::v1::HoldState FakeWallet::ApplyRelease(const std::string& id) {
  Hold& hold = holds_[id];
  if (hold.state == wallet::v1::UNKNOWN || hold.state == wallet::v1::RESERVED) {
    hold.state = wallet::v1::RELEASED;
  }
  return hold.state;
}

wallet::v1::HoldState FakeWallet::ApplyRefund(const wallet::v1::RefundHoldRequest& request) {
  Hold& hold = holds_[request.hold_id()];
  if (hold.state != wallet::v1::CAPTURED) return hold.state;
  const auto [refund, fresh] = refunds_.try_emplace(
      request.refund_id(), std::make_pair(request.hold_id(), request.minor_units()));
  if (refund->second != std::make_pair(request.hold_id(), request.minor_units()) ||
      (fresh && hold.refunded + request.minor_units() > hold.amount)) {
    if (fresh) refunds_.erase(refund);
    return wallet::v1::MISMATCH;
  }
  if (fresh) {
    hold.refunded += request.minor_units();
    posted_[hold.user] += request.minor_units();
  }
  return wallet::v1::REFUNDED;
}

boost::asio::awaitable<absl::StatusOr<wallet::v1::RefundHoldResponse>> FakeWallet::RefundHold(
    const rpc::Call&, const wallet::v1::RefundHoldRequest& request) {
  co_return Run("RefundHold", [&] {
    wallet::v1::RefundHoldResponse response;
    response.set_state(ApplyRefund(request));
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<wallet::v1::ReserveHoldResponse>> FakeWallet::ReserveHold(
    const rpc::Call&, const wallet::v1::ReserveHoldRequest& request) {
  co_return Run("ReserveHold", [&] {
    wallet::v1::ReserveHoldResponse response;
    response.set_state(Apply(request.hold_id(), request.user_id(), request.amount().minor_units()));
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<wallet::v1::BatchCaptureHoldsResponse>>
FakeWallet::BatchCaptureHolds(const rpc::Call&,
                              const wallet::v1::BatchCaptureHoldsRequest& request) {
  bool refused = false;
  auto response = Run("BatchCaptureHolds", [&] {
    wallet::v1::BatchCaptureHoldsResponse results;
    for (const auto& capture : request.captures()) refused |= capture.hold_id() == poisoned_;
    if (refused) return results;
    for (const auto& capture : request.captures()) {
      auto* result = results.add_results();
      result->set_hold_id(capture.hold_id());
      result->set_state(ApplyCapture(capture.hold_id(), capture.minor_units()));
    }
    return results;
  });
  if (refused) co_return absl::InvalidArgumentError("one hold spoils the batch");
  co_return response;
}

boost::asio::awaitable<absl::StatusOr<wallet::v1::ReleaseHoldResponse>> FakeWallet::ReleaseHold(
    const rpc::Call&, const wallet::v1::ReleaseHoldRequest& request) {
  co_return Run("ReleaseHold", [&] {
    wallet::v1::ReleaseHoldResponse response;
    response.set_state(ApplyRelease(request.hold_id()));
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<wallet::v1::GetHoldResponse>> FakeWallet::GetHold(
    const rpc::Call&, const wallet::v1::GetHoldRequest& request) {
  co_return Run("GetHold", [&] {
    const Hold& hold = holds_[request.hold_id()];
    wallet::v1::GetHoldResponse response;
    response.set_state(hold.state);
    response.set_minor_units(hold.amount);
    response.set_captured(hold.state == wallet::v1::CAPTURED ? hold.amount : 0);
    response.set_refunded(hold.refunded);
    return response;
  });
}

}  // namespace cartwright::order
