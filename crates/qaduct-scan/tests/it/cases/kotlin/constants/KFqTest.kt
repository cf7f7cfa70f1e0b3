class KFqTest {
  @org.junit.jupiter.api.Disabled("fq") @org.junit.jupiter.api.Test fun one() {}
  @org.junit.Ignore @org.junit.Test fun two() {}
  @kotlin.test.Ignore @kotlin.test.Test fun three() {}
}
private const val WHY = "PROJ-12: flaky"
class K2Test {
  @org.junit.jupiter.api.Disabled(WHY) @org.junit.jupiter.api.Test fun one() {}
}
