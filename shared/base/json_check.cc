#include "shared/base/json_check.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "boost/json/basic_parser_impl.hpp"
#include "boost/json/error.hpp"
#include "boost/json/value_stack.hpp"
#include "shared/base/status.h"

namespace cartwright {
namespace {

namespace json = boost::json;
using boost::system::error_code;

enum class Refusal { kNone, kDuplicateKey, kTooManyMembers, kTooManyItems, kTooLong };

// Builds the value, as boost::json::parser does, and watches what that one lets pass.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  Handler(json::storage_ptr storage, const JsonLimits& limits) : limits_(limits) {
    stack_.reset(std::move(storage));
  }

  json::value Release() { return stack_.release(); }
  Refusal refusal() const { return refusal_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    keys_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code& error) {
    if (n > limits_.items) return Refuse(Refusal::kTooManyItems, error);
    stack_.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t n, error_code& error) {
    if (n > limits_.string) return Refuse(Refusal::kTooLong, error);
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t n, error_code& error) {
    if (n > limits_.string) return Refuse(Refusal::kTooLong, error);
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    auto& keys = keys_.back();
    if (!keys.insert(std::exchange(key_, {})).second) {
      return Refuse(Refusal::kDuplicateKey, error);
    }
    return keys.size() <= limits_.members || Refuse(Refusal::kTooManyMembers, error);
  }
  bool on_string_part(json::string_view part, std::size_t n, error_code& error) {
    if (n > limits_.string) return Refuse(Refusal::kTooLong, error);
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t n, error_code& error) {
    if (n > limits_.string) return Refuse(Refusal::kTooLong, error);
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, error_code&) {
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, error_code&) {
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, json::string_view, error_code&) {
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  bool Refuse(Refusal refusal, error_code& error) {
    refusal_ = refusal;
    error = json::error::syntax;
    return false;
  }

  const JsonLimits limits_;
  json::value_stack stack_;
  // Objects are small: a set per open object costs less than one comparison of all pairs.
  std::vector<absl::flat_hash_set<std::string>> keys_;
  std::string key_;
  Refusal refusal_ = Refusal::kNone;
};

std::string Describe(Refusal refusal, const error_code& error, const JsonLimits& limits) {
  switch (refusal) {
    case Refusal::kDuplicateKey: return "An object in the JSON text has a key twice.";
    case Refusal::kTooManyMembers:
      return absl::StrCat("An object in the JSON text has more than ", limits.members, " members.");
    case Refusal::kTooManyItems:
      return absl::StrCat("An array in the JSON text has more than ", limits.items, " items.");
    case Refusal::kTooLong:
      return absl::StrCat("A string in the JSON text is longer than ", limits.string, " bytes.");
    case Refusal::kNone: break;
  }
  if (error == json::error::too_deep) {
    return absl::StrCat("The JSON text is nested deeper than ", limits.depth, " levels.");
  }
  return "The body is not valid JSON.";
}

}  // namespace

absl::StatusOr<json::value> ParseStrictJson(absl::string_view text, json::storage_ptr storage,
                                            const JsonLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Handler> parser(options, std::move(storage), limits);
  error_code error;
  const size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (error || !parser.done()) {
    return Error(absl::StatusCode::kInvalidArgument, api::v1::INVALID_JSON,
                 Describe(parser.handler().refusal(), error, limits));
  }
  return parser.handler().Release();
}

}  // namespace cartwright
