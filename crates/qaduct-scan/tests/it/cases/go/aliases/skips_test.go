package p

import "testing"

var wobbly = func(t *testing.T) {
	t.Skip("wobbles")
}
