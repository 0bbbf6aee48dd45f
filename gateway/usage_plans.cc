#include "gateway/usage_plans.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/rate_limits.h"
#include "shared/base/json_check.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxEntries = 1000;
constexpr size_t kMaxName = 64;
constexpr int64_t kDay = 24 * 60 * 60;
constexpr int64_t kMaxQuota = 1'000'000'000'000;

using Plans = std::map<std::string, std::shared_ptr<const UsagePlan>>;

absl::Status Mistake(absl::string_view entry, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(entry, ": ", what));
}

// An object with all of `required`, and nothing but these and `optional`.
absl::StatusOr<const json::object*> ObjectOf(const json::value& value, absl::string_view entry,
                                             const std::set<std::string>& required,
                                             const std::set<std::string>& optional) {
  if (!value.is_object()) return Mistake(entry, "it is not an object");
  const json::object& object = value.get_object();
  for (const std::string& name : required) {
    if (!object.contains(name)) return Mistake(entry, absl::StrCat("it lacks \"", name, "\""));
  }
  for (const auto& member : object) {
    const std::string name(member.key());
    if (required.contains(name) || optional.contains(name)) continue;
    return Mistake(entry, absl::StrCat("there is no \"", name, "\" in it"));
  }
  return &object;
}

absl::StatusOr<std::string> TextOf(const json::object& object, absl::string_view entry,
                                   const char* name) {
  const json::value& value = object.at(name);
  if (!value.is_string()) return Mistake(entry, absl::StrCat("\"", name, "\" is not a string"));
  return std::string(value.get_string());
}

absl::StatusOr<int64_t> NumberOf(const json::object& object, absl::string_view entry,
                                 const char* name) {
  const json::value& value = object.at(name);
  if (!value.is_int64()) {
    return Mistake(entry, absl::StrCat("\"", name, "\" is not a whole number"));
  }
  return value.get_int64();
}

absl::StatusOr<std::shared_ptr<const UsagePlan>> ReadPlan(const json::value& value,
                                                          const std::string& entry) {
  CW_ASSIGN_OR_RETURN(const json::object* object,
                      ObjectOf(value, entry, {"name", "rate", "burst"}, {"dailyQuota"}));
  auto plan = std::make_shared<UsagePlan>();
  CW_ASSIGN_OR_RETURN(plan->name, TextOf(*object, entry, "name"));
  if (plan->name.empty() || plan->name.size() > kMaxName) {
    return Mistake(entry, absl::StrCat("\"name\" is not 1 to ", kMaxName, " bytes"));
  }
  CW_ASSIGN_OR_RETURN(const std::string rate, TextOf(*object, entry, "rate"));
  CW_ASSIGN_OR_RETURN(const int64_t burst, NumberOf(*object, entry, "burst"));
  const auto interval = ParseRate(rate);
  if (!interval.ok()) return Mistake(entry, interval.status().message());
  const auto limit = MakeRateLimit(*interval, burst);
  if (!limit.ok()) return Mistake(entry, limit.status().message());
  plan->limit = *limit;
  if (object->contains("dailyQuota")) {
    CW_ASSIGN_OR_RETURN(plan->daily_quota, NumberOf(*object, entry, "dailyQuota"));
    if (plan->daily_quota < 1 || plan->daily_quota > kMaxQuota) {
      return Mistake(entry, absl::StrCat("\"dailyQuota\" is not 1 to ", kMaxQuota));
    }
  }
  return plan;
}

