IGNORE_TEST(Cart, AddsUp) { }
