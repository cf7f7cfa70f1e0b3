import org.junit.jupiter.api.*;
class ConstTest {
  private static final String WHY = "PROJ-12: flaky";
  private static final String whyLower = "PROJ-13: flaky";
  @Disabled(WHY) @Test void a() {}
  @Disabled(ConstTest.WHY) @Test void b() {}
  @Disabled(whyLower) @Test void c() {}
  @Test void d() { String msg = "local"; Assumptions.assumeTrue(x, msg); }
  @Test void e() { boolean supported = false; supported = probe(); Assumptions.assumeTrue(supported); }
}
