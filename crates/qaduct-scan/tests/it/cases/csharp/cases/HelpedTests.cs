using NUnit.Framework;

public class HelpedTests : Base {
  const string Why = "PROJ-1: slow";
  static IDisposable WithoutCache() {
#if DEBUG
    return new Cache();
#else
    Assert.Ignore("no cache in a release");
    throw new Exception();
#endif
  }
  void MinimumVersion(Connection server, string version, string? ignoreText = null) {
    if (server.Version < version) {
      var msg = $"needs {version}";
      Assert.Ignore(msg);
    }
  }
  void Needs(string tool) { if (!Has(tool)) Assert.Ignore($"no {tool}"); }
  void NeedsPort(int port) { if (!Free(port)) Assert.Ignore(); }
  void Ignored(string because) => Assert.Ignore(because);
  [Test] public void A() { using var _ = WithoutCache(); }
  [Test] public void B() { MinimumVersion(server, "13.0", "came with 13"); }
  [Test] public void C() { MinimumVersion(server, "14.0"); }
  [Test] public void D() { Needs("docker 20"); }
  [Test] public void E() { NeedsPort(80); }
  [Test] public void F() { Ignored(because: "PROJ-2: flaky"); }
  [Test] public void G() { const string its = "PROJ-3"; Assert.Ignore(its); }
  [Test, Ignore(Whys.Slow)] public void H() { }
}
static class Whys { public const string Slow = "PROJ-4: slow"; }
public class Base { public void AssumeTrue(string msg, bool condition) => Assume.That(condition, msg); }
public class Middle : Base2 { }
public class FarTests : Middle {
  [Test] public void I() { AssumeTrue("the codec sorts", Codec.Sorts); }
  [Test] public void J() { Assume.That(name != Whys.Slow); }
}
