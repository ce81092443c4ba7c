package pie.runtime.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Read the sources of the guest facades. */
public final class Resources {
    private Resources() {}

    /** Return the text of a resource below {@code inferlet/}. */
    public static String text(String name) {
        try (InputStream in = Resources.class.getResourceAsStream("/inferlet/" + name)) {
            if (in == null) {
                throw new PieException(ErrorCode.INTERNAL, "resource inferlet/" + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Return the files named in the list {@code folder/files}, by path below the folder. */
    public static Map<String, String> folder(String folder) {
        var files = new LinkedHashMap<String, String>();
        List<String> names =
                text(folder + "/files").lines().filter(l -> !l.isBlank()).toList();
        for (String name : names) {
            files.put(name, text(folder + "/" + name));
        }
        return files;
    }
}
