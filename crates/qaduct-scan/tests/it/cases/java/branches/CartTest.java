import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.Test;

class CartTest {
    @Test
    void rules() {
        switch (os) {
            case "win", "mac" -> abort("here");
            case "aix" -> run();
            default -> abort("others");
        }
    }

    @Test
    void groups() {
        switch (os) {
            case "win":
            case "mac":
                abort("here");
                break;
            default:
                break;
        }
    }

    @Test
    void branches() {
        if (a) {
            abort("a");
        } else if (b) {
            abort("b");
        } else {
            abort("c");
        }
    }
}
