package pie.engine.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import pie.engine.PieException;
import pie.engine.Sha256;
import pie.engine.process.OwnerId;

/** Name a snapshot: private to an owner, on one model. */
public record SnapshotKey(OwnerId owner, String model, String name) {
    private static final int LONGEST_NAME = 512;
    private static final int LONGEST_FILE = 200;

    /** @throws PieException INVALID_ARGUMENT unless the name has 1 to 512 bytes of UTF-8 and no NUL */
    public SnapshotKey {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_NAME || name.indexOf('\0') >= 0) {
            throw PieException.invalid(
                    "a snapshot name has 1 to " + LONGEST_NAME + " bytes of UTF-8 and no NUL, got " + bytes + " bytes");
        }
    }

    /** Return the directory of the owner's snapshots on the model, below {@code names}. */
    String directory() {
        return "names/" + escape(owner.value()) + '/' + escape(model);
    }

    String path() {
        return directory() + '/' + escape(name) + SnapshotCatalogue.SNAPSHOT;
    }

    /**
     * Make a file name of any text: bytes other than {@code a-z 0-9 _ -} and inner dots are written as {@code %xx}, also capitals, as
     * some file systems take them for small letters; what gets too long is replaced by its digest.
     */
    static String escape(String text) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
            if (plain || (b == '.' && !out.isEmpty())) {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return out.length() <= LONGEST_FILE ? out.toString() : "=" + Sha256.hex(bytes);
    }
}
