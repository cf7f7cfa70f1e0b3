#ifndef MACROS_HPP
#define MACROS_HPP

#ifdef __WINDOWS__
#define TEST_F_TEMP_DISABLED_ON_WINDOWS(suite, name) \
  TEST_F(suite, DISABLED_##name)
#else
#define TEST_F_TEMP_DISABLED_ON_WINDOWS(suite, name) TEST_F(suite, name)
#endif

#define SKIP_IF_SLOW()                     \
  do {                                     \
    if (IsSlow()) GTEST_SKIP() << "slow";  \
  } while (0)

#endif
