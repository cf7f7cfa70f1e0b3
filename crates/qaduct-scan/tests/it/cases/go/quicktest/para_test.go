package para

import (
	"testing"

	qt "github.com/frankban/quicktest"
)

func TestPara(t *testing.T) {
	c := qt.New(t)
	c.Run("Order", func(c *qt.C) {
		c.Skipf("skip Order subtest, CPU count is %d", 1)
	})
	c.Run("Time", func(c *qt.C) {
		if !isCI {
			c.Skip("only in CI")
		}
		c.SkipNow()
	})
	c.Skip("no more")
}
