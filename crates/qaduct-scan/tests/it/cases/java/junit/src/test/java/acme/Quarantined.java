package acme;

import org.junit.jupiter.api.Disabled;

@Disabled("in quarantine")
public @interface Quarantined {}
