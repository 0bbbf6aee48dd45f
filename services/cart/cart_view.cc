#include "services/cart/cart_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "shared/base/money.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"

namespace cartwright::cart {
namespace {

v1::Adjustment Adjust(const std::string& product_id, int requested, int granted,
                      v1::Adjustment::Reason reason) {
  v1::Adjustment adjustment;
  adjustment.set_product_id(product_id);
  adjustment.set_requested(requested);
  adjustment.set_granted(granted);
  adjustment.set_reason(reason);
  return adjustment;
}

// At most 100 prices of 99 pieces: within 64 bits by the bound kMaxAmount.
v1::CartItem ToItem(const StoredLine& line, const std::string& currency) {
  v1::CartItem item;
  item.set_product_id(line.product_id);
  item.set_name(line.last.name);
  item.set_image_url(line.last.image_url);
  SetMoney(currency, line.last.unit_price, item.mutable_unit_price());
  item.set_quantity(line.quantity);
  SetMoney(currency, line.last.unit_price * line.quantity, item.mutable_line_total());
  SetMoney(currency, line.added_price, item.mutable_added_price());
  if (!line.last.active) {
    // The price and the stock of what is not sold are no problems of their own.
    item.add_problems(v1::NOT_AVAILABLE);
    return item;
  }
  if (line.last.unit_price != line.added_price) item.add_problems(v1::PRICE_CHANGED);
  if (line.last.available < line.quantity) item.add_problems(v1::OUT_OF_STOCK);
  return item;
}

}  // namespace

absl::Status ReadPrices(const catalog::v1::BatchGetProductsRequest& request,
                        const catalog::v1::BatchGetProductsResponse& response,
                        const std::string& currency, PriceList& prices) {
  PriceList answers;
  for (const std::string& id : request.ids()) answers[id] = std::nullopt;
  for (const auto& entry : response.products()) {
    const auto& product = entry.product();
    const int64_t price = product.price().minor_units();
    if (product.price().currency_code() != currency || price < 0 || price > kMaxAmount) {
      return absl::InternalError(absl::StrCat("product ", product.id(), " has no usable price"));
    }
    answers[product.id()] = Snapshot{.name = product.name(),
                                     .image_url = product.image_url(),
                                     .unit_price = price,
                                     .available = static_cast<int>(std::clamp<int64_t>(
                                         product.available(), 0, int64_t{kMaxQuantity})),
                                     .active = entry.active()};
  }
  prices.merge(answers);
  return absl::OkStatus();
}

std::vector<StoredLine> ApplyPrices(const PriceList& prices, StoredCart& cart) {
  std::vector<StoredLine> changed;
  for (StoredLine& line : cart.lines) {
    const auto answer = prices.find(line.product_id);
    if (answer == prices.end()) continue;
    Snapshot gone = line.last;
    gone.available = 0;
    gone.active = false;
    const Snapshot now = answer->second.value_or(gone);
    if (now == line.last) continue;
    line.last = now;
    changed.push_back(line);
  }
  return changed;
}

std::string VersionOf(const std::string& user_id, int64_t version) {
  return NamedUuid(user_id, absl::StrCat("cart ", version));
}

v1::Cart ToCart(const StoredCart& cart, const PriceList& prices, const std::string& user_id,
                const std::string& currency) {
  v1::Cart view;
  int64_t subtotal = 0;
  int item_count = 0;
  for (const StoredLine& line : cart.lines) {
    const v1::CartItem& item = *view.add_items() = ToItem(line, currency);
    if (line.last.active) subtotal += item.line_total().minor_units();
    item_count += line.quantity;
    if (prices.count(line.product_id) == 0) view.set_stale(true);
  }
  SetMoney(currency, subtotal, view.mutable_subtotal());
  view.set_item_count(item_count);
  view.set_version(VersionOf(user_id, cart.version));
  return view;
}

absl::StatusOr<Snapshot> FindSnapshot(const std::string& product_id, const PriceList& prices,
                                      const StoredCart& cart) {
  std::optional<Snapshot> snapshot;
  if (const auto answer = prices.find(product_id); answer != prices.end()) {
    snapshot = answer->second;
  } else if (const StoredLine* line = FindLine(cart, product_id); line != nullptr) {
    snapshot = line->last;
  } else {
    return Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
                 "The product cannot be looked up now; try again.");
  }
  if (!snapshot || !snapshot->active) return NotFound("product");
  return *std::move(snapshot);
}

absl::StatusOr<MergePlan> PlanMerge(const v1::MergeCartRequest& request, const PriceList& prices,
                                    const StoredCart& cart) {
  std::vector<std::string> order;
  std::map<std::string, int> quantities;  // at most 100 times 99
  for (const auto& item : request.items()) {
    if (quantities.count(item.product_id()) == 0) order.push_back(item.product_id());
    quantities[item.product_id()] += item.quantity();
  }
  MergePlan plan;
  for (const std::string& id : order) {
    const absl::StatusOr<Snapshot> snapshot =
        IsUuid(id) ? FindSnapshot(id, prices, cart) : NotFound("product");
    if (snapshot.ok()) {
      plan.additions.push_back({id, quantities[id], *snapshot});
    } else if (absl::IsNotFound(snapshot.status())) {
      plan.refused.push_back(Adjust(id, quantities[id], 0, v1::Adjustment::NOT_AVAILABLE));
    } else {
      return snapshot.status();
    }
  }
  return plan;
}

std::vector<v1::Adjustment> AdjustmentsOf(const MergePlan& plan, const StoredCart& merged) {
  std::vector<v1::Adjustment> adjustments = plan.refused;
  for (const Addition& addition : plan.additions) {
    const StoredLine* line = FindLine(merged, addition.product_id);
    const int granted = line == nullptr ? 0 : line->granted;
    if (granted == addition.quantity) continue;
    adjustments.push_back(
        Adjust(addition.product_id, addition.quantity, granted,
               line == nullptr ? v1::Adjustment::CART_FULL : v1::Adjustment::LINE_LIMIT));
  }
  return adjustments;
}

const StoredLine* FindLine(const StoredCart& cart, const std::string& product_id) {
  const auto found =
      std::find_if(cart.lines.begin(), cart.lines.end(),
                   [&](const StoredLine& line) { return line.product_id == product_id; });
  return found == cart.lines.end() ? nullptr : &*found;
}

}  // namespace cartwright::cart
