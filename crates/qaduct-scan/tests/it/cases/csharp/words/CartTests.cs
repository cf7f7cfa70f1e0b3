using NUnit.Framework;

public class CartTests
{
    [Test]
    public async Task First([Values(true, false)] bool async)
    {
        if (async)
        {
            Assert.That(async () => await c.OpenAsync(), Throws.Exception);
        }
        await Open(async);
    }

    [Test, Ignore("say \"hi\"")]
    public void Second() { }

    [Test]
    public void Third()
    {
        Assert.Ignore(@"say ""hi"" now");
    }

    [Test]
    public void Broken()
    {
        var x = [[;
        Assert.Ignore("caf\u00e9");
    }
}
