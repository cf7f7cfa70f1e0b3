package acme;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.condition.*;

// The whole class is slow. SHOP-1
class CartTest {
    @BeforeEach
    void connect() {
        assumeTrue(hasDocker(), "needs Docker");
    }

    @Test
    // "@Disabled" in a comment is none, and neither is this text:
    void runs() { String s = "@Disabled(\"no\")"; }

    @Test
    @Disabled("SHOP-12: " +
        "totals differ") // since the new tax rules
    void total() {}

    @Nested
    class Empty {
        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "see #45")
        void hasNoTotal() {
            if (System.getenv("CI") == null) {
                needsNetwork();
            }
        }

        @Quarantined
        @Test
        void isQuarantined() {}
    }

    static void needsNetwork() {
        assumeTrue(Network.isUp(), "needs the network");
    }
}
