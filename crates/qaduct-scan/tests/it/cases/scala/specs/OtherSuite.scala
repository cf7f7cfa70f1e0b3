package acme

import munit.FunSuite

@munit.IgnoreSuite
class OtherSuite extends FunSuite {
  override def munitIgnore: Boolean = isWindows
  test("a".ignore) { }
  test("b".flaky.tag(Slow)) { }
  test("c".fail) { }
  test("d".only) { }
  test("e") { assume(docker, "no docker") }
}
