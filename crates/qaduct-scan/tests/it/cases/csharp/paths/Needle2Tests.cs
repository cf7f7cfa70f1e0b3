using NUnit.Framework;
public class Needle2Tests {
  [ Test ] [ Ignore( "z" ) ] public void A() { }
}
