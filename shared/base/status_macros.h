#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Early return of errors. Abseil 20220623 has no such macros; these have the names and the
// meaning of the ones that newer versions carry.

// Returns the status of `expression` from the enclosing function when it is not OK.
#define CW_RETURN_IF_ERROR(expression)                            \
  do {                                                            \
    if (absl::Status cw_status = (expression); !cw_status.ok()) { \
      return cw_status;                                           \
    }                                                             \
  } while (false)

// As CW_RETURN_IF_ERROR, in a coroutine.
#define CW_CO_RETURN_IF_ERROR(expression)                         \
  do {                                                            \
    if (absl::Status cw_status = (expression); !cw_status.ok()) { \
      co_return cw_status;                                        \
    }                                                             \
  } while (false)

#define CW_CONCAT_INNER(a, b) a##b
#define CW_CONCAT(a, b) CW_CONCAT_INNER(a, b)
#define CW_ASSIGN_OR(statement, temporary, target, expression) \
  auto temporary = (expression);                               \
  if (!temporary.ok()) {                                       \
    statement std::move(temporary).status();                   \
  }                                                            \
  target = *std::move(temporary)

// Declares or assigns `target` from a StatusOr, or returns its status.
#define CW_ASSIGN_OR_RETURN(target, expression) \
  CW_ASSIGN_OR(return, CW_CONCAT(cw_result_, __LINE__), target, expression)

// As CW_ASSIGN_OR_RETURN, in a coroutine.
#define CW_CO_ASSIGN_OR_RETURN(target, expression) \
  CW_ASSIGN_OR(co_return, CW_CONCAT(cw_result_, __LINE__), target, expression)
