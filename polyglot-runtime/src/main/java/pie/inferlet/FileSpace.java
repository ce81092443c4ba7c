package pie.inferlet;

import java.util.Map;

/**
 * Tell how much room the program's files have: module {@code filesystem}. {@code /scratch} lasts as long as the process, {@code /data} is
 * kept for the user and the program, {@code /app} holds the program's own files.
 */
public final class FileSpace {
    private FileSpace() {}

    /**
     * The room of a root.
     *
     * @param used bytes
     * @param allowed bytes
     * @param files and folders in it
     * @param allowedFiles most of them
     */
    public record Root(long used, long allowed, int files, int allowedFiles) {}

    /** The room of both roots. */
    public record Usage(Root scratch, Root data) {}

    /** Return used and allowed bytes. @throws pie.engine.PieException PERMISSION_DENIED */
    public static Usage usage() {
        Map<String, Host.FileUsage> roots = Host.current().files().usage();
        return new Usage(root(roots, "scratch"), root(roots, "data"));
    }

    private static Root root(Map<String, Host.FileUsage> roots, String name) {
        Host.FileUsage u = roots.getOrDefault(name, new Host.FileUsage(0, 0, 0, 0));
        return new Root(u.used(), u.allowed(), u.files(), u.allowedFiles());
    }
}
