#include "services/order/assembly.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  return cartwright::kit::ServiceMain(argc, argv, "order", cartwright::order::Assemble);
}
