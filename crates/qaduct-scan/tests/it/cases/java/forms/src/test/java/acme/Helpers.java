package acme;

import org.junit.Assume;

class Helpers {
    static void needsServer() {
        Assume.assumeTrue("no server", up());
    }

    static Server newServer() {
        Assume.assumeTrue(up());
        return new Server();
    }
}
