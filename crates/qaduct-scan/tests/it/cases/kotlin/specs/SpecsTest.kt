package acme

import io.kotest.core.annotation.EnabledIf
import io.kotest.core.annotation.Ignored
import io.kotest.core.spec.style.*

@Ignored("SPEC-1")
class OldSpec : FunSpec({
    test("runs") { }
})

@EnabledIf(HasDocker::class)
class SpecsTest : FunSpec({
    // SPEC-2
    xtest("does not run") { }
    test("!by name") { }
    test("f:focus") { }
    context("outer") {
        test("inner ${1 + 1}").config(enabled = false) { }
        test("on").config(enabled = true, timeout = 1.seconds) { }
        xcontext("muted") {
            test("below") { }
        }
    }
    test("condition").config(enabledIf = { isLinux() }) { }
    if (isWindows) {
        xtest("guarded") { }
    }
    listOf("a").forEach { value ->
        xtest(value) { }
    }
})

class FreeTest : FreeSpec() {
    init {
        "outer" - {
            "inner".config(enabledOrReasonIf = docker) { }
            "!off" { }
        }
    }
}

class WordTest : WordSpec({
    "a thing" should {
        "work" { }
    }
    "another" xshould {
        "work" { }
    }
})
