#include <gtest/gtest.h>

XTEST(A2) { GTEST_SKIP() << "later"; }

TEST(A, B) { XTEST(1); }

FIXTURE_SETUP(cart) { GTEST_SKIP() << "no cart"; }

TEST(A, Caught) {
  try {
    connect();
  } catch (const std::exception& e) {
    GTEST_SKIP() << "server is down";
  }
}
