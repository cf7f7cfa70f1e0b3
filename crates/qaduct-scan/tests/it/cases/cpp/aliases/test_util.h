#include <gtest/gtest.h>

#define STOP_HERE GTEST_SKIP
#define EXPECT_ALL EXPECT_TRUE
