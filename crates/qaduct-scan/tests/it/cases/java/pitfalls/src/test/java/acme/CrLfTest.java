package acme;

import org.junit.jupiter.api.*;

class CrLfTest {
    // SHOP-3
    @Disabled("crlf")
    @Test
    void a() {}
}
