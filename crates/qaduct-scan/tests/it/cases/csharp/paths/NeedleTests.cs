using NUnit.Framework;
public class NeedleTests {
  [Test,
   Ignore] public void A() { }
}
