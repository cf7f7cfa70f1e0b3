#ifdef _WIN32
#define TEST_DISABLED_ON_MSVC(suite, name) TEST(suite, DISABLED_##name)
#else
#define TEST_DISABLED_ON_MSVC(suite, name) TEST(suite, name)
#endif
