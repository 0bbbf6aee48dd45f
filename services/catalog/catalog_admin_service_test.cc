#include "services/catalog/catalog_admin_service.h"

#include <functional>

#include "gtest/gtest.h"
#include "services/catalog/shop_fixture_test.h"
#include "shared/testing/service_fixture.h"

namespace cartwright::catalog {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

class CatalogAdminServiceTest : public ShopFixture {
 protected:
  CatalogAdminServiceTest()
      : workers_({.url = AppUrl(), .threads = 2}),
        service_(store_, "EUR", std::string(32, 'k')),
        server_(&workers_) {
    using A = CatalogAdminService;
    server_.Serve(service_, &A::ListProductRecords, &A::GetProductRecord, &A::CreateProduct,
                  &A::UpdateProduct, &A::ArchiveProduct, &A::UnarchiveProduct, &A::AdjustStock);
    server_.Start();
  }

  v1::CreateProductRequest NewProductRequest(const std::string& key = "k") {
    v1::CreateProductRequest request;
    request.set_operator_(ada_);
    request.set_idempotency_key(key);
    request.set_name("Ash bench");
    request.set_description("For three.");
    request.set_category("chairs");
    request.mutable_price()->set_currency_code("EUR");
    request.mutable_price()->set_minor_units(19900);
    request.set_image_url("/media/chairs/bench.svg");
    request.set_stock(7);
    return request;
  }
  absl::StatusOr<v1::CreateProductResponse> Create(const v1::CreateProductRequest& request) {
    return server_.Call<v1::CreateProductResponse>(request, "gateway");
  }
  absl::StatusOr<v1::UpdateProductResponse> Update(const v1::UpdateProductRequest& request) {
    return server_.Call<v1::UpdateProductResponse>(request, "gateway");
  }
  absl::StatusOr<v1::GetProductRecordResponse> Get(const std::string& id) {
    v1::GetProductRecordRequest request;
    request.set_id(id);
    return server_.Call<v1::GetProductRecordResponse>(request, "gateway");
  }
  v1::UpdateProductRequest NewPrice(const v1::ProductRecord& record, int64_t price) {
    v1::UpdateProductRequest request;
    request.set_operator_(ada_);
    request.set_id(record.product().id());
    request.set_etag(record.product().etag());
    request.mutable_price()->set_currency_code("EUR");
    request.mutable_price()->set_minor_units(price);
    return request;
  }

  // The field that a refusal blames.
  template <typename T>
  static std::string Blamed(const absl::StatusOr<T>& reply) {
    const auto violations = DetailsOf(reply.status()).violations;
    return violations.empty() ? "" : violations[0].first;
  }

  CatalogAdminStore store_;
  db::Workers workers_;
  CatalogAdminService service_;
  testing::ServiceFixture server_;
  const std::string ada_ = NewUuid();
};

TEST_F(CatalogAdminServiceTest, AProductIsMadeOnceWithItsStock) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Create(NewProductRequest()));
  EXPECT_EQ(made.record().product().name(), "Ash bench");
  EXPECT_EQ(made.record().product().price().minor_units(), 19900);
  EXPECT_EQ(made.record().product().available(), 7);
  EXPECT_TRUE(made.record().active());
  EXPECT_EQ(made.record().on_hand(), 7);
  EXPECT_FALSE(made.replayed());
  CW_ASSERT_OK_AND_ASSIGN(const auto again, Create(NewProductRequest()));
  EXPECT_TRUE(again.replayed());
  EXPECT_EQ(again.record().product().id(), made.record().product().id());
  EXPECT_EQ(Ask("SELECT count(*) FROM product"), "1");
  auto other = NewProductRequest();
  other.set_stock(8);
  EXPECT_THAT(Create(other), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  CW_ASSERT_OK_AND_ASSIGN(const auto record, Get(made.record().product().id()));
  ASSERT_EQ(record.changes_size(), 1);
  EXPECT_EQ(record.changes(0).kind(), v1::ProductChange::CREATE);
  EXPECT_EQ(record.changes(0).operator_(), ada_);
  EXPECT_EQ(record.changes(0).price().currency_code(), "EUR");
}

