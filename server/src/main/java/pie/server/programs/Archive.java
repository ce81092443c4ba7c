package pie.server.programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Unpack a program from a zip or a tar.gz, in memory, and pack one into a zip. Regular files with plain relative paths only; what
 * tools and editors leave behind is left out. A single top folder above {@code Pie.toml} is stripped.
 */
final class Archive {
    private static final int MOST_FILES = 4096;
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_RATIO = 100;
    /** Up to here any ratio is fine: small texts compress very well. */
    private static final long FREE_BYTES = 1L << 20;

    private static final int MOST_PATH = 255;
    private static final int MOST_LEVELS = 16;
    private static final int TAR_BLOCK = 512;
    private static final Set<String> LEFT_OUT = Set.of("node_modules", "__pycache__", "__MACOSX");

    private final long packed;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> folded = new HashMap<>();
    private long size;
    private int entries;

    private Archive(long packed) {
        this.packed = packed;
    }

    static boolean isZip(byte[] c) {
        return c.length > 3 && c[0] == 'P' && c[1] == 'K' && c[2] == 3 && c[3] == 4;
    }

    static boolean isGzip(byte[] c) {
        return c.length > 1 && (c[0] & 0xff) == 0x1f && (c[1] & 0xff) == 0x8b;
    }

    /**
     * Return the files by path.
     *
     * @throws PieException INVALID_ARGUMENT naming the entry, PAYLOAD_TOO_LARGE
     */
    static Map<String, byte[]> read(byte[] content) {
        var archive = new Archive(content.length);
        try {
            if (isZip(content)) {
                archive.zip(new ByteArrayInputStream(content));
            } else {
                archive.tar(new GZIPInputStream(new ByteArrayInputStream(content)));
            }
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT, "the archive cannot be read: " + e.getMessage(), Map.of(), e);
        }
        return archive.stripped();
    }

    /** Pack texts by path. */
    static byte[] zip(Map<String, String> texts) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> file : new TreeMap<>(texts).entrySet()) {
                var entry = new ZipEntry(file.getKey());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private void zip(InputStream in) throws IOException {
        try (var zip = new ZipInputStream(in, StandardCharsets.UTF_8)) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                entry(e.getName(), e.isDirectory(), zip);
            }
        } catch (ZipException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Read ustar and GNU tar; of the rest what says a file's name is refused rather than guessed. */
    private void tar(InputStream in) throws IOException {
        byte[] head = new byte[TAR_BLOCK];
        String longName = "";
        while (in.readNBytes(head, 0, TAR_BLOCK) == TAR_BLOCK && head[0] != 0) {
            long length = octal(head, 124, 12);
            char type = (char) head[156];
            String prefix = text(head, 257, 5).equals("ustar") && head[262] == 0 ? text(head, 345, 155) : "";
            String name = longName.isEmpty() ? (prefix.isEmpty() ? "" : prefix + "/") + text(head, 0, 100) : longName;
            longName = "";
            InputStream body = new Bounded(in, length);
            switch (type) {
                case '0', '\0' -> entry(name, name.endsWith("/"), body);
                case '5' -> entry(name, true, body);
                case 'L' -> longName = text(bytes(body, name), 0, (int) length);
                case 'x' -> longName = paxPath(new String(bytes(body, name), StandardCharsets.UTF_8));
                case 'g' -> {}
                default -> throw bad(name, "is a link or a device");
            }
            body.skipNBytes(body.available());
            in.skipNBytes((TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK);
        }
    }

    private static String paxPath(String records) {
        for (String line : records.split("\n")) {
            int at = line.indexOf(" path=");
            if (at > 0) {
                return line.substring(at + " path=".length());
            }
        }
        return "";
    }

    private static String text(byte[] block, int from, int length) {
        int end = from;
        while (end < from + length && end < block.length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] block, int from, int length) throws IOException {
        try {
            String digits = text(block, from, length).strip();
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("it holds no tar", e);
        }
    }

    private void entry(String name, boolean folder, InputStream body) throws IOException {
        if (++entries > MOST_FILES) {
            throw tooLarge("more than " + MOST_FILES + " entries");
        }
        String path = name.startsWith("./") ? name.substring(2) : name;
        if (folder || path.isEmpty()) {
            return;
        }
        check(path);
        byte[] content = bytes(body, path);
        for (String part : path.split("/")) {
            if (part.startsWith(".") || LEFT_OUT.contains(part)) {
                return;
            }
        }
        String other = folded.putIfAbsent(path.toLowerCase(Locale.ROOT), path);
        if (other != null) {
            throw bad(path, "differs from " + other + " in case at most");
        }
        files.put(path, content);
    }

    private byte[] bytes(InputStream body, String path) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            size += n;
            if (size > MOST_BYTES) {
                throw tooLarge("more than " + MOST_BYTES + " bytes unpacked, at " + path);
            }
            if (size > FREE_BYTES && size > MOST_RATIO * packed) {
                throw tooLarge("more than " + MOST_RATIO + " times its packed size, at " + path);
            }
            out.write(buffer, 0, n);
        }
        return out.toByteArray();
    }

    private static void check(String path) {
        String[] parts = path.split("/", -1);
        if (path.getBytes(StandardCharsets.UTF_8).length > MOST_PATH || parts.length > MOST_LEVELS) {
            throw bad(path, "has a path that is too long");
        }
        if (path.indexOf('\\') >= 0
                || path.matches("[A-Za-z]:.*")
                || path.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw bad(path, "has a path with a backslash, a drive or a control character");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.equals("..") || part.equals(".") || part.endsWith(".") || part.endsWith(" ")) {
                throw bad(path, "has a path that is not plain and relative");
            }
        }
    }

    private Map<String, byte[]> stripped() {
        if (files.containsKey("Pie.toml") || files.isEmpty()) {
            return files;
        }
        String first = files.keySet().iterator().next();
        String top = first.substring(0, first.indexOf('/') + 1);
        if (top.isEmpty() || !files.containsKey(top + "Pie.toml")) {
            return files;
        }
        if (!files.keySet().stream().allMatch(path -> path.startsWith(top))) {
            return files;
        }
        Map<String, byte[]> below = new TreeMap<>();
        files.forEach((path, content) -> below.put(path.substring(top.length()), content));
        return below;
    }

    private static PieException bad(String path, String problem) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT, "entry \"" + path + "\" of the archive " + problem, Map.of("entry", path));
    }

    private static PieException tooLarge(String what) {
        return new PieException(ErrorCode.PAYLOAD_TOO_LARGE, "the archive has " + what, Map.of("limit", MOST_BYTES));
    }

    /** Reads one file of a tar. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(buffer, from, (int) Math.min(length, left));
            if (n < 0) {
                throw new IOException("it ends in the middle of a file");
            }
            left -= n;
            return n;
        }

        @Override
        public int available() {
            return (int) Math.min(left, Integer.MAX_VALUE);
        }
    }
}
