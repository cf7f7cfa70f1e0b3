package e2e

import "testing"

func skipOnCI(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Skipf("skipped in CI: %s", reason)
	}
}

func requireTool(t *testing.T, tool string) {
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%q is not there", tool)
	}
}

func needsCipher(t *testing.T, suite string) {
	if !has(suite) {
		t.SkipNow()
	}
}

func skipAll(t *testing.T, args ...any) { t.Skip(args...) }

func TestG(t *testing.T) { skipOnCI(t, "PROJ-5") }
func TestH(t *testing.T) { requireTool(t, "docker 20") }
func TestI(t *testing.T) { needsCipher(t, "CAMELLIA128-SHA") }
func TestJ(t *testing.T) { skipAll(t, "see PROJ-6") }
func TestK(t *testing.T) { skipOnCI(t, flakyReason) }
