#include <gtest/gtest.h>
#include "macros.hpp"

// TEST(Cart, DISABLED_InAComment) {}
const char* kText = "TEST(Cart, DISABLED_InAText) {}";

#if defined(_WIN32)
#define MAYBE_Fork DISABLED_Fork
#else
#define MAYBE_Fork Fork
#endif

class CartTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasDb()) {
      GTEST_SKIP() << "no database: " << Db();
    }
  }
};

// Flaky. SHOP-1
TEST_F(CartTest, DISABLED_AddsUp) { EXPECT_TRUE(true); }  // see #12

TEST(DISABLED_Old, Runs) {}
TEST(Cart, IsNotDISABLED_) {}
TEST(Cart, MAYBE_Fork) { Fork(); }
TYPED_TEST(Typed, DISABLED_Types) {}
TEST_F_TEMP_DISABLED_ON_WINDOWS(CartTest, Links) { int x; }
INSTANTIATE_TEST_SUITE_P(DISABLED_Prices, CartTest, ::testing::Values(1, 2));

TEST(Cart, Skips) {
  SKIP_IF_SLOW();
  if (a) {
    for (;;) {
      if (b == 1 || (c))
        GTEST_SKIP() << "SHOP-2";
    }
  } else {
    GTEST_SKIP();
  }
#ifdef __APPLE__
  GTEST_SKIP() << "not here";
#endif
  auto f = [&]() { if (false) { GTEST_SKIP(); } };
}

void Other::SetUp() { GTEST_SKIP() << "all of Other"; }

#if 0
TEST(Cart, DISABLED_Dead) {}
#endif

static void SkipWithoutNet() {
  if (!Net()) GTEST_SKIP() << "no net";
}

TEST(Cart, UsesHelper) { SkipWithoutNet(); }

FRIEND_TEST(Cart, DISABLED_Friend);
