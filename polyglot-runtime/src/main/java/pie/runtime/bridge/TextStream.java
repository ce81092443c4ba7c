package pie.runtime.bridge;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import pie.inferlet.Utf8;

/** Pass bytes on as text, whole characters only. */
public final class TextStream extends OutputStream {
    private final Consumer<String> sink;
    private byte[] rest = new byte[0];

    public TextStream(Consumer<String> sink) {
        this.sink = sink;
    }

    @Override
    public synchronized void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        byte[] all = Arrays.copyOf(rest, rest.length + length);
        System.arraycopy(bytes, offset, all, rest.length, length);
        int complete = Utf8.complete(all, all.length);
        rest = Arrays.copyOfRange(all, complete, all.length);
        if (complete > 0) {
            sink.accept(new String(all, 0, complete, StandardCharsets.UTF_8));
        }
    }
}
