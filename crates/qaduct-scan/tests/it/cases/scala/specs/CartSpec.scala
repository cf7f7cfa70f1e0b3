package acme

class CartSpec extends AcmeSpec {
  // SC-1
  ignore("adds") { }

  test("flaky", Slow, FlakyTest) { }

  test("condition") {
    assume(docker, "SC-2")
    if (windows) cancel("SC-3")
    iterator.ignore(x)
  }

  describe("outer") {
    ignore("inner") { }
    it("waits") (pending)
    it("fails") {
      pendingUntilFixed {
        assert(false)
      }
    }
  }

  "a cart" when {
    "empty" should {
      "be free" ignore { }
      "be fast" in {
        pending
      }
      "be flat" taggedAs Flaky in { }
    }
  }
}

object Production {
  def assume(x: Boolean) = x
  val pending = 1
  assume(pending > 0)
}
