import org.scalatest.flatspec.AnyFlatSpec
import org.scalatest.freespec.AnyFreeSpec
import org.scalatest.wordspec.AnyWordSpec

class StackSpec extends AnyFlatSpec {
  "A Stack" should "pop" in { }

  it should "throw" ignore { }

  "A Queue" should "pop" in { }

  it should "throw" ignore { }

  behavior of "A List"

  it must "grow" in { pending }

  ignore should "shrink" in { }

  they can "be empty" ignore { }
}

class FreeTest extends AnyFreeSpec {
  "a Stack" - {
    "pops" ignore { }
  }
  "a Queue" - {
    "when full" - {
      "pops" ignore { }
    }
  }
}

class WordTest extends AnyWordSpec {
  "a Stack" when {
    "empty" should {
      "pop" ignore { }
    }
  }
  it should {
    "grow" ignore { }
  }
}

class CaughtSuite extends org.scalatest.funsuite.AnyFunSuite {
  test("matches") {
    os match {
      case "win" => cancel("here")
      case _ =>
    }
  }
}
