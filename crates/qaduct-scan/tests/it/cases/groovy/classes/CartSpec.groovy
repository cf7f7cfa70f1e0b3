import spock.lang.Specification

class OneSpec extends Specification {
    @spock.lang.Ignore("why")
    def "fq 1"() {
        expect: Cart.class
    }

    @spock.lang.Issue("SHOP-1") @spock.lang.Requires({ env.DOCKER })
    def "fq 2"() { }

    @other.Ignore
    def "runs"() { }
}

@spock.lang.Requires({ os.linux })
class TwoSpec extends Specification {
    @spock.lang.PendingFeature
    def "in two"() { }

    static class Inner extends Specification {
        @spock.lang.Ignore
        def "inside"() { }
    }
}

@spock.lang.Ignore("three")
class ThreeSpec extends Specification { }
