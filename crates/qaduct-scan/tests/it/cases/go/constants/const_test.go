package e2e

import "testing"

const flakyReason = "https://github.com/acme/shop/issues/77"

var (
	other = "see #88: flaky"
)

func TestA(t *testing.T) { t.Skip(flakyReason) }
func TestB(t *testing.T) { t.Skipf("no: %s", flakyReason) }
func TestC(t *testing.T) { t.Skip(other) }
func TestD(t *testing.T) { t.Skip("x " + flakyReason) }
func TestE(t *testing.T) {
	const why = "local #99"
	t.Skip(why)
}
func TestF(t *testing.T) {
	why := "local #100"
	t.Skip(why)
}
