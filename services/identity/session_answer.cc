#include "services/identity/session_answer.h"

#include "google/protobuf/util/time_util.h"
#include "shared/base/secret.h"

namespace cartwright::identity {

using google::protobuf::util::TimeUtil;

std::string NewSecret() { return Base64Url(RandomBytes(32)); }

v1::User ToUser(const IdentityStore::User& user) {
  v1::User message;
  message.set_id(user.user_id);
  message.set_email(user.email);
  message.set_display_name(user.display_name);
  for (const std::string& role : user.roles) message.add_roles(role);
  *message.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(user.create_time_us);
  return message;
}

}  // namespace cartwright::identity
