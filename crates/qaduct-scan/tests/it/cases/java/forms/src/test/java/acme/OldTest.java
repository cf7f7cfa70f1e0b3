package acme;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.hamcrest.Matchers.is;

import org.junit.*;
import org.junit.experimental.categories.Category;

public class OldTest extends TestCase {
    @Test @Ignore("OLD-1") public void ignored() {}

    @Category(FlakyTests.class) @Test public void category() {}

    @Test public void assumes() {
        Assume.assumeTrue("OLD-2", ok());
        Assume.assumeFalse(ko());
        Assume.assumeNotNull(a, b);
        Assume.assumeThat("OLD-3", os, is("linux"));
        assumeThat(version).as("OLD-4").isGreaterThan(3);
        try {
            open();
        } catch (Exception e) {
            Assume.assumeNoException("OLD-5", e);
        }
        throw new AssumptionViolatedException("OLD-6");
    }

    public void testByName() {
        Helpers.needsServer();
        needsNothing();
        other.needsServer();
    }
}
