# The bug: whatever goes wrong between the order service and the wallet is read as "not enough money".
# cmake -D FROM=checkout.cc -D TO=copy.cc -P unavailable_is_refusal.cmake
file(READ ${FROM} code)
set(asked "CW_CO_ASSIGN_OR_RETURN\\([ \n]*const auto response,[ \n]*(co_await [^;]*ReserveHoldResponse>[^;]*)\\);")
set(misread "const auto asked = \\1;
  if (!asked.ok()) co_return Answer(Failure{.reason = v1::INSUFFICIENT_FUNDS});
  const auto& response = *asked;")
string(REGEX REPLACE "${asked}" "${misread}" broken "${code}")
if(broken STREQUAL code)
  message(FATAL_ERROR "${FROM} has no ReserveHold that looks as this control expects")
endif()
file(WRITE ${TO} "${broken}")
