#include "own.h"
TEST_DISABLED_ON_MSVC(CartTest, Ships) {}
