class FqTest {
  @org.junit.jupiter.api.Disabled("fq") @org.junit.jupiter.api.Test void one() {}
  @org.junit.Ignore @org.junit.Test public void two() {}
  @org.testng.annotations.Test(enabled=false) public void three() {}
  @org.testng.annotations.Ignore("no") @org.testng.annotations.Test public void four() {}
  @org.junit.jupiter.api.condition.DisabledOnOs(org.junit.jupiter.api.condition.OS.WINDOWS) @org.junit.jupiter.api.Test void five() {}
  @org.junit.jupiter.api.Test void six() { org.junit.jupiter.api.Assumptions.assumeTrue(false, "x"); org.junit.Assume.assumeTrue(a); throw new org.testng.SkipException("z"); }
}
