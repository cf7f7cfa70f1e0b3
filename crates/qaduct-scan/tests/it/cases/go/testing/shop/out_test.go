//go:build ignore

package shop

import "testing"

func TestOut(t *testing.T) {}
