import org.scalatest.wordspec.AnyWordSpec

class TcpSpec extends AnyWordSpec {
  def ignoreIfWindows(): Unit = if (Helpers.isWindows) { info("not here"); pending }

  def size: Int = { pending }

  "a connection" must {
    "set options" ignore new LocalServerTest() {
      run()
    }

    "connect" in {
      ignoreIfWindows()
      run()
    }
  }

  "a pool" must {
    pending

    "balance" in { run() }
  }
}
