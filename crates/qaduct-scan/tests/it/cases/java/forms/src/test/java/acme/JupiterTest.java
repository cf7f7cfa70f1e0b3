package acme;

import static org.junit.jupiter.api.Assumptions.*;

import com.google.common.truth.TruthJUnit;
import java.io.IOException;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.condition.*;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junitpioneer.jupiter.*;
import org.opentest4j.TestAbortedException;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers(disabledWithoutDocker = true)
abstract class JupiterTest extends Base {
    static final String TICKET = "SHOP-7";
    static final String WHY = "waits for " + TICKET;

    @Test @Disabled void bare() {}

    @Test @Disabled(WHY) void constant() {}

    @Test @Disabled("see " + TICKET + ": " + helper()) void computed() {}

    @Test @org.junit.jupiter.api.Disabled("full name") void qualified() {}

    @DisabledOnJre(JRE.JAVA_8) @Test void onJre() {}
    @EnabledForJreRange(min = JRE.JAVA_17) @Test void range() {}
    @EnabledIfSystemProperty(named = "os.arch", matches = ".*64.*", disabledReason = "SHOP-8") @Test void property() {}
    @DisabledIfEnvironmentVariable(named = "CI", matches = "true") @Test void variable() {}
    @EnabledIf("hasDocker") @Test void method() {}
    @DisabledInNativeImage @Test void image() {}
    @DisabledOnMars(planet = "mars", reason = "SHOP-9: no air") @Test void foreign() {}
    @EnabledWhenOnline @Test void foreignEnabled() {}
    @ExtendWith(NoDockerCondition.class) @Test void extension() {}
    @ExtendWith(MockExtension.class) @Test void noCondition() {}
    @Tag("flaky") @Tag("slow") @Test void tagged() {}
    @Tags({@Tag("slow"), @Tag("quarantine")}) @Test void tags() {}
    @Tag("nonflaky") @Test void good() {}
    @DisabledUntil(date = "2030-01-01", reason = "SHOP-10") @Test void until() {}
    @ExpectedToFail("SHOP-11") @Test void fails() {}
    @RetryingTest(3) void retried() {}

    @Test void assumptions() throws IOException {
        assumeTrue(false, "SHOP-13");
        assumeTrue(() -> online(), () -> "lazy " + TICKET);
        assumeFalse(isWindows());
        assumingThat(isLinux(), () -> check());
        try {
            connect();
        } catch (IOException e) {
            abort("no server");
        }
        if (a && b) {
            x();
        } else {
            throw new TestAbortedException("SHOP-14");
        }
        TruthJUnit.assume().that(version).isAtLeast(3);
    }

    @TestFactory Object made() {
        return new Runnable() {
            @Override public void run() { assumeTrue(online()); }
        };
    }

    @Nested @DisabledOnOs(OS.MAC) class Inner {
        @BeforeAll static void start() { assumeTrue(online(), "offline"); }
        @Test void inside() {}
    }
}
