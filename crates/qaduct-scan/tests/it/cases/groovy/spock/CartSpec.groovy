package acme

import static org.junit.jupiter.api.Assumptions.assumeTrue

import org.opentest4j.TestAbortedException
import spock.lang.*

// @Ignore("no")
@Requires({ env.DOCKER })
class CartSpec extends Specification {
    @Ignore("GR-1: later")
    def "adds #a and #b"() {
        expect:
        a + b == 3
        where:
        a | b
        1 | 2
    }

    // GR-2
    @IgnoreIf(value = { os.windows && env["X"] == "y" }, reason = 'GR-3')
    @Unroll
    void "other 'thing'"() {
        when:
        assumeTrue(docker, "no docker")
        then:
        thrown(IOException)
    }

    @PendingFeature(reason = 'GR-4', exceptions = [IOException])
    def simple() {
        if (x) {
            throw new TestAbortedException('n')
        }
    }

    @PendingFeatureIf({ jvm.java8 }) def "pending if"() {}

    @Retry(count = 3)
    @IgnoreRest
    def "two of them"() {}

    @Ignore
    static class Inner extends Specification {
        def "text @Ignore"() { String s = "@Ignore" }
    }

    @Issue("GR-5")
    def "no mute"() { list.stream().skip(1) }
}
