#include "gateway/path_template.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

// Recursive descent over
//   Template = "/" Segments [ ":" literal ]
//   Segments = Segment { "/" Segment }
//   Segment  = "*" | "**" | literal | "{" field path [ "=" Segments ] "}"
class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text), rest_(text) {}

  absl::StatusOr<PathTemplate> Parse() {
    result_.text = std::string(text_);
    if (!Take('/')) return Fail("does not start with a slash");
    CW_RETURN_IF_ERROR(Segments(false));
    if (Take(':')) {
      result_.verb = Literal();
      if (result_.verb.empty()) return Fail("has an empty verb");
    }
    if (!rest_.empty()) return Fail(absl::StrCat("has an unexpected '", rest_.substr(0, 1), "'"));
    for (size_t i = 0; i + 1 < result_.parts.size(); ++i) {
      if (result_.parts[i].kind == PathTemplate::Kind::kAny) return Fail("has ** before its end");
    }
    return std::move(result_);
  }

 private:
  absl::Status Segments(bool in_variable) {
    do {
      CW_RETURN_IF_ERROR(Segment(in_variable));
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status Segment(bool in_variable) {
    if (Take('{')) return in_variable ? Fail("has nested variables") : Variable();
    if (absl::ConsumePrefix(&rest_, "**")) {
      result_.parts.push_back({PathTemplate::Kind::kAny, ""});
    } else if (Take('*')) {
      result_.parts.push_back({PathTemplate::Kind::kOne, ""});
    } else {
      const std::string literal = Literal();
      if (literal.empty()) return Fail("has an empty segment");
      result_.parts.push_back({PathTemplate::Kind::kLiteral, literal});
    }
    return absl::OkStatus();
  }

  absl::Status Variable() {
    PathTemplate::Variable variable{.begin = static_cast<int>(result_.parts.size())};
    while (!rest_.empty() &&
           (absl::ascii_isalnum(rest_.front()) || rest_.front() == '_' || rest_.front() == '.')) {
      variable.field_path.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    if (variable.field_path.empty()) return Fail("has a variable without a name");
    const auto same = [&](const auto& other) { return other.field_path == variable.field_path; };
    if (std::any_of(result_.variables.begin(), result_.variables.end(), same)) {
      return Fail(absl::StrCat("has the variable ", variable.field_path, " twice"));
    }
    if (Take('=')) {
      CW_RETURN_IF_ERROR(Segments(true));
    } else {
      result_.parts.push_back({PathTemplate::Kind::kOne, ""});
    }
    if (!Take('}')) return Fail("has a variable without its closing brace");
    variable.end = static_cast<int>(result_.parts.size());
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  // Characters that need no escape in a path segment, but for those of the grammar.
  std::string Literal() {
    std::string literal;
    while (!rest_.empty() && (absl::ascii_isalnum(rest_.front()) ||
                              absl::StrContains("-._~!$&'()+,;@", rest_.front()))) {
      literal.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    return literal;
  }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  absl::Status Fail(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("the path template ", text_, " ", what));
  }

  const absl::string_view text_;
  absl::string_view rest_;
  PathTemplate result_;
};

}  // namespace

absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text) {
  return Parser(text).Parse();
}

}  // namespace cartwright::gateway
