public class FqTests {
  [NUnit.Framework.Test, NUnit.Framework.Ignore("x")] public void A() { }
  [NUnit.Framework.Test,
   NUnit.Framework.Ignore("y")] public void B() { }
  [ NUnit.Framework.Test ]
  [ NUnit.Framework.Ignore( "z" ) ] public void C() { }
  [NUnit.Framework.Test] [global::NUnit.Framework.Explicit("z")] public void D() { }
}
