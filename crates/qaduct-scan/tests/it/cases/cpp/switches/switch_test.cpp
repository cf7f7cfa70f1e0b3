#include <gtest/gtest.h>
TEST(A, B) { switch (os) { case WIN: GTEST_SKIP() << "win"; break; case MAC: case LINUX: GTEST_SKIP() << "nix"; default: GTEST_SKIP() << "other"; } }
TEST(A, C) { try { f(); } catch (const E& e) { GTEST_SKIP() << "c"; } }
TEST(A, D) { if (x) GTEST_SKIP(); else if (y) { GTEST_SKIP(); } else GTEST_SKIP(); }
TEST(A, E) { x ? GTEST_SKIP() : (void)0; while (z) { GTEST_SKIP(); } }
