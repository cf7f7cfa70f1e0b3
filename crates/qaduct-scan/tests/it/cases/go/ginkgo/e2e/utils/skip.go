package utils

import "github.com/onsi/ginkgo/v2"

// SkipIfRootless skips where nobody is root.
func SkipIfRootless(why string) {
	if os.Geteuid() != 0 {
		ginkgo.Skip("[rootless]: " + why)
	}
}
