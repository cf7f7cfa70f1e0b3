import org.testng.annotations.Test;
public class TestngTest {
  static final boolean OFF = false;
  static final boolean ON = true;
  static final String WHY = "PROJ-1: x";
  @Test(enabled = OFF) public void a() {}
  @Test(enabled = Flags.OFF) public void b() {}
  @Test(enabled = ON) public void c() {}
  @Test(enabled = TestngTest.OFF, description = WHY) public void d() {}
  @Test(enabled = true) public void e() {}
  @Test( enabled =false) public void f() {}
}
