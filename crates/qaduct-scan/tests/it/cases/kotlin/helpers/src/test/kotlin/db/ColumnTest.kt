package db

import org.junit.jupiter.api.Test

class ColumnTest : DatabaseTestsBase() {
    @Test
    fun runsEverywhere() {
        withTables(TestTable) { go() }
        withTables(tester, other) { go() }
        withDb { go() }
        withDb(TestDB.SQLITE) { go() }
    }

    @Test
    fun isExcludedByName() {
        withTables(excludeSettings = listOf(TestDB.SQLITE), TestTable) { go() }
    }

    @Test
    fun isExcludedByPlace() {
        withTables(TestDB.ALL - TestDB.H2, TestTable) { go() }
    }

    @Test
    fun isLeftOutByADefault() {
        withDb(excludeSettings = unsupported) { go() }
    }

    @Test
    fun asksForSome() = withDb(TestDB.ALL_MYSQL) { go() }

    @Test
    fun mayBeEither() {
        withDb(something) { go() }
    }
}
