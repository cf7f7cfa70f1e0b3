using Xunit;
public class XTests {
  [Xunit.Fact( Skip = "a" )] public void A() { }
  [Theory,
   InlineData(1, Skip="b")] public void B(int a) { }
}
