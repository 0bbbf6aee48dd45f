#include "services/cart/cart_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::cart {
namespace {

namespace asio = boost::asio;

// What one BatchGetProducts takes.
constexpr size_t kMaxBatch = 100;

prometheus::Counter& Stale() {
  static auto& counter =
      metrics::CounterFamily("cartwright_cart_stale_answers_total",
                             "Carts shown at last known prices, the catalog being silent.")
          .Add({});
  return counter;
}

std::vector<std::string> ProductsOf(const StoredCart& cart) {
  std::vector<std::string> ids;
  for (const StoredLine& line : cart.lines) ids.push_back(line.product_id);
  return ids;
}

// Why a product got nothing: it has a line that would be too long, or no room for one.
absl::Status Refusal(const StoredLine* line) {
  if (line == nullptr) {
    return Error(absl::StatusCode::kFailedPrecondition, v1::CART_FULL,
                 "A cart holds at most 100 products.");
  }
  return Error(
      absl::StatusCode::kFailedPrecondition, v1::LINE_LIMIT,
      absl::StrCat("A cart holds at most 99 pieces of a product; ", line->quantity, " are there."),
      {{"productId", line->product_id}, {"quantity", absl::StrCat(line->quantity)}});
}

}  // namespace

CartService::CartService(db::Workers& workers, CartStore& store, rpc::Client& catalog,
                         std::string currency)
    : workers_(workers), store_(store), catalog_(catalog), currency_(std::move(currency)) {
  Stale();  // there from the start, at 0
}

template <typename Response, typename Body>
asio::awaitable<absl::StatusOr<Response>> CartService::Answer(const rpc::Call& call,
                                                              const std::string& user_id,
                                                              Body body) {
  CW_CO_ASSIGN_OR_RETURN(StoredCart stored,
                         co_await db::Run(workers_, call.deadline, std::move(body)));
  const PriceList prices = co_await FetchPrices(call, ProductsOf(stored));
  Response response;
  *response.mutable_cart() = co_await Show(call, user_id, std::move(stored), prices);
  co_return response;
}

asio::awaitable<absl::StatusOr<v1::GetCartResponse>> CartService::GetCart(
    const rpc::Call& call, const v1::GetCartRequest& request) {
  return Answer<v1::GetCartResponse>(call, request.user_id(), [this, &request](db::Connection& db) {
    return store_.GetCart(db, request.user_id());
  });
}

// The lines are read first, so that one question to the catalog covers them and the product.
asio::awaitable<absl::StatusOr<v1::AddItemResponse>> CartService::AddItem(
    const rpc::Call& call, const v1::AddItemRequest& request) {
  auto get = [this, &request](db::Connection& db) { return store_.GetCart(db, request.user_id()); };
  CW_CO_ASSIGN_OR_RETURN(const StoredCart before,
                         co_await db::Run(workers_, call.deadline, std::move(get)));
  std::vector<std::string> ids = ProductsOf(before);
  ids.push_back(request.product_id());
  const PriceList prices = co_await FetchPrices(call, std::move(ids));
  CW_CO_ASSIGN_OR_RETURN(Snapshot snapshot, FindSnapshot(request.product_id(), prices, before));
  const std::vector<Addition> additions = {
      {request.product_id(), request.quantity(), std::move(snapshot)}};
  auto add = [this, &request, &additions](db::Connection& db) {
    return store_.AddItems(db, request.user_id(), additions, CartStore::Overflow::kRefuse);
  };
  CW_CO_ASSIGN_OR_RETURN(StoredCart stored,
                         co_await db::Run(workers_, call.deadline, std::move(add)));
  const StoredLine* line = FindLine(stored, request.product_id());
  if (line == nullptr || line->granted == 0) co_return Refusal(line);
  v1::AddItemResponse response;
  *response.mutable_cart() = co_await Show(call, request.user_id(), std::move(stored), prices);
  co_return response;
}

asio::awaitable<absl::StatusOr<v1::UpdateItemResponse>> CartService::UpdateItem(
    const rpc::Call& call, const v1::UpdateItemRequest& request) {
  return Answer<v1::UpdateItemResponse>(
      call, request.user_id(), [this, &request](db::Connection& db) {
        return store_.UpdateItem(db, request.user_id(), request.product_id(), request.quantity());
      });
}

