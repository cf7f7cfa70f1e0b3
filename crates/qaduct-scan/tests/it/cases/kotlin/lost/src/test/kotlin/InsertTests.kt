package db

import org.junit.jupiter.api.Assumptions
import org.junit.jupiter.api.Test

class InsertTests : TestsBase() {
    @Test
    fun testInsertAndGetId() {
        val table = object : IdTable<Int>("table") {
            override val id: Column<EntityID<Int>> = code.entityId()
        }
        val broken = table.let { it get } ]
    }

    @Test
    fun testRollback() {
        val some = all() - of(
            SQLITE,
        )
        Assumptions.assumeTrue(some.isNotEmpty())
        some.forEach { db -> go(db) }
    }
}
