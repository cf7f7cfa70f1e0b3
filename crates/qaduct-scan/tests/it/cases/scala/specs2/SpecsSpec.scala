import org.specs2.mutable._
class SpecsSpec extends Specification {
  "a" xexample { ok }
  "sys" should { "b" >> { ok } ; "c" in { skipped("x") } }
  "d" in skipped
  "e" in { 1 must_== 1 }.pendingUntilFixed("ISSUE-1")
}
class AllSpec extends Specification { skipAll
  "a" in { ok }
}
class All2Spec extends Specification { args(skipAll = true)
  "a" in { ok }
}
class All3Spec extends Specification { skipAllIf(x)
  "a" in { ok }
}
class All4Spec extends org.specs2.Specification { def is = skipAll ^ s2"""
  a $a1
  """
}
class Own5Spec extends Specification { val arguments = new { def skipAll = execute.skipAll } }
