package pie.server.ws;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pie.server.programs.ProgramStore;

/** Cut what is too large for one frame of the clients into file chunks. */
final class Chunks {
    static final int SIZE = 256 << 10;

    private Chunks() {}

    static int count(long size) {
        return (int) Math.max(1, (size + SIZE - 1) / SIZE);
    }

    /** Send a text as a file and return its hash. */
    static String send(Channel channel, String processId, byte[] content, String name) {
        String hash = ProgramStore.hash(content);
        send(channel, processId, new ByteArrayInputStream(content), content.length, hash, name);
        return hash;
    }

    /** Send a file, chunk by chunk as it is read. */
    static void send(Channel channel, String processId, Path file, String hash, String name) {
        try (InputStream content = Files.newInputStream(file)) {
            send(channel, processId, content, Files.size(file), hash, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(
            Channel channel, String processId, InputStream content, long size, String hash, String name) {
        int total = count(size);
        try {
            for (int i = 0; i < total; i++) {
                channel.file(processId, hash, i, total, content.readNBytes(SIZE), name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
