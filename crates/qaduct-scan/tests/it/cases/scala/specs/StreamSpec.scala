package shop

class StreamSpec extends AnyWordSpec {
  "a stream" should {
    "count what is asked for" in {
      var pending = publisher.pending
      pending += publisher.expectRequest()
      while (pending > 0) {
        publisher.send()
      }
      report(pending)
      sub.cancel()
    }
    "be cancelled" in {
      new Stage {
        def onFinish(cause: Throwable): Unit = cancel(in, cause)
        def stop(): Unit = cancel(this.in)
      }
    }
    "not run here" in {
      cancel("SHOP-9: no network")
    }
  }
}
