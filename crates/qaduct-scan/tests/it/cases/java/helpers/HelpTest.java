import org.junit.jupiter.api.*;
class HelpTest {
  static void assumeCipher(String cipher, String protocol) { Assumptions.assumeTrue(has(cipher)); }
  static void skipWith(String reason) { Assumptions.assumeTrue(false, reason); }
  static void need(String tool, String message) { Assumptions.assumeTrue(has(tool), message); }
  static void needTool(String tool) { Assumptions.assumeTrue(has(tool), "needs a tool"); }
  @Test void a() { assumeCipher("CAMELLIA128-SHA", "TLSv1 x"); }
  @Test void b() { skipWith("PROJ-3 broken"); }
  @Test void c() { need("docker 1", "no docker there"); }
  @Test void d() { needTool("docker 20.1"); }
  @Disabled("a helper") String read() { return ""; }
}
