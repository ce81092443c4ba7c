package pie.runtime.java;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Turn what a program prints into events at once, whole UTF-8 characters only. */
final class EventStream extends OutputStream {
    private final Consumer<String> events;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    private EventStream(Consumer<String> events) {
        this.events = events;
    }

    static PrintStream to(Consumer<String> events) {
        return new PrintStream(new EventStream(events), false, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int length) {
        held.write(b, from, length);
        byte[] all = held.toByteArray();
        int whole = all.length - unfinished(all);
        if (whole > 0) {
            held.reset();
            held.write(all, whole, all.length - whole);
            events.accept(new String(all, 0, whole, StandardCharsets.UTF_8));
        }
    }

    /** Return how many bytes at the end begin a character that is not complete. */
    private static int unfinished(byte[] b) {
        for (int back = 1; back <= 3 && back <= b.length; back++) {
            int c = b[b.length - back] & 0xff;
            if (c < 0x80) {
                return 0;
            }
            if (c >= 0xc0) {
                int length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
                return length > back ? back : 0;
            }
        }
        return 0;
    }
}
