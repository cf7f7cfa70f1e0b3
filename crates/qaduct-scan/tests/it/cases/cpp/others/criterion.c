#include <criterion/criterion.h>
Test(cart, adds_up, .disabled = true) {}
Test(cart, skips) { cr_skip_test("SHOP-7"); }
