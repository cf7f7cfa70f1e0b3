package acme;

import org.junit.jupiter.api.*;

class BrokenTest {
    <<<<<<< HEAD
    @Test @Disabled("lost in a merge")
    =======
    void half( {
    }
}
