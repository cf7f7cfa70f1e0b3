#include "test_util.h"

TEST(Suite, A) {
  STOP_HERE() << "not yet";
}
