using NUnit.Framework;

namespace Acme;

public class SourceFixture
{
    [TestCaseSource(nameof(IgnoredSource))]
    public void MethodWithIgnoredCases(int num) { }

    private static IEnumerable IgnoredSource =>
        new object[]
        {
            new TestCaseData(1),
            new TestCaseData(2).Ignore("Don't run me!"),
        };

    private static IEnumerable DatedSource
    {
        get
        {
            yield return new TestCaseData(3, "a").Ignore("later").Until(new DateTimeOffset(4242, 01, 01, 0, 0, 0, zone));
        }
    }

    [Test, TestCaseSource("DatedSource")]
    public void MethodWithDatedCases(int num, string text) { }

    private static readonly object[] Lonely = { new TestCaseData(4).Ignore("no test") };
}
