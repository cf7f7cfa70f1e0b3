package acme;

import org.testng.SkipException;
import org.testng.annotations.*;

@Test(groups = {"fast", "flaky"})
public class NgTest {
    @Test(enabled = false, description = "NG-1")
    public void disabled() {}

    @Test(enabled = true)
    public void enabled() {}

    @Ignore("NG-2")
    public void ignored() {}

    @Test(retryAnalyzer = Twice.class)
    public void retried() {}

    public void skips() {
        throw new SkipException("NG-3");
    }
}