asio::awaitable<absl::StatusOr<v1::RemoveItemResponse>> CartService::RemoveItem(
    const rpc::Call& call, const v1::RemoveItemRequest& request) {
  return Answer<v1::RemoveItemResponse>(
      call, request.user_id(), [this, &request](db::Connection& db) {
        return store_.RemoveItem(db, request.user_id(), request.product_id());
      });
}

asio::awaitable<absl::StatusOr<v1::ClearCartResponse>> CartService::ClearCart(
    const rpc::Call& call, const v1::ClearCartRequest& request) {
  return Answer<v1::ClearCartResponse>(
      call, request.user_id(),
      [this, &request](db::Connection& db) { return store_.ClearCart(db, request.user_id()); });
}

asio::awaitable<absl::StatusOr<v1::MergeCartResponse>> CartService::MergeCart(
    const rpc::Call& call, const v1::MergeCartRequest& request) {
  auto get = [this, &request](db::Connection& db) { return store_.GetCart(db, request.user_id()); };
  CW_CO_ASSIGN_OR_RETURN(StoredCart stored,
                         co_await db::Run(workers_, call.deadline, std::move(get)));
  std::vector<std::string> ids = ProductsOf(stored);
  for (const auto& item : request.items()) {
    if (IsUuid(item.product_id())) ids.push_back(item.product_id());
  }
  const PriceList prices = co_await FetchPrices(call, std::move(ids));
  CW_CO_ASSIGN_OR_RETURN(const MergePlan plan, PlanMerge(request, prices, stored));
  if (!plan.additions.empty()) {
    auto add = [this, &request, &plan](db::Connection& db) {
      return store_.AddItems(db, request.user_id(), plan.additions, CartStore::Overflow::kCap);
    };
    CW_CO_ASSIGN_OR_RETURN(stored, co_await db::Run(workers_, call.deadline, std::move(add)));
  }
  v1::MergeCartResponse response;
  for (auto& adjustment : AdjustmentsOf(plan, stored)) {
    *response.add_adjustments() = std::move(adjustment);
  }
  *response.mutable_cart() = co_await Show(call, request.user_id(), std::move(stored), prices);
  co_return response;
}

absl::StatusOr<v1::RemoveOrderedItemsResponse> CartService::RemoveOrderedItems(
    db::Connection& db, const v1::RemoveOrderedItemsRequest& request) {
  std::vector<std::pair<std::string, int>> items;
  for (const auto& item : request.items()) items.emplace_back(item.product_id(), item.quantity());
  CW_RETURN_IF_ERROR(store_.RemoveOrderedItems(db, request.user_id(), request.order_id(), items));
  return v1::RemoveOrderedItemsResponse();
}

asio::awaitable<PriceList> CartService::FetchPrices(const rpc::Call& call,
                                                    std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  rpc::Call ask = call;
  // The 800 ms of the method's policy, but half of the time that is left at most: the last known
  // prices must still be in time.
  const absl::Time now = absl::Now();
  ask.deadline = now + (call.deadline - now) / 2;
  PriceList prices;
  for (size_t start = 0; start < ids.size(); start += kMaxBatch) {
    catalog::v1::BatchGetProductsRequest request;
    for (size_t i = start; i < std::min(ids.size(), start + kMaxBatch); ++i) {
      request.add_ids(ids[i]);
    }
    const auto response =
        co_await catalog_.Call<catalog::v1::BatchGetProductsResponse>(ask, request);
    const absl::Status read =
        response.ok() ? ReadPrices(request, *response, currency_, prices) : response.status();
    if (!read.ok()) {
      log::Warn("cart.no_prices", read.message(), {{"request_id", call.request_id}});
      break;
    }
  }
  co_return prices;
}

asio::awaitable<v1::Cart> CartService::Show(const rpc::Call& call, const std::string& user_id,
                                            StoredCart stored, const PriceList& prices) {
  const std::vector<StoredLine> changed = ApplyPrices(prices, stored);
  if (!changed.empty()) {
    auto refresh = [this, &user_id, &changed](db::Connection& db) {
      return store_.RefreshLines(db, user_id, changed);
    };
    const absl::Status refreshed = co_await db::Run(workers_, call.deadline, std::move(refresh));
    // What is shown is right either way, and the next read tries again.
    if (!refreshed.ok()) {
      log::Warn("cart.refresh_failed", refreshed.message(), {{"request_id", call.request_id}});
    }
  }
  v1::Cart cart = ToCart(stored, prices, user_id, currency_);
  if (cart.stale()) Stale().Increment();
  co_return cart;
}

}  // namespace cartwright::cart
