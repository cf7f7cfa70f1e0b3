using NUnit.Framework;

class CartTests
{
    [Test]
    public void Cases()
    {
        switch (Os)
        {
            case "win":
            case "mac":
                Assert.Ignore("here");
                break;
            default:
                Assert.Ignore("others");
                break;
        }
    }
}
