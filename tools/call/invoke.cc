#include "tools/call/invoke.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/call.h"
#include "shared/rpc/grpc_status.h"
#include "shared/rpc/policy.h"

namespace cartwright::call {

using google::protobuf::DynamicMessageFactory;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

// Whether the one operation that is under way went well.
bool Next(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

grpc::ByteBuffer Pack(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

bool Unpack(const grpc::ByteBuffer& buffer, Message& message) {
  grpc::Slice slice;
  return buffer.DumpToSingleSlice(&slice).ok() &&
         message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

absl::StatusOr<std::string> ToJson(const Message& message, bool lines) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !lines;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!written.ok()) return absl::InternalError(std::string(written.message()));
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

}  // namespace

absl::Status Invoke(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
                    const std::string& json, absl::Duration timeout,
                    const std::function<void(absl::string_view)>& answer) {
  if (method.client_streaming()) return absl::UnimplementedError("it takes a stream");
  DynamicMessageFactory factory;
  const std::unique_ptr<Message> request(factory.GetPrototype(method.input_type())->New());
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
  if (!parsed.ok()) return absl::InvalidArgumentError(std::string(parsed.message()));
  const std::unique_ptr<Message> response(factory.GetPrototype(method.output_type())->New());

  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  rpc::WriteCall(rpc::Call::Background(timeout), timeout, context);
  grpc::GenericStub stub(channel);
  const auto call = stub.PrepareCall(&context, rpc::PathOf(method), &queue);
  call->StartCall(nullptr);
  bool going = Next(queue);
  if (going) {
    call->WriteLast(Pack(*request), {}, nullptr);
    going = Next(queue);
  }
  absl::Status local;
  for (grpc::ByteBuffer buffer; going && local.ok(); buffer.Clear()) {
    call->Read(&buffer, nullptr);
    going = Next(queue);
    if (!going) break;
    if (!Unpack(buffer, *response)) local = absl::DataLossError("the answer is not a message");
    if (!local.ok()) break;
    const auto text = ToJson(*response, method.server_streaming());
    local = text.status();
    if (local.ok()) answer(*text);
  }
  if (!local.ok()) context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  Next(queue);
  queue.Shutdown();
  while (Next(queue)) {
  }
  return local.ok() ? rpc::FromGrpc(status) : local;
}

}  // namespace cartwright::call
