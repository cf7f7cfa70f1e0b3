package acme;

import org.junit.jupiter.api.Tag;

@Tag("flaky")
public @interface Flaky {
    String value();
}
