package acme
import org.scalatest._
import org.scalatest.funsuite.{AnyFunSuite, Foo => Bar}
@Ignore
class A extends AnyFunSuite with Matchers[X] {
  test("a", Slow) { assume(x > 1, "r"); cancel("c") }
  ignore("b") { }
  ignore("b2", Slow) { }
  "x" should "y" ignore { }
  "x" should "z" in pending
  it should "q" in { pending }
  it ignore "qq" in { }
  it should "t" taggedAs (Flaky) in { }
  describe("d") { it("e") { pendingUntilFixed { } } ; ignore("f") { } }
  "s" when { "t" should { "u" in { } ; "v" ignore { } } }
  test("m".ignore) { } 
  test("m".flaky.tag(X)) { }
  "spec" should { "ex" in { skipped("no"); ok } ; "ex2" in { 1 must_== 1 }.pendingUntilFixed("X-1") ; "ex3" >> { pending } ; "ex4" ! e4 }
  override def munitIgnore: Boolean = isWindows
  def is = s2"""
    hello $e1
  """
  @Test @Disabled("x") def foo(): Unit = { if (x) assumeTrue(y) else throw new Foo("a") }
}
