package pie.inferlet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Gather bytes of tokens and give them out as text, whole characters only. */
final class PendingText {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();

    void add(byte[] more) {
        bytes.writeBytes(more);
        byte[] all = bytes.toByteArray();
        int complete = Utf8.complete(all, all.length);
        if (complete > 0) {
            text.append(new String(all, 0, complete, StandardCharsets.UTF_8));
            bytes.reset();
            bytes.write(all, complete, all.length - complete);
        }
    }

    /** Give up on a character that will not be finished. */
    void cut() {
        if (bytes.size() > 0) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.reset();
        }
    }

    /** Return the text since the last call. */
    String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    void clear() {
        bytes.reset();
        text.setLength(0);
    }
}
