// usings are global
namespace Acme.Tests;

public class XunitTests {
  // see PROJ-1
  [Fact(Skip = "PROJ-2 " + Ticket)] public void Skipped() { }
  const string Ticket = "PROJ-3";
  [UIFact(Skip = null)] public void Runs() { }
  [Theory(Skip = "s", SkipWhen = nameof(IsOld))] [InlineData(1)] [InlineData(2, Skip = "row")] public void Rows(int x) { }
  [ConditionalFact(nameof(HasDocker), nameof(IsLinux))] public void Conditional() { }
  [ConditionalFact] public void Plain() { }
  [ConditionalFact(typeof(WindowsOnly), AlwaysSkip = "PROJ-4")] public void Always() { }
  [Fact] [ActiveIssue("https://github.com/a/b/issues/5", TestPlatforms.OSX)] public void Active() { }
  [Fact] [QuarantinedTest("https://github.com/a/b/issues/6")] public void Quarantined() { }
  [Fact] [SkipOnPlatform(TestPlatforms.Browser, "no threads")] public void Browser() { }
  [Fact] [SkipOnHelix("https://github.com/a/b/issues/7", Queues = "Windows")] public void Helix() { }
  [Fact] [OSSkipCondition(OperatingSystems.Linux, SkipReason = "PROJ-8")] public void Os() { }
  [Fact] [PlatformSpecific(TestPlatforms.Windows)] public void Specific() { }
  [Fact] [Trait("Category", "Flaky")] public void Trait() { }
  [SkippableFact] public void Dynamic() {
    Skip.If(IsOld, "old");
    Skip.IfNot(HasDocker);
    Assert.SkipUnless(HasDocker, $"no {engine}");
    try { Open(); } catch (IOException e) when (e.Code == 1) { throw new SkipException("busy"); }
    items.Skip(1).Take(2);
  }
  [JsonIgnore] public int A { get; set; }
  [Ignore] public int B { get; set; }
}

[Ignore]
public class NoTest { [Ignore] public void Mapped() { } }
