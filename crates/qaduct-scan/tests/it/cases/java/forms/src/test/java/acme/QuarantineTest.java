package acme;

import androidx.test.filters.FlakyTest;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.Test;

@LuceneTestCase.AwaitsFix(bugUrl = "https://issues.example.org/browse/LUC-1")
class QuarantineTest extends LuceneTestCase {
    @Flaky("KAF-1") @Test public void flaky() {}
    @Unhealthy("KAF-2") @Test public void unhealthy() {}
    @FlakyTest(bugId = 12345, detail = "slow") @Test public void android() {}
    @QuarantinedTest @Test public void quarantined() {}
    public void testInherited() { assumeTrue("only on linux", LINUX); }
}
