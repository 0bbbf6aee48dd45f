#pragma once

#include <map>
#include <string>
#include <utility>

#include "cartwright/catalog/v1/catalog.pb.h"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "services/order/order_state.h"
#include "services/order/participant_fixture.h"

// Catalog and wallet in memory, with the promises that the saga builds on: an id has one
// effect and one answer, a refusal is final, and a release that comes first leaves a tombstone.
namespace cartwright::order {

// Stock and its reservations, one per order, all lines or none. Thread-safe.
class FakeCatalog : public Participant {
 public:
  FakeCatalog();

  void SetStock(const std::string& product, int64_t on_hand) {
    const std::lock_guard lock(mutex_);
    on_hand_[product] = on_hand;
  }
  int64_t OnHand(const std::string& product) {
    const std::lock_guard lock(mutex_);
    return on_hand_[product];
  }
  int64_t Reserved(const std::string& product) {
    const std::lock_guard lock(mutex_);
    return ReservedOf(product);
  }
  // Where an order's reservation stands; to play the process that died, and to contradict.
  catalog::v1::ReservationState State(const std::string& order_id) {
    const std::lock_guard lock(mutex_);
    return reservations_[order_id].state;
  }
  catalog::v1::ReservationState Reserve(const Order& order);
  catalog::v1::ReservationState Commit(const std::string& order_id);
  catalog::v1::ReservationState Release(const std::string& order_id);
  catalog::v1::ReservationState Return(const std::string& order_id);

 private:
  using Lines = std::map<std::string, int64_t>;
  struct Reservation {
    catalog::v1::ReservationState state = catalog::v1::UNKNOWN;
    Lines lines;  // empty for a tombstone
    catalog::v1::ReserveStockResponse refusal;
  };

  int64_t ReservedOf(const std::string& product);
  catalog::v1::ReserveStockResponse Apply(const std::string& order_id, const Lines& lines);
  catalog::v1::ReservationState ApplyCommit(const std::string& order_id);
  catalog::v1::ReservationState ApplyRelease(const std::string& order_id);
  catalog::v1::ReservationState ApplyReturn(const std::string& order_id);
  boost::asio::awaitable<absl::StatusOr<catalog::v1::ReserveStockResponse>> ReserveStock(
      const rpc::Call&, const catalog::v1::ReserveStockRequest& request);

  boost::asio::awaitable<absl::StatusOr<catalog::v1::BatchCommitStockResponse>> BatchCommitStock(
      const rpc::Call&, const catalog::v1::BatchCommitStockRequest& request);
  boost::asio::awaitable<absl::StatusOr<catalog::v1::ReleaseStockResponse>> ReleaseStock(
      const rpc::Call&, const catalog::v1::ReleaseStockRequest& request);

  boost::asio::awaitable<absl::StatusOr<catalog::v1::GetReservationResponse>> GetReservation(
      const rpc::Call&, const catalog::v1::GetReservationRequest& request);
  boost::asio::awaitable<absl::StatusOr<catalog::v1::ReturnStockResponse>> ReturnStock(
      const rpc::Call&, const catalog::v1::ReturnStockRequest& request);

  std::map<std::string, int64_t> on_hand_;
  std::map<std::string, Reservation> reservations_;
};

// Money and its holds, one per order. Thread-safe.
class FakeWallet : public Participant {
 public:
  FakeWallet();

  void Give(const std::string& user, int64_t amount) {
    const std::lock_guard lock(mutex_);
    posted_[user] += amount;
  }
  int64_t Posted(const std::string& user) {
    const std::lock_guard lock(mutex_);
    return posted_[user];
  }
  int64_t Held(const std::string& user) {
    const std::lock_guard lock(mutex_);
    return HeldOf(user);
  }
  wallet::v1::HoldState State(const std::string& hold_id) {
    const std::lock_guard lock(mutex_);
    return holds_[hold_id].state;
  }
  wallet::v1::HoldState Reserve(const Order& order);
  wallet::v1::HoldState Capture(const Order& order);
  wallet::v1::HoldState Release(const std::string& hold_id);
  wallet::v1::HoldState Refund(const Order& order);
  // A batch with this hold in it is refused as a whole; an empty id poisons nothing.
  void Poison(const std::string& hold_id) {
    const std::lock_guard lock(mutex_);
    poisoned_ = hold_id;
  }

 private:
  struct Hold {
    wallet::v1::HoldState state = wallet::v1::UNKNOWN;
    std::string user;
    int64_t amount = 0;
    int64_t refunded = 0;
  };

  int64_t HeldOf(const std::string& user);
  wallet::v1::HoldState Apply(const std::string& id, const std::string& user, int64_t amount);
  wallet::v1::HoldState ApplyCapture(const std::string& id, int64_t amount);
  wallet::v1::HoldState ApplyRelease(const std::string& id);

  // A refund id has one effect; more than was captured is never paid back.
  wallet::v1::HoldState ApplyRefund(const wallet::v1::RefundHoldRequest& request);
  boost::asio::awaitable<absl::StatusOr<wallet::v1::RefundHoldResponse>> RefundHold(
      const rpc::Call&, const wallet::v1::RefundHoldRequest& request);

  boost::asio::awaitable<absl::StatusOr<wallet::v1::ReserveHoldResponse>> ReserveHold(
      const rpc::Call&, const wallet::v1::ReserveHoldRequest& request);
  boost::asio::awaitable<absl::StatusOr<wallet::v1::BatchCaptureHoldsResponse>> BatchCaptureHolds(
      const rpc::Call&, const wallet::v1::BatchCaptureHoldsRequest& request);

  boost::asio::awaitable<absl::StatusOr<wallet::v1::ReleaseHoldResponse>> ReleaseHold(
      const rpc::Call&, const wallet::v1::ReleaseHoldRequest& request);
  boost::asio::awaitable<absl::StatusOr<wallet::v1::GetHoldResponse>> GetHold(
      const rpc::Call&, const wallet::v1::GetHoldRequest& request);

  std::map<std::string, int64_t> posted_;
  std::map<std::string, Hold> holds_;
  std::map<std::string, std::pair<std::string, int64_t>> refunds_;
  std::string poisoned_;
};

}  // namespace cartwright::order