TEST_F(CatalogAdminServiceTest, WhatAProductCannotBeIsNamed) {
  struct {
    const char* field;
    std::function<void(v1::CreateProductRequest&)> spoil;
  } cases[] = {
      {"name", [](auto& r) { r.set_name(" Ash"); }},
      {"name", [](auto& r) { r.set_name("Ash\nbench"); }},
      {"name", [](auto& r) { r.clear_name(); }},
      {"name", [](auto& r) { r.set_name(std::string(201, 'x')); }},
      {"name",
       [](auto& r) {
         std::string wide;
         for (int i = 0; i < 200; ++i) wide += "\xF0\x9F\xAA\x91";
         r.set_name(wide);
       }},
      {"category", [](auto& r) { r.set_category("lamps"); }},
      {"category", [](auto& r) { r.set_category("No Such"); }},
      {"price", [](auto& r) { r.clear_price(); }},
      {"price.currencyCode", [](auto& r) { r.mutable_price()->set_currency_code("USD"); }},
      {"price.minorUnits", [](auto& r) { r.mutable_price()->set_minor_units(0); }},
      {"price.minorUnits", [](auto& r) { r.mutable_price()->set_minor_units(1'000'000'001); }},
      {"imageUrl", [](auto& r) { r.set_image_url("https://elsewhere.example/p.svg"); }},
      {"imageUrl", [](auto& r) { r.set_image_url("/media/../p.svg"); }},
      {"stock", [](auto& r) { r.set_stock(-1); }},
      {"description", [](auto& r) { r.set_description(std::string(4001, 'x')); }},
  };
  for (const auto& c : cases) {
    auto request = NewProductRequest();
    c.spoil(request);
    const auto reply = Create(request);
    EXPECT_THAT(reply, StatusIs(absl::StatusCode::kInvalidArgument)) << c.field;
    EXPECT_EQ(Blamed(reply), c.field);
  }
  EXPECT_EQ(Ask("SELECT count(*) FROM product"), "0");
  EXPECT_THAT(Create(NewProductRequest()), IsOk()) << "a refusal does not use the key up";
}

TEST_F(CatalogAdminServiceTest, AnUpdateChangesWhatIsGiven) {
  const std::string id = Add({.name = "Oak chair", .price = 1000, .description = "Old."});
  CW_ASSERT_OK_AND_ASSIGN(const auto before, Get(id));
  auto request = NewPrice(before.record(), 1500);
  request.set_description("");
  CW_ASSERT_OK_AND_ASSIGN(const auto after, Update(request));
  EXPECT_EQ(after.record().product().price().minor_units(), 1500);
  EXPECT_EQ(after.record().product().description(), "");
  EXPECT_EQ(after.record().product().name(), "Oak chair");
  EXPECT_NE(after.record().product().etag(), before.record().product().etag());
  EXPECT_THAT(Update(request), IsOk()) << "the second call of somebody who heard no answer";
  CW_ASSERT_OK_AND_ASSIGN(const auto record, Get(id));
  EXPECT_EQ(record.changes_size(), 2);
  EXPECT_EQ(record.changes(0).operator_(), ada_);
}

TEST_F(CatalogAdminServiceTest, NobodyUndoesWhatTheyHaveNotSeen) {
  const std::string id = Add({.price = 1000});
  CW_ASSERT_OK_AND_ASSIGN(const auto seen, Get(id));
  ASSERT_THAT(Update(NewPrice(seen.record(), 1500)), IsOk());
  const auto late = Update(NewPrice(seen.record(), 900));
  EXPECT_THAT(late, HasErrorReason("PRODUCT_CHANGED"));
  EXPECT_EQ(DetailsOf(late.status()).metadata.at("etag"), Get(id)->record().product().etag());
  EXPECT_EQ(Ask("SELECT price FROM product"), "1500");
  auto request = NewPrice(Get(id)->record(), 2000);
  request.set_category("lamps");
  EXPECT_EQ(Blamed(Update(request)), "category");
  request = NewPrice(seen.record(), 0);
  EXPECT_EQ(Blamed(Update(request)), "price.minorUnits");
  request.set_id(NewUuid());
  request.mutable_price()->set_minor_units(5);
  EXPECT_THAT(Update(request), HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(CatalogAdminServiceTest, AnArchivedProductComesBack) {
  v1::ArchiveProductRequest archive;
  archive.set_operator_(ada_);
  archive.set_id(Add({}));
  for (int i = 0; i < 2; ++i) {
    CW_ASSERT_OK_AND_ASSIGN(const auto gone,
                            server_.Call<v1::ArchiveProductResponse>(archive, "gateway"));
    EXPECT_FALSE(gone.record().active());
  }
  v1::UnarchiveProductRequest unarchive;
  unarchive.set_operator_(ada_);
  unarchive.set_id(archive.id());
  CW_ASSERT_OK_AND_ASSIGN(const auto back,
                          server_.Call<v1::UnarchiveProductResponse>(unarchive, "gateway"));
  EXPECT_TRUE(back.record().active());
  EXPECT_EQ(Ask("SELECT string_agg(kind, ' ' ORDER BY product_change_id) FROM product_change"),
            "CREATE ARCHIVE UNARCHIVE");
  unarchive.set_id(NewUuid());
  EXPECT_THAT(server_.Call<v1::UnarchiveProductResponse>(unarchive, "gateway"),
              HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(CatalogAdminServiceTest, AStockCorrectionNeedsADeltaAndAReason) {
  v1::AdjustStockRequest request;
  request.set_operator_(ada_);
  request.set_idempotency_key("k");
  request.set_id(Add({.on_hand = 4}));
  request.set_reason("counted again");
  EXPECT_EQ(Blamed(server_.Call<v1::AdjustStockResponse>(request, "gateway")), "delta");
  request.set_delta(-3);
  request.clear_reason();
  EXPECT_EQ(Blamed(server_.Call<v1::AdjustStockResponse>(request, "gateway")), "reason");
  request.set_reason("broken");
  CW_ASSERT_OK_AND_ASSIGN(const auto done,
                          server_.Call<v1::AdjustStockResponse>(request, "gateway"));
  EXPECT_EQ(done.record().on_hand(), 1);
  EXPECT_TRUE(server_.Call<v1::AdjustStockResponse>(request, "gateway")->replayed());
  EXPECT_EQ(Get(request.id())->adjustments(0).reason(), "broken");
}

TEST_F(CatalogAdminServiceTest, PagesFollowEachOther) {
  for (const char* name : {"a", "b", "b", "c", "d"}) Add({.name = name});
  v1::ListProductRecordsRequest request;
  request.set_page_size(2);
  std::string names;
  do {
    CW_ASSERT_OK_AND_ASSIGN(const auto page,
                            server_.Call<v1::ListProductRecordsResponse>(request, "gateway"));
    for (const auto& record : page.records()) names += record.product().name();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names, "abbcd");
  request.set_page_token("forged");
  EXPECT_THAT(server_.Call<v1::ListProductRecordsResponse>(request, "gateway"),
              HasErrorReason("PAGE_TOKEN_INVALID"));
}

TEST_F(CatalogAdminServiceTest, OnlyTheGatewayMayCall) {
  v1::GetProductRecordRequest request;
  request.set_id(Add({}));
  EXPECT_THAT(server_.Call<v1::GetProductRecordResponse>(request, "cart"),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace cartwright::catalog
