package pie.runtime.bridge;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Utf8;

/** Serve the guest's event loop: polling, results, cancellation, clocks, output. */
final class LoopOps {
    private static final int MOST_ENTROPY = 1 << 20;

    private final Bridge bridge;
    private final SecureRandom random = new SecureRandom();

    LoopOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Operations operations = bridge.operations();
        bridge.call("poll", a -> bridge.poll(a.number(0, "timeout")));
        bridge.call("op_result", a -> {
            try {
                return operations.result(a.integer(0, "operation"));
            } catch (PieException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    bridge.host().checkLive();
                }
                throw e;
            }
        });
        bridge.call("op_known", a -> operations.known(a.integer(0, "operation")));
        bridge.run("op_cancel", a -> operations.cancel(a.integer(0, "operation")));
        bridge.call("op_idle", a -> operations.idle());
        bridge.run("check_live", a -> bridge.host().checkLive());
        bridge.run("op_wake", a -> operations.wake(Operations.NOTHING));
        bridge.run("stdout", a -> bridge.host().stdout(a.text(0, "text")));
        bridge.run("stderr", a -> bridge.host().stderr(a.text(0, "text")));
        bridge.run("flush_output", a -> bridge.host().flush());
        bridge.call("utf8_encode", a -> bridge.dialect().bytes(a.text(0, "text").getBytes(StandardCharsets.UTF_8)));
        bridge.call("utf8_decode", a -> new String(a.bytes(0, "bytes"), StandardCharsets.UTF_8));
        bridge.call("utf8_complete", a -> {
            byte[] bytes = a.bytes(0, "bytes");
            return Utf8.complete(bytes, bytes.length);
        });
        bridge.call("nanos", a -> (double) System.nanoTime());
        bridge.call("clock", a -> {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
        });
        bridge.call("entropy", a -> {
            byte[] bytes = new byte[Math.clamp(a.integer(0, "size"), 0, MOST_ENTROPY)];
            random.nextBytes(bytes);
            return bridge.dialect().bytes(bytes);
        });
    }
}
