import org.junit.jupiter.api.*

@Disabled("why")
class B5 { @Test fun a() {} }
