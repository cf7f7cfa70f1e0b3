package p

import org.junit.jupiter.api.Disabled as Off
import org.junit.jupiter.api.Test

class NamesTest {
    @Wobbly
    @Test
    fun wobbles() {}

    @Held("by its full name")
    @Test
    fun holds() {}

    @Off("by its import")
    @Test
    fun isOff() {}
}
