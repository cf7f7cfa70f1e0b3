using Microsoft.VisualStudio.TestTools.UnitTesting;

[TestClass, Ignore]
public class MsTests {
  [TestMethod, Ignore("PROJ-9")] public void A() { }
  [TestMethod] [OSCondition(OperatingSystems.Windows)] public void B() { Assert.Inconclusive("PROJ-10"); }
  [DataTestMethod] [DataRow(1)] [DataRow(2, IgnoreMessage = "PROJ-11")] public void C(int x) { }
  [TestMethod, Retry(3)] public void D() { }
}
