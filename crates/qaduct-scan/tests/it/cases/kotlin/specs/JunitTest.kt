package acme

import org.junit.jupiter.api.*
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.condition.*
import kotlin.test.Ignore

class JunitTest {
    companion object {
        const val WHY = "KOT-1"
    }

    @Test
    @Disabled("$WHY: later")
    fun `waits for a fix`() {}

    @Test @Disabled(WHY) fun constant() {}

    @Test @EnabledOnOs(OS.LINUX, disabledReason = "KOT-2") fun os() {}

    @Test @Ignore fun kotlinTest() {}

    @Test
    fun assumes() {
        assumeTrue(docker()) { "no docker" }
        if (old) Assumptions.abort<Unit>("KOT-3") else throw TestAborted()
        needsNetwork()
        list.drop(1).skip(2)
    }

    private fun needsNetwork() {
        assumeTrue(online(), "offline")
    }

    @Nested @Tag("flaky") inner class Inner
}
