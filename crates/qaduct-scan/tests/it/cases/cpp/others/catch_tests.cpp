#include <catch2/catch_test_macros.hpp>
TEST_CASE("runs", "[cart]") {}
TEST_CASE("is hidden", "[.][slow]") {}
TEST_CASE("may fail", "[!mayfail]") {}
TEST_CASE_METHOD(Cart, "should fail", "[!shouldfail][cart]") {}
TEST_CASE("skips") {
  SECTION("when poor") {
    if (poor()) { SKIP("no money: SHOP-3"); }
  }
}
