import org.junit.jupiter.api.Assumptions.assumeTrue
class HelpTest {
  fun assumeCipher(cipher: String) { assumeTrue(has(cipher)) }
  fun assumeTool(tool: String, message: String = "x") = assumeTrue(has(tool), message)
  fun assumePort(port: Int) { assumeTrue(free(port)) { "port $port is in use" } }
  @Test fun a() { assumeCipher("CAMELLIA128-SHA") }
  @Test fun b() { assumeTool("docker 20", "no docker") }
  @Test fun c() { assumeTool(tool = "docker 20", message = "no docker") }
  @Test fun d() { assumePort(8080) }
  @Test fun e() { assumeTrue(platform() != NAME) }
  @Test fun f() { platform.assumeNotWindows() }
}
const val NAME = "bouncycastle"
