//go:build linux && !race

// Package shop sells. SHOP-1 is no mute.
package shop

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/cockroachdb/cockroach/pkg/testutils/skip"
	h "acme.org/shop/internal/helper"
	gskip "gotest.tools/v3/skip"
)

func TestRuns(t *testing.T) {
	// t.Skip("in a comment")
	s := "t.Skip(\"in a text\")"
	_ = `t.Skip("in a raw text")`
	dec := json.NewDecoder(nil)
	dec.Skip("not a test")
	fmt.Println(s)
}

func TestMain(m *testing.M) { os.Exit(m.Run()) }

// Flaky since the new tax rules: SHOP-12
func TestTotal(t *testing.T) {
	t.Skip("flaky: " +
		"see #123") // until fixed
}

func TestGuards(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	if v := os.Getenv("DB"); v == "" {
		t.Skipf("needs %s", "DB")
	} else if v == "old" {
		t.SkipNow()
	}
	switch runtime.GOOS {
	case "windows", "plan9":
		t.Skip("no fork")
	case "linux":
	default:
		t.Skip(fmt.Sprintf("not on %s", runtime.GOOS))
	}
	if false {
		t.Skip("never")
	}
}

func TestReturnsBefore(t *testing.T) {
	if os.Getenv("RUN_SLOW") != "" {
		run(t)
		return
	}
	t.Skip("set RUN_SLOW")
}

func TestSubtests(t *testing.T) {
	t.Run("empty cart", func(t *testing.T) {
		t.Run("has no total", func(t *testing.T) {
			t.Skip("SHOP-13")
		})
	})
	for _, tc := range cases {
		t.Run(tc.name, func(tt *testing.T) {
			if tc.skip != "" {
				tt.Skip(tc.skip)
			}
		})
	}
}

func TestHelpers(t *testing.T) {
	skipOnCI(t, "no network there")
	h.NeedsDocker(t)
	skip.WithIssue(t, 63226, "flaky")
	skip.UnderRaceWithIssue(t, 0)
	skip.IgnoreLint(t, "run by hand")
	gskip.If(t, runtime.GOOS == "windows", "SHOP-14")
}

func skipOnCI(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Skip(why)
	}
}

func BenchmarkTotal(b *testing.B) {
	b.Run("big", func(b *testing.B) { b.Skip("too slow") })
}

func FuzzTotal(f *testing.F) {
	if testing.Short() {
		f.Skip("slow")
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 3 {
			t.Skip()
		}
	})
}

// _TestOld was the first.
func _TestOld(t *testing.T) {}

// xTestUsed is called below.
func xTestUsed(t *testing.T) {}

func TestUses(t *testing.T) { xTestUsed(t) }

func Testing(t *testing.T) { t.Skip("a helper, not a test") }
