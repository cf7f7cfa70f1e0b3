package shop

import (
	"testing"

	"github.com/stretchr/testify/suite"
	. "gopkg.in/check.v1"
)

type CartSuite struct{ suite.Suite }

func (s *CartSuite) SetupTest() {
	if !hasDB() {
		s.T().Skip("no database")
	}
}

func (s *CartSuite) TestTotal() {
	s.Run("with tax", func() {
		s.T().Skipf("SHOP-20: %v", "later")
	})
	t := s.T()
	t.Skip("SHOP-21")
}

func (s *CartSuite) TestNeeds() {
	s.skipUnlessAdmin()
	s.Close()
}

func (s *CartSuite) skipUnlessAdmin() {
	if !isAdmin() {
		s.T().Skip("needs an admin")
	}
}

func (s *CartSuite) Close() {
	if s.T().Failed() {
		s.T().SkipNow()
	}
}

type OldSuite struct{}

func (s *OldSuite) TestOld(c *C) {
	c.Skip("old")
	c.ExpectFailure("SHOP-22")
}

func TestWithEnv(t *testing.T) {
	env := newEnv(t)
	env.t.Skip("no env")
	lexer.Skip(3)
}

func (r *reader) TestLook() { r.buf.Skip("one two") }
