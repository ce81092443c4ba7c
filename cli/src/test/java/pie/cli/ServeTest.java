package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class ServeTest {
    @Test
    void aBusyPortIsToldBeforeAModelIsLookedFor() throws IOException {
        try (var busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Output output =
                    Output.of("serve", "--port", Integer.toString(busy.getLocalPort()), "--model", "no-such-model");
            assertThat(output.code()).isEqualTo(2);
            assertThat(output.out()).isEmpty();
            assertThat(output.err())
                    .isEqualTo(
                            "pie: port " + busy.getLocalPort() + " of 127.0.0.1 is in use: stop what uses it, or choose"
                                    + " another with --port (--port 0 takes any free one)\n");
        }
    }

    @Test
    void aBindBeyondLoopbackWithoutATokenIsRefusedOrAllowedByName() {
        Output output = Output.of("serve", "--host", "256.1.1.1", "--port", "0");
        assertThat(output.code()).isNotZero();
        assertThat(output.err()).startsWith("pie: ").contains("256.1.1.1");
    }
}
