package shop

import (
	"bytes"
	"testing"
)

type check struct {
	*testing.T
	name string
}

func TestOfSuites(t *testing.T) {
	c := &check{t, "sftp"}
	if ldap == "" {
		c.Skipf("no LDAP server is given by %s", "LDAP")
	}
	n := named{T: t}
	n.Skip("SHOP-7: not yet")
	r := &reader{data, 3}
	r.Skip("three")
}
