using NUnit.Framework;
public class CasesTests {
  static object[] Cases = { new TestCaseData(1).Ignore("one only"), new TestCaseData(2) };
  static IEnumerable<TestCaseData> More() { yield return new TestCaseData(3).SetName("third").Explicit("by hand"); yield return new TestCaseData(4); }
  public static IEnumerable<TestCaseData> Prop { get { yield return new TestCaseData(5).Ignore("x"); } }
  [TestCaseSource(nameof(Cases))] public void Adds(int a) { }
  [TestCaseSource("More")] public void AddsMore(int a) { }
}
public class Src { public static object[] All = { new TestCaseData(7).Ignore("other class") }; }
public class UserTests { [TestCaseSource(typeof(Src), nameof(Src.All))] public void B(int a) {} }
