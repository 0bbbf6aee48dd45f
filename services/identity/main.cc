#include "services/identity/assembly.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  return cartwright::kit::ServiceMain(argc, argv, "identity", cartwright::identity::Assemble);
}
