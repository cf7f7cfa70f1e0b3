using NUnit.Framework;
public class Needle3Tests {
  [Test,
   Explicit] public void A() { }
  const string Why = "PROJ-12 flaky";
  [Test, Category("x"), 
   Ignore(Why)] public void B() { }
}
