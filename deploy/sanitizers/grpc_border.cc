// What ThreadSanitizer cannot see of gRPC, told to it: gRPC and Abseil are packages of the system
// and not instrumented, so their locks and queues look like nothing at all, and everything that one
// of our threads hands to gRPC and another gets back looks like a race. The functions here take the
// place of theirs in the processes of a ThreadSanitizer build (the dynamic linker finds the
// program's first) and say that what went into gRPC before happens before what comes out of it
// later.
//
// All of gRPC is one object for that, as its queues without locks have none that could be named. So
// two of our threads that are ordered by nothing but a detour through gRPC count as ordered; those
// that run at the same time between two such visits do not, and are reported.

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpc/grpc.h"
#include "grpc/support/sync.h"
#include "sanitizer/tsan_interface.h"

namespace {

char all_of_grpc;

void Enter() { __tsan_release(&all_of_grpc); }
void Leave() { __tsan_acquire(&all_of_grpc); }

// The function that stands behind one of ours.
template <typename Function>
Function* Real(const char* name) {
  void* function = dlsym(RTLD_NEXT, name);
  if (function == nullptr) {
    std::fprintf(stderr, "grpc_border.cc: no %s behind this one\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(function);
}

// Enters and leaves around a call: a function of gRPC may run callbacks, or wait for them.
class Visit {
 public:
  Visit() {
    Leave();
    Enter();
  }
  ~Visit() { Leave(); }
};

}  // namespace

#define CARTWRIGHT_BEHIND(function) static auto* const real = Real<decltype(function)>(#function)

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t nops, void* tag,
                                      void* reserved) {
  CARTWRIGHT_BEHIND(grpc_call_start_batch);
  const Visit visit;
  return real(call, ops, nops, tag, reserved);
}

void grpc_call_ref(grpc_call* call) {
  CARTWRIGHT_BEHIND(grpc_call_ref);
  const Visit visit;
  real(call);
}

void grpc_call_unref(grpc_call* call) {
  CARTWRIGHT_BEHIND(grpc_call_unref);
  const Visit visit;
  real(call);
}

grpc_call_error grpc_call_cancel(grpc_call* call, void* reserved) {
  CARTWRIGHT_BEHIND(grpc_call_cancel);
  const Visit visit;
  return real(call, reserved);
}

void* grpc_call_arena_alloc(grpc_call* call, size_t size) {
  CARTWRIGHT_BEHIND(grpc_call_arena_alloc);
  const Visit visit;
  return real(call, size);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                      void* reserved) {
  CARTWRIGHT_BEHIND(grpc_completion_queue_next);
  const Visit visit;
  return real(queue, deadline, reserved);
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                       gpr_timespec deadline, void* reserved) {
  CARTWRIGHT_BEHIND(grpc_completion_queue_pluck);
  const Visit visit;
  return real(queue, tag, deadline, reserved);
}

void grpc_server_start(grpc_server* server) {
  CARTWRIGHT_BEHIND(grpc_server_start);
  const Visit visit;
  real(server);
}

void grpc_server_destroy(grpc_server* server) {
  CARTWRIGHT_BEHIND(grpc_server_destroy);
  const Visit visit;
  real(server);
}

void gpr_mu_lock(gpr_mu* mutex) {
  CARTWRIGHT_BEHIND(gpr_mu_lock);
  real(mutex);
  Leave();
}

void gpr_mu_unlock(gpr_mu* mutex) {
  CARTWRIGHT_BEHIND(gpr_mu_unlock);
  Enter();
  real(mutex);
}

int gpr_cv_wait(gpr_cv* condition, gpr_mu* mutex, gpr_timespec deadline) {
  CARTWRIGHT_BEHIND(gpr_cv_wait);
  const Visit visit;
  return real(condition, mutex, deadline);
}
}

// Abseil's version is part of its names.
#define CARTWRIGHT_QUOTED(name) #name
#define CARTWRIGHT_QUOTE(name) CARTWRIGHT_QUOTED(name)
#define CARTWRIGHT_ABSL(rest) "_ZN4absl7" CARTWRIGHT_QUOTE(ABSL_OPTION_INLINE_NAMESPACE_NAME) rest

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const real = Real<void(Mutex*)>(CARTWRIGHT_ABSL("5Mutex4LockEv"));
  real(this);
  Leave();
}

void Mutex::Unlock() {
  static auto* const real = Real<void(Mutex*)>(CARTWRIGHT_ABSL("5Mutex6UnlockEv"));
  Enter();
  real(this);
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const real =
      Real<void(CondVar*, Mutex*)>(CARTWRIGHT_ABSL("7CondVar4WaitEPNS0_5MutexE"));
  const Visit visit;
  real(this, mutex);
}

// The last of its owners, whichever that is, comes after all the others.
void Status::UnrefNonInlined(uintptr_t rep) {
  static auto* const real = Real<void(uintptr_t)>(CARTWRIGHT_ABSL("6Status15UnrefNonInlinedEm"));
  __tsan_release(reinterpret_cast<void*>(rep));
  __tsan_acquire(reinterpret_cast<void*>(rep));
  real(rep);
}

ABSL_NAMESPACE_END
}  // namespace absl
