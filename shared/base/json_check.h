#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boost/json/storage_ptr.hpp"
#include "boost/json/value.hpp"

namespace cartwright {

// What a JSON text may have; more is INVALID_JSON.
struct JsonLimits {
  size_t depth = 32;
  size_t members = 256;      // of one object
  size_t items = 1000;       // of one array
  size_t string = 16 << 10;  // bytes of one string or key
};

// The value of a strict JSON text (RFC 8259 and the I-JSON rules of RFC 7493): one value and
// nothing after it, UTF-8 without a byte order mark, no duplicate keys, no lone surrogates.
// INVALID_JSON otherwise; the message never repeats the input. Thread-safe. `storage` must
// outlive the value.
absl::StatusOr<boost::json::value> ParseStrictJson(absl::string_view text,
                                                   boost::json::storage_ptr storage = {},
                                                   const JsonLimits& limits = {});

}  // namespace cartwright
