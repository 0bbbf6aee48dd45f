#include "gateway/transcoder.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "boost/json/parse.hpp"
#include "gateway/json_writer.h"
#include "gateway/test_api.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::TestRoute;

std::unique_ptr<Message> NewMessage(const MessagePlan& plan) {
  static auto* factory = new google::protobuf::DynamicMessageFactory;
  return std::unique_ptr<Message>(factory->GetPrototype(plan.descriptor)->New());
}

// Goal: both directions agree with protobuf's own JSON. Method: random messages of every kind of
// field; protobuf prints with the options that are our rules.
class RandomMessages {
 public:
  explicit RandomMessages(int seed) : random_(seed) {}

  void Fill(Message& message, int depth) {
    const auto& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const auto& field = *descriptor.field(i);
      const bool skip = random_() % 3 == 0 || (field.message_type() != nullptr && depth == 0);
      if (skip || field.is_map()) continue;
      const int count = field.is_repeated() ? static_cast<int>(random_() % 4) : 1;
      for (int n = 0; n < count; ++n) Set(message, field, depth);
    }
  }

 private:
  void Set(Message& message, const FieldDescriptor& field, int depth) {
    const auto& r = *message.GetReflection();
    const bool many = field.is_repeated();
    const auto* f = &field;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto v = static_cast<int32_t>(Integer());
        return many ? r.AddInt32(&message, f, v) : r.SetInt32(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto v = static_cast<int64_t>(Integer());
        return many ? r.AddInt64(&message, f, v) : r.SetInt64(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        const auto v = static_cast<uint32_t>(Integer());
        return many ? r.AddUInt32(&message, f, v) : r.SetUInt32(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        const uint64_t v = Integer();
        return many ? r.AddUInt64(&message, f, v) : r.SetUInt64(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double v = static_cast<double>(random_() % 1000) / 8;
        return many ? r.AddDouble(&message, f, v) : r.SetDouble(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_FLOAT: {
        return r.SetFloat(&message, f, static_cast<float>(random_() % 1000) / 8);
      }
      case FieldDescriptor::CPPTYPE_BOOL: return r.SetBool(&message, f, random_() % 2 == 0);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int v = static_cast<int>(random_() % 4) - 1;
        return many ? r.AddEnumValue(&message, f, v) : r.SetEnumValue(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string v = Text();
        return many ? r.AddString(&message, f, v) : r.SetString(&message, f, v);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* child = many ? r.AddMessage(&message, f) : r.MutableMessage(&message, f);
        return FillChild(*child, depth);
      }
    }
  }

  void FillChild(Message& message, int depth) {
    const std::string& name = message.GetDescriptor()->full_name();
    const auto& r = *message.GetReflection();
    if (name == "google.protobuf.FieldMask") {
      const auto* paths = message.GetDescriptor()->FindFieldByName("paths");
      return r.AddString(&message, paths, "a_b.c");
    }
    if (name != "google.protobuf.Timestamp" && name != "google.protobuf.Duration") {
      return Fill(message, depth - 1);
    }
    r.SetInt64(&message, message.GetDescriptor()->field(0), random_() % 1'000'000'000);
    static constexpr int32_t kNanos[] = {0, 1, 1'000, 1'000'000, 500'000'000, 999'999'999};
    r.SetInt32(&message, message.GetDescriptor()->field(1), kNanos[random_() % 6]);
  }

  uint64_t Integer() {
    const uint64_t bits = (static_cast<uint64_t>(random_()) << 32) | random_();
    return random_() % 3 == 0 ? 0 : bits >> (random_() % 64);
  }

  std::string Text() {
    static constexpr const char* kPieces[] = {"a", "\"", "\\", "\n", "\xc3\xa4", "/", " "};
    std::string text;
    for (size_t n = random_() % 6; n > 0; --n) text += kPieces[random_() % 7];
    return text;
  }

  std::mt19937 random_;
};

TEST(TranscoderPropertyTest, AgreesWithProtobufInBothDirections) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  const Route& echo = TestRoute("Echo");
  for (int seed = 0; seed < 2000; ++seed) {
    auto message = NewMessage(*echo.request);
    RandomMessages(seed).Fill(*message, 3);
    const std::string wire = message->SerializeAsString();
    std::string theirs;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*message, &theirs, options).ok());
    const auto ours = DecodeResponse(echo, wire);
    ASSERT_THAT(ours, IsOk());
    // As values: the order of members differs.
    ASSERT_TRUE(boost::json::parse(ours->body) == boost::json::parse(theirs)) << ours->body << "\n"
                                                                              << theirs;
    const auto back = EncodeRequest(echo, {.variables = {}, .query = {}, .body = theirs}, {});
    ASSERT_THAT(back, IsOk()) << theirs;
    auto parsed = NewMessage(*echo.request);
    ASSERT_TRUE(parsed->ParseFromString(*back));
    ASSERT_EQ(parsed->SerializeAsString(), wire) << theirs;
  }
}

// Goal: no bytes from a service can harm the gateway. Method: change random bytes of real ones.
TEST(TranscoderPropertyTest, SurvivesDamagedAnswers) {
  std::mt19937 random(7);
  auto message = NewMessage(*TestRoute("Echo").response);
  RandomMessages(1).Fill(*message, 3);
  const std::string good = message->SerializeAsString();
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string wire = good;
    for (size_t n = random() % 4 + 1; n > 0; --n) {
      wire[random() % wire.size()] = static_cast<char>(random());
    }
    wire.resize(wire.size() - random() % 4);
    refused += DecodeResponse(TestRoute("Echo"), wire).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

TEST(TranscoderPropertyTest, RefusesEndlessNesting) {
  std::string wire;
  for (int i = 0; i < 200; ++i) {
    std::string outer;
    AppendBytes(17, wire, outer);
    wire = std::move(outer);
  }
  EXPECT_THAT(DecodeResponse(TestRoute("Echo"), wire), HasErrorReason("UPSTREAM_INVALID"));
}

}  // namespace
}  // namespace cartwright::gateway
