#include <doctest/doctest.h>
TEST_SUITE("cart") {
  TEST_CASE("is skipped" * doctest::skip()) {}
  TEST_CASE("is not" * doctest::skip(false)) {}
  TEST_CASE("on windows" * doctest::skip(is_windows()) * doctest::may_fail()) {}
}
