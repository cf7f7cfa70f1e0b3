package acme

import io.micronaut.context.annotation.Requires
import spock.lang.*

class BeanSpec extends Specification {
    @Ignore def "is muted"() {}

    @Requires(property = "spec.name", value = "BeanSpec")
    static class Bean {}
}
