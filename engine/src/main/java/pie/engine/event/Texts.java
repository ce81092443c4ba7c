package pie.engine.event;

import java.nio.charset.StandardCharsets;

/** Measure texts as they are sent. */
public final class Texts {
    private Texts() {}

    /** Say whether a text takes more bytes of UTF-8 than {@code most}. It is encoded only where its length leaves that open. */
    public static boolean exceeds(String text, int most) {
        return text.length() > most || text.length() > most / 3 && text.getBytes(StandardCharsets.UTF_8).length > most;
    }
}
