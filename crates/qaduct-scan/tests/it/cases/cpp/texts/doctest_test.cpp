#include <doctest/doctest.h>
TEST_CASE("e" * doctest::expected_failures(2)) { }
TEST_CASE("f" * doctest::skip(true) * doctest::should_fail()) { }
TEST_SUITE("s" * doctest::skip()) { TEST_CASE("in") {} }
TEST_CASE_FIXTURE(Fix, "g" * doctest::may_fail()) { }
