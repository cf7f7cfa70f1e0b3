import org.testng.annotations.Test;
public class OnlyConstTest {
  @Test(enabled = Flags.OFF) public void b() {}
}
