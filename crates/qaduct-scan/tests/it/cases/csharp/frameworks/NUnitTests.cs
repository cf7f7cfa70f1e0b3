using NUnit.Framework;
using static Acme.TestUtil;
using X = Y.Z;
[assembly: Ignore("all")]
namespace Acme.Tests;
[TestFixture, Ignore("why")]
public class MyTests : Base<int>, IFoo {
  const string Why = "a" + "b";
  [Test, Ignore(Why)] public void A() { }
  [TestCase(1, Ignore = "r", TestName = "x")] [Explicit("flaky")] public async Task B(int x) { if (a) Assert.Ignore("x"); else { TestUtil.IgnoreOn(c); } }
  [Fact(Skip = "s", SkipUnless = nameof(Foo))] public void C() => Assert.Skip("t");
  [Theory] [InlineData(1, Skip = "x")] [ActiveIssue("https://x/1", TestPlatforms.Windows)] void D() { throw new SkipException($"a {b}"); }
  static IEnumerable Cases { get { yield return new TestCaseData(1).Ignore("r").SetName("n"); } }
  [OneTimeSetUp] public void Up() { if (!await x) throw new IgnoreException(@"v ""q"""); Assume.That(x, Is.True, "m"); }
  [Platform(Exclude = "Win", Reason = "r")] class Inner { }
  MyTests() { Skip.If(x, "y"); }
#if DEBUG
  [Ignore("""raw""")]
#endif
  [Test] public void E() { var f = () => { Assert.Inconclusive(); }; void Local() { Assert.Ignore(); } }
}
