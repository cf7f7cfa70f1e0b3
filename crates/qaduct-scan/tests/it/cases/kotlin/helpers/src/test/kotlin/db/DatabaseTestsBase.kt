package db

import org.junit.jupiter.api.Assumptions

abstract class DatabaseTestsBase {
    fun withDb(dbSettings: TestDB, statement: (TestDB) -> Unit) {
        statement(dbSettings)
    }

    fun withDb(
        db: Collection<TestDB>? = null,
        excludeSettings: Collection<TestDB> = emptyList(),
        statement: (TestDB) -> Unit
    ) {
        if (db != null && dialect !in db) {
            Assumptions.assumeFalse(true)
            return
        }
        if (dialect in excludeSettings) {
            Assumptions.assumeFalse(true)
            return
        }
        withDb(dialect, statement)
    }

    fun withTables(
        excludeSettings: Collection<TestDB>,
        vararg tables: Table,
        configure: (Config.() -> Unit)? = null,
        statement: (TestDB) -> Unit
    ) {
        Assumptions.assumeFalse(dialect in excludeSettings)
        statement(dialect)
    }

    fun withTables(vararg tables: Table, configure: (Config.() -> Unit)? = null, statement: (TestDB) -> Unit) {
        withTables(excludeSettings = emptyList(), tables = tables, configure = configure, statement = statement)
    }
}
