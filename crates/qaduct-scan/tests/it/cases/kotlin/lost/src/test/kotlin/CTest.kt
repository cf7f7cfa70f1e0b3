import kotlin.test.*
import java.io.File
// TODO
@Ignore("why")
class CTest { @Test fun a() {} }
