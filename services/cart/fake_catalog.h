#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "shared/rpc/call.h"
#include "shared/testing/service_fixture.h"

namespace cartwright::cart {

namespace asio = boost::asio;

// A catalog whose products the test sets, and which can be made to fail. Thread-safe.
class FakeCatalog {
 public:
  template <typename Response>
  using Reply = asio::awaitable<absl::StatusOr<Response>>;

  void Put(const std::string& id, int64_t price, int64_t available = 10, bool active = true) {
    catalog::v1::ProductSnapshot snapshot;
    snapshot.set_active(active);
    auto* product = snapshot.mutable_product();
    product->set_id(id);
    product->set_name("Product " + id);
    product->set_image_url("/" + id);
    product->mutable_price()->set_currency_code("EUR");
    product->mutable_price()->set_minor_units(price);
    product->set_available(available);
    const std::lock_guard lock(mutex_);
    products_[id] = snapshot;
  }

  void Drop(const std::string& id) {
    const std::lock_guard lock(mutex_);
    products_.erase(id);
  }

  // Every question is answered with an error.
  void set_down(bool down) { down_ = down; }

  // Questions wait for Release.
  void Hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    for (auto& timer : waiting_) {
      asio::post(timer->get_executor(), [timer] { timer->cancel(); });
    }
    waiting_.clear();
  }

  // Number of questions so far.
  int calls() const { return calls_; }

  // Called once, while the next question is answered: what happens to a cart in the meantime.
  void Meanwhile(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    meanwhile_ = std::move(action);
  }

  Reply<catalog::v1::BatchGetProductsResponse> BatchGetProducts(
      const rpc::Call&, const catalog::v1::BatchGetProductsRequest& request) {
    ++calls_;
    if (down_) co_return absl::UnavailableError("down");
    auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    timer->expires_at(std::chrono::steady_clock::time_point::max());
    if (Held(timer)) {
      boost::system::error_code ignored;
      co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    const std::lock_guard lock(mutex_);
    if (meanwhile_) std::exchange(meanwhile_, nullptr)();
    catalog::v1::BatchGetProductsResponse response;
    for (const std::string& id : request.ids()) {
      const auto found = products_.find(id);
      if (found != products_.end()) *response.add_products() = found->second;
    }
    co_return response;
  }

  template <typename Response, typename Request>
  Reply<Response> Unused(const rpc::Call&, const Request&) {
    co_return absl::UnimplementedError("not a part of this test");
  }

 private:
  // Whether the question has to wait, for the end of `timer`.
  bool Held(const std::shared_ptr<asio::steady_timer>& timer) {
    const std::lock_guard lock(mutex_);
    if (holding_) waiting_.push_back(timer);
    return holding_;
  }

  std::mutex mutex_;
  std::map<std::string, catalog::v1::ProductSnapshot> products_;
  std::function<void()> meanwhile_;
  std::vector<std::shared_ptr<asio::steady_timer>> waiting_;
  bool holding_ = false;
  std::atomic<bool> down_{false};
  std::atomic<int> calls_{0};
};

// The fake in a server of its own.
class CatalogServer {
 public:
  explicit CatalogServer(FakeCatalog& fake) : server_(nullptr) {
    namespace c = catalog::v1;
    using F = FakeCatalog;
    server_.Serve(fake, &F::BatchGetProducts,
                  &F::Unused<c::ListProductsResponse, c::ListProductsRequest>,
                  &F::Unused<c::GetProductResponse, c::GetProductRequest>,
                  &F::Unused<c::ListCategoriesResponse, c::ListCategoriesRequest>,
                  &F::Unused<c::GetChangeCursorResponse, c::GetChangeCursorRequest>,
                  &F::Unused<c::ReserveStockResponse, c::ReserveStockRequest>,
                  &F::Unused<c::BatchCommitStockResponse, c::BatchCommitStockRequest>,
                  &F::Unused<c::ReleaseStockResponse, c::ReleaseStockRequest>,
                  &F::Unused<c::ReturnStockResponse, c::ReturnStockRequest>,
                  &F::Unused<c::GetReservationResponse, c::GetReservationRequest>);
    server_.Start();
    server_.set_peer("cart");
  }
  rpc::Client& client() { return server_.client(); }

 private:
  testing::ServiceFixture server_;
};

}  // namespace cartwright::cart
