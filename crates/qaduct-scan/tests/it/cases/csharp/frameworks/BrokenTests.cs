using NUnit.Framework;

public class BrokenTests {
  [Test] public void Before() { Assert.That(1, Is.EqualTo(1)); }
<<<<<<< HEAD
  [Test, Ignore("lost")]
  [TestCase(1)]
  public async Task Lost(int a { Assert.That(a, Is.EqualTo(1)); }
}
