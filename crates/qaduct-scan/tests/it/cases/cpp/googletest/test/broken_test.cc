#include <gtest/gtest.h>
WEIRD_MACRO_WITHOUT_SEMICOLON
<<<<<<< HEAD
TEST(Cart, DISABLED_Half) {
  if (
=======
TEST(Cart, DISABLED_Whole) { GTEST_SKIP() << "x"; }
