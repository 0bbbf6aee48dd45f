#include "services/catalog/visit_service.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/status.h"
#include "shared/telemetry/metrics.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::catalog {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

class VisitServiceTest : public ::testing::Test {
 protected:
  VisitServiceTest() : server_(nullptr) {
    server_.Serve(service_, &VisitService::ReportVisit);
    server_.Start();
  }

  absl::StatusOr<v1::ReportVisitResponse> Report(
      const std::string& page, v1::Measurement::Metric metric, int64_t value,
      v1::Measurement::Rating rating = v1::Measurement::GOOD) {
    v1::ReportVisitRequest request;
    request.set_page(page);
    auto* one = request.add_measurements();
    one->set_metric(metric);
    one->set_rating(rating);
    one->set_value(value);
    return server_.Call<v1::ReportVisitResponse>(request, "gateway");
  }

  VisitService service_;
  testing::ServiceFixture server_;
};

// What a series says now; 0 for one that is not there.
int64_t Value(const std::string& series) {
  const std::string text = metrics::Render();
  const size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? 0 : std::stoll(text.substr(at + series.size() + 2));
}

TEST_F(VisitServiceTest, MeasurementsAreCountedByPageAndRating) {
  const std::string lcp = R"(metric="lcp",page="/products/:id")";
  const std::vector<std::pair<std::string, int>> rows = {
      {"cartwright_web_vital_seconds_count{" + lcp + "}", 2},
      {"cartwright_web_vital_seconds_bucket{" + lcp + ",le=\"1.2\"}", 1},
      {"cartwright_web_vital_ratings_total{" + lcp + ",rating=\"poor\"}", 1},
      {R"(cartwright_web_layout_shift_bucket{page="/cart",le="0.02"})", 1},
  };
  // The process may have counted before.
  std::vector<int64_t> before;
  for (const auto& [series, more] : rows) before.push_back(Value(series));
  EXPECT_THAT(Report("/products/:id", v1::Measurement::LCP, 900), IsOk());
  EXPECT_THAT(Report("/products/:id", v1::Measurement::LCP, 4100, v1::Measurement::POOR), IsOk());
  EXPECT_THAT(Report("/cart", v1::Measurement::CLS, 15), IsOk());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(Value(rows[i].first) - before[i], rows[i].second) << rows[i].first;
  }
}

TEST_F(VisitServiceTest, WhatIsNoMeasurementIsRefusedAndNotCounted) {
  struct {
    std::string field;
    absl::StatusOr<v1::ReportVisitResponse> reply;
  } cases[] = {
      {"page", Report("/products/285306f7", v1::Measurement::LCP, 900)},
      {"page", Report("", v1::Measurement::LCP, 900)},
      {"measurements[0].metric", Report("/wallet", v1::Measurement::METRIC_UNSPECIFIED, 900)},
      {"measurements[0].metric", Report("/wallet", static_cast<v1::Measurement::Metric>(77), 900)},
      {"measurements[0].rating",
       Report("/wallet", v1::Measurement::LCP, 900, v1::Measurement::RATING_UNSPECIFIED)},
      {"measurements[0].value", Report("/wallet", v1::Measurement::LCP, -1)},
      {"measurements[0].value", Report("/wallet", v1::Measurement::LCP, 600'001)},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(c.reply, StatusIs(absl::StatusCode::kInvalidArgument)) << c.field;
    const auto violations = DetailsOf(c.reply.status()).violations;
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].first, c.field);
  }
  v1::ReportVisitRequest nothing;
  nothing.set_page("/wallet");
  EXPECT_THAT(server_.Call<v1::ReportVisitResponse>(nothing, "gateway"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(metrics::Render(), ::testing::Not(HasSubstr(R"(page="/wallet")")));
}

}  // namespace
}  // namespace cartwright::catalog
