#include <catch2/catch.hpp>

TEST_CASE("adds", "[math]") { }

TEST_CASE("subs") { }

TEST_CASE() { SKIP("later"); }
