package acme;

import org.junit.jupiter.api.*;

class LatinTest {
    @Disabled("café")
    @Test void a() {}
}
