import org.scalatest.funsuite.AnyFunSuite
class CatchSpec extends AnyFunSuite {
  test("a") { try { f() } catch { case e: IOException => cancel("no server") } }
  test("b") { os match { case "win" => cancel("no windows"); case _ => } }
  test("c") { try { f() } catch { case NonFatal(e) => assume(false, "why") ; case _: Throwable => pending } }
}
