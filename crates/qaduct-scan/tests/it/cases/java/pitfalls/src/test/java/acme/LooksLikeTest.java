package acme;

import com.fasterxml.jackson.annotation.*;
import org.hibernate.mapping.Ignore;
import org.junit.jupiter.api.Test;

// @Disabled("SHOP-1")
class LooksLikeTest {
    @JsonIgnore String a;
    @Ignore String b;
    @DisabledInput String c;

    /* @Disabled */
    @Test void text() {
        String s = "@Disabled(\"x\") assumeTrue(false)";
        String block = """
            @Disabled
            assumeTrue(x);
            """;
        list.stream().skip(1).filter(it -> it.enabled).forEach(this::x);
        solver.assumeTrue(x);
        transaction.abort();
    }

    @Test(enabled = false) void otherTest() {}
}