absl::StatusOr<std::shared_ptr<const Partner>> ReadKey(const json::value& value,
                                                       const std::string& entry,
                                                       const Plans& plans) {
  CW_ASSIGN_OR_RETURN(const json::object* object,
                      ObjectOf(value, entry, {"sha256", "plan"}, {"expireTime"}));
  auto partner = std::make_shared<Partner>();
  CW_ASSIGN_OR_RETURN(partner->id, TextOf(*object, entry, "sha256"));
  absl::AsciiStrToLower(&partner->id);
  if (partner->id.size() != 64 ||
      !std::all_of(partner->id.begin(), partner->id.end(), absl::ascii_isxdigit)) {
    return Mistake(entry, "\"sha256\" is not 64 hex digits");
  }
  CW_ASSIGN_OR_RETURN(const std::string plan, TextOf(*object, entry, "plan"));
  const auto found = plans.find(plan);
  if (found == plans.end()) return Mistake(entry, absl::StrCat("there is no plan \"", plan, "\""));
  partner->plan = found->second;
  if (object->contains("expireTime")) {
    CW_ASSIGN_OR_RETURN(const std::string time, TextOf(*object, entry, "expireTime"));
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, time, &partner->expires, &error)) {
      return Mistake(entry, "\"expireTime\" is not a time such as 2027-01-01T00:00:00Z");
    }
  }
  return partner;
}

absl::StatusOr<const json::array*> ArrayOf(const json::object& object, const char* name) {
  const json::value& value = object.at(name);
  if (!value.is_array()) return Mistake(name, "it is not a list");
  return &value.get_array();
}

}  // namespace

absl::Status UsagePlans::Load(absl::string_view text) {
  constexpr JsonLimits kLimits = {.depth = 4, .members = 16, .items = kMaxEntries};
  const auto value = ParseStrictJson(text, {}, kLimits);
  if (!value.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("it is not strict JSON with at most ", kMaxEntries, " entries in a list"));
  }
  CW_ASSIGN_OR_RETURN(const json::object* object,
                      ObjectOf(*value, "the file", {"plans", "keys"}, {}));
  Plans plans;
  CW_ASSIGN_OR_RETURN(const json::array* plan_list, ArrayOf(*object, "plans"));
  for (size_t i = 0; i < plan_list->size(); ++i) {
    const std::string entry = absl::StrCat("plans[", i, "]");
    CW_ASSIGN_OR_RETURN(auto plan, ReadPlan((*plan_list)[i], entry));
    if (!plans.emplace(plan->name, plan).second) {
      return Mistake(entry, absl::StrCat("the plan \"", plan->name, "\" is there twice"));
    }
  }
  auto partners = std::make_shared<Partners>();
  CW_ASSIGN_OR_RETURN(const json::array* key_list, ArrayOf(*object, "keys"));
  for (size_t i = 0; i < key_list->size(); ++i) {
    const std::string entry = absl::StrCat("keys[", i, "]");
    CW_ASSIGN_OR_RETURN(auto partner, ReadKey((*key_list)[i], entry, plans));
    if (!partners->emplace(partner->id, partner).second) {
      return Mistake(entry, "the key is there twice");
    }
  }
  const std::lock_guard lock(mutex_);
  absl::erase_if(used_, [&](const auto& entry) { return !partners->contains(entry.first); });
  partners_ = std::move(partners);
  return absl::OkStatus();
}

std::shared_ptr<const Partner> UsagePlans::Find(absl::string_view key, absl::Time now) const {
  std::shared_ptr<const Partners> partners;
  {
    const std::lock_guard lock(mutex_);
    partners = partners_;
  }
  // Looked up by digest: how long it takes tells nothing about the keys.
  const auto found = partners->find(absl::BytesToHexString(Sha256(key)));
  if (found == partners->end() || found->second->expires <= now) return nullptr;
  return found->second;
}

UsagePlans::Quota UsagePlans::Take(const Partner& partner, absl::Time now) {
  const int64_t seconds = absl::ToUnixSeconds(now);
  const int64_t day = seconds / kDay;
  const absl::Duration reset = absl::FromUnixSeconds((day + 1) * kDay) - now;
  const std::lock_guard lock(mutex_);
  // A call under way when its key was removed: not to be remembered.
  if (!partners_->contains(partner.id)) return {.reset = reset};
  Use& use = used_[partner.id];
  if (use.day != day) use = {.day = day};
  if (use.calls >= partner.plan->daily_quota) return {.allowed = false, .reset = reset};
  ++use.calls;
  return {.remaining = partner.plan->daily_quota - use.calls, .reset = reset};
}

}  // namespace cartwright::gateway
