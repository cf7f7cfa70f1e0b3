package shop

import "testing"

func TestLines(t *testing.T) {
	t.Skip("SHOP-40:" +
		" two lines")
}
