// What the sanitizers of a build are told, wherever its binaries run: a test, the launcher, by
// hand. ASAN_OPTIONS, TSAN_OPTIONS and UBSAN_OPTIONS win. The first report ends a process, so that
// no test can pass over it.

#define CARTWRIGHT_SUPPRESSIONS(file) "suppressions=" CARTWRIGHT_SANITIZERS_DIR "/" file

extern "C" {

const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1";
}

const char* __ubsan_default_options() { return "halt_on_error=1:print_stacktrace=1"; }

const char* __lsan_default_options() { return CARTWRIGHT_SUPPRESSIONS("lsan.supp"); }

const char* __tsan_default_options() {
  return CARTWRIGHT_SUPPRESSIONS("tsan.supp") ":halt_on_error=1:second_deadlock_stack=1";
}
}
