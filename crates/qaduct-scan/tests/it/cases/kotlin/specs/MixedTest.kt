@file:Suppress("x")
package a
import a.B as C
@Ignored("x")
abstract class A<T>(val x: Int) : Base<T>(), Foo {
  companion object {
    const val WHY = "w" + "x"
  }
  @Test @Disabled(WHY)
  fun `my test`(a: Int) {
    Assumptions.assumeTrue(x) { "lazy" }
    this.foo()
    try { a() } catch (e: IOException) { abort() }
    when (x) { 1 -> b(); else -> c() }
    if (a) {
      b()
    } else c()
  }
  init {
    xtest("a") {}
  }
  @Nested inner class In
}
object O : FunSpec({
})
annotation class Flaky(val s: String)
fun top() = assumeTrue(1)
class D : FunSpec() { 
  init { 
    given("x").config(enabled = false) { `when`("y") { then("z") { } } }
    "a".config(enabledIf = { os() }) { }
    context("a").config(enabled = x) { }
    "a + b" should { "c" { } }
  }
}
