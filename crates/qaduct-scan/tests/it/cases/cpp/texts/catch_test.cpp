#include <catch2/catch_test_macros.hpp>
TEST_CASE("multi "
 "line", "[a]"
 "[.]") {}
TEST_CASE("cat" "enated", "[!shouldfail]") {}
METHOD_AS_TEST_CASE(F::m, "x", "[.]")
REGISTER_TEST_CASE(f, "y", "[.]");
TEST_CASE_METHOD(Fixture, "me" "thod", "[!mayfail]") { SECTION("a" "b") { SKIP("no " "go"); } }
TEMPLATE_TEST_CASE("tmpl", "[.][x]", int, float) {}
