using Microsoft.VisualStudio.TestTools.UnitTesting;
[TestClass] public class OsTests {
  [TestMethod] [OSCondition(ConditionMode.Exclude, OperatingSystems.Linux)] public void A() { }
  [TestMethod] [OSCondition(OperatingSystems.Windows)] public void B() { }
  [TestMethod] [OSCondition(ConditionMode.Include, OperatingSystems.Windows | OperatingSystems.OSX)] public void C() { }
  [TestMethod] [CICondition(ConditionMode.Exclude)] public void D() { }
  [TestMethod] [CICondition(ConditionMode.Include)] public void E() { }
  [Microsoft.VisualStudio.TestTools.UnitTesting.Ignore("fq")] [TestMethod] public void F() {}
}
