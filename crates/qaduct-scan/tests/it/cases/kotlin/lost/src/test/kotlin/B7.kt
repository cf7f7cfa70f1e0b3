import org.junit.jupiter.api.*
val x = 1

// x
@Disabled("why")
class B7 {
 @Test
 fun a() {}
}
