package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "acme.org/shop/e2e/utils"
)

var _ = Describe("cart", func() {
	BeforeEach(func() {
		if isRemote() {
			Skip("not remote: SHOP-1")
		}
	})

	It("runs", func() { By("Skip") })

	// Flaky. SHOP-2
	PIt("adds up", func() {})
	It("is pending", Pending, func() {})
	FIt("is focused", func() {})
	It("is focused too", Focus, func() {})
	It("is retried", FlakeAttempts(3), Label("flaky", "SHOP-3"), func() {})
	It("is tagged [Flaky] [Slow]", func() {})

	XContext("without items", func() {
		It("has "+"no total", func() { Skip("see #12") })
		It("has no "+name(), func() {
			SkipIfRootless("rootless cannot")
		})
	})

	DescribeTable("prices", func(a int) {
		if a > 3 {
			Skip("too dear")
		}
	},
		Entry("one", 1),
		PEntry("two", 2),
		Entry(nil, Pending, 3),
	)
})

var _ = SIGDescribe("orders [Disabled:Broken]", Serial, func() {
	ConformanceIt("are kept", func() { SkipIfRootless("why not") })
})
