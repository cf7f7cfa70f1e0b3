class PathOnlyTest {
  @org.junit.jupiter.api.condition.DisabledOnOs(OS.WINDOWS) void a() {}
}
