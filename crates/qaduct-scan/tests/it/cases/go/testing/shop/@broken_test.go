package shop

import "testing"

func TestHalf(t *testing.T) {
<<<<<<< HEAD
	t.Skip("lost in a merge")
=======
	if (
}

func TestWhole(t *testing.T) {
	t.Skip("SHOP-41")
}
