// Package helper helps.
package helper

import "testing"

// NeedsDocker skips where there is none.
func NeedsDocker(t testing.TB) {
	if !hasDocker() {
		t.Skip("needs Docker: SHOP-30")
	}
}

func skipOnCI(t *testing.T, why string) { t.Skip("another package's") }
