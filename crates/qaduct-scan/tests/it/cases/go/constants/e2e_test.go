package e2e

import (
	"github.com/onsi/ginkgo/v2"
	e2eskipper "k8s.io/kubernetes/test/e2e/framework/skipper"
)

var _ = ginkgo.Describe("a", func() {
	ginkgo.It("one", func() { e2eskipper.SkipUnlessProviderIs("gce") })
	ginkgo.It("two", func() { e2eskipper.SkipIfProviderIs("gce") })
	ginkgo.It("three", func() { e2eskipper.SkipUnlessNodeCountIsAtLeast(2) })
	ginkgo.It("four", func() { e2eskipper.SkipIfMissingResource(ctx, c, gvr, ns) })
})
