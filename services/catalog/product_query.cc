#include "services/catalog/product_query.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"

namespace cartwright::catalog {
namespace {

constexpr int64_t kMaxTotalSize = 10'000;
constexpr size_t kUuidSize = 36;

ProductOrder OrderOf(const std::string& order_by, bool has_text) {
  if (order_by == "name") return ProductOrder::kName;
  if (order_by == "price") return ProductOrder::kPrice;
  if (order_by == "price desc") return ProductOrder::kPriceDescending;
  if (order_by == "newest") return ProductOrder::kNewest;
  // Without words nothing is more relevant than another.
  return has_text ? ProductOrder::kRelevance : ProductOrder::kName;
}

// All strings one edit away from `word`, and the word.
std::set<std::string> Slips(const std::string& word) {
  std::set<std::string> slips = {word};
  for (size_t i = 0; i <= word.size(); ++i) {
    const std::string before = word.substr(0, i), after = word.substr(i);
    if (!after.empty()) slips.insert(before + after.substr(1));
    if (after.size() > 1) slips.insert(before + after[1] + after[0] + after.substr(2));
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      slips.insert(before + letter + after);
      if (!after.empty()) slips.insert(before + letter + after.substr(1));
    }
  }
  return slips;
}

}  // namespace

absl::StatusOr<ProductQuery> ParseQuery(const v1::ListProductsRequest& request) {
  ProductQuery query{.text = std::string(absl::StripAsciiWhitespace(request.query())),
                     .in_stock = request.in_stock()};
  const std::set<std::string> categories(request.category().begin(), request.category().end());
  query.categories.assign(categories.begin(), categories.end());
  if (request.has_min_price()) query.min_price = request.min_price();
  if (request.has_max_price()) query.max_price = request.max_price();
  if (query.min_price > query.max_price) {
    return InvalidField("minPrice", "must not be greater than maxPrice");
  }
  query.order = OrderOf(request.order_by(), !query.text.empty());
  return query;
}

std::string FormatPosition(const ProductPosition& position) {
  return absl::StrCat(position.spelling == Spelling::kForgiving ? "~" : "=", position.product_id,
                      position.key);
}

absl::StatusOr<ProductPosition> ParsePosition(absl::string_view text) {
  if (text.size() <= kUuidSize || (text[0] != '~' && text[0] != '=')) {
    return absl::InternalError("a signed page token holds no position");
  }
  return ProductPosition{.spelling = text[0] == '~' ? Spelling::kForgiving : Spelling::kExact,
                         .product_id = std::string(text.substr(1, kUuidSize)),
                         .key = std::string(text.substr(1 + kUuidSize))};
}

std::string FacetKey(const ProductQuery& query, Spelling spelling) {
  return absl::StrCat(static_cast<int>(spelling), " ", query.min_price, " ", query.max_price, " ",
                      query.in_stock, " ", query.text);
}

int32_t TotalSize(const FacetCounts& facets, const std::vector<std::string>& categories) {
  int64_t total = 0;
  for (const auto& [category, count] : facets) {
    if (categories.empty() || std::binary_search(categories.begin(), categories.end(), category)) {
      total += count;
    }
  }
  return static_cast<int32_t>(std::min(total, kMaxTotalSize));
}

std::string OneSlipAway(absl::string_view text) {
  constexpr size_t kMaxWords = 4, kMinLetters = 3, kMaxLetters = 16;
  std::vector<std::string> words;
  for (absl::string_view piece : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::string word = absl::AsciiStrToLower(piece);
    const bool plain = std::all_of(word.begin(), word.end(), absl::ascii_isalpha);
    if (!plain || word.size() < kMinLetters || word.size() > kMaxLetters) continue;
    // Label A is the name: a description has so many words that something would always match.
    words.push_back(absl::StrCat("(", absl::StrJoin(Slips(word), ":A|"), ":A)"));
    if (words.size() == kMaxWords) break;
  }
  return absl::StrJoin(words, "&");
}

std::string EtagOf(const std::string& product_id, int64_t update_time_us) {
  constexpr size_t kBytes = 12;
  return Base64Url(Sha256(absl::StrCat(product_id, ":", update_time_us)).substr(0, kBytes));
}

std::string Fingerprint(const v1::ReserveStockRequest& request) {
  std::map<std::string, int> lines;
  for (const auto& line : request.lines()) lines[line.product_id()] += line.quantity();
  return Sha256(absl::StrJoin(lines, ",", absl::PairFormatter(":")));
}

}  // namespace cartwright::catalog
