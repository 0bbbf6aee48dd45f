#include "services/order/order_rows.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "boost/json/object.hpp"
#include "boost/json/parse.hpp"
#include "google/protobuf/util/json_util.h"
#include "services/order/order_store.h"
#include "shared/base/status_macros.h"

namespace cartwright::order {
namespace {

constexpr absl::string_view kUnreadable = "cartwright/unreadable";

absl::StatusOr<Failure> ReadFailure(const pqxx::row& row) {
  Failure failure;
  if (!v1::ErrorReason_Parse(row["reason"].as<std::string>(), &failure.reason)) {
    return absl::InternalError(absl::StrCat("unknown reason ", row["reason"].c_str()));
  }
  if (!row["failure"].is_null()) {
    boost::system::error_code error;
    const boost::json::value json = boost::json::parse(row["failure"].c_str(), error);
    if (error || !json.is_object()) return absl::InternalError("failure is no JSON object");
    for (const auto& [key, value] : json.get_object()) {
      if (!value.is_string()) return absl::InternalError("failure holds no text");
      failure.metadata[std::string(key)] = std::string(value.get_string());
    }
  }
  return failure;
}

absl::StatusOr<Order> ReadOrder(const pqxx::row& row) {
  Order order{.order_id = row["order_id"].as<std::string>(),
              .user_id = row["user_id"].as<std::string>(),
              .hold_id = row["hold_id"].as<std::string>(),
              .cart_version = row["cart_version"].as<std::string>(),
              .currency = row["currency"].as<std::string>(),
              .total = row["total"].as<int64_t>(),
              .create_time_us = row["create_time_us"].as<int64_t>(),
              .update_time_us = row["update_time_us"].as<int64_t>(),
              .fingerprint = db::FromBytes(row["fingerprint"])};
  order.cart_cleared = row["cart_cleared"].as<bool>();
  CW_ASSIGN_OR_RETURN(order.state, ParseSagaState(row["state"].as<std::string>()));
  if (!row["reason"].is_null()) {
    CW_ASSIGN_OR_RETURN(order.failure, ReadFailure(row));
  }
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // a newer version may have written more
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      row["shipping_address"].as<std::string>(), &order.address, options);
  if (!parsed.ok()) return absl::InternalError("shipping_address cannot be read");
  return order;
}

}  // namespace

bool IsUnreadable(const absl::Status& status) { return status.GetPayload(kUnreadable).has_value(); }

absl::StatusOr<std::vector<Order>> ReadOrders(const pqxx::result& rows) {
  std::vector<Order> orders;
  for (const auto& row : rows) {
    if (orders.empty() || orders.back().order_id != row["order_id"].c_str()) {
      absl::StatusOr<Order> order = ReadOrder(row);
      if (!order.ok()) {
        absl::Status status = order.status();
        status.SetPayload(kUnreadable, absl::Cord("1"));
        return status;
      }
      orders.push_back(*std::move(order));
    }
    orders.back().lines.push_back({.product_id = row["product_id"].as<std::string>(),
                                   .name = row["name"].as<std::string>(),
                                   .unit_price = row["unit_price"].as<int64_t>(),
                                   .quantity = row["quantity"].as<int>()});
  }
  return orders;
}

}  // namespace cartwright::order
